"""The guard: a query's shape is bounded before it is validated, in one walk over its tree.

Each fragment is looked at once however often it is spread, so the walk takes as many steps as the
tree has nodes. Validation and execution, whose steps may grow faster, see only what it lets pass.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Any, Final, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    parse,
)

from hub.graphql import limits
from hub.graphql.limits import LimitExceededError, at_most

_SCHEMA_MORE: Final = limits.DEEPEST_SCHEMA - limits.DEEPEST
"""Levels by which questions about the schema may be deeper."""


@lru_cache(maxsize=64)  # a tree may take a megabyte
def read(query: str) -> DocumentNode:
    """Return the tree of a query whose shape is within the limits; the last ones are remembered.

    Raises:
        LimitExceededError: It is over a limit; the message says which.
        GraphQLError: It is no GraphQL, or one of its fragments spreads itself.
    """
    document = parsed(query)
    check(document)
    return document


def parsed(query: str) -> DocumentNode:
    """Return the tree of a query.

    Raises:
        LimitExceededError: It is too long, or nested too deeply to be read.
        GraphQLSyntaxError: It is no GraphQL.
    """
    at_most(limits.LONGEST, len(query.encode()), "bytes", "long lists go into variables")
    try:
        return parse(query, max_tokens=limits.MOST_TOKENS)
    except GraphQLSyntaxError as error:
        if error.message.endswith("Parsing aborted."):
            raise LimitExceededError(error.message.removeprefix("Syntax Error: ")) from error
        raise


def check(document: DocumentNode) -> None:
    """Refuse a query whose shape is over a limit.

    Raises:
        LimitExceededError: It is; the message says which.
        GraphQLError: A fragment spreads itself.
    """
    operations = [n for n in document.definitions if isinstance(n, OperationDefinitionNode)]
    fragments = [n for n in document.definitions if isinstance(n, FragmentDefinitionNode)]
    at_most(limits.MOST_OPERATIONS, len(operations), "operations")
    at_most(limits.MOST_FRAGMENTS, len(fragments), "fragments")
    walk = _Walk(fragments)
    for operation in operations:
        variables = operation.variable_definitions or ()
        walk.directed(operation, *variables)
        shape = walk.selection(operation.selection_set, 1)
        at_most(limits.DEEPEST, shape.depth, "levels of fields")
        at_most(limits.MOST_ROOT_FIELDS, sum(shape.keys.values()), "fields at its root")
    for fragment in fragments:
        walk.fragment(fragment.name.value, 1)  # those that nobody spreads, too


def check_given(given: Mapping[str, Any], what: str = "variables") -> None:
    """Refuse variables that hold too much, level by level: each is looked at once.

    Raises:
        LimitExceededError: They do; the message says of what.
    """
    level: list[object] = [given]
    items = 0
    for depth in count():
        if not level:
            return
        at_most(limits.DEEPEST_VARIABLES, depth, f"levels of lists among its {what}")
        held = [_members(each) for each in level]
        items += sum(map(_counted, level, held))
        at_most(limits.MOST_ITEMS, items, f"items among its {what}", "ask in parts")
        level = [one for some in held for one in some if isinstance(one, dict | list)]


def _members(value: object) -> Sequence[object]:
    """Return what a list or an object holds."""
    if isinstance(value, dict):
        return list(cast("Mapping[str, object]", value).values())
    return cast("list[object]", value)


def _counted(holder: object, members: Sequence[object]) -> int:
    """Return how many items a list or object adds.

    What a router names an entity by adds none: like a reference, it counts in the list it is in.
    """
    named = isinstance(holder, dict) and "__typename" in holder
    return 0 if named and len(members) <= limits.MOST_KEYS else len(members)


@dataclass(frozen=True, slots=True)
class _Shape:
    """How large a selection is.

    Attributes:
        depth: Levels of fields.
        height: Levels of braces.
        keys: How many fields of its first level have each response key, in fragments, too.
    """

    depth: int = 0
    height: int = 0
    keys: Mapping[str, int] = field(default_factory=dict[str, int])


class _Walk:
    """One walk over all definitions of a query."""

    def __init__(self, fragments: Iterable[FragmentDefinitionNode]) -> None:
        self._fragments = {each.name.value: each for each in fragments}
        self._seen: dict[str, _Shape | None] = {}
        self._aliases = 0
        self._directives = 0

    def directed(self, *nodes: Any) -> None:  # noqa: ANN401 - nodes that may have directives
        """Count the directives of nodes."""
        self._directives += sum(len(node.directives or ()) for node in nodes)
        at_most(limits.MOST_DIRECTIVES, self._directives, "directives")

    def selection(self, selected: SelectionSetNode, nested: int) -> _Shape:
        """Return the shape of a selection."""
        at_most(limits.MOST_NESTED, nested, "levels of braces")
        keys = Counter[str]()
        depth = height = 0
        for node in selected.selections:
            shape = self._shape(node, nested)
            keys.update(shape.keys)
            # At every step, for the walk would take as many as fragments bring fields.
            at_most(limits.MOST_BESIDE, keys.total(), "fields in one selection")
            depth, height = max(depth, shape.depth), max(height, shape.height)
        alike = max(keys.values(), default=0)
        at_most(limits.MOST_ALIKE, alike, "fields of one name in one selection")
        return _Shape(depth, height + 1, keys)

    def fragment(self, name: str, nested: int) -> _Shape:
        """Return the shape of a fragment; that it does not exist, validation says.

        Raises:
            GraphQLError: It spreads itself.
        """
        definition = self._fragments.get(name)
        if definition is None:
            return _Shape()
        if name not in self._seen:
            self._seen[name] = None
            self.directed(definition)
            self._seen[name] = self.selection(definition.selection_set, nested)
        shape = self._seen[name]
        if shape is None:
            msg = f"Cannot spread fragment {name[:80]!r} within itself."
            raise GraphQLError(msg, definition)
        at_most(limits.MOST_NESTED, nested + shape.height, "levels of braces")
        return shape

    def _shape(self, node: SelectionNode, nested: int) -> _Shape:
        self.directed(node)
        if isinstance(node, FragmentSpreadNode):
            return self.fragment(node.name.value, nested + 1)
        if isinstance(node, InlineFragmentNode):
            return self.selection(node.selection_set, nested + 1)
        return self._field(cast("FieldNode", node), nested)

    def _field(self, node: FieldNode, nested: int) -> _Shape:
        if node.alias is not None:
            self._aliases += 1
            at_most(limits.MOST_ALIASES, self._aliases, "aliases")
        keys = {(node.alias or node.name).value: 1}
        if node.selection_set is None:
            return _Shape(depth=1, keys=keys)
        inside = self.selection(node.selection_set, nested + 1)
        more = _SCHEMA_MORE if node.name.value in {"__schema", "__type"} else 0
        return _Shape(max(1, inside.depth + 1 - more), inside.height, keys)
