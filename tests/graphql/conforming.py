"""Whether an answer is what its question and the schema say it is (GraphQL, section 7)."""

# What the library tells of types is of many unions, and partly unknown.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import httpx
import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeNameMetaFieldDef,
    build_schema,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    parse,
)

from hub.graphql.schema import text

SCHEMA: Final = build_schema(text(), assume_valid=True)
INTERNAL: Final = re.compile(
    r"traceback|sqlite|cypher|neo4j|\.py\b|object at 0x|went wrong", re.IGNORECASE
)
"""What a message says that was not written for users, and that of our own faults."""
_Type = Any
"""A type of the schema, which the library does not tell whole."""
_PARTS: Final = {"data", "errors", "extensions"}


def amiss(question: str, answer: httpx.Response) -> str | None:
    """Return what is wrong with an answer of ours to a question or mutation; none: nothing."""
    if answer.status_code not in {200, 400}:
        return f"status {answer.status_code}"
    told = orjson.loads(answer.content)
    for error in told.get("errors", ()):
        code = error["extensions"]["code"]
        if code == "INTERNAL" or INTERNAL.search(error["message"]):
            return f"{code}: {error['message']}"
    return _misfit(SCHEMA, question, told)


def _misfit(schema: GraphQLSchema, question: str, answer: Mapping[str, Any]) -> str | None:
    """Return where an answer is not what it should be; none: nowhere."""
    if not answer.keys() <= _PARTS or not answer.keys() & {"data", "errors"}:
        return f"an answer of {sorted(answer)}"
    if "errors" in answer and not answer["errors"]:
        return "errors, and none of them"
    if answer.get("data") is None:
        return None if "errors" in answer else "neither data nor an error"
    document = parse(question)
    [asked] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    root = schema.get_root_type(asked.operation)
    return _Reading(schema, document).node(root, [asked.selection_set], answer["data"], "data")


class _Reading:
    """The reading of an answer along the selections of its question."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }

    def node(
        self, of: _Type, selected: Sequence[SelectionSetNode], value: object, place: str
    ) -> str | None:
        """Return where an object is not as selected."""
        if not isinstance(value, Mapping):
            return f"{place} is no object"
        fields: dict[str, list[FieldNode]] = {}
        for each in selected:
            for node in self._fields(of, each.selections):
                fields.setdefault((node.alias or node.name).value, []).append(node)
        if fields.keys() != value.keys():
            return f"{place} has {sorted(value)} and not {sorted(fields)}"
        found = (self._field(of, fields[key], value[key], f"{place}.{key}") for key in fields)
        return next((each for each in found if each), None)

    def _fields(self, of: _Type, selections: Sequence[SelectionNode]) -> Iterator[FieldNode]:
        for each in selections:
            if isinstance(each, FieldNode):
                yield each
                continue
            part = (
                self._fragments[each.name.value] if isinstance(each, FragmentSpreadNode) else each
            )
            condition = part.type_condition  # pyright: ignore[reportAttributeAccessIssue]
            if condition is None or self._is(of, self._schema.type_map[condition.name.value]):
                yield from self._fields(of, part.selection_set.selections)  # pyright: ignore[reportAttributeAccessIssue]

    def _is(self, of: GraphQLObjectType, what: _Type) -> bool:
        return of is what or (is_abstract_type(what) and self._schema.is_sub_type(what, of))

    def _field(self, of: _Type, nodes: list[FieldNode], value: object, place: str) -> str | None:
        name = nodes[0].name.value
        field = TypeNameMetaFieldDef if name == "__typename" else of.fields[name]
        parts = [each.selection_set for each in nodes if each.selection_set]
        return self._value(field.type, parts, value, place)

    def _value(
        self, of: _Type, parts: Sequence[SelectionSetNode], value: object, place: str
    ) -> str | None:
        if is_non_null_type(of):
            return (
                f"{place} is null"
                if value is None
                else self._there(of.of_type, parts, value, place)
            )
        return None if value is None else self._there(of, parts, value, place)

    def _there(
        self, of: _Type, parts: Sequence[SelectionSetNode], value: object, place: str
    ) -> str | None:
        if is_list_type(of):
            if not isinstance(value, list):
                return f"{place} is no list"
            found = (
                self._value(of.of_type, parts, each, f"{place}.{n}") for n, each in enumerate(value)
            )
            return next((each for each in found if each), None)
        if is_leaf_type(of):
            return _leaf(of, value, place)
        kinds = self._schema.get_possible_types(of) if is_abstract_type(of) else [of]
        misfits = [self.node(each, parts, value, place) for each in kinds]
        return None if None in misfits else misfits[0]


def _leaf(of: _Type, value: object, place: str) -> str | None:
    try:
        of.parse_value(value)
    except GraphQLError as error:
        return f"{place}: {error.message}"
    return None
