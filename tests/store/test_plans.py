"""Every question has an index: no plan reads a whole graph, or a whole table, to find one thing."""

import re
import sqlite3
from collections.abc import Generator, Iterator
from types import ModuleType
from typing import Any, Final, LiteralString

import pytest

from graph_schema.exchange import FACTS
from graph_schema.standing import Standing
from hub.store.embedded import audit as audit_sql
from hub.store.embedded import kept_texts as kept_sql
from hub.store.embedded import texts as sql
from hub.store.embedded.schema import table
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j import audit as audit_cypher
from hub.store.neo4j import change_texts, list_texts
from hub.store.neo4j import kept_texts as kept_cypher
from hub.store.neo4j import texts as cypher
from hub.store.neo4j.store import Neo4jStore
from hub.store.neo4j.writes import every_text as every_write
from hub.store.port import OPEN
from hub.sync.intake import Origin
from tests.conftest import neo4j
from tests.neo4j.server import Address
from tests.store.worlds import numbers, site, standing, world, write

pytestmark = pytest.mark.anyio

_PARAMETERS: Final[dict[str, Any]] = {
    "after": 0, "at": 1, "at_least": 2, "buyers": [], "both": [], "country": None, "day": 1,
    "disagreeing": None, "effects": [], "everything": True, "expires_at": 1, "feed": "", "first": 1,
    "own": [1], "party": None, "practice": True, "signed": None, "speaking": [1],
    "groups": [[1]], "hash": "x", "identities": ["x"], "key": "", "kind": "", "kinds": [],
    "known_at": 1, "least": 1, "letters": 1, "nodes": [1], "now": 1, "products": [], "program": 1,
    "programs": [1], "records": [],
    "number": 1, "pairs": [[1, 1]], "revision": 1, "revisions": [1], "since": 1, "until": 1,
    "rows": [], "runs": [1], "score": 1.0, "seq": 1, "size": 5,
    "subjects": [1], "text": "x", "texts": ["x"], "up_to": 1, "value": "",
}  # fmt: skip
_SCANS: Final = re.compile(r"NodeByLabelScan|RelationshipTypeScan|(Node|Relationship)IndexScan")
_READS_ALL: Final = re.compile(r"AllNodesScan|CartesianProduct|Union|HashJoin|Top$")
"""Besides scans: `Top` sorts all there is for one page, `Union` and joins come of it."""
ALLOWED: Final = {
    "FIND": "a list without programs is of all programs, a dozen; Top joins one page of each",
    "COUNT_FOUND": "likewise",
    "BUYERS": "an agreement has hundreds of signatories, each of whom may have signed twice",
    "SOURCING_COUNTS": "Top takes the newest of what one program says of one supplier, of a few",
    "changes": "without programs it is of all programs, a dozen; Top joins one page of each",
    "TOUCHED": "it is of all programs, a dozen",
    "SEARCH": "the best of what the full-text index found",
    "CLEAR_MARKS": "there are marks only while a writer writes, or after one was killed",
    "undone": "likewise",
    "SWEEP": "a bounded part of what an index shows to have expired",
    "COUNT": "the audit log is counted where all of it is read",
    "create": "the two ends of one row, each found by its number",
}
"""Texts that may, and why."""


@pytest.fixture(scope="module")
def neo4j_server(request: pytest.FixtureRequest) -> Generator[Address]:
    """Yield a server that plans as those of users do."""
    yield from neo4j(request)


async def filled(store: EmbeddedStore | Neo4jStore) -> None:
    """Write so much that a planner sees what it is about."""
    many = range(200)
    sites = [site("alpha", f"m{n}") for n in many]
    states = [standing("alpha", f"alpha:sm{n}", "listed", "2015-01-01") for n in many]
    await write(store, world())
    lines = [*sites, *states]
    await write(store, lines, origin=Origin.OPERATOR, program="alpha", feed="operator")


