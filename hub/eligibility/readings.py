"""Partial dates: every choice of days in their intervals is a reading.

It is enough to try, for each date, its two ends and the days on and beside the anchors: the day
asked, other dates of the ruling, the borders of rules and of force (DOMAIN.md, Edges, Days).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Final, Generic, TypeVar

from graph_schema.days import PartialDate

MOST: Final = 4_096
"""Readings tried for one ruling; with more the dates are too coarse to tell."""

_Key = TypeVar("_Key")


class TooManyReadingsError(Exception):
    """There are more readings than the rule tries: the dates are too coarse to tell."""


@dataclass(frozen=True, slots=True)
class Unsure(Generic[_Key]):
    """A date that may be any day from `first` to `last`."""

    key: _Key
    first: int
    last: int


def readings(
    unsure: Sequence[Unsure[_Key]], anchors: Iterable[int]
) -> Iterator[Mapping[_Key, int]]:
    """Yield every choice of days that can make a difference.

    Raises:
        TooManyReadingsError: There are more than `MOST`.
    """
    fixed = frozenset(anchors)
    choices = [_days(date, fixed, unsure) for date in unsure]
    if prod(map(len, choices)) > MOST:
        raise TooManyReadingsError
    keys = [date.key for date in unsure]
    for days in product(*choices):
        yield dict(zip(keys, days, strict=True))


def _days(
    date: Unsure[_Key], anchors: frozenset[int], unsure: Sequence[Unsure[_Key]]
) -> tuple[int, ...]:
    """Return the days worth trying; one, where no other day lies near enough to tell them apart."""
    others = {day for other in unsure if other is not date for day in (other.first, other.last)}
    near = {day for day in anchors | others if date.first - 1 <= day <= date.last + 1}
    if not near:
        return (date.last,)
    tried = {date.first, date.last, *(day + step for day in near for step in (-1, 0, 1))}
    return tuple(sorted(day for day in tried if date.first <= day <= date.last))


def may(when: PartialDate | None, *, by: int, absent: bool) -> frozenset[bool]:
    """Tell whether a date lies on or before the day `by`: surely, surely not, or either.

    Args:
        when: The date; none has no answer of its own.
        by: The day asked of.
        absent: The answer where there is no date.
    """
    if when is None:
        return frozenset({absent})
    return frozenset({when.first <= by, when.last <= by})
