"""Metrics: how old feeds are and what became of them, in the text that Prometheus reads."""

import re
from datetime import timedelta
from typing import Any, Final

import pytest

from hub.metrics import exposition
from hub.store.embedded.store import EmbeddedStore
from hub.store.rows import micros
from tests.graphql.served import Hub, served
from tests.store.worlds import number, program
from tests.sync.steps import noon

pytestmark = pytest.mark.anyio

NOW: Final = noon("2020-02-01")
SAMPLE: Final = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\\n]|\\.)*",?)*)\})? (-?[\d.]+)')
"""A line of the format that is no comment: name, labels, value."""


async def ran(hub: Hub, feed: str, outcome: str, read: float | None) -> None:
    """Record a run an hour ago of a feed that was last read so many days ago."""
    run: dict[str, Any] = {
        **dict.fromkeys(("added", "changed", "ended", "unchanged", "set_aside", "revision"), 0),
        **dict.fromkeys(("finished_at", "address", "etag", "modified", "why")),
        "program": await number(hub.store, "program:alpha"),
        "feed": feed,
        "outcome": outcome,
        "complete": True,
        "started_at": micros(NOW - timedelta(hours=1)),
        "read_at": None if read is None else micros(NOW - timedelta(days=read)),
    }
    await hub.store.record_run(run, [])


async def test_each_feed_has_its_age_its_last_run_and_what_became_of_it() -> None:
    async with served(EmbeddedStore(":memory:")) as hub:
        await hub.tell(*program("alpha"))
        await ran(hub, "list", "applied", 0.5)
        await ran(hub, "page", "held", None)
        told = await exposition(hub.store, NOW)
    assert [line for line in told.splitlines() if not line.startswith("#")] == [
        "wsr_hub_revision 1",
        'wsr_hub_feed_age_seconds{program="alpha",feed="list"} 43200',
        'wsr_hub_feed_last_run_timestamp_seconds{program="alpha",feed="list"} 1580554800',
        'wsr_hub_feed_last_run_timestamp_seconds{program="alpha",feed="page"} 1580554800',
        'wsr_hub_feed_last_outcome{program="alpha",feed="list",outcome="applied"} 1',
        'wsr_hub_feed_last_outcome{program="alpha",feed="page",outcome="held"} 1',
    ]


async def test_it_is_served_in_the_form_that_prometheus_reads() -> None:
    async with served(EmbeddedStore(":memory:")) as hub:
        await hub.tell(*program("alpha"))
        await ran(hub, 'a "list"\\\n', "applied", 0)
        answer = await hub.http.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert (await hub.http.post("/metrics")).status_code == 405
    *lines, last = answer.text.split("\n")
    assert last == ""
    described: set[str] = set()
    for line in lines:
        if line.startswith("# TYPE "):
            described.add(line.split()[2])
        elif not line.startswith("# HELP "):
            found = SAMPLE.fullmatch(line)
            assert found, line
            assert found[1] in described
    assert 'feed="a \\"list\\"\\\\\\n"' in answer.text


async def test_it_costs_the_same_however_many_feeds_there_are() -> None:
    async with served(EmbeddedStore(":memory:")) as hub:
        await hub.tell(*program("alpha"))
        trips: list[int] = []
        for feed in ("list", "page"):
            await ran(hub, feed, "applied", 0)
            before = hub.store.round_trips
            await exposition(hub.store, NOW)
            trips.append(hub.store.round_trips - before)
    assert trips == [3, 3]
