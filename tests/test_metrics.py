"""Metrics: how old feeds are and what became of them, in the text that Prometheus reads."""

import re
from datetime import timedelta
from typing import Any, Final

import pytest
from starlette.types import Message, Receive, Scope, Send

from hub.http.counts import Counting, Counts
from hub.metrics import exposition
from hub.store.columns import RUN
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
        **dict.fromkeys(RUN),
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


async def test_requests_are_counted_by_door_and_status_and_queries_by_cost() -> None:
    async with served(EmbeddedStore(":memory:")) as hub:
        query = "{ programs(first: 7) { nodes { id } } }"
        for asked in (query, query, "{", '{ program(id: "secret") { id } }'):
            await hub.http.post("/graphql", json={"query": asked})
        await hub.http.get("/graphql/schema.graphql")
        for path in ("/livez", "/readyz", "/programs/secret/template.xlsx", "/secret", "/livezz"):
            await hub.http.get(path)
        told = (await hub.http.get("/metrics")).text
    samples = {line.rpartition(" ")[0]: line.rpartition(" ")[2] for line in told.splitlines()}
    assert {name: value for name, value in samples.items() if "requests_total{" in name} == {
        'wsr_hub_requests_total{door="/graphql",status="200"}': "4.0",
        'wsr_hub_requests_total{door="/graphql",status="400"}': "1.0",
        'wsr_hub_requests_total{door="/livez",status="200"}': "1.0",
        'wsr_hub_requests_total{door="/readyz",status="200"}': "1.0",
        'wsr_hub_requests_total{door="/programs",status="404"}': "1.0",
        'wsr_hub_requests_total{door="/",status="404"}': "2.0",
    }
    assert samples['wsr_hub_query_cost_total{asker="anonymous"}'] == "115.0"
    assert samples['wsr_hub_request_seconds_count{door="/graphql"}'] == "5.0"
    assert samples["wsr_hub_queries_under_way"] == "0.0"
    assert "secret" not in told
    assert "_created" not in told


async def test_a_fault_of_ours_is_counted_too() -> None:
    counts = Counts()

    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        msg = "broken"
        raise OSError(msg)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        """Be told."""

    with pytest.raises(OSError, match="broken"):
        await Counting(broken, counts)({"type": "http", "path": "/graphql"}, receive, send)
    assert 'wsr_hub_requests_total{door="/graphql",status="500"} 1.0' in counts.exposition()


async def test_queries_under_way_are_told() -> None:
    counts = Counts()
    counts.watch(lambda: 3)
    assert "wsr_hub_queries_under_way 3.0" in counts.exposition()
