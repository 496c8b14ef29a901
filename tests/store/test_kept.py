"""Records beside the graph, in both stores: kept once, found, replaced, expired, swept."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest

from hub.errors import ConflictError
from hub.store.embedded.store import EmbeddedStore
from hub.store.kept import FOREVER, NOTHING, Kept
from hub.store.neo4j.store import Neo4jStore
from tests.conftest import AnyStore
from tests.neo4j.server import Address
from tests.store.worlds import DEED, exported

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


async def test_several_records_are_brought_at_once(store: AnyStore) -> None:
    for key, expires in (("a", FUTURE), ("b", FOREVER), ("gone", PAST)):
        await store.kept.put(Kept("client", key, f'"{key}"', expires))
    named = [("client", "b"), ("client", "a"), ("client", "gone"), ("key", "a")]
    assert await store.kept.some(named) == {("client", "a"): '"a"', ("client", "b"): '"b"'}
    assert await store.kept.some([]) == {}


async def test_records_are_kept_together_or_not_at_all(store: AnyStore) -> None:
    kept = store.kept
    both = [Kept("client", "a", "1", instead_of=NOTHING), Kept("key", "a", "2")]
    await kept.put_all(both, deed=DEED)
    [row] = await store.audit.page(0, 9)
    for wrong in (NOTHING, "3"):
        records = [Kept("key", "a", "9"), Kept("client", "a", "9", instead_of=wrong)]
        with pytest.raises(ConflictError):
            await kept.put_all(records, deed=DEED)
    assert await kept.some([("client", "a"), ("key", "a")]) == {
        ("client", "a"): "1", ("key", "a"): "2",
    }  # fmt: skip
    assert await store.audit.page(0, 9) == [row]
    await kept.put_all([Kept("client", "a", "4", instead_of="1")], deed=DEED)
    assert await kept.get("client", "a") == "4"
    await kept.put_all([Kept("client", "a", "5", PAST, instead_of="4")], deed=DEED)
    await kept.put_all([Kept("client", "a", "6", instead_of=NOTHING)], deed=DEED)
    assert await kept.get("client", "a") == "6"


async def test_of_many_that_take_the_place_of_one_record_one_does(
    store: AnyStore, replica: Callable[[], AnyStore]
) -> None:
    async with opened(replica()) as second:
        for before, after in ((NOTHING, "1"), ("1", "2")):
            tries = [
                hub.kept.put_all([Kept("client", "a", after, instead_of=before)], deed=DEED)
                for _ in range(4)
                for hub in (store, second)
            ]
            told = await asyncio.gather(*tries, return_exceptions=True)
            assert [type(each) for each in told if each] == [ConflictError] * 7
            assert await store.kept.get("client", "a") == after


async def test_a_generation_is_not_made_where_a_record_is_another_by_then(store: AnyStore) -> None:
    async def made(before: str) -> None:
        async with store.writing() as writing:
            instead = Kept("client", "a", "2", instead_of=before)
            await writing.commit(1, law_changed=False, deed=DEED, kept=[instead])

    await store.kept.put(Kept("client", "a", "1"))
    with pytest.raises(ConflictError):
        await made("0")
    assert (await store.latest()).revision == 0
    assert await store.kept.get("client", "a") == "1"
    await made("1")
    assert (await store.latest()).revision == 1
    assert await store.kept.get("client", "a") == "2"
