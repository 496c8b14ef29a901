"""Runs of feeds in both stores: the newest of each feed, and the one that made a revision."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from hub.store.columns import RUN
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Page
from hub.sync.intake import Origin
from tests.conftest import AnyStore
from tests.store.worlds import number, numbers, plain, standing, world, write

pytestmark = pytest.mark.anyio
ALL = Page(500)


async def test_of_a_sync_run_the_newest_is_kept_with_its_problems(store: AnyStore) -> None:
    await write(store, world())
    bad = [standing("alpha", f"alpha:none{n}", "listed", "2015-01-01") for n in range(3)]
    good = standing("alpha", "alpha:s3", "behind", "2018-01-01")
    for lines in ([good], [good, *bad]):
        await write(store, lines, origin=Origin.OPERATOR, program="alpha", feed="operator")
    program = await number(store, "program:alpha")
    [run] = await store.runs([program, 10_000])
    assert (run["feed"], run["outcome"], run["set_aside"]) == ("operator", "held", 3)
    assert plain(run["complete"]) == 0
    problems = await store.run_problems([run["number"]], ALL)
    assert [problem["code"] for problem in problems] == ["UNKNOWN_REFERENCE"] * 3
    assert {problem["run"] for problem in problems} == {run["number"]}
    [second] = await store.run_problems([run["number"]], Page(1, problems[0]["number"]))
    assert second == problems[1]
    assert await store.runs([await number(store, "program:beta")]) == []


def ran(program: int, feed: str, **how: object) -> dict[str, Any]:
    """Return a run of a feed that read nothing new."""
    return {
        **dict.fromkeys(RUN),
        **dict.fromkeys(("started_at", "added", "changed", "ended", "unchanged", "set_aside"), 0),
        **dict.fromkeys(("finished_at", "read_at", "address", "etag", "modified", "why")),
        "program": program, "feed": feed, "outcome": "unchanged", "complete": True, "revision": 1,
        **how,
    }  # fmt: skip


async def test_of_each_feed_the_newest_run_is_found_in_one_round_trip(store: AnyStore) -> None:
    await write(store, world())
    alpha, beta = await numbers(store, "program:alpha", "program:beta")
    told = {
        "read_at": 7, "address": "https://list.example/a", "etag": '"a"', "modified": "Sunday",
        "why": "the list is short",
    }  # fmt: skip
    for program, feed, how in (
        (alpha, "page", told), (alpha, "operator", {}), (beta, "page", {}), (alpha, "page", {}),
        (alpha, "list", told),
    ):  # fmt: skip
        await store.record_run(ran(program, feed, **how), [])
    before = store.round_trips
    found = await store.runs([beta, alpha, alpha, 10_000])
    assert store.round_trips - before == 1
    assert [(row["program"], row["feed"]) for row in found] == [
        (alpha, "operator"), (beta, "page"), (alpha, "page"), (alpha, "list"),
    ]  # fmt: skip
    [*_, page, listed] = found
    assert {name: listed[name] for name in told} == told
    assert {name: page[name] for name in told} == dict.fromkeys(told)
    assert await store.runs([]) == []


async def test_a_run_that_cannot_be_kept_stands_in_the_way_of_no_other(store: AnyStore) -> None:
    await write(store, world())
    program = await number(store, "program:alpha")
    with pytest.raises(Exception, match=r"(?i)integer|large"):
        await store.record_run(ran(program, "page", read_at=2**70), [])
    await store.record_run(ran(program, "page", read_at=7), [])
    assert [run["read_at"] for run in await store.runs([program])] == [7]
    await write(store, [standing("alpha", "alpha:s3", "behind", "2018-01-01")])


async def test_the_run_that_made_a_revision_is_found(store: AnyStore) -> None:
    await write(store, world())
    program = await number(store, "program:alpha")
    for revision, outcome in ((1, "unchanged"), (2, "applied"), (2, "unchanged"), (3, "applied")):
        how: dict[str, object] = {"revision": revision, "outcome": outcome, "started_at": revision}
        await store.record_run(ran(program, "operator", **how), [])
    before = store.round_trips
    found = await store.runs_that_made([1, 3, 2, 99])
    assert store.round_trips - before == 1
    assert [(row["started_at"], row["outcome"]) for row in found] == [
        (2, "applied"),
        (3, "applied"),
    ]
    assert await store.runs_that_made([]) == []


async def test_the_newest_runs_of_an_older_hub_are_found(store: AnyStore) -> None:
    await write(store, world())
    program = await number(store, "program:alpha")
    for feed in ("page", "page", "operator"):
        await store.record_run(ran(program, feed), [])
    if isinstance(store, EmbeddedStore):
        with closing(sqlite3.connect(store.database.path)) as connection, connection:
            connection.execute("DROP INDEX run_feed")
            for column in ("read_at", "address", "etag", "modified", "why"):
                connection.execute(f"ALTER TABLE run DROP COLUMN {column}")
        await store.close()
        reopened: AnyStore = EmbeddedStore(store.database.path)
    else:
        await store.bolt.alone("DROP INDEX newest_program_feed", {})
        await store.bolt.alone("MATCH (r:Newest) REMOVE r:Newest", {})
        await store.close()
        reopened = store
    await reopened.open()
    runs = await reopened.runs([program])
    assert [(run["number"], run["feed"], run["etag"]) for run in runs] == [
        (2, "page", None), (3, "operator", None),
    ]  # fmt: skip
    if reopened is not store:
        await reopened.close()
