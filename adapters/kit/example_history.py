"""Histories of the example world: what becomes of a supplier in a program, by the quarter.

A program's course is a table of stages and of what may happen in each, with its chance in a
quarter. A supplier goes through it once, from the quarter in which it joins. Every quarter takes
the same number of chances, so that the history up to a day is the beginning of any longer one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from adapters.kit.example import Chances, Series, Teller, quarter, quarters
from graph_schema.days import PartialDate
from graph_schema.exchange import Line
from graph_schema.standing import Standing

NEW: Final = "new"
"""The stage of a supplier that has not joined."""

_JOIN_EARLY: Final = 0.75
_EARLY: Final = range(4)
_LATE: Final = range(4, 19)
"""Most suppliers join in the first quarters, the rest in one of the following years."""
_FALL_SILENT: Final = 0.04
_SILENT: Final = range(5, 13)
"""A few are not visited any more since one of these quarters: long stale in any world."""
_DAYS: Final = range(80)
_DELAY: Final = range(8)
"""Things happen on one of these days of a quarter, and are known so many days later."""
_QUARTER: Final = 0.04
_MONTH: Final = 0.12
"""Shares of notices that print no more than the quarter, or the month."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that may happen to a supplier.

    Attributes:
        chance: How likely it is in a quarter.
        says: Tracks and words that the program states on that day.
        to: The stage it leads to.
        announced: Lengths in days of the period that it announces, one of which is chosen.
    """

    chance: float
    says: tuple[tuple[str, str], ...]
    to: str
    announced: tuple[int, ...] = ()


Course = Mapping[str, Sequence[Turn]]
"""What may happen in each stage; in what is left of the chances nothing happens."""


def histories(teller: Teller, course: Course, *series: Series) -> Iterator[Line]:
    """Yield the standings of suppliers over time."""
    for each in series:
        for number in each.numbers:
            yield from _history(teller, course, each.reference(number))


def silent(teller: Teller, *series: Series) -> Iterator[tuple[str, date]]:
    """Yield the suppliers that the program does not visit any more, and since when."""
    for each in series:
        for number in each.numbers:
            since = _silent_since(teller, each.reference(number))
            if since:
                yield each.reference(number), since


def _silent_since(teller: Teller, subject: str) -> date | None:
    draw = Chances(teller.program, subject, "silent")
    return quarter(draw.pick(_SILENT)) if draw.share() < _FALL_SILENT else None


def _history(teller: Teller, course: Course, subject: str) -> Iterator[Line]:
    draw = Chances(teller.program, subject)
    joined = quarter(draw.pick(_EARLY if draw.share() < _JOIN_EARLY else _LATE))
    until = _silent_since(teller, subject) or teller.until
    stage = NEW
    for first, after in quarters(teller.until):
        drawn = _Drawn.of(draw, first, after)
        if first < joined or first >= until:
            continue
        turn = _taken(course.get(stage, ()), drawn.turn)
        if turn is not None:
            yield from _said(teller, subject, turn, drawn)
            stage = turn.to


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What chance says of one supplier and quarter."""

    turn: float
    day: date
    known: date
    coarse: float
    choice: float
    after: date

    @classmethod
    def of(cls, draw: Chances, first: date, after: date) -> "_Drawn":
        turn, coarse, choice = draw.share(), draw.share(), draw.share()
        day = first + timedelta(days=draw.pick(_DAYS))
        return cls(turn, day, day + timedelta(days=draw.pick(_DELAY)), coarse, choice, after)


def _taken(turns: Iterable[Turn], chance: float) -> Turn | None:
    """Return the turn that a chance falls on; none where nothing happens."""
    for turn in turns:
        chance -= turn.chance
        if chance < 0:
            return turn
    return None


def _said(teller: Teller, subject: str, turn: Turn, drawn: _Drawn) -> Iterator[Line]:
    """Yield what the program states of a turn."""
    since = _printed(turn, drawn)
    announced = None
    if turn.announced:
        days = turn.announced[int(drawn.choice * len(turn.announced))]
        announced = PartialDate.on(drawn.day + timedelta(days=days - 1))
    known = max(drawn.known, date.fromordinal(since.last))
    for track, word in turn.says:
        standing = Standing(
            subject=subject, track=track, state=word, since=since, announced_until=announced
        )
        yield teller.line(standing, min(known, drawn.after))


def _printed(turn: Turn, drawn: _Drawn) -> PartialDate:
    """Return the day of a turn as its notice prints it.

    Only what is said alone is printed coarsely: two states of one uncertain day would have to be
    tried in every order.
    """
    day = drawn.day
    if len(turn.says) > 1 or turn.announced or drawn.coarse >= _MONTH:
        return PartialDate.on(day)
    if drawn.coarse < _QUARTER:
        return PartialDate.parse(f"{day.year}-Q{(day.month + 2) // 3}")
    return PartialDate.parse(f"{day.year}-{day.month:02}")
