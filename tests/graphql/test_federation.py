"""As a subgraph: entities by their keys, in one round trip, and the schema that routers compose."""

import re
from pathlib import Path
from typing import Any, Final

import pytest
from graphql import OperationDefinitionNode, parse

from hub.graphql import guard
from hub.graphql.cost import cost
from hub.graphql.entities import ENTITIES, MOST
from hub.graphql.limits import MOST_KEYS
from hub.graphql.prices import prices
from hub.graphql.schema import federated, schema
from hub.oauth.principal import Role, Scope
from hub.store.embedded.store import EmbeddedStore
from tests.graphql.served import URL, Hub
from tests.oauth.served import ISSUER, claims, signed, trusted
from tests.oauth.served import served as guarded
from tests.store.worlds import program, site

pytestmark = pytest.mark.anyio

ASKED: Final = """
query ($of: [_Any!]!) {
  _entities(representations: $of) {
    __typename
    ... on Program { id code name }
    ... on Organization { id name }
    ... on Worksite { id osId name }
    ... on Agreement { id name }
  }
}
"""
DEKKO, MERGED = "BD2020021QK28YZ", "BD2019086HB8VVT"
"""Facts source S214: the second was merged into the first."""


def named(type_name: str, **keys: object) -> dict[str, object]:
    """Return what a router names an entity by."""
    return {"__typename": type_name, **keys}


async def found(hub: Hub, *of: object) -> list[Any]:
    """Return entities."""
    return (await hub.ask(ASKED, of=list(of)))["_entities"]


async def test_entities_are_found_by_each_of_their_keys(hub: Hub) -> None:
    one = await hub.ask(
        """{ program(id: "ffp") { id } organization(id: "wsr:hm") { id }
        worksite(id: "wsr:ws-dekko-garments") { id } agreement(id: "wsr:ia-2021") { id } }"""
    )
    ids = {name: each["id"] for name, each in one.items()}
    entities = await found(
        hub,
        named("Worksite", osId=DEKKO),
        named("Program", code="ffp"),
        named("Agreement", id=ids["agreement"]),
        named("Organization", id=ids["organization"]),
        named("Worksite", id=ids["worksite"]),
        named("Program", id=ids["program"]),
    )
    assert [(each["__typename"], each["id"]) for each in entities] == [
        ("Worksite", ids["worksite"]),
        ("Program", ids["program"]),
        ("Agreement", ids["agreement"]),
        ("Organization", ids["organization"]),
        ("Worksite", ids["worksite"]),
        ("Program", ids["program"]),
    ]


async def test_a_merged_number_gives_its_successor(hub: Hub) -> None:
    [entity] = await found(hub, named("Worksite", osId=MERGED))
    assert entity["osId"] == DEKKO


async def test_a_neighbour_may_know_a_node_by_any_reference(hub: Hub) -> None:
    [by_reference, by_number] = await found(
        hub, named("Worksite", id=f"os:{DEKKO}"), named("Worksite", osId=DEKKO)
    )
    assert by_reference == by_number


async def test_what_is_not_there_is_null(hub: Hub) -> None:
    one = await hub.ask('{ organization(id: "wsr:hm") { id } }')
    assert await found(
        hub,
        named("Worksite", osId=None),
        named("Program", code="nothing"),
        named("Program", id=None, code=None),
        named("Worksite", id="0" * 32),
        named("Worksite", id=one["organization"]["id"]),  # of another type
        named("Program", code="ffp", id=None),
    ) == [None, None, None, None, None, {**FFP, "id": (await ffp(hub))["id"]}]


FFP: Final = {"__typename": "Program", "code": "ffp", "name": "Fair Food Program"}


async def ffp(hub: Hub) -> dict[str, Any]:
    """Return a program."""
    return (await hub.ask('{ program(id: "ffp") { id } }'))["program"]


