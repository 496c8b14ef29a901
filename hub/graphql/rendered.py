"""Rendering: a list whose fields are all there is written without asking for each of them anew.

What is selected of a row is looked at once for all rows, and becomes one function. Whatever is not
as it should be, such as an error in place of a value, is left to the executor, which tells it.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails

from hub.graphql.prefetch import is_loaded

Render: TypeAlias = Callable[[Any], Any]
"""Writes a value as it stands in the answer."""
_DECLARED: Final = "strawberry-definition"
_MISSING: Final = object()


class UnusualError(Exception):
    """Something that only the executor can write, or tell what is wrong with it."""


def render(executor: Executor[Any], of: Any, details: list[FieldDetails]) -> Render:  # noqa: ANN401 - one of graphql-core's many types
    """Return what writes values of a type.

    Args:
        executor: Of the operation; it collects the selected fields.
        of: The type.
        details: Where in the query their field is selected.

    Raises:
        UnusualError: No function writes them all.
    """
    if isinstance(of, GraphQLNonNull):
        return _never_null(render(executor, cast("Any", of.of_type), details))
    if isinstance(of, GraphQLList):
        return _all(render(executor, cast("Any", of.of_type), details))
    if isinstance(of, GraphQLObjectType):
        return _object(executor, of, details)
    if isinstance(of, GraphQLUnionType | GraphQLInterfaceType):
        return _abstract(executor, of, details)
    return _leaf(cast("GraphQLLeafType", of))


def _never_null(inner: Render) -> Render:
    def write(value: Any) -> Any:  # noqa: ANN401
        written = inner(value)
        if written is None:
            raise UnusualError
        return written

    return write


def _all(inner: Render) -> Render:
    def write(value: Any) -> Any:  # noqa: ANN401
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            raise UnusualError
        return [inner(each) for each in cast("list[Any]", value)]

    return write


def _leaf(of: GraphQLLeafType) -> Render:
    if not is_leaf_type(of):
        raise UnusualError
    serialize: Render = of.serialize
    written: dict[Any, Any] = {}

    def write(value: Any) -> Any:  # noqa: ANN401
        if value is None:
            return None
        try:
            found = serialize(value)
        except Exception as error:
            raise UnusualError from error
        if found is None:
            raise UnusualError
        return found

    def write_known(value: Any) -> Any:  # noqa: ANN401
        if value not in written:
            written[value] = write(value)
        return written[value]

    return write_known if isinstance(of, GraphQLEnumType) else write


def _object(executor: Executor[Any], of: GraphQLObjectType, details: list[FieldDetails]) -> Render:
    selected = executor.collect_subfields(of, details).grouped_field_set
    parts = [(key, *_field(executor, of, key, below)) for key, below in selected.items()]
    origin = _origin(of)

    def write(value: Any) -> Any:  # noqa: ANN401
        if value is None:
            return None
        if not isinstance(value, origin):
            raise UnusualError
        return {key: inner(take(value)) for key, take, inner in parts}

    return write


def _origin(of: GraphQLObjectType) -> type:
    """Return the class of a type's values; those that tell of the schema itself have none."""
    declared: Any = of.extensions.get(_DECLARED)
    if declared is None:
        raise UnusualError
    # Rows of a page are made of the generic class, `Edge`, and not of the one made for its type.
    return (declared.concrete_of or declared).origin


def _field(
    executor: Executor[Any], of: GraphQLObjectType, key: str, details: list[FieldDetails]
) -> tuple[Render, Render]:
    """Return what takes a field's value from its object, and what writes it."""
    name = details[0].node.name.value
    if name == "__typename":
        return (lambda _: of.name), str
    field = of.fields.get(name)
    if field is None:
        raise UnusualError
    inner = render(executor, field.type, details)
    if is_loaded(of.name, name):
        return _fetched(key), inner
    return _taker(field), inner


def _fetched(key: str) -> Render:
    """Return what takes from its object the value that was fetched for it."""

    def take(value: Any) -> Any:  # noqa: ANN401
        found = value.found.get(key, _MISSING)
        if found is _MISSING or isinstance(found, Exception):
            raise UnusualError
        return found

    return take


def _taker(field: GraphQLField) -> Render:
    """Return what takes from its object the value of a field that was not fetched."""
    declared: Any = field.extensions.get(_DECLARED)
    if declared is None or field.args or declared.extensions:
        raise UnusualError
    if declared.is_basic_field:
        name: str = declared.python_name
        return lambda value: getattr(value, name)
    function: Any = declared.base_resolver.wrapped_func
    if declared.is_async or len(inspect.signature(function).parameters) != 1:
        raise UnusualError
    return function


def _abstract(
    executor: Executor[Any],
    of: GraphQLUnionType | GraphQLInterfaceType,
    details: list[FieldDetails],
) -> Render:
    schema = executor.schema
    each: Mapping[type, Render] = {
        _origin(kind): _object(executor, kind, details) for kind in schema.get_possible_types(of)
    }

    def write(value: Any) -> Any:  # noqa: ANN401
        if value is None:
            return None
        if type(value) not in each:
            raise UnusualError
        return each[type(value)](value)

    return write
