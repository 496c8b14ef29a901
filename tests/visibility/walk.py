"""A question for every place of the schema, so that no field is left unasked by chance."""

# What the library tells of types is of many unions, and partly unknown.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)

_Field = Any
"""A field of the schema, whose types the library does not tell whole."""
_DEEPEST: Final = 4
_FILLED: Final[Mapping[str, Sequence[str]]] = {
    "id": ('"alpha:farm2"', '"alpha:shop"', '"beta"', '"beta:decoy"'),
    "ids": ('["alpha:farm2", "beta:decoy", "alpha:shop", "beta"]',),
    "representations": (
        '[{__typename: "Organization", id: "alpha:farm2"}, {__typename: "Program", code: "beta"}, '
        '{__typename: "Organization", id: "beta:decoy"}, {__typename: "Agreement", id: "beta:a1"}]',
    ),
    "supplier": ('"alpha:farm2"',),
    "suppliers": ('["alpha:farm2", "beta:decoy"]',),
    "buyer": ('"alpha:shop"', '"alpha:rival"'),
    "product": ('"garments"',),
    "text": ('"farm2 decoy"', '"farm"'),
    "first": ("9", "1"),
    "atLeast": ("1",),
    "programs": ('["alpha", "beta"]',),
    "buyers": ('["alpha:shop"]',),
}
"""Values of arguments by name; further ones are left out."""
_WITHOUT: Final = ("programs", "buyers")
"""Arguments that are also left out."""
_OF_ALL: Final = {"effect": "[INELIGIBLE]", "program": '"beta"', "disagreeing": "true"}
"""Filters that are tried once, alone, where a field has them."""


def walk(schema: GraphQLSchema) -> Iterator[str]:
    """Yield a question for each field below each question, with the values that matter."""
    assert schema.query_type is not None
    for name, root in schema.query_type.fields.items():
        for given in _all_given(root):
            for part in dict.fromkeys((*_parts(schema, root, "9"), *_parts(schema, root, "1"))):
                yield f"{{ {name}{given} {part} }}"


def _all_given(of: _Field) -> Iterator[str]:
    """Yield the arguments of a question in all their values."""
    named: dict[str, Sequence[str]] = {n: _FILLED[n] for n in of.args if n in _FILLED}
    named |= {n: (_OF_ALL[n],) for n, each in of.args.items() if n in _OF_ALL and _needed(n, each)}
    for name in _WITHOUT:
        if name in named and not is_required_argument(of.args[name]):
            named[name] = (*named[name], "")
    for values in product(*named.values()):
        given = dict(zip(named, values, strict=True))
        yield _written(given)
        for name, value in _OF_ALL.items():
            if name in of.args:
                yield _written(given | {name: value})


def _written(given: Mapping[str, str]) -> str:
    shown = ", ".join(f"{name}: {value}" for name, value in given.items() if value)
    return f"({shown})" if shown else ""


def _parts(schema: GraphQLSchema, of: _Field, first: str) -> Iterator[str]:
    """Yield selections of what a field returns, one for each of its own fields."""
    found: Any = get_named_type(of.type)
    if is_leaf_type(found):
        yield ""
        return
    for each in _objects(schema, found):
        for name, inner in each.fields.items():
            selected = _selected(schema, name, inner, (first, 1))
            if selected:
                yield f"{{ ... on {each.name} {{ {selected} }} }}"


def _objects(schema: GraphQLSchema, found: object) -> Sequence[GraphQLObjectType]:
    if is_abstract_type(found):
        return schema.get_possible_types(found)
    return [found] if is_object_type(found) else []


def _selected(schema: GraphQLSchema, name: str, of: _Field, at: tuple[str, int]) -> str:
    """Return a field with all that is below it, down to a depth; empty where nothing is.

    Args:
        schema: The schema.
        name: What the field is called.
        of: The field.
        at: Rows of its pages, and how deep it is.
    """
    first, depth = at
    needed = [argument for argument, declared in of.args.items() if _must(argument, declared)]
    filled = {each: first if each == "first" else _FILLED[each][0] for each in needed}
    given = _written(filled)
    found: Any = get_named_type(of.type)
    if is_leaf_type(found):
        return f"{name}{given}"
    if depth == _DEEPEST:
        return ""
    # Several types may call different things by one name: of them only values are asked for.
    down = _DEEPEST - 1 if is_abstract_type(found) else depth
    inside = [
        (each.name, " ".join(filter(None, _below(schema, each, (first, down + 1)))))
        for each in _objects(schema, found)
    ]
    shown = " ".join(f"... on {on} {{ {selected} }}" for on, selected in inside if selected)
    return f"{name}{given} {{ {shown} }}" if shown else ""


def _below(schema: GraphQLSchema, of: GraphQLObjectType, at: tuple[str, int]) -> Iterator[str]:
    for name, inner in of.fields.items():
        # Edges tell what nodes tell, and cost as much again.
        if not (name == "edges" and "nodes" in of.fields):
            yield _selected(schema, name, inner, at)


def _needed(name: str, argument: GraphQLArgument) -> bool:
    return name not in _FILLED and is_required_argument(argument)


def _must(name: str, argument: GraphQLArgument) -> bool:
    return name in _FILLED and (is_required_argument(argument) or name == "first")