MALFORMED: Final[dict[str, tuple[object, str, str]]] = {
    "no object": ("ffp", "INVALID_INPUT", "`__typename`"),
    "no type": ({"id": "ffp"}, "INVALID_INPUT", "`__typename`"),
    "no entity": (named("Commodity", id="wsr:tomatoes"), "INVALID_INPUT", "`__typename`"),
    "a type that is none": (named("Nothing", id="ffp"), "INVALID_INPUT", "`__typename`"),
    "a type of types": ({"__typename": ["Program"]}, "INVALID_INPUT", "`__typename`"),
    "no key": (named("Program", name="ffp"), "INVALID_INPUT", "id or code"),
    "a key of another type": (named("Agreement", osId=DEKKO), "INVALID_INPUT", "id"),
    "a number": (named("Worksite", osId=7), "INVALID_INPUT", "`osId`"),
    "a list": (named("Program", id=["ffp"]), "INVALID_INPUT", "`id`"),
    "a wrong check character": (
        named("Worksite", osId="BD2020021QK28YX"), "INVALID_REFERENCE", "check character",
    ),
    "no reference": (named("Worksite", id="?"), "INVALID_REFERENCE", "reference"),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
async def test_a_malformed_representation_says_so_and_spoils_no_other(hub: Hub, name: str) -> None:
    representation, code, message = MALFORMED[name]
    answer = await hub.answer(ASKED, of=[representation, named("Program", code="ffp")])
    [error] = answer["errors"]
    assert error["path"] == ["_entities", 0]
    assert error["extensions"]["code"] == code
    assert message in error["message"]
    none, entity = answer["data"]["_entities"]
    assert none is None
    assert entity["code"] == "ffp"


async def test_a_representation_may_be_written_out(hub: Hub) -> None:
    query = """query ($code: String!) {
      _entities(representations: {__typename: "Program", code: $code}) { ... on Program { name } }
    }"""
    assert await hub.ask(query, code="ffp") == {"_entities": [{"name": "Fair Food Program"}]}
    assert await hub.ask(ASKED, of=[]) == {"_entities": []}


async def test_entities_cost_as_many_round_trips_however_many_they_are(hub: Hub) -> None:
    await hub.tell(*program("many"), *(site("many", n) for n in range(500)))
    listed = await hub.ask('{ worksites: search(text: "Site", first: 500) { edges { node {'
                           " ... on Worksite { id } } } } }")  # fmt: skip
    ids = [each["node"]["id"] for each in listed["worksites"]["edges"]]
    assert len(ids) == 500
    query = """query ($of: [_Any!]!) { _entities(representations: $of) { ... on Worksite {
      name standings { state }
      eligibility(buyer: "wsr:hm", product: "garments") { verdict } } } }"""
    await hub.ask(query, of=[named("Worksite", id=ids[0])])
    trips: list[int] = []
    for n in (1, 500):
        of = [named("Worksite", id=each) for each in ids[:n]]
        count, answer = await hub.counted(query, of=of)
        assert all(each["name"].startswith("Site") for each in answer["_entities"])
        trips.append(count)
    assert trips[0] == trips[1]
    count, _ = await hub.counted(
        "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }",
        of=[named("Program", code="many"), *(named("Worksite", id=each) for each in ids)],
    )
    assert count <= 4  # the revision, the references, who sees them, and what is said of them


def test_an_entity_costs_its_row_and_its_selection() -> None:
    def costs(selected: str, of: list[object]) -> int:
        query = f"query ($of: [_Any!]!) {{ _entities(representations: $of) {{ {selected} }} }}"
        document = parse(query)
        [operation] = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        core = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        found = cost(document, operation, prices(core), "Query", {"of": of})
        assert found.general == 0
        assert found.rows == len(of)
        return found.total

    of: list[object] = [named("Worksite", osId=DEKKO)] * 100
    assert costs("__typename", of) == 100
    assert costs("... on Worksite { name }", of) == 100
    assert costs("... on Worksite { standings { state } }", of) == 100 * (1 + 3)
    assert costs("... on Worksite { operator { name } movedTo { name } }", of) == 100 * (1 + 2)


def test_ten_thousand_entities_are_let_pass_and_no_other_list_is_longer_for_it() -> None:
    wide = named("Worksite", **{f"key{n}": n for n in range(MOST_KEYS - 1)})
    guard.check_given({"of": [wide] * MOST})
    wider = {**wide, "one": 1}
    with pytest.raises(guard.LimitExceededError):
        guard.check_given({"of": [wider] * MOST})
    with pytest.raises(guard.LimitExceededError):
        guard.check_given({"of": [named("Worksite", osId=[1, 2])] * MOST})
    with pytest.raises(guard.LimitExceededError):
        guard.check_given({"of": [{"id": 1, "code": 2}] * MOST})


async def test_no_more_than_ten_thousand_entities_are_asked_for(bare: Hub) -> None:
    error = await bare.refused(
        "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }",
        of=[named("")] * (MOST + 1),  # short, as requests here must be
    )
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    assert "10,001 representations" in error["message"]


async def test_the_subgraph_is_told_as_the_command_line_writes_it(bare: Hub) -> None:
    sdl = (await bare.ask("{ _service { sdl } }"))["_service"]["sdl"]
    assert sdl == federated()
    assert 'federation/v2.9", import: ["@key", "@shareable", "@cost", "@listSize"])' in sdl
    for line in (
        "directive @oneOf on INPUT_OBJECT",
        'type Agreement implements Node @key(fields: "id") {',
        'type Organization implements Subject & Node @key(fields: "id") {',
        'type Program implements Node @key(fields: "id") @key(fields: "code") {',
        'type Worksite implements Subject & Node @key(fields: "id") @key(fields: "osId") {',
        "type PageInfo @shareable @cost(weight: 0) {",
        "  rulings: [Ruling!]! @listSize(assumedSize: 3)",
    ):
        assert line in sdl.splitlines(), line


async def test_what_is_the_hubs_own_is_no_part_of_the_subgraph() -> None:
    sdl = federated()
    query = sdl.partition("\ntype Query {")[2].partition("\n}")[0]
    fields = set(re.findall(r"^  (\w+)[(:]", query, re.MULTILINE))
    assert {"eligibility", "eligibilityList", "worksite", "search"} <= fields
    assert not fields & {"node", "nodes", "revision", "_entities", "_service"}
    for gone in ("type Revision ", "_Any", "_Entity", "_Service", "directive @cost", "@listSize("):
        assert (gone in sdl) is (gone == "@listSize("), gone
    # What implements something is there although nothing names it.
    assert "type Conflict implements Problem" in sdl


def test_every_entity_is_one_of_the_union_that_routers_ask_for() -> None:
    union: Any = schema._schema.type_map["_Entity"]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
    assert {each.name for each in union.types} == set(ENTITIES)


async def test_in_production_only_a_router_asks_as_one(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"environment": "production", **trusted()}
    asked = ("{ _service { sdl } }", "{ _entities(representations: []) { __typename } }")
    async with guarded(EmbeddedStore(str(tmp_path / "hub.db")), **settings) as hub:
        for name, scopes in (("router", (Scope.READ, Scope.ROUTER)), ("reader", (Scope.READ,))):
            await hub.register(
                issuer=ISSUER, external_id=name, role=Role.RESEARCHER, programs=(), scopes=scopes
            )

        async def answer(query: str, client: str | None, scope: str = "read router") -> Any:  # noqa: ANN401
            token = signed(claims(client_id=client, scope=scope)) if client else None
            headers = {"authorization": f"Bearer {token}"} if token else {}
            return (await hub.http.post(URL, json={"query": query}, headers=headers)).json()

        for query in asked:
            assert "errors" not in await answer(query, "router")
            for client, scope, code in (
                (None, "", "UNAUTHENTICATED"),
                ("reader", "read router", "NOT_ALLOWED"),  # its registration has not the scope
                ("router", "read", "NOT_ALLOWED"),
            ):
                refused = await answer(query, client, scope)
                [error] = refused["errors"]
                assert error["extensions"]["code"] == code
                assert refused["data"] is None
