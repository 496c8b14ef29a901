"""Numbered: sets of nodes, which are numbered from one on."""

from collections.abc import Iterator
from itertools import islice
from typing import Final, Self

_MORE: Final = 4_096


class Numbers:
    """A set of small numbers, a byte for each that could be in it."""

    def __init__(self) -> None:
        self._there = bytearray()

    def add(self, number: int) -> None:
        """Add one."""
        if number >= len(self._there):
            self._there.extend(bytes(number + _MORE - len(self._there)))
        self._there[number] = 1

    def __len__(self) -> int:
        """How many there are."""
        return self._there.count(1)

    def __contains__(self, number: int) -> bool:
        """Whether it was added."""
        return number < len(self._there) and self._there[number] == 1

    def __ior__(self, other: "Numbers") -> Self:
        """Add all of another set."""
        for number in other:
            self.add(number)
        return self

    def __iter__(self) -> Iterator[int]:
        """Yield them in their order."""
        found = -1
        while (found := self._there.find(1, found + 1)) >= 0:
            yield found

    def chunks(self, size: int) -> Iterator[list[int]]:
        """Yield them in their order, so many at a time."""
        numbers = iter(self)
        while some := list(islice(numbers, size)):
            yield some
