"""Prices: what each field of the schema costs, as the schema tells by `@cost` and `@listSize`.

A field costs its weight and what is selected below it, for each of the rows that it may bring; an
argument that names many costs one for each of them. Weights are those of types, as the cost
directives of GraphQL have it: an object costs 1, what only holds a page together nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    get_named_type,
    is_composite_type,
)
from strawberry.schema_directive import Location

ASSUMED: Final = 3
"""Rows of a list that is not asked for by pages, such as the rulings of an answer."""
ASSUMED_NAMED: Final = 500
"""The same of a list of what an argument names: composers let only numbers say how many, so that
the schema tells clients this, while the cost that is counted is of as many as are named."""
SIZED: Final = ("edges", "nodes", "rows")
"""Fields whose rows are as many as the field above them asks for."""
COUNTED: Final = frozenset({"suppliers", "ids", "representations"})
"""Arguments that name what is answered, one row each."""
_HOLDERS: Final = frozenset({"PageInfo", "EligibilityRow", "_Entity"})
"""Types that only hold together what costs something itself, or is paid for where it is named."""
_LOOKED_UP: Final = frozenset({"ID", "_Any"})
"""Scalars that name what is looked up."""
WEIGHTS: Final = {"totalCount": 1}
"""Fields that cost although they bring no object."""


@strawberry.schema_directive(
    locations=[Location.OBJECT, Location.FIELD_DEFINITION, Location.ARGUMENT_DEFINITION],
    name="cost",
    description="What it costs; an object 1 and all else nothing, where it is not said.",
)
class Cost:
    """What a type, field or argument costs."""

    weight: int


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="listSize",
    description="How many rows a field brings: as many as an argument says, or as are assumed.",
)
class ListSize:
    """How many rows a field brings."""

    assumed_size: int | None = strawberry.UNSET
    slicing_arguments: list[str] | None = strawberry.UNSET
    sized_fields: list[str] | None = strawberry.UNSET
    require_one_slicing_argument: bool | None = strawberry.UNSET


@dataclass(frozen=True, slots=True)
class Price:
    """What a field costs.

    Attributes:
        of: Name of the type that it brings.
        weight: What each of its rows costs, whatever is selected of it.
        listed: Whether it brings many, as many as nobody says.
        sliced_by: The argument that says how many; none where no argument does.
        sized: The fields of its type of which there are so many.
        paged: Whether it brings as many as the field above it says.
        named: Arguments that cost 1 for each of their members.
    """

    of: str
    weight: int
    listed: bool = False
    sliced_by: str | None = None
    sized: tuple[str, ...] = ()
    paged: bool = False
    named: frozenset[str] = field(default_factory=frozenset[str])


Prices = Mapping[str, Mapping[str, Price]]
"""What each field of each type costs, by name."""


def prices(schema: GraphQLSchema) -> Prices:
    """Return the prices of a schema."""
    found = {
        name: {each: _price(each, of) for each, of in kind.fields.items()}
        for name, kind in schema.type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and name[:2] != "__"
    }
    every = [price for fields in found.values() for price in fields.values()]
    for name, sized in {price.of: price.sized for price in every if price.sized}.items():
        found[name].update({each: replace(found[name][each], paged=True) for each in sized})
    return found


def publish(schema: GraphQLSchema) -> None:
    """Write the prices into a schema, as the directives that tell them."""
    for name, fields in prices(schema).items():
        kind: Any = schema.type_map[name]
        if isinstance(kind, GraphQLObjectType) and not _weight(kind):
            _declared(kind).directives = [Cost(weight=0)]
        for each, price in fields.items():
            of = kind.fields[each]
            _declared(of).directives = list(_directives(each, price))
            for argument in price.named:
                _declared(of.args[argument]).directives = [Cost(weight=1)]


def _declared(of: Any) -> Any:  # noqa: ANN401
    """Return what a part of the schema was made from, whose directives are printed."""
    return of.extensions["strawberry-definition"]


def _directives(name: str, price: Price) -> Iterator[object]:
    if name in WEIGHTS:
        yield Cost(weight=price.weight)
    if price.sliced_by is not None:
        sized = list(price.sized) or strawberry.UNSET
        if price.sliced_by in COUNTED:
            yield ListSize(assumed_size=ASSUMED_NAMED, sized_fields=cast("Any", sized))
        else:
            yield ListSize(slicing_arguments=[price.sliced_by], sized_fields=cast("Any", sized))
    elif price.listed and not price.paged:
        yield ListSize(assumed_size=ASSUMED)


def _price(name: str, of: GraphQLField) -> Price:
    returned = cast("GraphQLType", of.type)
    kind, listed = get_named_type(returned), _listed(returned)
    given = {each: cast("GraphQLType", argument.type) for each, argument in of.args.items()}
    named = {each for each, taken in given.items() if _listed(taken) and _named(taken)}
    slicing = ({"first"} & given.keys()) | (COUNTED & named)
    sized: tuple[str, ...] = ()
    if slicing and isinstance(kind, GraphQLObjectType) and not listed:
        sized = tuple(each for each in SIZED if each in kind.fields)
    if not (listed or sized):
        slicing = set[str]()  # it brings one, whatever is named
    return Price(
        of=kind.name,
        weight=WEIGHTS.get(name, _weight(kind)),
        listed=listed and bool(is_composite_type(kind)),
        sliced_by=next(iter(slicing), None),
        sized=sized,
        named=frozenset(named),
    )


def _listed(kind: GraphQLType) -> bool:
    return isinstance(kind.of_type if isinstance(kind, GraphQLNonNull) else kind, GraphQLList)


def _weight(kind: object) -> int:
    """Return what an object of a type costs."""
    if not is_composite_type(kind):
        return 0
    name = cast("GraphQLObjectType", kind).name
    return 0 if name in _HOLDERS or name.endswith(("Connection", "Edge")) else 1


def _named(kind: GraphQLType) -> bool:
    """Whether members of an argument are looked up, or written."""
    named = get_named_type(kind)
    return isinstance(named, GraphQLInputObjectType) or named.name in _LOOKED_UP
