"""A query that asks for too much is refused with the limit's name, however it is put."""

from typing import Any, Final

import pytest
from graphql import get_introspection_query

from hub.graphql import limits
from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

DEEP: Final = "under { " * 7
REVISION: Final = "revision { id }"


def fragments(count: int, last: str) -> str:
    """Return fragments that spread each other in a chain, each of them twice."""
    chain = " ".join(
        f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(count - 1)
    )
    return f"{chain} fragment f{count - 1} on Query {{ {last} }}"


WITHIN: Final = {
    "ten levels": f'{{ agreement(id: "wsr:x") {{ {DEEP} program {{ id }} {"}" * 8} }}',
    "twenty fields at the root": f"{{ {' '.join(f'r{n}: {REVISION}' for n in range(20))} }}",
    "twenty of one name": f"{{ {' '.join([REVISION] * 20)} }}",
    "thirty aliases": "{ revision { " + " ".join(f"a{n}: id" for n in range(30)) + " } }",
    "twenty directives": f"{{ revision {{ id {'@include(if: true) ' * 1} }} }}",
    "five operations": "".join(f"query Q{n} {{ {REVISION} }} " for n in range(5)),
    "twenty fragments": "{ ...f0 } " + " ".join(
        f"fragment f{n} on Query {{ {REVISION if n == 19 else f'...f{n + 1}'} }}" for n in range(20)
    ),
    "500 rows": "{ worksites(first: 500) { nodes { name standings { state } } } }",
    "a long text": f"{{ {REVISION} }} #" + "x" * (limits.LONGEST - 21),
    "a thousand tokens": '{ search(text: "a", first: 1, kinds: [' + "PROGRAM " * 970 + "]) "
    "{ edges { score } } }",
    "the schema": get_introspection_query(),
}  # fmt: skip
OVER: Final = {
    "levels of fields": WITHIN["ten levels"].replace("program { id }", "program { parent { id } }"),
    "fields at its root": f"{{ {' '.join(f'r{n}: {REVISION}' for n in range(21))} }}",
    "fields of one name in one selection": f"{{ {' '.join([REVISION] * 21)} }}",
    "aliases": "{ revision { " + " ".join(f"a{n}: id" for n in range(31)) + " } }",
    "directives": "{ revision { " + " ".join("id @include(if: true)" for _ in range(11))
    + " } b: revision { " + " ".join("id @include(if: true)" for _ in range(10)) + " } }",
    "operations": "".join(f"query Q{n} {{ {REVISION} }} " for n in range(6)),
    "fragments": "{ ...f0 } " + fragments(21, REVISION),
    "bytes": f"{{ {REVISION} }} #" + "x" * limits.LONGEST,
    "tokens": '{ search(text: "a", first: 1, kinds: [' + "PROGRAM " * 1_000 + "]) "
    "{ edges { score } } }",
    "nested too deeply": "{ a " * 300 + "}" * 300,
    "levels of braces": "{ " + "... { " * 60 + REVISION + " }" * 60 + " }",
    # A fragment that is spread twice, twenty times over, is a million root fields.
    "root fields through fragments": "{ ...f0 } " + fragments(20, REVISION),
}  # fmt: skip
COSTLY: Final = (
    "{ programs(first: 500) { nodes { agreements(first: 500) { nodes { id } } } } }",
    "query ($n: Int!) { programs(first: $n) { nodes { agreements(first: $n) { nodes { id } } } } }",
    "query ($n: Int! = 500) { programs(first: $n) { nodes { agreements(first: $n) "
    "{ nodes { id } } } } }",
    "{ programs(first: 100) { edges { node { ...p } } } } "
    "fragment p on Program { agreements(first: 100) { edges { node { clauses { id } } } } }",
    "{ programs(first: 100) { nodes { ... on Node { ... on Program { standings(first: 500) "
    "{ nodes { id } } } } } } }",
    "query ($ids: [ID!]! = []) { nodes(ids: $ids) { ... on Program { standings(first: 500) "
    "{ nodes { id } } } } }",
    'query ($ids: [ID!]!) { eligibilityList(buyer: "wsr:hm", suppliers: $ids, product: "a") '
    "{ rows { eligibility { rulings { standings { evidence { source { id } } } } } } } }",
)
BOMB: Final = (
    "{ __schema { types { fields { type { fields { type { fields { type { fields { name } "
    "} } } } } } } } }"
)


