"""Backups as `docs/running.md` has them made: a restored store is the store, with log and ids."""

import asyncio
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from neo4j import GraphDatabase

from hub.audit.heads import witnessed
from hub.cli.console import settings
from hub.oauth.clients import Registry
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from hub.store.port import Store
from hub.sync.export import export
from tests.audit.logs import found
from tests.docs.pages import DOCS, blocks
from tests.neo4j.server import Address, Server
from tests.oauth.served import client_of
from tests.store.worlds import program, site, world, write

pytestmark = pytest.mark.anyio

MADE: Final = "VACUUM INTO"
"""By this the command is known that makes a copy while the hub runs."""


async def answers(
    store: Store,
) -> tuple[list[bytes], int, bytes, Mapping[str, str], list[tuple[int, str]]]:
    """Return all that a store answers by: facts, revision, key of ids, clients, and its log."""
    assert await found(store) == []
    return (
        [line async for line in export(store)],
        (await store.latest()).revision,
        await store.key(),
        await store.kept.all("client"),
        [(row.seq, row.hash) for row in await store.audit.page(0, 10_000)],
    )


def counted(path: Path) -> Mapping[str, int]:
    """Return the rows of each table of a file."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
            )
        ]
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for name in tables
        }


def told() -> list[str]:
    """Return the command that the page has for a copy of a file that is being written."""
    page = (DOCS / "running.md").read_text(encoding="utf-8")
    [text] = [each.text for each in blocks(page) if MADE in each.text]
    [command] = [line for line in text.splitlines() if MADE in line]
    word, *given = shlex.split(command)
    assert word == "python3"
    return [sys.executable, *given]


async def copied(folder: Path) -> None:
    """Make the copy."""
    process = await asyncio.create_subprocess_exec(*told(), cwd=folder)
    assert await process.wait() == 0


async def test_a_copy_that_is_made_while_it_is_written_is_one_of_its_revisions(
    tmp_path: Path,
) -> None:
    store = witnessed(EmbeddedStore(str(tmp_path / "hub.db")), settings())
    await store.open()
    await write(store, program("alpha"))
    await Registry(store.kept).add(client_of())
    revisions = [(await store.latest()).revision]
    copying = asyncio.create_task(copied(tmp_path))
    number = 0
    while not (copying.done() and number >= 10):
        number += 1
        await write(store, [site("alpha", number)])
        revisions.append((await store.latest()).revision)
    await copying
    copy = EmbeddedStore(str(tmp_path / "copy.db"))
    await copy.open()
    lines, _, key, clients, log = await answers(store)
    revision = (await copy.latest()).revision
    later = range(revisions.index(revision) + 1, len(revisions))
    since = [f'"alpha:s{number}"'.encode() for number in later]
    before = [line for line in lines if not any(each in line for each in since)]
    assert len(lines) - len(before) == len(later)
    written = log[: len(log) - len(later)]
    assert await answers(copy) == (before, revision, key, clients, written)
    await write(copy, [site("alpha", 1_000_000)])
    assert await found(copy) == []
    for each in (copy, store):
        await each.close()

    (tmp_path / "copy.db").unlink()
    await copied(tmp_path)
    assert counted(tmp_path / "copy.db") == counted(tmp_path / "hub.db")


def nodes(server: Address) -> Mapping[tuple[str, ...], int]:
    """Return how many nodes of each label a server has, and how many relationships of each type."""
    with (
        GraphDatabase.driver(server.url, auth=server.auth) as driver,
        driver.session(database="neo4j") as session,
    ):
        every = [
            *session.run("MATCH (n) RETURN labels(n) AS what, count(*) AS many"),
            *session.run("MATCH ()-[r]->() RETURN [type(r)] AS what, count(*) AS many"),
        ]
        return {tuple(row["what"]): row["many"] for row in every}


@pytest.mark.drill
@pytest.mark.usefixtures("java")
async def test_a_server_that_was_copied_while_it_stood_is_the_same_elsewhere(
    tmp_path: Path,
) -> None:
    before, counts = None, None
    with Server(data=tmp_path / "one") as server:
        server.empty()  # a server that has just begun takes long for its first question
        store = witnessed(Neo4jStore(server.url, server.user, server.password), settings())
        await store.open()
        await write(store, world())
        await Registry(store.kept).add(client_of())
        before, counts = await answers(store), nodes(server)
        await store.close()
        server.stop()
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    shutil.rmtree(tmp_path / "one")
    with Server(data=tmp_path / "two") as server:
        assert nodes(server) == counts
        copy = Neo4jStore(server.url, server.user, server.password)
        await copy.open()
        assert await answers(copy) == before
        await write(copy, [site("alpha", 1_000_000)])
        assert await found(copy) == []
        await copy.close()
