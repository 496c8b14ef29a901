"""What a user is told when a store is not there, and what is left after a power cut."""

import asyncio
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

import pytest
from neo4j import GraphDatabase

from graph_schema.standing import Standing
from hub.errors import StoreUnavailableError
from hub.store.breaker import FAILURES
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from hub.store.port import SHELL, Store
from tests.neo4j.server import USER, Server
from tests.store.proxy import Proxy
from tests.store.test_writing import MANY, stage_everything, view
from tests.store.worlds import DEED, moment, number, site, world, write

pytestmark = [pytest.mark.anyio, pytest.mark.drill]

PASSWORD: Final = "a good password"  # noqa: S105 - of a server that lives for these tests
SOON: Final = 5.0
"""Seconds within which a user is told."""
ROOT: Final = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server(java: None) -> Generator[Server]:  # noqa: ARG001
    """Yield a server of our own, that lets in by password and may be killed."""
    with Server(password=PASSWORD) as own:
        yield own


@pytest.fixture
async def store(server: Server) -> AsyncGenerator[Neo4jStore]:
    """Yield an empty store in it."""
    server.empty()
    opened = Neo4jStore(server.url, USER, PASSWORD)
    await opened.open()
    yield opened
    await opened.close()


async def told(store: Store) -> str:
    """Return what opening a store says; it must say it soon."""
    began = time.monotonic()
    with pytest.raises(StoreUnavailableError) as caught:
        await store.open()
    assert time.monotonic() - began < SOON
    assert "\n" not in caught.value.message
    await store.close()
    return caught.value.message


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
async def test_nobody_listens(scheme: str) -> None:
    url = f"{scheme}://127.0.0.1:{_free_port()}"
    said = await told(Neo4jStore(url, USER, PASSWORD))
    assert said.startswith(f"the store at {url} does not answer: nobody listens there")


async def test_what_listens_is_no_neo4j() -> None:
    web = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    Thread(target=web.serve_forever, daemon=True).start()
    said = await told(Neo4jStore(f"bolt://127.0.0.1:{web.server_port}", USER, PASSWORD))
    assert "is not a Neo4j" in said
    web.shutdown()
    web.server_close()


async def test_an_address_that_is_none() -> None:
    said = await told(Neo4jStore("http://127.0.0.1:7474", USER, PASSWORD))
    assert said == "http://127.0.0.1:7474 is no address of a Neo4j; write neo4j://host:7687"


async def test_a_question_before_opening_says_so() -> None:
    with pytest.raises(StoreUnavailableError, match="is not open"):
        await Neo4jStore("bolt://127.0.0.1:1", USER, PASSWORD).latest()


async def test_a_wrong_password_and_too_many_of_them(server: Server) -> None:
    said = await told(Neo4jStore(server.url, USER, "wrong"))
    assert said == f"the store at {server.url} refuses the password of neo4j"
    for _ in range(3):
        said = await told(Neo4jStore(server.url, USER, "wrong"))
    assert "too many wrong passwords" in said
    server.restart()
    again = Neo4jStore(server.url, USER, PASSWORD)
    await again.open()
    await again.close()


async def test_a_first_password_must_be_changed(server: Server) -> None:
    with (
        GraphDatabase.driver(server.url, auth=server.auth) as driver,
        driver.session(database="system") as session,
    ):
        session.run("CREATE USER new IF NOT EXISTS SET PASSWORD 'first one' CHANGE REQUIRED")
    said = await told(Neo4jStore(server.url, "new", "first one"))
    assert "wants the first password of new changed: ALTER CURRENT USER" in said


async def test_a_database_that_is_not_there(server: Server) -> None:
    said = await told(Neo4jStore(server.url, USER, PASSWORD, "other"))
    assert said == f"the store at {server.url} has no database of that name"


async def test_a_newer_hubs_graph_is_refused(server: Server, store: Neo4jStore) -> None:
    await store.bolt.alone("MATCH (m:Meta {name: 'meta'}) SET m.version = 99", {})
    assert "was written by a newer hub" in await told(Neo4jStore(server.url, USER, PASSWORD))


async def test_a_newer_hubs_file_is_refused(embedded_store: EmbeddedStore) -> None:
    await embedded_store.database.write(
        lambda connection: connection.execute("PRAGMA user_version = 99")
    )
    said = await told(EmbeddedStore(embedded_store.database.path))
    assert "was written by a newer hub" in said


async def test_a_database_of_something_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE node (name TEXT)")
    before = path.read_bytes()
    said = await told(EmbeddedStore(str(path)))
    assert said == f"{path} is a database of something else; name a file of the hub's own"
    assert path.read_bytes() == before


async def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear hub, " * 1_000, encoding="utf-8")
    said = await told(EmbeddedStore(str(path)))
    assert said.startswith(f"cannot use {path} as a store:")


async def reading(store: Neo4jStore) -> None:
    """Be asking the server something that takes it long, when this returns a task of it."""
    while True:
        [queries] = await store.bolt.read(
            "SHOW TRANSACTIONS YIELD currentQuery RETURN collect(currentQuery)", {}
        )
        if any("count(long)" in query for query in queries):
            return


async def long(store: Neo4jStore) -> None:
    await store.bolt.read("UNWIND range(1, 100000000000) AS long RETURN count(long)", {})


async def test_a_server_killed_while_it_is_asked(server: Server, store: Neo4jStore) -> None:
    await write(store, world())
    asked = asyncio.create_task(long(store))
    await reading(store)
    began = time.monotonic()
    server.kill()
    with pytest.raises(StoreUnavailableError):
        await asked
    with pytest.raises(StoreUnavailableError, match="nobody listens"):
        await store.latest()
    assert time.monotonic() - began < SOON
    server.start()
    assert (await store.latest()).revision == 1, "it recovers without being opened again"


