"""What is logged, over the doors that write: with the write or not at all, and in one chain."""

import asyncio
import os
import subprocess
import sys
from typing import Any, Final

import pytest

from hub.audit.heads import witnessed
from hub.errors import StoreUnavailableError
from hub.oauth.clients import CLIENT
from hub.store.deeds import Action, Actor, By, Deed
from hub.store.embedded.store import EmbeddedStore
from hub.store.kept import Kept
from hub.store.neo4j.store import Neo4jStore
from hub.store.port import Store
from hub.sync.export import export
from hub.sync.restore import restore
from hub.sync.sources import exchange_file
from tests.audit.logs import SETTINGS, found, run, said, written
from tests.conftest import AnyStore
from tests.neo4j.server import Address
from tests.store.worlds import program, site, world, write

pytestmark = pytest.mark.anyio
MANY: Final = 12
SCRIPT: Final = """
import asyncio, sys
from hub.audit.heads import witnessed
from hub.settings import Settings
from hub.store.deeds import Action, Actor, By, Deed
from hub.store.embedded.store import EmbeddedStore
from hub.store.kept import Kept
from hub.store.neo4j.store import Neo4jStore
from tests.store.worlds import site, write

async def main():
    many, name, path, user, password = int(sys.argv[1]), *sys.argv[2:6]
    own = Neo4jStore(path, user, password or None) if "://" in path else EmbeddedStore(path)
    store = witnessed(own, Settings())
    await store.open()
    deed = Deed(By(Actor.SHELL, request=name), Action.ADD_CLIENT, ["alpha"], subject=name)
    for number in range(many):
        await store.kept.put(Kept("client", f"{name}{number}", "{}"), deed=deed)
        await write(store, [site("alpha", f"{name}{number}")], on=f"2020-01-{number + 2:02}")
    await store.close()

asyncio.run(main())
"""


STUCK: Final = """
import asyncio, sys, time
from hub.store.embedded import audit as embedded
from hub.store.neo4j import audit as neo4j
from hub.store.deeds import Action, Actor, By, Deed
from hub.store.embedded.store import EmbeddedStore
from hub.store.kept import Kept
from hub.store.neo4j.store import Neo4jStore
from tests.store.worlds import site, write

in_file, in_graph = embedded._add, neo4j._add

def stuck(*given):
    in_file(*given)
    print("stuck", flush=True)
    time.sleep(600)

async def stuck_there(*given):
    await in_graph(*given)
    print("stuck", flush=True)
    await asyncio.sleep(600)

async def main():
    what, path, user, password = sys.argv[1:5]
    store = Neo4jStore(path, user, password or None) if "://" in path else EmbeddedStore(path)
    await store.open()
    embedded._add, neo4j._add = stuck, stuck_there
    if what == "facts":
        await write(store, [site("alpha", "lost")], on="2020-02-01")
    deed = Deed(By(Actor.SHELL), Action.ADD_CLIENT)
    await store.kept.put(Kept("client", "lost", "{}"), deed=deed)

asyncio.run(main())
"""
"""Writes until the row is there and only the commit is left, and then hangs."""


async def rows(store: Store) -> list[dict[str, Any]]:
    """Return what all rows say."""
    return [said(row) for row in await store.audit.page(0, 1_000)]


