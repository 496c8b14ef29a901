"""Who sees a confidential link, an unpublished standing, and a supplier that nobody publishes.

The table is SECURITY.md C1 and C2, on both stores.
"""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final

import pytest

from hub.store.columns import RUN
from hub.store.embedded.store import EmbeddedStore
from hub.store.neo4j.store import Neo4jStore
from hub.store.port import Store
from tests.neo4j.server import Address
from tests.oauth.served import served
from tests.visibility.world import (
    CLIENTS,
    DECOY,
    FARMS,
    RIVAL,
    SHOP,
    WORLD,
    Client,
    client,
    secret,
    tell,
)

pytestmark = pytest.mark.anyio

FARM: Final = FARMS[1]
LINK: Final = {"the shop", "alpha"}
"""Who sees the link: its buyer, and the program to which it was declared."""
STANDING: Final = {"the shop", "the farm", "beta"}
"""Who sees the standing: who buys from the farm, the farm itself, and the program."""
ANSWER: Final = {"the shop", "beta"}
"""In whose answers to the shop's question the standing counts."""


@pytest.fixture(scope="module", params=["sqlite", "neo4j"])
async def clients(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[dict[str, Client]]:
    """Serve the world with its secret to clients of every kind."""
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("visible")
        store = EmbeddedStore(str(folder / "hub.db"))
    else:
        address: Address = request.getfixturevalue("neo4j_server")
        address.empty()
        store = Neo4jStore(address.url, address.user, address.password)
    async with served(store) as hub:
        await tell(store, WORLD)
        await tell(store, secret(FARM))
        await set_aside(store)
        yield {name: await client(hub, name) for name in CLIENTS}


async def set_aside(store: Store) -> None:
    """Keep a run of the program beta that set two rows aside."""
    _, [beta] = await store.resolve(["program:beta"])
    assert beta is not None
    run = dict.fromkeys(RUN) | dict.fromkeys(
        ("started_at", "complete", "added", "changed", "ended", "unchanged", "revision"), 0
    )
    kept = {"program": beta.node, "feed": "list", "outcome": "applied", "set_aside": 2}
    problem = {"field": None, "code": "UNKNOWN_WORD"}
    await store.record_run(
        run | kept,
        [problem | {"row": row, "message": text} for row, text in ((1, "first"), (2, "second"))],
    )


@pytest.fixture(params=CLIENTS)
def who(request: pytest.FixtureRequest) -> str:
    """Return the name of a client."""
    return request.param


async def asked(clients: dict[str, Client], who: str, query: str, **variables: object) -> Any:  # noqa: ANN401
    """Return what a client is answered."""
    return await clients[who].ask(query, **variables)


async def test_a_confidential_link_is_its_buyers_and_its_programs(
    clients: dict[str, Client], who: str
) -> None:
    query = """query ($farm: ID!, $shop: ID!) {
      organization(id: $farm) {
        buyers(first: 9) { totalCount nodes { buyer { name } } pageInfo { hasNextPage } }
      }
      shop: organization(id: $shop) { suppliers(first: 1) {
        totalCount nodes { supplier { name } published } pageInfo { hasNextPage } } }
      shared: sharedSuppliers(buyers: [$shop], atLeast: 1, first: 9) {
        totalCount nodes { supplier { ... on Organization { name } } buyers { name } } }
      bindings(supplier: $farm, product: "garments", first: 9) { nodes { buyer { name } } }
    }"""
    found = await asked(clients, who, query, farm=FARM, shop=SHOP)
    seen = who in LINK
    assert found["organization"]["buyers"]["totalCount"] == int(seen)
    assert len(found["organization"]["buyers"]["nodes"]) == int(seen)
    assert found["shop"]["suppliers"]["totalCount"] == 1 + int(seen)
    assert found["shop"]["suppliers"]["pageInfo"]["hasNextPage"] is seen
    names = [each["supplier"]["name"] for each in found["shared"]["nodes"]]
    assert names == (["Farm1", "Farm2"] if seen else ["Farm1"])
    assert found["shared"]["totalCount"] == len(names)


async def test_an_unpublished_standing_is_its_holders_its_buyers_and_its_programs(
    clients: dict[str, Client], who: str
) -> None:
    query = """query ($farm: ID!) {
      organization(id: $farm) {
        standings { state program { code } } standingHistory(first: 9) { totalCount }
      }
      program(id: "beta") { standings(first: 9) { totalCount nodes { state } } }
      suppliers(program: "beta", effect: [INELIGIBLE], first: 9) { totalCount nodes { name } }
      sharedSuppliers(programs: ["alpha", "beta"], first: 9) { totalCount nodes { disagree } }
    }"""
    found = await asked(clients, who, query, farm=FARM)
    seen = who in STANDING
    held = [(each["program"]["code"], each["state"]) for each in found["organization"]["standings"]]
    assert held == [("alpha", "listed"), *([("beta", "barred")] if seen else [])]
    assert found["organization"]["standingHistory"]["totalCount"] == len(held)
    assert found["program"]["standings"]["totalCount"] == int(seen)
    assert [each["name"] for each in found["suppliers"]["nodes"]] == ["Farm2"] * seen
    assert found["suppliers"]["totalCount"] == int(seen)
    assert found["sharedSuppliers"]["nodes"] == [{"disagree": True}] * seen
    assert found["sharedSuppliers"]["totalCount"] == int(seen)


async def test_it_counts_in_the_answers_of_the_buyer_that_asks_and_of_the_program(
    clients: dict[str, Client], who: str
) -> None:
    query = """query ($farm: ID!, $shop: ID!, $rival: ID!) {
      own: eligibility(buyer: $shop, supplier: $farm, product: "garments") {
        verdict summary rulings { program { code } verdict reason standings { state } } }
      list: eligibilityList(buyer: $shop, suppliers: [$farm], product: "garments") {
        rows { verdict } }
      rivals: eligibility(buyer: $rival, supplier: $farm, product: "garments") { verdict }
      bindings(supplier: $farm, product: "garments", first: 9) {
        nodes { buyer { name } eligibility { verdict } } }
    }"""
    found = await asked(clients, who, query, farm=FARM, shop=SHOP, rival=RIVAL)
    verdict = "INELIGIBLE" if who in ANSWER else "UNKNOWN"
    assert found["own"]["verdict"] == found["list"]["rows"][0]["verdict"] == verdict
    [betas] = [each for each in found["own"]["rulings"] if each["program"]["code"] == "beta"]
    told = [each["state"] for each in betas["standings"]]
    assert told == (["barred"] if who in ANSWER else [])
    assert (betas["reason"] == "NO_EVIDENCE") is (who not in ANSWER)
    rivals = "INELIGIBLE" if who in {"a rival", "beta"} else "UNKNOWN"
    assert found["rivals"]["verdict"] == rivals
    bound = {each["buyer"]["name"]: each["eligibility"]["verdict"] for each in
             found["bindings"]["nodes"]}  # fmt: skip
    assert bound == {"Shop": verdict, "Rival": rivals}


async def test_a_supplier_that_a_program_does_not_publish_is_there_for_the_program_alone(
    clients: dict[str, Client], who: str
) -> None:
    named = "query ($id: ID!) { organization(id: $id) { name } }"
    known = await clients[who].answer(named, id=DECOY)
    nobody = await clients[who].answer(named, id="beta:nobody")
    found = await asked(
        clients, who,
        '{ search(text: "decoy", first: 9) { edges { node { ... on Organization { name } } } } }',
    )  # fmt: skip
    seen = who == "beta"
    assert [each["node"]["name"] for each in found["search"]["edges"]] == ["Decoy"] * seen
    if seen:
        assert known["data"]["organization"] == {"name": "Decoy"}
    else:
        assert _told(known, DECOY) == _told(nobody, "beta:nobody")


def _told(answer: dict[str, Any], reference: str) -> str:
    """Return a refusal without what is of its own: the reference, and the request's id."""
    [error] = answer["errors"]
    error["extensions"].pop("requestId")
    return str(answer).replace(reference, "it")


async def test_rows_set_aside_are_for_the_programs_operators(
    clients: dict[str, Client], who: str
) -> None:
    query = """{ program(id: "beta") { lastSync { setAsideCount
      first: setAside(first: 1) { nodes { message } pageInfo { hasNextPage } }
      all: setAside(first: 9) { nodes { message } } } } }"""
    run = (await asked(clients, who, query))["program"]["lastSync"]
    assert run["setAsideCount"] == 2
    if who != "beta":
        assert run["first"] is run["all"] is None
    else:
        assert [each["message"] for each in run["all"]["nodes"]] == ["first", "second"]
        assert run["first"]["nodes"] == [{"message": "first"}]
        assert run["first"]["pageInfo"]["hasNextPage"] is True


async def test_a_change_is_seen_by_who_sees_the_fact(clients: dict[str, Client], who: str) -> None:
    query = """query ($after: String) { changes(first: 200, after: $after) {
      nodes { factKind program { code } subject { ... on Organization { name } }
              after { state } actor }
      pageInfo { hasNextPage endCursor } } }"""
    page = (await asked(clients, who, query))["changes"]
    assert page["pageInfo"]["hasNextPage"] is False
    told = [(each["factKind"], each["program"]["code"]) for each in page["nodes"]]
    assert told.count(("standing", "beta")) == int(who in STANDING)
    assert told.count(("sourcing", "alpha")) == 2 + int(who in LINK)
    assert told.count(("organization", "beta")) == int(who == "beta")
    assert {each["actor"] for each in page["nodes"]} == {None}
