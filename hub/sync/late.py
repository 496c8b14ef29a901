"""Late: a state that is pushed is known by the days that it confirms, not by when it came in."""

from collections.abc import Mapping
from typing import Any, Final

from graph_schema.standing import Standing
from hub.store.port import Row
from hub.sync.interval import interval
from hub.sync.lists import restated

_END: Final = ("until", "until_first", "until_last")


def by_their_days(row: Row, known: Row, now: int) -> Row:
    """Return a state as it is known once a push says it that may be older than what is known.

    What confirms a later day counts. What confirms a day before an end, and states none, says
    nothing against that end, whichever of the two comes in first.

    Args:
        row: The state as it comes in.
        known: The same as it is known, which is returned where nothing new is told.
        now: When it comes in.
    """
    day, known_day = row["confirmed_on"], known["confirmed_on"]
    if day is None:
        return row
    if known_day is None:
        return known if _leaves(row, known) else row
    if day < known_day:
        return _ended(known, row, now) if _leaves(known, row) else known
    return _ended(row, known, now) if _leaves(row, known) else row


def _leaves(row: Mapping[str, Any], ended: Mapping[str, Any]) -> bool:
    """Whether what states no end leaves that of another alone."""
    ends: bool = row["until"] is None and ended["until"] is not None
    return ends and row["confirmed_on"] < ended["until_last"]


def _ended(row: Row, ended: Row, now: int) -> Row:
    """Return a state with the end that another has."""
    anew = restated(Standing, row, now, {name: ended[name] for name in _END})
    return anew | interval(anew)
