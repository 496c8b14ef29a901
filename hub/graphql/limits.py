"""Limits: a query that asks for too much is refused before it is validated or answered.

One walk over the query's tree, in which each fragment is looked at once however often it is
spread, bounds how deep, how wide and how costly an answer can be. The cost is the number of
objects that the answer may hold.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    is_composite_type,
    parse,
)

from hub.errors import InvalidInputError

LONGEST: Final = 16 * 1024
"""Characters of a query's text; long lists go into variables."""
MOST_TOKENS: Final = 1_000
DEEPEST: Final = 10
"""Levels of fields."""
DEEPEST_SCHEMA: Final = 16
"""The same below `__schema` and `__type`."""
MOST_NESTED: Final = 40
"""Levels of braces, those of fragments included."""
MOST_ROOT_FIELDS: Final = 20
MOST_ALIASES: Final = 30
MOST_ALIKE: Final = 20
"""Fields of one response key in one selection."""
MOST_DIRECTIVES: Final = 20
MOST_FRAGMENTS: Final = 20
MOST_OPERATIONS: Final = 5
MOST_ROWS: Final = 500
"""Rows of one page; a question that asks for more is refused by itself."""
MOST_ITEMS: Final = 10_100
"""Members of all lists and objects among the variables: ten thousand suppliers, and the rest."""
DEEPEST_VARIABLES: Final = 32
"""Levels of lists and objects among the variables."""
MOST_COST: Final = 20_000
MOST_COST_OF_LISTS: Final = 200_000
"""The same of a question about a list that the client brings."""
_USUAL: Final = 3
"""Rows of a list that is not asked for by pages, such as the rulings of an answer."""
_PAGED: Final = frozenset({"edges", "nodes", "rows"})
"""Fields whose rows are counted at the field above them."""
_OWN_LISTS: Final = frozenset({"eligibilityList"})


class LimitExceededError(InvalidInputError):
    """A query that asks for too much at once; the message names the limit."""

    code = "LIMIT_EXCEEDED"


