"""Records beside the graph, in both stores: kept once, found, replaced, expired, swept."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from hub.store.embedded.store import EmbeddedStore
from hub.store.kept import FOREVER, Kept
from hub.store.neo4j.store import Neo4jStore
from tests.conftest import AnyStore
from tests.neo4j.server import Address
from tests.store.worlds import exported

pytestmark = pytest.mark.anyio
PAST = 1
FUTURE = time.time_ns() // 1_000 + 3_600_000_000


@pytest.fixture
def replica(store: AnyStore, request: pytest.FixtureRequest) -> Callable[[], AnyStore]:
    """Return what makes further hubs on the same store."""

    def make() -> AnyStore:
        if isinstance(store, EmbeddedStore):
            return EmbeddedStore(store.database.path)
        server: Address = request.getfixturevalue("neo4j_server")
        return Neo4jStore(server.url, server.user, server.password)

    return make


@asynccontextmanager
async def opened(store: AnyStore) -> AsyncGenerator[AnyStore]:
    """Yield a store while it is open."""
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def test_a_record_is_found_by_kind_and_key(store: AnyStore) -> None:
    kept = store.kept
    assert await kept.get("client", "a") is None
    await kept.put(Kept("client", "b", '{"n": 2}'))
    await kept.put(Kept("client", "a", '{"n": 1}'))
    await kept.put(Kept("key", "a", '"other"', FUTURE))
    assert await kept.get("client", "a") == '{"n": 1}'
    assert await kept.all("client") == {"a": '{"n": 1}', "b": '{"n": 2}'}
    assert list(await kept.all("client")) == ["a", "b"]
    assert await kept.get("key", "b") is None
    assert await kept.all("nothing") == {}


async def test_a_record_is_replaced_and_forgotten(store: AnyStore) -> None:
    kept = store.kept
    await kept.put(Kept("client", "a", "1"))
    await kept.put(Kept("client", "a", "2"))
    assert await kept.all("client") == {"a": "2"}
    assert await kept.drop("client", "a")
    assert not await kept.drop("client", "a")
    assert await kept.get("client", "a") is None


async def test_what_is_kept_once_is_kept_once(store: AnyStore) -> None:
    kept = store.kept
    assert await kept.put_once(Kept("jti", "x", "1", FUTURE))
    assert not await kept.put_once(Kept("jti", "x", "2", FUTURE))
    assert not await kept.put_once(Kept("jti", "x", "2", FOREVER))
    assert await kept.get("jti", "x") == "1"
    assert await kept.put_once(Kept("jti", "y", "3", FUTURE))


async def test_of_many_hubs_that_try_at_once_one_may(
    store: AnyStore, replica: Callable[[], AnyStore]
) -> None:
    async with opened(replica()) as second, opened(replica()) as third:
        hubs = (store, second, third)
        for key, expired in (("new", False), ("expired", True)):
            if expired:
                await store.kept.put(Kept("jti", key, "0", PAST))
            tries = [
                hub.kept.put_once(Kept("jti", key, str(number), FUTURE))
                for number in range(8)
                for hub in hubs
            ]
            assert sorted(await asyncio.gather(*tries)) == [False] * 23 + [True]


async def test_what_has_expired_is_as_if_it_had_never_been(store: AnyStore) -> None:
    kept = store.kept
    assert await kept.put_once(Kept("jti", "x", "1", PAST))
    assert await kept.get("jti", "x") is None
    assert await kept.all("jti") == {}
    assert not await kept.drop("jti", "x")
    await kept.put(Kept("jti", "y", "1", FUTURE))
    assert await kept.put_once(Kept("jti", "x", "2", FUTURE))
    assert await kept.all("jti") == {"x": "2", "y": "1"}


async def test_what_has_expired_is_swept_away(store: AnyStore) -> None:
    for number in range(30):
        await store.kept.put(Kept("jti", str(number), "1", PAST))
    await store.kept.put(Kept("jti", "good", "1", FUTURE))
    assert await rows(store) == 1


async def rows(store: AnyStore) -> int:
    """Return how many records lie in the store, expired ones included."""
    if isinstance(store, Neo4jStore):
        [count] = await store.bolt.read("MATCH (k:Kept) RETURN count(k)", {})
        return count
    return await store.database.read(
        lambda connection: connection.execute("SELECT count(*) FROM kept").fetchone()[0]
    )


async def test_records_are_no_facts(store: AnyStore) -> None:
    await store.kept.put(Kept("client", "a", "1"))
    assert await exported(store) == []
    assert (await store.latest()).revision == 0


async def test_records_survive_a_restart(store: AnyStore, replica: Callable[[], AnyStore]) -> None:
    await store.kept.put(Kept("revoked", "a", "1"))
    await store.close()
    async with opened(replica()) as again:
        assert await again.kept.get("revoked", "a") == "1"


async def test_a_record_waits_for_the_generation_in_the_making(store: AnyStore) -> None:
    async with store.writing():
        waiting = asyncio.create_task(store.kept.put_once(Kept("jti", "x", "1", FUTURE)))
        await asyncio.sleep(0)
    assert await waiting
    assert await store.kept.get("jti", "x") == "1"
    assert (await store.latest()).revision == 0
