"""The protocol checks of Apollo's subgraph compatibility suite, as far as they apply to the hub.

Those of @requires, @provides, @override, @tag, @inaccessible, @composeDirective and
@interfaceObject do not: the hub needs nothing of its neighbours, takes nothing from them, and
hides nothing. Nor does it trace for Apollo's own service (ftv1).
"""

from typing import Any, Final

import pytest
from graphql import (
    ConstDirectiveNode,
    ObjectTypeDefinitionNode,
    SchemaExtensionNode,
    parse,
    print_ast,
    value_from_ast_untyped,
)

from hub.graphql.schema import federated
from tests.graphql.served import Hub

pytestmark = pytest.mark.anyio

KEYS: Final = {
    "Agreement": ["id"],
    "Organization": ["id"],
    "Program": ["id", "code"],
    "Worksite": ["id", "osId"],
}


def given(directive: ConstDirectiveNode) -> dict[str, Any]:
    """Return the arguments of a directive."""
    return {
        each.name.value: value_from_ast_untyped(each.value) for each in directive.arguments or ()
    }


async def types(hub: Hub, name: str) -> Any:  # noqa: ANN401
    """Return a type, as the hub tells of it."""
    query = """query ($name: String!) { __type(name: $name) {
      kind name possibleTypes { name }
      fields { name type { ...of } args { name type { ...of } } } } }
    fragment of on __Type { kind name ofType { kind name ofType { kind name ofType { name } } } }"""
    return (await hub.ask(query, name=name))["__type"]


def written(of: Any) -> str:  # noqa: ANN401
    """Return a type as a schema writes it."""
    match of.get("kind"):
        case "NON_NULL":
            return f"{written(of['ofType'])}!"
        case "LIST":
            return f"[{written(of['ofType'])}]"
        case _:
            return of["name"]


async def test_the_machinery_of_a_subgraph_is_as_specified(bare: Hub) -> None:
    fields = {each["name"]: each for each in (await types(bare, "Query"))["fields"]}
    assert written(fields["_service"]["type"]) == "_Service!"
    assert fields["_service"]["args"] == []
    assert written(fields["_entities"]["type"]) == "[_Entity]!"
    [representations] = fields["_entities"]["args"]
    assert (representations["name"], written(representations["type"])) == (
        "representations",
        "[_Any!]!",
    )
    assert (await types(bare, "_Any"))["kind"] == "SCALAR"
    union = await types(bare, "_Entity")
    assert union["kind"] == "UNION"
    assert {each["name"] for each in union["possibleTypes"]} == set(KEYS)
    [sdl] = (await types(bare, "_Service"))["fields"]
    assert sdl["name"] == "sdl"


async def test_link_key_and_shareable_stand_in_the_subgraph(bare: Hub) -> None:
    """Of them @key: once and several times on one type."""
    sdl = (await bare.ask("{ _service { sdl } }"))["_service"]["sdl"]
    definitions = parse(sdl).definitions
    [link] = [
        given(each)
        for node in definitions
        if isinstance(node, SchemaExtensionNode)
        for each in node.directives or ()
    ]
    assert link["url"] == "https://specs.apollo.dev/federation/v2.9"
    found = {
        node.name.value: [
            given(each)["fields"] for each in node.directives or () if each.name.value == "key"
        ]
        for node in definitions
        if isinstance(node, ObjectTypeDefinitionNode)
    }
    assert {name: keys for name, keys in found.items() if keys} == KEYS
    used = {
        f"@{each.name.value}"
        for node in definitions
        if isinstance(node, ObjectTypeDefinitionNode)
        for each in node.directives or ()
    }
    assert used == set(link["import"]) - {"@listSize"}


@pytest.mark.parametrize("name", KEYS)
async def test_each_key_resolves_its_entity(hub: Hub, name: str) -> None:
    """So that a gateway may go by whichever key a neighbour has."""
    reference = {
        "Agreement": "wsr:ia-2021",
        "Organization": "wsr:hm",
        "Program": "ffp",
        "Worksite": "wsr:ws-dekko-garments",
    }[name]
    selected = f"__typename {' '.join(KEYS[name])}"
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {name} {{ {selected} }} }} }}"
    node = (await hub.ask(query, id=reference))["node"]
    asked = f"""query ($of: [_Any!]!) {{
      first: _entities(representations: $of) {{ ... on {name} {{ {selected} }} }}
      again: _entities(representations: $of) {{ __typename }}
    }}"""
    of = [{"__typename": name, key: node[key]} for key in KEYS[name]]
    found = await hub.ask(asked, of=of)
    assert found["first"] == [node] * len(of)
    assert found["again"] == [{"__typename": name}] * len(of)


def test_what_a_subgraph_defines_itself_is_not_what_it_imports() -> None:
    """A composer would take the definition of a directive that is linked for another one."""
    text = print_ast(parse(federated()))
    assert "directive @oneOf on INPUT_OBJECT" in text
    for imported in ("key", "shareable", "cost", "listSize", "link"):
        assert f"directive @{imported}" not in text
