"""The raw batch writes that a sync is measured against write what the sync wrote."""

import sqlite3
from pathlib import Path

import pytest

from adapters.kit.adapter import adapters
from bench.bulk import PROGRAM, files
from bench.raw_writing import Neo4jWriter, SqliteWriter, Written
from graph_schema.exchange import FACTS
from hub.store.embedded.schema import table
from hub.store.neo4j.store import Neo4jStore
from hub.sync.run import run
from hub.sync.sources import record
from tests.cli.commands import done
from tests.neo4j.server import Address

ROWS = 40


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the store of a hub that took a list."""
    found = tmp_path / "hub.db"
    monkeypatch.setenv("HUB_STORE", f"sqlite:///{found}")
    done("sync", PROGRAM)
    listed = [each for file in files(tmp_path, ROWS) for each in ("--from", file)]
    assert f"{ROWS} added" in done("sync", PROGRAM, *listed, "--yes").out
    return found


def test_sqlite_is_given_the_same_rows(path: Path, tmp_path: Path) -> None:
    written = Written(path)
    assert SqliteWriter(tmp_path / "raw.db").write(written) > 0
    hubs, raw = sqlite3.connect(path), sqlite3.connect(tmp_path / "raw.db")
    for each in ("node", "reference", "in_force", *map(table, FACTS)):
        text = f"SELECT * FROM {each} WHERE revision_from = ? ORDER BY 1"  # noqa: S608 - our names
        rows = hubs.execute(text, [written.revision]).fetchall()
        assert raw.execute(text, [written.revision]).fetchall() == rows
    [words] = raw.execute("SELECT count(*) FROM words WHERE words MATCH 'example'").fetchone()
    assert words == ROWS // 2
    hubs.close()
    raw.close()


@pytest.mark.anyio
async def test_neo4j_is_given_the_same_facts(
    path: Path, neo4j_store: Neo4jStore, neo4j_server: Address
) -> None:
    await run(neo4j_store, record(adapters()[PROGRAM]))
    assert Neo4jWriter(neo4j_server).write(Written(path)) > 0
    text = (
        "MATCH (n:Subject)-[s:STANDING]->() MATCH (n)<-[w:WORKSITE]-() "
        "MATCH (n)-[i:IN_FORCE]->() WHERE n.name = w.name RETURN count(*)"
    )
    assert await neo4j_store.bolt.read(text, {}) == [ROWS // 2]