def parsed(query: str) -> DocumentNode:
    """Return the tree of a query.

    Raises:
        LimitExceededError: It is too long, or nested too deeply to be read.
        GraphQLSyntaxError: It is no GraphQL.
    """
    _at_most(LONGEST, len(query), "characters", "; long lists go into variables")
    try:
        return parse(query, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        if error.message.endswith("Parsing aborted."):
            raise LimitExceededError(error.message.removeprefix("Syntax Error: ")) from error
        raise


def check(document: DocumentNode, schema: GraphQLSchema, variables: Mapping[str, Any]) -> None:
    """Refuse a query that asks for too much.

    Raises:
        LimitExceededError: It is over a limit; the message says which.
    """
    _check_variables(variables)
    operations = [n for n in document.definitions if isinstance(n, OperationDefinitionNode)]
    fragments = [n for n in document.definitions if isinstance(n, FragmentDefinitionNode)]
    _at_most(MOST_OPERATIONS, len(operations), "operations")
    _at_most(MOST_FRAGMENTS, len(fragments), "fragments")
    for operation in operations:
        defaults = {
            each.variable.name.value: each.default_value
            for each in operation.variable_definitions or ()
        }
        walk = _Walk(schema, {each.name.value: each for each in fragments}, variables, defaults)
        size = walk.selection(schema.get_root_type(operation.operation), operation.selection_set, 1)
        _at_most(DEEPEST, size.depth, "levels of fields")
        _at_most(MOST_ROOT_FIELDS, size.width, "fields at its root")
        for limit, cost in ((MOST_COST, size.cost), (MOST_COST_OF_LISTS, size.own)):
            _at_most(limit, cost, "objects to bring", "; ask for fewer rows, or less of each")


def _check_variables(variables: Mapping[str, Any]) -> None:
    """Refuse variables that hold too much, level by level: each is looked at once."""
    level: list[object] = [variables]
    items = 0
    for depth in count():
        if not level:
            return
        _at_most(DEEPEST_VARIABLES, depth, "levels of lists among its variables")
        held = [_members(each) for each in level]
        items += sum(map(len, held))
        _at_most(MOST_ITEMS, items, "items among its variables", "; ask in parts")
        level = [one for some in held for one in some if isinstance(one, dict | list)]


def _members(value: object) -> Collection[object]:
    """Return what a list or an object holds."""
    if isinstance(value, dict):
        return cast("Mapping[str, object]", value).values()
    return cast("list[object]", value)


@dataclass(frozen=True, slots=True)
class _Size:
    """How large the answer to a selection may be.

    Attributes:
        depth: Levels of fields.
        width: Fields of its first level.
        cost: Objects that it may hold.
        own: The same, of questions about the client's own list.
    """

    depth: int = 0
    width: int = 0
    cost: int = 0
    own: int = 0


def _joined(sizes: Iterable[_Size]) -> _Size:
    """Return the size of selections beside each other."""
    each = tuple(sizes)
    return _Size(
        depth=max((size.depth for size in each), default=0),
        width=sum(size.width for size in each),
        cost=sum(size.cost for size in each),
        own=sum(size.own for size in each),
    )


class _Walk:
    """One walk over an operation."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        defaults: Mapping[str, ValueNode | None],
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables
        self._defaults = defaults
        self._seen: dict[str, _Size] = {}
        self._aliases = 0
        self._listed = 0
        self._directives = 0

    def selection(
        self, parent: GraphQLNamedType | None, selected: SelectionSetNode, nested: int
    ) -> _Size:
        """Return the size of a selection on a type; none where there is no such type."""
        _at_most(MOST_NESTED, nested, "levels of braces")
        keys = Counter(
            (node.alias or node.name).value
            for node in selected.selections
            if isinstance(node, FieldNode)
        )
        _at_most(MOST_ALIKE, max(keys.values(), default=0), "fields of one name in one selection")
        return _joined([self._size(parent, node, nested) for node in selected.selections])

    def _size(self, parent: GraphQLNamedType | None, node: SelectionNode, nested: int) -> _Size:
        self._directives += len(node.directives or ())
        _at_most(MOST_DIRECTIVES, self._directives, "directives")
        if isinstance(node, FieldNode):
            return self._field(parent, node, nested)
        if isinstance(node, FragmentSpreadNode):
            return self._spread(node.name.value, nested)
        if isinstance(node, InlineFragmentNode):
            on = node.type_condition
            inside = self._schema.get_type(on.name.value) if on else parent
            return self.selection(inside, node.selection_set, nested + 1)
        return _Size()

    def _spread(self, name: str, nested: int) -> _Size:
        """Return the size of a fragment; one that spreads itself is refused by validation."""
        fragment = self._fragments.get(name)
        if name not in self._seen and fragment is not None:
            self._seen[name] = _Size()
            on = self._schema.get_type(fragment.type_condition.name.value)
            self._seen[name] = self.selection(on, fragment.selection_set, nested + 1)
        return self._seen.get(name, _Size())

    def _field(self, parent: GraphQLNamedType | None, node: FieldNode, nested: int) -> _Size:
        if node.alias is not None:
            self._aliases += 1
            _at_most(MOST_ALIASES, self._aliases, "aliases")
        if node.selection_set is None:
            return _Size(depth=1, width=1)
        name = node.name.value
        declared = self._declared(parent, name)
        of = self._schema.get_type(declared.strip("[]!"))
        inside = self.selection(of, node.selection_set, nested + 1)
        if name.startswith("__"):
            return _Size(inside.depth + 1 - (DEEPEST_SCHEMA - DEEPEST), width=1)
        cost = self._cost(node, declared, inside.cost)
        if name in _OWN_LISTS:
            self._listed += self._rows_of(node)
            _at_most(MOST_ITEMS, self._listed, "suppliers in its lists", "; ask in parts")
            return _Size(inside.depth + 1, width=1, own=cost)
        return _Size(inside.depth + 1, width=1, cost=cost)

    def _declared(self, parent: GraphQLNamedType | None, name: str) -> str:
        """Return the type of a field as the schema writes it; empty where there is no field."""
        found = self._schema.get_field(parent, name) if is_composite_type(parent) else None
        return str(cast("object", found.type)) if found else ""

    def _cost(self, node: FieldNode, declared: str, inside: int) -> int:
        """Return how many objects a field may bring for each of its parents."""
        for argument in node.arguments or ():
            if argument.name.value == "first":
                return min(MOST_ROWS, max(1, self._number(argument.value))) * inside
            if argument.name.value in {"suppliers", "ids"}:
                return max(1, self._length(argument.value)) * (1 + inside)
        listed = declared.startswith("[") and node.name.value not in _PAGED
        return (_USUAL if listed else 1) * (1 + inside)

    def _rows_of(self, node: FieldNode) -> int:
        """Return how many suppliers a list that the client brings has."""
        given = (each.value for each in node.arguments or () if each.name.value == "suppliers")
        return sum(map(self._length, given))

    def _number(self, value: ValueNode | None) -> int:
        given = self._given(value)
        if isinstance(given, IntValueNode):
            return int(given.value[:9])
        return given if isinstance(given, int) else 1

    def _length(self, value: ValueNode) -> int:
        given = self._given(value)
        if isinstance(given, ListValueNode):
            return len(given.values)
        return len(cast("list[object]", given)) if isinstance(given, list) else 1

    def _given(self, value: ValueNode | None) -> Any:  # noqa: ANN401
        """Return a variable's value or default, or the value that is written out."""
        if not isinstance(value, VariableNode):
            return value
        name = value.name.value
        return self._variables.get(name, self._defaults.get(name))


def _at_most(limit: int, found: int, what: str, remedy: str = "") -> None:
    if found > limit:
        msg = f"the query has {found:,} {what}, the limit is {limit:,}{remedy}"
        raise LimitExceededError(msg)
