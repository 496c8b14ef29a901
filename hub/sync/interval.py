"""From when a fact holds and when it was last confirmed, as columns worked out when it is kept."""

from collections.abc import Mapping
from typing import Any

from graph_schema.days import BEGINNING, FOR_EVER, PartialDate
from hub.eligibility.facts import RECORD_FEED
from hub.store.rows import ALWAYS, day_of, partial


def interval(row: Mapping[str, Any]) -> dict[str, int | None]:
    """Return the columns `begins_first`, `begins_last` and `confirmed` of a row.

    A stated day of becoming known caps the latest day of `since` where the interval holds it. A
    sighting counts from the first day of its interval. Without any date a tie always held, and a
    signature was made by the day it became known (DOMAIN.md, Edges, Days and Freshness).
    """
    first, last = _begins(row)
    return {
        "begins_first": first,
        "begins_last": last,
        "confirmed": _confirmed(row, last) if "confirmed_on" in row else None,
    }


def _begins(row: Mapping[str, Any]) -> tuple[int, int]:
    since = partial(row, "since") if "since_first" in row else None
    known_on: int | None = row["known_on"]
    if since is not None:
        return since.first, _capped(since, known_on)
    observed = partial(row, "observed") if "observed" in row else None
    if observed is not None:
        return observed.first, observed.first
    if "signed" in row and row["recorded_from"] > ALWAYS:
        return BEGINNING, day_of(row["recorded_from"])
    return BEGINNING, BEGINNING


def _capped(since: PartialDate, known_on: int | None) -> int:
    if known_on is not None and since.first <= known_on <= since.last:
        return known_on
    return since.last


def _confirmed(row: Mapping[str, Any], begins_last: int) -> int:
    """Return the day a state was last confirmed by itself.

    That is the day it states; else the last day of its sighting; else, in the bundled record, the
    latest day it may have begun; else the day it was recorded.
    """
    if row["confirmed_on"] is not None:
        return row["confirmed_on"]
    recorded = day_of(row["recorded_from"])
    observed = partial(row, "observed")
    if observed is not None:
        return observed.last if observed.last < FOR_EVER else recorded
    return begins_last if row["feed"] == RECORD_FEED else recorded
