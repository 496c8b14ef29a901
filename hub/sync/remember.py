"""What became of the runs of a feed: the newest one has the feed's state as it left it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from adapters.kit.fetch import Mark
from graph_schema.programs import Program
from hub.store.port import OPEN, Row, Store
from hub.store.rows import day_of, micros
from hub.sync.intake import Intake, Outcome, Report

TAKEN: Final = frozenset({Outcome.APPLIED, Outcome.UNCHANGED})
"""What becomes of a document that is taken: the feed is as young as the run."""
_COUNTED: Final = ("added", "changed", "ended", "unchanged")
_NOTHING: Final[Mapping[str, Any]] = {
    "complete": False, "read_at": None, "address": None, "etag": None, "modified": None,
}  # fmt: skip
"""The state of a feed that was never read."""


async def remember(store: Store, intake: Intake, report: Report, started: int) -> None:
    """Keep what became of a run, and the rows that it set aside."""
    program, before = await _before(store, intake.program or "", intake.feed or "")
    taken = report.outcome in TAKEN
    # What was held or not all read is read again, however little it has changed by then.
    mark = intake.mark if taken and not report.problems else Mark()
    run = _run(report, intake.feed, started, before) | {
        "complete": intake.complete,
        "address": intake.address,
        "etag": mark.etag,
        "modified": mark.modified,
        "why": "; ".join(report.held) or None,
    }
    problems = [
        {
            "row": each.row,
            "field": each.column,
            "code": each.code.value,
            "message": f"{each.table}: {each.message}" if each.table else each.message,
        }
        for each in report.problems
    ]
    if program is not None:
        await store.record_run(run | {"program": program}, problems)


async def remember_unread(store: Store, report: Report, now: datetime, why: str = "") -> None:
    """Keep that a feed's document was found as it was, or was not to be had; a mark stays."""
    program, before = await _before(store, report.program or "", report.feed or "")
    kept = {name: before[name] for name in _NOTHING}
    run = kept | _run(report, report.feed, micros(now), before) | {"why": why or None}
    if program is not None:
        await store.record_run(run | {"program": program}, ())


def _run(
    report: Report, feed: str | None, started: int, before: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what every run keeps of itself; one that takes nothing leaves the feed as old."""
    return {
        "feed": feed,
        "started_at": started,
        "finished_at": micros(datetime.now(UTC)),
        "outcome": report.outcome.value,
        "revision": report.revision,
        **{name.replace(" ", "_"): count for name, count in report.counts().items()},
        **{f"unseen_{name}": report.unseen[name] for name in _COUNTED},
        "read_at": started if report.outcome in TAKEN else before["read_at"],
    }


async def mark_of(store: Store, program: str, feed: str, url: str, now: datetime) -> Mark | None:
    """Return what the server at an address said of the document that is known of today.

    A list that is still shown on a later day confirms anew what it shows: it is read once a day,
    changed or not.
    """
    _, before = await _before(store, program, feed)
    read_at = before["read_at"]
    today = read_at is not None and day_of(read_at) == day_of(micros(now))
    return Mark(before["etag"], before["modified"]) if today and before["address"] == url else None


async def states(store: Store) -> Mapping[tuple[str, str], Row]:
    """Return the newest run of each feed, by the code of its program and its name."""
    codes = {row["program"]: row["code"] for row in await store.everything(Program, OPEN)}
    return {(codes[run["program"]], run["feed"]): run for run in await store.runs(list(codes))}


async def _before(store: Store, program: str, feed: str) -> tuple[int | None, Mapping[str, Any]]:
    """Return the number of a program, and the newest run of a feed of it."""
    numbers = {row["code"]: row["program"] for row in await store.everything(Program, OPEN)}
    number = numbers.get(program)
    runs: list[Row] = [] if number is None else await store.runs([number])
    return number, next((run for run in runs if run["feed"] == feed), _NOTHING)
