"""The raw queries that the hub is measured against fetch what the hub's own first step fetches."""

import pytest

from bench.law import TODAY
from bench.loading import load
from bench.raw import FACTS, Raw
from bench.raw_neo4j import RawNeo4j
from bench.raw_sqlite import RawSqlite
from bench.sample import asking
from bench.world import World
from hub.store.embedded.store import EmbeddedStore
from hub.store.port import Page, SharedSought, Whom
from tests.conftest import AnyStore
from tests.neo4j.server import Address
from tests.store.worlds import moment, numbers

WORLD = World(80)


async def raw_access(store: AnyStore, request: pytest.FixtureRequest) -> Raw:
    """Return raw access to a store into which the small world was loaded."""
    await load(store, WORLD)
    revision = (await store.latest()).revision
    if isinstance(store, EmbeddedStore):
        return RawSqlite(store.database.path, revision)
    server: Address = request.getfixturevalue("neo4j_server")
    return RawNeo4j(server, revision)


@pytest.mark.anyio
async def test_it_fetches_the_facts_of_the_hubs_first_round_trip(
    store: AnyStore, request: pytest.FixtureRequest
) -> None:
    raw = await raw_access(store, request)
    references = [WORLD.supplier(number).reference for number in range(0, 80, 2)]
    buyer, *subjects = await numbers(store, asking(WORLD)[0], *references)
    assert list(raw.named(references)) == subjects

    around = await store.around(Whom([buyer], subjects), await moment(store))
    fetched = dict(zip(FACTS, raw.facts(buyer, subjects), strict=True))
    assert len(fetched["states"]) == len(around.states["number"]) > len(subjects)
    assert {row[0] for row in fetched["states"]} == set(around.states["number"])
    assert len(fetched["signatures"]) == len(around.signatures["number"]) > 0
    mine = [number for number in around.places["reference"] if number in subjects]
    described = [row[0] for row in (*fetched["sites"], *fetched["offices"])]
    assert sorted(described) == sorted(mine)
    tied = {(row[2], row[3]) for row in fetched["ties"]}
    ends = zip(around.ties["from_"], around.ties["to"], strict=True)
    assert tied == {tie for tie in ends if set(tie) & set(subjects)}
    assert tied
    raw.close()


@pytest.mark.anyio
async def test_it_fetches_the_same_page_of_shared_suppliers(
    store: AnyStore, request: pytest.FixtureRequest
) -> None:
    raw = await raw_access(store, request)
    sought = SharedSought([], None, 2, TODAY.toordinal())
    at = await moment(store)
    everyone = await store.find_shared(sought, at, Page(80))
    first = await store.find_shared(sought, at, Page(3))
    after = await store.find_shared(sought, at, Page(3, after=first[-1]))
    assert len(after) == 3
    for page, begin in ((first, 0), (after, first[-1])):
        found, states, sites, offices = raw.shared(begin, 3, TODAY.toordinal())
        assert list(found) == page
        held = await store.in_force("subject", page, at, day=TODAY.toordinal())
        assert sorted(row[2] for row in states) == sorted(row["number"] for row in held)
        assert {row[0] for row in (*sites, *offices)} == set(page)
    assert everyone[:3] == first
    raw.close()
