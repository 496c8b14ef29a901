"""A field is declared once: both stores derive their columns, properties and indexes from it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from graph_schema.exchange import FACTS
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.programs import Program
from graph_schema.sourcing import SourcingLink, Volume
from graph_schema.standing import Standing, StateRule
from hub.store.columns import all_columns, ends
from hub.store.embedded import schema as tables
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j import schema as graph
from hub.store.neo4j.store import Neo4jStore
from tests.neo4j.server import Address
from tests.store.worlds import exported, site, world, write

ROOT: Final = Path(__file__).parents[2]
NEW_FIELDS: Final = '''
    storeys: int | None = None
    """Storeys of the building, as published."""
    landlord: OrganizationRef | None = None
    """Who owns the building."""
'''
SCRIPT: Final = """
import asyncio, json, os, sys
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from graph_schema.parties import Worksite
from tests.store.worlds import company, exported, moment, number, site, write

async def main():
    url, user, password, path = sys.argv[1:5]
    told = []
    for store in (EmbeddedStore(path), Neo4jStore(url, user, password or None)):
        await store.open()
        await write(store, [company("alpha", "owner"),
                            site("alpha", 77, storeys=9, landlord="alpha:owner")], on="2021-01-01")
        owner = await number(store, "alpha:owner")
        rows = await store.facts_at(Worksite, "landlord", [owner], await moment(store))
        told.append([[row["name"], row["storeys"]] for row in rows])
        old = await store.facts_at(Worksite, "program", [await number(store, "program:alpha")],
                                   await moment(store))
        told.append(sorted({row["storeys"] for row in old}, key=str))
        await store.close()
    print(json.dumps(told))

asyncio.run(main())
"""


def test_every_kind_has_a_table_and_a_place_in_the_graph() -> None:
    assert len({tables.table(kind) for kind in FACTS}) == len(FACTS)
    assert len({graph.name(kind) for kind in FACTS}) == len(FACTS)
    named = {kind: (graph.name(kind), *graph.begin_and_end(kind)) for kind in FACTS}
    assert named[Standing] == ("STANDING", "subject", "program")
    assert named[SourcingLink] == ("SOURCING_LINK", "buyer", "supplier")
    assert named[Tie] == ("TIE", "from_", "to")
    assert named[Volume] == ("VOLUME", "pool", "program")
    assert named[Organization] == ("ORGANIZATION", "program", "reference")
    assert graph.pattern(Program) == "(f:ProgramRecord)", "a program's node has its label already"
    assert graph.pattern(StateRule) == "(f:StateRule)"


def test_every_field_that_names_a_node_has_an_index() -> None:
    sql = " ".join(tables.indexes())
    cypher = graph.statements()
    for kind in FACTS:
        for end in (*ends(kind), *kind.indexed, "program"):
            assert f'_{end} ON {tables.table(kind)} ("{end}")' in sql or end == "program"
            assert f"{graph.name(kind).lower()}_{end}_number" in cypher
        assert f"{graph.name(kind).lower()}_number_unique" in cypher
        assert set(tables.column_types(kind)) == {*all_columns(kind), tables.GONE}


@pytest.mark.anyio
async def test_the_graph_has_what_the_vocabulary_says(neo4j_store: Neo4jStore) -> None:
    await write(neo4j_store, world())
    [known] = await neo4j_store.bolt.read("SHOW INDEXES YIELD name RETURN collect(name)", {})
    assert set(graph.statements()) <= set(known)
    [joined] = await neo4j_store.bolt.read(
        "MATCH (a)-[f]->(b) WHERE type(f) <> 'OF' UNWIND labels(a) AS x UNWIND labels(b) AS y "
        "WITH DISTINCT x, type(f) AS f, y RETURN collect(x + ' ' + f + ' ' + y)",
        {},
    )
    assert {
        "Worksite STANDING Program", "Worksite IN_FORCE Program", "Worksite TIE Organization",
        "Organization SIGNATURE Agreement", "Organization SOURCING_LINK Worksite",
        "Agreement CLAUSE Program", "Program WORKSITE Worksite", "Program AGREEMENT Agreement",
        "Program COMMODITY Commodity", "Organization VOLUME Program",
    } <= set(joined)  # fmt: skip
    [subjects] = await neo4j_store.bolt.read("MATCH (n:Subject) RETURN count(n)", {})
    assert subjects == 4 + 3


@pytest.fixture
def grown(tmp_path: Path) -> Path:
    """Return a copy of the tree in which a worksite has two more fields, and nothing else."""
    tree = tmp_path / "tree"
    for package in ("graph_schema", "hub", "adapters", "tests"):
        shutil.copytree(
            ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    path = tree / "graph_schema" / "parties.py"
    text = path.read_text(encoding="utf-8")
    marker = "    closed_on: PartialDate | None = None\n"
    assert text.count(marker) == 1
    path.write_text(text.replace(marker, NEW_FIELDS.lstrip("\n") + marker), encoding="utf-8")
    return tree


@pytest.mark.anyio
async def test_a_field_added_to_a_model_is_kept_without_another_change(
    grown: Path, tmp_path: Path, neo4j_server: Address, neo4j_store: Neo4jStore
) -> None:
    path = str(tmp_path / "hub.db")
    embedded = EmbeddedStore(path)
    await embedded.open()
    for store in (embedded, neo4j_store):
        await write(store, world())
    await embedded.close()
    told = _run(grown, neo4j_server, path)
    kept = [["Site 77", 9]]
    assert told == [kept, [9, None], kept, [9, None]]
    still = [row for kind, row in await exported(neo4j_store) if kind is Worksite]
    assert len(still) == 5, "a hub that does not know the field reads the rest"
    await write(neo4j_store, [site("alpha", 78)], on="2021-02-01")


def _run(tree: Path, server: Address, path: str) -> Any:  # noqa: ANN401
    arguments = [server.url, server.user, server.password or "", path]
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
