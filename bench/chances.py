"""Chances that depend on what they are about alone, and days as lists print them."""

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import TypeVar

from graph_schema.days import PartialDate

_T = TypeVar("_T")


class Chances:
    """One stream of chances for one thing, the same in every run and every version of Python.

    Only `random()` is used: of all that `random.Random` offers, it alone is promised to stay.
    """

    def __init__(self, *about: object) -> None:
        self.share = Random("/".join(map(str, about))).random  # noqa: S311 - no secret

    def comes(self, share: float) -> bool:
        """Return whether it comes to be, in this share of all cases."""
        return self.share() < share

    def pick(self, choices: Sequence[_T]) -> _T:
        """Return one of some choices."""
        return choices[int(self.share() * len(choices))]

    def some(self, choices: Sequence[_T], most: int) -> list[_T]:
        """Return up to `most` of some choices, each once."""
        return list(dict.fromkeys(self.pick(choices) for _ in range(most)))

    def of(self, shares: Sequence[tuple[_T, float]]) -> _T:
        """Return one of some things by their shares, which add up to 1."""
        left = self.share()
        for thing, share in shares:
            left -= share
            if left < 0:
                return thing
        return shares[-1][0]

    def day(self, first: int, last: int) -> int:
        """Return a day from the first to the last, as `date.toordinal`."""
        return first + int(self.share() * max(1, last - first + 1))

    def printed(self, day: int) -> PartialDate:
        """Return a day as a source prints it: mostly a day, sometimes its month or year alone."""
        how, on = self.share(), date.fromordinal(day)
        if how < _EXACT:
            return PartialDate.on(day)
        text = f"{on.year:04}-{on.month:02}" if how < _BY_MONTH else f"{on.year:04}"
        return PartialDate.parse(text)


_EXACT = 0.86
_BY_MONTH = 0.97
