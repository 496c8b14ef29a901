"""Many subscribers of one process, and updates that another process makes."""

import asyncio
import os
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from tests.graphql.updating import Listening, Subscriber, listening
from tests.neo4j.server import Address
from tests.store.worlds import company, program, standing
from tests.visibility.world import tell

pytestmark = pytest.mark.anyio

CLIENTS, CONNECTIONS, SUBSCRIPTIONS = 5, 10, 20
"""A thousand subscriptions: each client holds so many connections, each of these so many."""
SECONDS: Final = 2.0
"""In which a change reaches all of them."""
QUERY: Final = """subscription ($suppliers: [ID!]) { standingChanged(suppliers: $suppliers) {
  kind cursor subject { ... on Organization { name } } program { code } after { state since } } }"""
FARM: Final = "alpha:farm"
WORLD: Final = [*program("alpha"), company("alpha", "farm", roles=["SUPPLIER"])]


async def test_what_another_process_writes_reaches_a_subscriber(
    neo4j_server: Address, tmp_path: Path
) -> None:
    neo4j_server.empty()
    store = Neo4jStore(neo4j_server.url, neo4j_server.user, neo4j_server.password)
    async with listening(store) as hub:
        await tell(store, WORLD)
        async with Subscriber.connected(hub.url) as subscriber:
            await subscribed(hub, [subscriber], 1)
            lines = [standing("alpha", FARM, state, "2020-01-01") for state in ("listed", "barred")]
            file = tmp_path / "facts.ndjson"
            file.write_bytes(b"\n".join(map(orjson.dumps, lines)))
            await imported(neo4j_server, file)
            found = [(await subscriber.next())["after"]["state"] for _ in lines]
    assert sorted(found) == ["barred", "listed"]


async def imported(address: Address, file: Path) -> None:
    """Import a file in a process of its own."""
    given = {"HUB_NEO4J_USER": address.user, "HUB_NEO4J_PASSWORD": address.password or ""}
    known = {name: value for name, value in given.items() if value}
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("hub"), "import", str(file), "--store", address.url,
        env=os.environ | known, stdout=DEVNULL, stderr=DEVNULL,
    )  # fmt: skip
    assert await process.wait() == 0


async def subscribed(hub: Listening, subscribers: Sequence[Subscriber], each: int) -> None:
    """Let each subscribe so many times, and wait until all wait for changes."""
    for subscriber in subscribers:
        for name in range(each):
            await subscriber.subscribe(QUERY, str(name), suppliers=[FARM])
    while hub.app.state.tail.waiting < len(subscribers) * each:
        await hub.http.get("/livez")


@pytest.mark.drill
async def test_a_change_reaches_a_thousand_subscribers_soon(tmp_path: Path) -> None:
    async with listening(EmbeddedStore(str(tmp_path / "hub.db"))) as hub, AsyncExitStack() as stack:
        await tell(hub.store, WORLD)
        held = [
            await stack.enter_async_context(Subscriber.connected(hub.url, token))
            for token in [await token_of(hub, f"client{n}") for n in range(CLIENTS)]
            for _ in range(CONNECTIONS)
        ]
        await subscribed(hub, held, SUBSCRIPTIONS)
        for state in ("listed", "barred", "cleared"):
            began = time.monotonic()
            await tell(hub.store, [standing("alpha", FARM, state, "2020-01-01")])
            told = await asyncio.gather(*(all_of(each, SUBSCRIPTIONS) for each in held))
            took = time.monotonic() - began
            assert {each for of in told for each in of} == {state}
            assert took < SECONDS, f"{state}: {took:.2f} s"


async def all_of(subscriber: Subscriber, many: int) -> list[Any]:
    """Return the states that the next answers tell of."""
    return [(await subscriber.next())["after"]["state"] for _ in range(many)]


async def token_of(hub: Listening, name: str) -> str:
    """Register a researcher and return its token."""
    signing = await hub.operator()
    await hub.register(
        id=name, role=Role.RESEARCHER, programs=(), scopes=(Scope.READ,), jwks=signing.jwks
    )
    return await hub.given(signing.model_copy(update={"id": name}))
