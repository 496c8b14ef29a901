"""Deadlines: what takes too long is given up, and the store does not go on with it."""

import asyncio
import math
import sqlite3
from pathlib import Path

import pytest

from hub.errors import DeadlineExceededError
from hub.store.deadline import within
from hub.store.embedded.database import Database
from hub.store.neo4j.driver import Bolt
from tests.neo4j.server import Address

pytestmark = pytest.mark.anyio
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
LONG = "UNWIND range(1, 1000000000000) AS i WITH i WHERE i < 0 RETURN collect(i)"
"""A question that takes weeks."""
RUNNING = (
    "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery CONTAINS '1000000000000' "
    "AND NOT currentQuery CONTAINS 'SHOW' RETURN count(*)"
)


def endless(connection: sqlite3.Connection) -> None:
    """Never come to an end."""
    connection.execute(ENDLESS).fetchall()


def one(connection: sqlite3.Connection) -> int:
    """Return 1."""
    return connection.execute("SELECT 1").fetchone()[0]


@pytest.mark.parametrize("name", ["hub.db", ":memory:"])
async def test_sqlite_ends_what_nobody_waits_for(tmp_path: Path, name: str) -> None:
    database = Database(name if name == ":memory:" else str(tmp_path / name))
    await database.open()
    # As many as there are readers: were one of them kept, the last question would never be put.
    for _ in range(4):
        with pytest.raises(DeadlineExceededError, match=r"no answer within 0\.05 seconds"):
            async with within(0.05):
                await database.read(endless)
    async with within(60):
        assert await database.read(one) == 1
    assert await database.read(one) == 1
    await database.close()


async def test_sqlite_ends_what_others_still_wait_for(tmp_path: Path) -> None:
    """Another task, which the deadline of the first does not end, is told all the same."""
    database = Database(str(tmp_path / "hub.db"))
    await database.open()
    async with within(0.05) as deadline:
        apart = asyncio.create_task(database.read(endless))
        await asyncio.wait({apart}, timeout=0)  # it is put
        deadline.put_off(math.inf)
        deadline.until = 0
    with pytest.raises(DeadlineExceededError):
        await apart
    await database.close()


async def test_neo4j_ends_what_nobody_waits_for(neo4j_server: Address) -> None:
    bolt = Bolt(neo4j_server.url, neo4j_server.user, neo4j_server.password, "neo4j")
    await bolt.open()
    try:
        with pytest.raises(DeadlineExceededError):
            async with within(0.5):
                await bolt.read(LONG, {})
        async with asyncio.timeout(30):
            while (await bolt.read(RUNNING, {}))[0]:
                pass
    finally:
        await bolt.close()


async def test_a_deadline_may_be_put_off() -> None:
    async with within(0.01) as deadline:
        deadline.put_off(math.inf)
        assert deadline.until == math.inf
    with pytest.raises(DeadlineExceededError, match=r"within 0\.02 seconds"):
        await waiting(0.02)


async def waiting(seconds: float) -> None:
    """Wait for what never comes, with a deadline that is brought forward."""
    async with within(60) as deadline:
        deadline.put_off(seconds)
        await asyncio.Event().wait()


async def late() -> None:
    """Find that something else took too long."""
    async with within(60):
        msg = "another"
        raise TimeoutError(msg)


async def test_another_timeout_is_not_the_deadline() -> None:
    with pytest.raises(TimeoutError, match="another"):
        await late()