async def test_a_server_that_is_away_is_not_asked_by_everybody(
    server: Server, store: Neo4jStore
) -> None:
    await write(store, world())
    server.kill()
    for _ in range(FAILURES):
        with pytest.raises(StoreUnavailableError, match="nobody listens"):
            await store.latest()
    with pytest.raises(StoreUnavailableError, match="asked again in a moment"):
        await store.latest()
    with pytest.raises(StoreUnavailableError, match="asked again in a moment"):
        async with store.writing():
            pass
    server.start()
    async with asyncio.timeout(10 * SOON):
        while True:
            with suppress(StoreUnavailableError):
                assert (await store.latest()).revision == 1
                break


async def test_a_server_that_freezes_is_found_out_and_comes_back(
    server: Server, store: Neo4jStore
) -> None:
    await write(store, world())
    await store.latest()
    server.freeze()
    began = time.monotonic()
    try:
        with pytest.raises(StoreUnavailableError, match="does not answer"):
            await store.latest()
        assert time.monotonic() - began < SOON
    finally:
        server.thaw()
    assert (await store.latest()).revision == 1


async def test_a_long_question_is_waited_for_while_the_server_answers_others(
    store: Neo4jStore,
) -> None:
    began = time.monotonic()
    text = "UNWIND range(1, $n) AS a UNWIND range(1, 3000) AS b RETURN count(a + b)"
    n = 2_000
    while time.monotonic() - began < 3 * SOON:
        once = time.monotonic()
        [found] = await store.bolt.read(text, {"n": n})
        assert found == n * 3_000
        if time.monotonic() - once > 3:
            return
        n *= 3


async def test_a_server_killed_while_a_generation_is_staged(
    server: Server, store: Neo4jStore
) -> None:
    await write(store, world())
    before = await view(store)

    async def staging() -> None:
        async with store.writing() as writing:
            await stage_everything(store, writing, MANY)
            server.kill()
            await writing.commit(writing.base.recorded_at + 1, law_changed=False, deed=DEED)

    with pytest.raises(StoreUnavailableError):
        await staging()
    server.start()
    assert await view(store) == before
    await _clean_after_the_next_write(store)


async def test_a_writer_killed_while_it_stages(server: Server, store: Neo4jStore) -> None:
    await write(store, world())
    before = await view(store)
    script = f"""
import asyncio, sys
from hub.store.neo4j.store import Neo4jStore
from tests.store.test_writing import stage_everything
async def main():
    store = Neo4jStore({server.url!r}, {USER!r}, {PASSWORD!r})
    await store.open()
    async with store.writing() as writing:
        await stage_everything(store, writing, {MANY})
        print("staged", flush=True)
        sys.stdin.read()
asyncio.run(main())
"""
    writer = subprocess.Popen(  # noqa: S603, ASYNC220 - our own script, read line by line
        [sys.executable, "-c", script],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "staged\n"
    [left] = await store.bolt.read("MATCH (s:Staged) RETURN count(s)", {})
    assert left > 0
    assert await view(store) == before
    writer.kill()
    writer.communicate()
    assert await view(store) == before
    await _clean_after_the_next_write(store)


async def _clean_after_the_next_write(store: Neo4jStore) -> None:
    """See that what a killed writer left is gone, and that the next write is whole."""
    await write(store, [site("alpha", 8)])
    latest = await store.latest()
    assert latest.revision == 2
    for text in (
        "MATCH (s:Staged) RETURN count(s)",
        "MATCH ()-[f]->() WHERE f.revision_from > 2 OR f.revision_until = 2 RETURN count(f)",
        "MATCH (f) WHERE f.revision_from > 2 OR f.revision_until = 2 RETURN count(f)",
        "MATCH (r:Reference {text: 'alpha:new'}) RETURN count(r)",
    ):
        [left] = await store.bolt.read(text, {})
        assert left == 0, text
    program = await number(store, "program:alpha")
    seen = await moment(store, SHELL)
    assert await store.count_at(Standing, "program", [program], seen) == {program: 5}


@pytest.fixture
async def through(server: Server) -> AsyncGenerator[tuple[Proxy, Neo4jStore]]:
    """Yield a store behind a line that can be cut."""
    server.empty()
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(Proxy.to(server.url))
        store = Neo4jStore(proxy.url, USER, PASSWORD)
        await store.open()
        await write(store, world())
        yield proxy, store
        await store.close()


async def test_a_commit_whose_answer_is_lost_was_made(through: tuple[Proxy, Neo4jStore]) -> None:
    proxy, store = through
    async with store.writing() as writing:
        proxy.cut_at_commit(_FLIP, after_answer=True)
        latest = await writing.commit(writing.base.recorded_at + 1, law_changed=False, deed=DEED)
    assert proxy.cut
    assert latest == await store.latest()
    await write(store, [site("alpha", 8)])
    assert (await store.latest()).revision == 3


async def test_a_commit_that_never_arrived_was_not_made(through: tuple[Proxy, Neo4jStore]) -> None:
    proxy, store = through

    async def committing() -> None:
        async with store.writing() as writing:
            proxy.cut_at_commit(_FLIP, after_answer=False)
            await writing.commit(writing.base.recorded_at + 1, law_changed=False, deed=DEED)

    with pytest.raises(StoreUnavailableError):
        await committing()
    assert proxy.cut
    assert (await store.latest()).revision == 1
    await write(store, [site("alpha", 8)])
    assert (await store.latest()).revision == 2


_FLIP: Final = 2
"""A generation's first commit is of what was staged, its second makes that the newest."""