def recorded(*modules: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield the texts of the modules of records and of the audit log, by name."""
    for module in modules:
        for name, text in vars(module).items():
            if name[0].isalpha() and name.isupper() and isinstance(text, str) and " " in text:
                yield name, text


def operators(plan: dict[str, Any]) -> Iterator[str]:
    """Yield the operators of a plan, the details of each after it."""
    details = plan["args"].get("Details", "")
    yield f"{plan['operatorType'].partition('@')[0]} {details}"
    for child in plan.get("children", ()):
        yield from operators(child)


async def test_every_cypher_text_seeks(neo4j_store: Neo4jStore) -> None:
    await filled(neo4j_store)
    found: list[str] = []
    for name, text in (*cypher.every_text(), *every_write(), *recorded(kept_cypher, audit_cypher)):
        plan = await neo4j_store.bolt.plan(text, _PARAMETERS)
        for operator in operators(plan):
            word = operator.partition(" ")[0]
            allowed = name.partition("(")[0] in ALLOWED
            if (_SCANS.search(word) or _READS_ALL.search(word)) and not allowed:
                found.append(f"{name}: {operator}")
    assert found == []


async def test_a_page_costs_the_same_wherever_it_is(neo4j_store: Neo4jStore) -> None:
    await filled(neo4j_store)
    [program] = await numbers(neo4j_store, "program:alpha")
    texts: dict[str, LiteralString] = {
        "at": cypher.at(Standing, "program", history=False),
        "in force": cypher.in_force("program"),
        "of feed": cypher.of_feed(Standing),
        "find": list_texts.FIND,
        "changes": change_texts.changes(Standing),
        "shared": list_texts.SHARED[False, True],
    }
    asked = _PARAMETERS | {
        "nodes": [program], "program": program, "programs": [program], "kind": "WORKSITE",
        "effects": ["GOOD_STANDING"], "feed": "operator", "day": 736_500, "known_at": OPEN - 1,
        "at_least": 1, "revision": 2, "since": 0, "until": OPEN,
    }  # fmt: skip
    for name, text in texts.items():
        cost: list[int] = []
        for size in (2, 4):
            given = {"size": size, "effects": [] if name == "in force" else asked["effects"]}
            profile = await neo4j_store.bolt.plan(text, asked | given, profile=True)
            cost.append(sum(hits(profile)))
        assert cost[1] < 250, (name, cost)


def hits(plan: dict[str, Any]) -> Iterator[int]:
    """Yield how often each operator of a profile looked into the store."""
    yield int(plan.get("dbHits", plan["args"].get("DbHits", 0)))
    for child in plan.get("children", ()):
        yield from hits(child)


async def test_every_question_is_read(neo4j_store: Neo4jStore) -> None:
    names = [name for name, _ in cypher.every_text()]
    assert len(names) == len(set(names)) > 150
    assert {"AROUND", "RESOLVE", "SEARCH", "at(standing, subject)"} <= set(names)
    assert neo4j_store.round_trips > 0


_SQL_ALLOWED: Final = (
    (r"^SCAN j VIRTUAL TABLE", "the list that was asked with"),
    (r"^SCAN (json_each|p|t) VIRTUAL TABLE", "a list of one row"),
    (r"^SCAN (words|w) VIRTUAL TABLE INDEX \d+:M", "the full-text index"),
    (r"^SCAN CONSTANT ROW", "no table at all"),
    (r"^SCAN \(subquery-\d+\)", "the few programs of one node"),
    (r"^SCAN each", "the few feeds of one program"),
)
_SMALL: Final = re.compile(r"^everything\(")
"""Questions that ask for all there is."""


async def test_every_sql_text_seeks(embedded_store: EmbeddedStore) -> None:
    await filled(embedded_store)
    found: list[str] = []
    with sqlite3.connect(embedded_store.database.path) as connection:
        for name, text in (*sql.every_text(), *recorded(kept_sql, audit_sql)):
            asked = dict.fromkeys(re.findall(r":(\w+)", text), 1)
            for _, _, _, step in connection.execute(f"EXPLAIN QUERY PLAN {text}", asked):
                allowed = any(re.search(pattern, step) for pattern, _ in _SQL_ALLOWED)
                if step.startswith("SCAN") and not allowed and not _SMALL.match(name):
                    found.append(f"{name}: {step}")
    connection.close()
    assert found == []


def test_there_is_a_table_for_every_kind() -> None:
    assert len({table(kind) for kind in FACTS}) == len(FACTS)