@pytest.mark.parametrize("name", WITHIN)
async def test_a_query_within_the_limits_is_not_refused(bare: Hub, name: str) -> None:
    answer = await bare.answer(WITHIN[name])
    codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
    assert "LIMIT_EXCEEDED" not in codes
    assert "INTERNAL" not in codes


@pytest.mark.parametrize("name", OVER)
async def test_a_query_over_a_limit_is_refused(bare: Hub, name: str) -> None:
    response = await bare.http.post("/graphql", json={"query": OVER[name]})
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    if name != "root fields through fragments":
        assert name in error["message"]


@pytest.mark.parametrize("query", COSTLY)
async def test_a_query_that_costs_too_much_is_refused(bare: Hub, query: str) -> None:
    variables: dict[str, Any] = {"n": 500} if "$n: Int!)" in query else {}
    if "$ids" in query:
        variables["ids"] = ["ffp"] * (500 if "nodes(ids" in query else 10_000)
    error = await bare.refused(query, **variables)
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "fewer rows" in error["message"]


async def test_a_query_costs_the_objects_that_it_may_bring(bare: Hub) -> None:
    query = (
        "query ($n: Int!) { programs(first: 500) { nodes { "
        "agreements(first: $n) { nodes { id } } } } }"
    )
    assert "errors" not in await bare.answer(query, n=39)
    error = await bare.refused(query, n=40)
    assert "20,500 as its cost, the limit is 20,000" in error["message"]


async def test_the_schema_cannot_be_asked_for_in_circles(bare: Hub) -> None:
    answer = await bare.answer(BOMB)
    assert answer["errors"]
    assert answer.get("data") is None


async def test_lists_of_one_query_may_be_long_only_together(bare: Hub) -> None:
    """One list asked about many times costs what many lists do."""
    one = 'eligibilityList(buyer: "wsr:hm", suppliers: $ids, product: "a") { counts { verdict } }'
    query = f"query ($ids: [ID!]!) {{ a: {one} b: {one} c: {one} }}"
    within = await bare.answer(query, ids=["ffp"] * 3_300)
    assert {each["extensions"]["code"] for each in within["errors"]} == {"INVALID_INPUT"}
    error = await bare.refused(query, ids=["ffp"] * 3_400)
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "10,200 rows in its lists" in error["message"]


TOO_MANY: Final[dict[str, dict[str, Any]]] = {
    "one list": {"kinds": ["PROGRAM"] * limits.MOST_ITEMS},
    "lists in lists": {"more": [[[]] * 5_000, [[]] * 5_200]},
    "variables": {f"n{n}": n for n in range(limits.MOST_ITEMS)},
}


@pytest.mark.parametrize("name", TOO_MANY)
async def test_variables_that_hold_too_much_are_refused(bare: Hub, name: str) -> None:
    query = (
        "query ($text: String!, $kinds: [Kind!]) "
        "{ search(text: $text, kinds: $kinds, first: 1) { edges { score } } }"
    )
    error = await bare.refused(query, text="a", **TOO_MANY[name])
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "items among its variables" in error["message"]


async def test_variables_may_be_nested_only_so_deep(bare: Hub) -> None:
    def nested(levels: int) -> list[object]:
        value: list[object] = []
        for _ in range(levels - 1):
            value = [value]
        return value

    query = "{ revision { id } }"
    assert "errors" not in await bare.answer(query, x=nested(limits.DEEPEST_VARIABLES))
    error = await bare.refused(query, x=nested(limits.DEEPEST_VARIABLES + 1))
    assert "levels of lists among its variables" in error["message"]


async def test_a_message_does_not_give_back_a_long_value(bare: Hub) -> None:
    query = (
        'query ($kinds: [Kind!]) { search(text: "a", kinds: $kinds, first: 1) { edges { score } } }'
    )
    error = await bare.refused(query, kinds=["X" * 100_000])
    assert error["message"].startswith("Variable '$kinds' has invalid value")
    assert len(error["message"]) <= 2_000
