"""Derive: when each standing really held, at every moment at which it was known."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from graph_schema.days import BEGINNING, FOR_EVER, PartialDate
from graph_schema.texts import folded
from hub.eligibility.facts import Law, State
from hub.eligibility.readings import TooManyReadingsError, readings
from hub.eligibility.timeline import Held, known_days, timeline, unsure_dates
from hub.store.port import OPEN, Row
from hub.store.states import state

Derived = dict[str, Any]
"""A row of derived standings without its number and revision."""

COMPARED: Final = (
    "fact", "subject", "program", "track", "effect", "starts", "ends", "ended",
    "visible", "whole", "known_from", "known_until",
)  # fmt: skip


_SPAN: Final = ("fact", "effect", "starts", "ends")


def derived(law: Law, rows: Sequence[Row]) -> list[Derived]:
    """Return when the standings of one subject in one program really held.

    What is not published ends nothing for those who do not see it: it is worked out for them of
    the published standings alone.

    Args:
        law: The words' rules.
        rows: All its standings, those known otherwise since included.

    Returns:
        A row for each standing and each stretch of time in which it was known to hold so; it is
        `whole` for those who see all of them, `visible` for everybody else.
    """
    whole = _derived(law, rows)
    shown = [row for row in rows if row["visible"]]
    if len(shown) == len(rows):
        return [row | {"visible": True, "whole": True} for row in whole]
    public = _derived(law, shown)
    return [
        *(row | {"visible": row in public, "whole": True} for row in whole),
        *(row | {"visible": True, "whole": False} for row in public if row not in whole),
    ]


def _derived(law: Law, rows: Sequence[Row]) -> list[Derived]:
    instants = sorted({row["recorded_from"] for row in rows} | {_known_until(row) for row in rows})
    running: dict[tuple[Any, ...], Derived] = {}
    done: list[Derived] = []
    for instant in instants:
        known = [row for row in rows if row["recorded_from"] <= instant < _known_until(row)]
        now = {
            (row["fact"], row["effect"], row["starts"], row["ends"]): row for row in _at(law, known)
        }
        over = [key for key in running if key not in now]
        done += [running.pop(key) | {"known_until": instant} for key in over]
        for key, row in now.items():
            running.setdefault(key, row | {"known_from": instant})
    return done + [row | {"known_until": OPEN} for row in running.values()]


def _known_until(row: Row) -> int:
    return row["recorded_until"] if row["revision_until"] < OPEN else OPEN


def _at(law: Law, rows: Sequence[Row]) -> Iterator[Derived]:
    """Yield when standings held, as known at one instant."""
    by_number = {row["number"]: row for row in rows}
    for family in _families(law, [state(row) for row in rows]):
        for number, held in _held(law, family).items():
            row = _row(by_number[number], held)
            if row["starts"] < row["ends"]:
                yield row


def _families(law: Law, states: Iterable[State]) -> list[list[State]]:
    found: dict[frozenset[str], list[State]] = {}
    for each in states:
        track = folded(each.track)
        key = law.families.get((each.program, track), frozenset({track}))
        found.setdefault(key, []).append(each)
    return list(found.values())


def _held(law: Law, family: Sequence[State]) -> dict[int, list[Held]]:
    """Return how each state held, in every reading of the dates."""
    found: dict[int, list[Held]] = {}
    borders = law.borders.get(family[0].program, frozenset())
    try:
        for chosen in readings(unsure_dates(family), {*known_days(family), *borders}):
            for held in timeline(law, family, chosen):
                found.setdefault(held.state.number, []).append(held)
    except TooManyReadingsError:
        for each in family:
            rule = law.meaning(each, each.last)
            if rule:
                found[each.number] = [Held(each, rule, each.first, FOR_EVER, None)]
    return found


def _row(row: Row, held: Sequence[Held]) -> Derived:
    """Return the row of a standing that may have held from the earliest to the latest of these."""
    starts, ends = min(each.start for each in held), max(each.end for each in held)
    first_end = min(each.end for each in held)
    ended = None
    if ends < FOR_EVER:
        ended = PartialDate.between(max(first_end, BEGINNING), ends).text
    return {
        "fact": row["number"],
        "subject": row["subject"],
        "program": row["program"],
        "track": row["track"],
        "effect": held[-1].rule.effect.value,
        "starts": starts,
        "ends": ends,
        "ended": ended,
        "products": list(row["products"]),
    }


def compared(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what makes two derived rows the same."""
    return (*(row[name] for name in COMPARED), *row["products"])