@pytest.fixture
def where(store: AnyStore, request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Return the address of the store, the user and the password."""
    if isinstance(store, EmbeddedStore):
        return store.database.path, "", ""
    server: Address = request.getfixturevalue("neo4j_server")
    return server.url, server.user, server.password or ""


async def test_hubs_that_write_at_once_make_one_chain(
    store: AnyStore, where: tuple[str, str, str]
) -> None:
    await write(witnessed(store, SETTINGS), program("alpha"))
    hubs = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", SCRIPT, str(MANY), name, *where,
            stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        for name in ("one", "other")
    ]  # fmt: skip
    for hub in hubs:
        _, err = await hub.communicate()
        assert hub.returncode == 0, err.decode()
    assert await found(store) == []
    told = await rows(store)
    by = [row["requestId"] for row in told if row["action"] == "addClient"]
    assert sorted(by) == ["one"] * MANY + ["other"] * MANY
    assert len([row for row in told if row["revision"]]) == 1 + 2 * MANY
    assert (await store.latest()).revision == 1 + 2 * MANY


class OnPurposeError(Exception):
    """A fault in the middle of a write."""


async def failing(*_: object) -> None:
    raise OnPurposeError


def broken(*_: object) -> None:
    raise OnPurposeError


async def test_a_write_that_fails_leaves_neither_row_nor_facts(
    store: AnyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row is the last thing that a write adds: what breaks there takes everything along."""
    await written(witnessed(store, SETTINGS), 1)
    head, latest = await store.audit.head(), await store.latest()
    deed = Deed(By(Actor.SHELL), Action.ADD_CLIENT)
    target = "hub.store.embedded.audit._add"
    if isinstance(store, Neo4jStore):
        monkeypatch.setattr("hub.store.neo4j.audit._add", failing)
    else:
        monkeypatch.setattr(target, broken)
    with pytest.raises(OnPurposeError):
        await write(store, [site("alpha", "lost")], on="2020-02-01")
    with pytest.raises(OnPurposeError):
        await store.kept.put(Kept(CLIENT, "lost", "{}"), deed=deed)
    monkeypatch.undo()
    assert (await store.audit.head(), await store.latest()) == (head, latest)
    assert await store.kept.get(CLIENT, "lost") is None
    assert await store.resolve(["alpha:slost"]) == (latest, [None])
    await write(store, [site("alpha", "lost")], on="2020-02-01")
    assert await found(store) == []


@pytest.mark.parametrize("what", ["facts", "client"])
async def test_a_write_that_is_killed_leaves_neither_row_nor_facts(
    store: AnyStore, where: tuple[str, str, str], what: str
) -> None:
    await written(witnessed(store, SETTINGS), 1)
    head, latest = await store.audit.head(), await store.latest()
    hub = await asyncio.create_subprocess_exec(
        sys.executable, "-c", STUCK, what, *where,
        stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert hub.stdout is not None
    assert await hub.stdout.readline() == b"stuck\n"
    hub.kill()
    await hub.wait()
    await write(store, [site("alpha", "next")], on="2020-02-02")
    assert await store.kept.get(CLIENT, "lost") is None
    newest, found_ = await store.resolve(["alpha:slost"])
    assert (newest.revision, found_) == (latest.revision + 1, [None])
    assert said((await store.audit.page(head.seq, 1))[0])["revision"] == newest.revision
    assert await found(store) == []


async def test_a_day_whose_head_cannot_be_signed_takes_no_write(store: AnyStore) -> None:
    """Whoever writes without the hub's secret is told, and leaves nothing half done."""
    await written(witnessed(store, SETTINGS))
    await run(
        store,
        "UPDATE kept SET value = json_set(value, '$.sealed', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA') "
        "WHERE kind = 'audit-key'",
        "MATCH (k:Kept {kind: 'audit-key'}) "
        'SET k.value = \'{"sealed":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}\'',
    )
    head = await store.audit.head()
    with pytest.raises(StoreUnavailableError, match="sealed with another HUB_KEYS_SECRET"):
        await write(store, [site("alpha", 9)], on="2021-01-01")
    assert await store.audit.head() == head
    await write(store, [site("alpha", 9)], on="2020-01-03")
    assert (await store.audit.head()).seq == head.seq + 1


async def test_what_changes_nothing_is_not_logged(store: AnyStore) -> None:
    await write(store, world())
    assert len(await rows(store)) == 1
    await write(store, world())
    await store.kept.put(Kept("jti", "x", "1"))
    assert not await store.kept.put_once(
        Kept("jti", "x", "2"), deed=Deed(By(Actor.HUB), Action.MAKE_KEY)
    )
    assert len(await rows(store)) == 1


async def test_an_import_of_an_export_is_one_row(store: AnyStore) -> None:
    from_ = EmbeddedStore(":memory:")
    await from_.open()
    await write(from_, world())
    text = b"".join([line async for line in export(from_)])
    await from_.close()
    await restore(store, exchange_file(text))
    [row] = await rows(store)
    assert (row["action"], row["programs"], row["revision"]) == ("import", ["alpha", "beta"], 1)
