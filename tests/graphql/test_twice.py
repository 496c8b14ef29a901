"""What is named twice has below it what it has when it is named once, and nothing twice."""

from collections.abc import Iterator
from typing import Any, Final, cast

import pytest
from graphql import GraphQLNamedType, get_named_type, is_leaf_type, is_object_type

from hub.graphql.schema import schema
from tests.graphql.served import Hub

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

SCHEMA: Final = schema._schema  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
NAMED: Final = {
    "Agreement": "wsr:ia-2021",
    "Organization": "wsr:hm",
    "Program": "bangladesh-accord",
    "Worksite": "wsr:ws-dekko-garments",
}
GIVEN: Final = {"first": "5", "buyer": '"wsr:hm"', "product": '"garments"'}
DEEPEST: Final = 3
LEFT_OUT: Final = ("edges", "knownAt")
"""What tells what `nodes` tell, and the present."""


def below(of: GraphQLNamedType, depth: int = 1) -> str:
    """Return a selection of all fields of a type, down to a depth."""
    if is_leaf_type(of):
        return ""
    if not is_object_type(of):
        return "{ __typename }"
    fields = [
        selected(name, each, depth) for name, each in of.fields.items() if name not in LEFT_OUT
    ]
    return f"{{ {' '.join(filter(None, fields))} }}"


def selected(name: str, field: Any, depth: int) -> str:  # noqa: ANN401
    """Return a field as it is selected; empty where it is too deep."""
    of = cast("GraphQLNamedType", get_named_type(field.type))
    if depth == DEEPEST and not is_leaf_type(of):
        return ""
    given = ", ".join(f"{each}: {GIVEN[each]}" for each in field.args if each in GIVEN)
    inside = below(of, depth if of.name.endswith("Connection") else depth + 1)
    return f"{name}{f'({given})' if given else ''} {inside}"


def fields() -> Iterator[tuple[str, str]]:
    """Yield the fields of nodes that lead to something, as type and field."""
    for of in NAMED:
        kind: Any = SCHEMA.type_map[of]
        for name, field in kind.fields.items():
            if not is_leaf_type(get_named_type(field.type)):
                yield of, name


@pytest.mark.parametrize(("of", "name"), list(fields()))
async def test_a_node_that_is_named_twice_is_told_twice_alike(hub: Hub, of: str, name: str) -> None:
    kind: Any = SCHEMA.type_map[of]
    part = selected(name, kind.fields[name], 1)
    query = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {of} {{ {part} }} }} }}"
    [once] = (await hub.ask(query, ids=[NAMED[of]]))["nodes"]
    assert (await hub.ask(query, ids=[NAMED[of]] * 2))["nodes"] == [once, once]
