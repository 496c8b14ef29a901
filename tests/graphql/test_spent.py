"""What subscribers cost: to begin, for what is looked at, and for what they are told."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final

import pytest

from hub.store.embedded.store import EmbeddedStore
from tests.graphql.test_rates import StillClock
from tests.graphql.updating import Listening, Subscriber, events, listening
from tests.store.worlds import company, program, said, standing
from tests.visibility.world import tell

pytestmark = pytest.mark.anyio

FARMS: Final = [f"alpha:farm{n}" for n in range(100)]
WORLD: Final = [
    *program("alpha"),
    company("alpha", "shop", roles=["BUYER"]),
    *(company("alpha", each.removeprefix("alpha:"), roles=["SUPPLIER"]) for each in FARMS),
    said("alpha", "signature", organization="alpha:shop", agreement="alpha:a1", since="2014-01-01"),
]
STANDINGS: Final = """subscription ($suppliers: [ID!], $after: String) {
  standingChanged(suppliers: $suppliers, after: $after) { cursor } }"""
VERDICTS: Final = """subscription ($suppliers: [ID!]!, $after: String) {
  eligibilityChanged(
    buyer: "alpha:shop", product: "garments", suppliers: $suppliers, after: $after
  ) { verdict cursor } }"""
ALL: Final = "subject { id } program { id } before { id } after { id }"
LITTLE: Final = 10
"""What an address may cost a second: forty times as much at once."""


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncGenerator[Listening]:
    """Serve a small world to addresses that may not ask for much, while time stands still."""
    store = EmbeddedStore(str(tmp_path / "hub.db"))
    async with listening(store, StillClock(), anonymous_cost_per_second=LITTLE) as hub:
        await tell(store, WORLD)
        yield hub


async def left(hub: Listening) -> int:
    """Return what is left for an address; to ask costs 1."""
    answer = await hub.http.post("/graphql", json={"query": "{ revision { id } }"})
    return int(answer.headers["ratelimit"].split(";")[1].removeprefix("r=")) + 1


async def waits(hub: Listening, many: int = 1) -> None:
    """Wait until so many wait for changes."""
    async with asyncio.timeout(30):
        while hub.app.state.tail.waiting < many:
            await hub.http.get("/livez")


async def read(hub: Listening) -> None:
    """Wait until whoever waited has been woken, and waits again."""
    revision = (await hub.store.latest()).revision
    async with asyncio.timeout(30):
        await hub.app.state.tail.past(revision - 1)
    await waits(hub)


def code(told: dict[str, Any]) -> str:
    """Return the code of the one error that ends a subscription."""
    assert told["type"] == "error", told
    [error] = told["payload"]
    return error["extensions"]["code"]


async def test_to_subscribe_costs_what_the_query_does_and_each_look_what_it_finds(
    hub: Listening,
) -> None:
    async with Subscriber.connected(hub.url) as subscriber:
        before = await left(hub)
        await subscriber.subscribe(STANDINGS, suppliers=FARMS[:3])
        await waits(hub)
        now = await left(hub)
        assert before - now == 1 + (3 + 1) + 1  # the last question, the query, one look
        await tell(hub.store, [standing("alpha", each, "listed", "2020-01-01") for each in FARMS])
        for _ in range(3):
            assert (await subscriber.told())["payload"]["extensions"] == {"cost": 1}
        await read(hub)
        # There may be a further look for which nothing is left.
        assert now - await left(hub) - (1 + 100 + 3) in {0, 1}


async def test_each_verdict_that_is_worked_out_costs_whether_told_or_not(hub: Listening) -> None:
    async with Subscriber.connected(hub.url) as subscriber:
        before = await left(hub)
        await subscriber.subscribe(VERDICTS, suppliers=FARMS[:20])
        await waits(hub)
        now = await left(hub)
        assert before - now == 1 + (20 + 1) + 20
        await tell(hub.store, [company("alpha", "nobody", roles=["SUPPLIER"])])
        await read(hub)
        assert now - await left(hub) == 1 + 2 * 20
        await tell(hub.store, [standing("alpha", FARMS[0], "listed", "2020-01-01")])
        assert (await subscriber.told())["payload"]["extensions"] == {"cost": 1}


async def test_who_has_nothing_left_is_told_and_goes_on_later(hub: Listening) -> None:
    async with Subscriber.connected(hub.url) as subscriber:
        await subscriber.subscribe(VERDICTS, suppliers=FARMS[:50])
        await waits(hub)
        cursor = None
        for number in range(5):
            await tell(hub.store, [standing("alpha", FARMS[number], "barred", "2020-01-01")])
            told = await subscriber.told()
            if told["type"] == "error":
                break
            cursor = told["payload"]["data"]["eligibilityChanged"]["cursor"]
        else:
            told = await subscriber.told()
        assert code(told) == "RATE_LIMITED"
        assert "ask again in" in told["payload"][0]["message"]
        assert cursor is not None
        await subscriber.subscribe(VERDICTS, "2", suppliers=FARMS[:50], after=cursor)
        assert code(await subscriber.told()) == "RATE_LIMITED"
        assert isinstance(hub.clock, StillClock)
        hub.clock.ahead += 3_600
        await tell(hub.store, [standing("alpha", FARMS[9], "barred", "2020-01-01")])
        await subscriber.subscribe(VERDICTS, "3", suppliers=FARMS[:50], after=cursor)
        told = await subscriber.told()
        assert told["type"] == "next", told


async def test_a_stream_says_so_too_and_what_is_refused_is_charged(hub: Listening) -> None:
    found = [each async for each in events(hub, "subscription { nothing }")]
    assert found[0][1]["errors"][0]["extensions"]["code"] == "INVALID_QUERY"
    assert await left(hub) == 400 - 1
    await hub.http.post("/graphql/stream", json=[])
    assert await left(hub) == 400 - 1 - 1 - 100
    await tell(hub.store, [standing("alpha", each, "listed", "2020-01-01") for each in FARMS])
    found = [each async for each in events(hub, changes(FARMS, await first(hub)))]
    assert [name for name, _ in found[-2:]] == ["next", "complete"]
    assert 0 < len(found) - 2 < len(FARMS)
    assert found[-2][1]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    answer = await hub.http.post("/graphql/stream", json={"query": STANDINGS})
    assert (answer.status_code, answer.json()["code"]) == (429, "RATE_LIMITED")
    assert answer.headers["retry-after"].isdecimal()


async def first(hub: Listening) -> str:
    """Return the cursor of the first change of all."""
    query = {"query": "{ changes(first: 1) { nodes { cursor } } }"}
    found = (await hub.http.post("/graphql", json=query)).json()
    return found["data"]["changes"]["nodes"][0]["cursor"]


def changes(suppliers: list[str], after: str) -> str:
    """Return a subscription that is told of many changes at once."""
    named = " ".join(f'"{each}"' for each in suppliers)
    return f'subscription {{ standingChanged(suppliers: [{named}], after: "{after}") {{ {ALL} }} }}'
