"""Who sees a confidential link, an unpublished standing, and a supplier that nobody publishes.

The table is SECURITY.md C1 and C2, on both stores.
"""

from collections.abc import AsyncGenerator
from typing import Any, Final

import pytest

from hub.store.columns import RUN
from hub.store.port import Store
from tests.conftest import unopened
from tests.oauth.served import served
from tests.store.worlds import company, said, standing
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

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

FARM: Final = FARMS[1]
LINK: Final = {"the shop", "alpha"}
"""Who sees the link: its buyer, and the program to which it was declared."""
STANDING: Final = {"the shop", "the farm", "beta"}
"""Who sees the standing: who buys from the farm, the farm itself, and the program."""
UNLISTED: Final = "beta:unlisted"
OF_SOMEBODY_HIDDEN: Final = (
    company("beta", "unlisted", roles=["SUPPLIER"]),
    standing("beta", UNLISTED, "listed", "2015-01-01", published=True),
    said(
        "alpha", "sourcing", buyer="alpha:third", supplier=UNLISTED, since="2015-01-01",
        published=True,
    ),
    said("alpha", "tie", kind="PART_OF", from_=FARMS[3], to=UNLISTED),
    company("beta", "signatory", roles=["BUYER"]),
    said(
        "beta", "signature", organization="beta:signatory", agreement="alpha:a1",
        since="2015-01-01",
    ),
)  # fmt: skip
"""What is public of a supplier that beta alone describes, and does not publish."""
ANSWER: Final = {"the shop", "beta"}
"""In whose answers to the shop's question the standing counts."""


@pytest.fixture(scope="module", params=["sqlite", "neo4j"])
async def clients(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[dict[str, Client]]:
    """Serve the world with its secret to clients of every kind."""
    store = unopened(request, tmp_path_factory.mktemp("visible"))
    async with served(store) as hub:
        await tell(store, WORLD)
        await tell(store, secret(FARM))
        await tell(store, OF_SOMEBODY_HIDDEN)
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
      program(id: "beta") {
            standings(first: 9, effect: [INELIGIBLE]) { totalCount nodes { state } } }
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


async def test_a_fact_is_not_there_for_who_may_not_see_whom_it_names(
    clients: dict[str, Client], who: str
) -> None:
    found = await asked(
        clients, who,
        """{
          program(id: "beta") { standings(first: 9, effect: [GOOD_STANDING]) {
            totalCount nodes { subject { name } } } }
          buyer: organization(id: "alpha:third") { suppliers(first: 9) {
            totalCount nodes { supplier { name } } } }
          farm: organization(id: "alpha:farm4") { ties { to { ... on Organization { name } } } }
          agreement(id: "alpha:a1") { signatures(first: 9) { nodes { organization { name } } } }
        }""",
    )  # fmt: skip
    names = ["Unlisted"] if who == "beta" else []
    standings, links = found["program"]["standings"], found["buyer"]["suppliers"]
    assert [each["subject"]["name"] for each in standings["nodes"]] == names
    assert [each["supplier"]["name"] for each in links["nodes"]] == names
    assert [each["to"]["name"] for each in found["farm"]["ties"]] == names
    assert (standings["totalCount"], links["totalCount"]) == (len(names), len(names))
    signed = [each["organization"]["name"] for each in found["agreement"]["signatures"]["nodes"]]
    assert signed == ["Shop", "Rival", "Signatory"]


async def test_an_entity_is_there_for_whom_its_node_is(
    clients: dict[str, Client], who: str
) -> None:
    query = """query ($of: [_Any!]!) { _entities(representations: $of) {
      ... on Organization { name standings { state } } } }"""
    of = [{"__typename": "Organization", "id": each} for each in (FARM, DECOY, "beta:nobody")]
    farm, decoy, nobody = (await asked(clients, who, query, of=of))["_entities"]
    assert farm["name"] == "Farm2"
    assert ("barred" in {each["state"] for each in farm["standings"]}) is (who in STANDING)
    assert (decoy is None) is (who != "beta")
    assert nobody is None


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
    assert run["setAsideCount"] == (2 if who == "beta" else 0)
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
    told: list[tuple[str, str, str | None]] = [
        (each["factKind"], each["program"]["code"], (each["after"] or {}).get("state"))
        for each in page["nodes"]
    ]
    assert told.count(("standing", "beta", "barred")) == int(who in STANDING)
    own = int(who == "beta")
    assert told.count(("sourcing", "alpha", None)) == 3 + int(who in LINK)
    assert told.count(("organization", "beta", None)) == 1 + 2 * own
    assert {each["actor"] for each in page["nodes"]} == {None}
