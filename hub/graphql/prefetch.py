"""Prefetch: walk a selection once and fetch each of its fields for all parents together.

So the number of store round trips depends on the shape of a query and never on its rows.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

from graphql import (
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails
from graphql.execution.values import get_argument_values

from hub.graphql.columns import Columns
from hub.graphql.context import Request
from hub.graphql.fetched import Fetches

Given: TypeAlias = Mapping[str, Any]
Loader = Callable[[Request, Sequence[Any], Given], Awaitable[Sequence[object]]]
"""Gives the value of a field for each of its parents; an error stands for one that has none."""

ANY_TYPE: Final = "*"
_LOADERS: Final[dict[tuple[str, str], Loader]] = {}
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_KEYWORDS: Final = frozenset({"from", "except"})


def loads(*fields: str) -> Callable[[Loader], Loader]:
    """Register a loader for fields, each written `Type.field` as in the schema."""

    def register(loader: Loader) -> Loader:
        for each in fields:
            type_name, _, field_name = each.partition(".")
            _LOADERS[type_name, field_name] = loader
        return loader

    return register


def loaded_fields() -> frozenset[tuple[str, str]]:
    """Return the fields that have loaders, as type and field."""
    return frozenset(_LOADERS)


def is_loaded(type_name: str, field: str) -> bool:
    """Whether a field is fetched for all parents at once."""
    return _loader(type_name, field) is not None


def _loader(type_name: str, field: str) -> Loader | None:
    return _LOADERS.get((type_name, field)) or _LOADERS.get((ANY_TYPE, field))


async def prefetch(
    executor: Executor[Any],
    declared: Any,  # noqa: ANN401
    details: list[FieldDetails],
    values: Iterable[object],
) -> None:
    """Fetch everything that is selected below some values.

    Args:
        executor: Of the operation; it collects the selected fields.
        declared: The type of the field whose values these are.
        details: Where in the query that field is selected.
        values: What it resolved to.
    """
    named = cast("GraphQLNamedType", get_named_type(declared))
    if not is_composite_type(named):
        return
    if isinstance(named, GraphQLObjectType):
        parents = list(_flat(values, executor, named, details))
        await _fields(executor, named, details, parents)
        return
    groups: dict[str, list[object]] = {}
    for value in _flat(values, executor, None, details):
        groups.setdefault(_type_name(value), []).append(value)
    for type_name, parents in groups.items():
        runtime = executor.schema.type_map[type_name]
        if isinstance(runtime, GraphQLObjectType):
            await _fields(executor, runtime, details, parents)


async def _fields(
    executor: Executor[Any],
    runtime: GraphQLObjectType,
    details: list[FieldDetails],
    parents: list[object],
) -> None:
    """Fetch the fields selected of parents of one type, then what is selected below them."""
    if not parents:
        return
    selected = executor.collect_subfields(runtime, details).grouped_field_set
    for key, below in selected.items():
        name = below[0].node.name.value
        field = runtime.fields.get(name)
        if field is None:
            continue
        loader = _loader(runtime.name, name)
        if loader is None:
            values = [getattr(parent, _snake(name), None) for parent in parents]
        else:
            arguments = get_argument_values(
                field, below[0].node, executor.variable_values, below[0].fragment_variable_values
            )
            given = {_snake(n): value for n, value in arguments.items() if value is not None}
            values = list(await loader(executor.context_value, parents, given))
            for parent, value in zip(parents, values, strict=True):
                if isinstance(parent, Fetches):
                    parent.found[key] = value
        await prefetch(executor, field.type, below, values)


def _flat(
    values: Iterable[object],
    executor: Executor[Any],
    runtime: GraphQLObjectType | None,
    details: list[FieldDetails],
) -> Iterable[object]:
    """Yield the values in lists of lists; what is null or an error has nothing below it."""
    for value in values:
        if isinstance(value, Columns) and runtime is not None:
            selected = executor.collect_subfields(runtime, details).grouped_field_set
            names = {below[0].node.name.value for below in selected.values()}
            yield from () if value.suffice(names) else value.rows()
        elif isinstance(value, list | tuple):
            yield from _flat(cast("Sequence[object]", value), executor, runtime, details)
        elif value is not None and not isinstance(value, Exception):
            yield value


def _type_name(value: object) -> str:
    """Return the GraphQL name of the type of a value behind an interface or a union."""
    definition: Any = getattr(type(value), "__strawberry_definition__")  # noqa: B009
    return definition.name


def _snake(name: str) -> str:
    plain = _HUMP.sub("_", name).lower()
    return f"{plain}_" if plain in _KEYWORDS else plain
