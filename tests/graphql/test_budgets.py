"""What a query may cost: told in the schema and in each answer, less for those without a token."""

import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from hub.graphql.limits import LARGEST
from hub.graphql.negotiation import Accepted
from hub.http.media import JSON
from hub.store.embedded.store import EmbeddedStore
from tests.graphql.served import URL
from tests.oauth.served import ISSUER, Hub, served, signed, trusted

pytestmark = pytest.mark.anyio
LIST: Final = """query ($suppliers: [ID!]!) {
  eligibilityList(buyer: "wsr:x", suppliers: $suppliers, product: "tomatoes") {
    rows { verdict problem { code } } counts { count }
  }
}"""
COSTS: Final = {
    "{ revision { id } }": 1,
    "{ __typename }": 1,
    "{ programs(first: 10) { totalCount } }": 1,
    "{ programs(first: 10) { nodes { id name } } }": 10,
    "{ programs(first: 10) { edges { cursor node { id } } pageInfo { endCursor } } }": 10,
    "{ programs(first: 10) { edges { node { id } } nodes { id } totalCount } }": 21,
    "{ programs(first: 10) { nodes { agreements(first: 5) { nodes { id } } } } }": 60,
    "{ programs(first: 10) { ...p } } fragment p on ProgramConnection { nodes { id } }": 10,
    "{ a: programs(first: 10) { ...p } b: programs(first: 20) { ...p } } "
    "fragment p on ProgramConnection { nodes { id } totalCount }": 32,
    "{ programs(first: 10) { ... { nodes { stateRules { state } } } } }": 40,
    '{ nodes(ids: ["wsr:x", "wsr:y"]) { id } }': 4,
    '{ nodes(ids: "wsr:x") { id } }': 2,
    "{ __schema { queryType { name } } }": 100,
    "query Q { programs(first: 9) { nodes { id } } } query R { programs(first: 8) "
    "{ nodes { id } } }": 9,
}  # fmt: skip


@pytest.fixture(scope="module")
async def hub(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Hub]:
    """Serve an empty store to a client and to those without a token, as where nothing is set."""
    path: Path = tmp_path_factory.mktemp("budgets") / "hub.db"
    often: dict[str, Any] = {
        "anonymous_cost_per_second": 1_000_000_000,
        "cost_per_second": 1_000_000_000,
    }
    async with served(EmbeddedStore(str(path)), **trusted(), **often) as found:
        await found.register(issuer=ISSUER, external_id="app")
        yield found


async def ask(hub: Hub, query: str, *, known: bool, **more: Any) -> httpx.Response:  # noqa: ANN401
    """Put a question, with a token or without."""
    headers = {"authorization": f"Bearer {signed()}"} if known else {}
    return await hub.http.post(URL, json={"query": query, **more}, headers=headers)


def over(response: httpx.Response) -> str:
    """Check that a query is over a limit; return which."""
    assert response.status_code == 400, response.text[:300]
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    return error["message"]


@pytest.mark.parametrize("query", COSTS)
async def test_an_answer_tells_what_it_cost(hub: Hub, query: str) -> None:
    name = "Q" if "query Q" in query else None
    response = await ask(hub, query, known=True, operationName=name)
    assert response.json()["extensions"] == {"cost": COSTS[query]}, response.text


async def test_a_row_of_a_list_costs_one_and_what_is_selected_of_it(hub: Hub) -> None:
    for asked, cost in (
        ("counts { count }", 8),
        ("rows { verdict }", 5),
        ("rows { problem { code } }", 10),
        ("rows { eligibility { rulings { verdict } } }", 25),
    ):
        query = LIST.replace("rows { verdict problem { code } } counts { count }", asked)
        response = await ask(hub, query, known=True, variables={"suppliers": ["wsr:x"] * 5})
        assert response.json()["extensions"] == {"cost": cost + 1}, asked


