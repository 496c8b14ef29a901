"""Singles: new subjects of whom a long list tells one state, a dozen bytes for each."""

from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from hub.sync.numbered import Numbers
from hub.sync.shapes import Shape

_MORE: Final = 4_096
Single = tuple[int, int, Shape]
"""A subject, the number of the fact that tells its state, and the shape of that."""


class Singles:
    """New subjects of whom one row that is like others tells a state.

    Args:
        first: The first number of the nodes that the run itself makes.

    Attributes:
        others: Subjects of whom more is told.
    """

    def __init__(self, first: int) -> None:
        self.others = Numbers()
        self._first = first
        self._facts = array("q")
        self._shape_of = array("i")
        self._shapes: dict[int, Shape] = {}

    def __len__(self) -> int:
        """How many there are."""
        return len(self._facts) - self._facts.count(0)

    def add(self, subject: int, fact: int, shape: Shape) -> bool:
        """Add what a row tells of a subject; return whether it is the first to tell of it."""
        place = subject - self._first
        if place >= len(self._facts):
            self._facts.extend([0] * (place + _MORE - len(self._facts)))
            self._shape_of.extend([0] * (place + _MORE - len(self._shape_of)))
        if subject in self.others:
            return False
        if self._facts[place]:
            self._facts[place] = 0
            self.others.add(subject)
            return False
        self._facts[place] = fact
        self._shape_of[place] = shape.number
        self._shapes.setdefault(shape.number, shape)
        return True

    def leave(self, others: Numbers) -> None:
        """Take out those of whom more is known to be told."""
        for subject in others:
            place = subject - self._first
            if 0 <= place < len(self._facts) and self._facts[place]:
                self._facts[place] = 0
                self.others.add(subject)

    def chunks(self, size: int) -> Iterator[Sequence[Single]]:
        """Yield them in the order of subjects, so many at a time."""
        told = (
            (place + self._first, fact, self._shapes[self._shape_of[place]])
            for place, fact in enumerate(self._facts)
            if fact
        )
        while some := list(islice(told, size)):
            yield some