async def test_without_a_token_a_query_may_cost_less(hub: Hub) -> None:
    query = "query ($n: Int!) { programs(first: 500) { nodes { agreements(first: $n) %s } } }"
    asked = query % "{ nodes { id } }"
    for number, known, cost in ((9, False, 5_000), (39, True, 20_000)):
        within = await ask(hub, asked, known=known, variables={"n": number})
        assert within.json()["extensions"] == {"cost": cost}
        message = over(await ask(hub, asked, known=known, variables={"n": number + 1}))
        assert f"the limit is {cost:,}" in message
        assert ("with a token" in message) is not known
        # A number may be written as a fraction, and costs no less.
        assert over(await ask(hub, asked, known=known, variables={"n": number + 1.0}))


async def test_without_a_token_a_list_may_be_shorter(hub: Hub) -> None:
    for number, known in ((500, False), (10_000, True)):
        within = await ask(hub, LIST, known=known, variables={"suppliers": ["wsr:x"] * number})
        assert [each["path"] for each in within.json()["errors"]] == [["eligibilityList"]]
    message = over(await ask(hub, LIST, known=False, variables={"suppliers": ["wsr:x"] * 501}))
    assert "501 rows in its lists, the limit is 500" in message
    assert "with a token" in message


async def test_only_a_list_may_take_more_than_a_megabyte(hub: Hub) -> None:
    reference = "wsr:" + "x" * 200
    for known, number in ((True, 10_000), (False, 500)):
        more = {"extensions": {"padding": "x" * LARGEST}}
        suppliers = {"suppliers": [reference] * number}
        within = await ask(hub, LIST, known=known, variables=suppliers, **more)
        assert within.status_code == 200
        response = await ask(hub, "{ revision { id } }", known=known, **more)
        assert response.status_code == 413
        [error] = response.json()["errors"]
        assert error["extensions"]["code"] == "TOO_LARGE"
        assert str(LARGEST) in error["message"]


async def test_the_schema_tells_what_things_cost(hub: Hub) -> None:
    text = (await hub.http.get("/graphql/schema.graphql")).text
    told = " ".join(re.sub(r'"""[\s\S]*?"""', "", text).split())
    for part in (
        "directive @cost(weight: Int!) on OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION",
        "directive @listSize(assumedSize: Int, slicingArguments: [String!], "
        "sizedFields: [String!], requireOneSlicingArgument: Boolean) on FIELD_DEFINITION",
        "type PageInfo @cost(weight: 0) {",
        "type ProgramConnection @cost(weight: 0) {",
        "totalCount: Int @cost(weight: 1)",
        "programs( first: Int! status: ProgramStatus after: String ): ProgramConnection "
        '@listSize(slicingArguments: ["first"], sizedFields: ["edges", "nodes"])',
        "rulings: [Ruling!]! @listSize(assumedSize: 3)",
        "nodes( ids: [ID!]! @cost(weight: 1) ): [Node]! @listSize(assumedSize: 500)",
    ):
        assert part in told, part


async def test_in_production_the_schema_is_told_to_clients_alone(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"environment": "production", **trusted()}
    asked = (
        "{ __schema { queryType { name } } }",
        '{ ...f } fragment f on Query { x: __type(name: "Query") { name } }',
    )
    async with served(EmbeddedStore(str(tmp_path / "hub.db")), **settings) as hub:
        await hub.register(issuer=ISSUER, external_id="app")
        for query in asked:
            assert (await ask(hub, query, known=True)).json()["data"]
            [error] = (await ask(hub, query, known=False)).json()["errors"]
            assert error["extensions"]["code"] == "UNAUTHENTICATED"
        other = "query A { __typename } query B { __schema { queryType { name } } }"
        response = await ask(hub, other, known=False, operationName="A")
        assert response.json()["data"] == {"__typename": "Query"}
        assert (await hub.http.get("/graphql/schema.graphql")).status_code == 200


def test_no_error_is_no_reason_for_a_status() -> None:
    assert Accepted("").status(answered=False) == 400
    assert Accepted(JSON).status(answered=False) == 200
