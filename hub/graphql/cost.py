"""The cost of a query: what it may bring, counted from its text and variables before it is run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from hub.graphql.limits import MOST_ROWS, Budget, at_most
from hub.graphql.prices import ASSUMED, Price, Prices

OWN_LISTS: Final = frozenset({"eligibilityList", "_entities"})
"""Questions about a list that the client brings, which have a budget of their own."""
OF_THE_SCHEMA: Final = 100
"""What a question about the schema costs."""
_SCHEMA: Final = frozenset({"__schema", "__type"})
_NOTHING: Final[Mapping[str, Price]] = {}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a query costs.

    Attributes:
        general: All but the following.
        lists: The questions about the client's own lists.
        rows: How many suppliers, or entities, these lists have.
        of_schema: Whether it asks what the schema is.
        named: What of all this is for references that arguments at its root name.
    """

    general: int = 0
    lists: int = 0
    rows: int = 0
    of_schema: bool = False
    named: int = 0

    @property
    def total(self) -> int:
        """All together; no query is for nothing."""
        return max(1, self.general + self.lists)

    @property
    def told(self) -> int:
        """What each answer of a subscription costs: whom it names is looked up only once."""
        return max(1, self.total - self.named)

    def within(self, budget: Budget) -> None:
        """Refuse what costs more than a budget.

        Raises:
            LimitExceededError: It does.
        """
        at_most(budget.rows, self.rows, "rows in its lists", budget.advice)
        remedy = f"ask for fewer rows, or less of each; {budget.advice}"
        at_most(budget.cost, self.general, "as its cost", remedy)
        at_most(budget.lists, self.lists, "as the cost of its lists", remedy)


def cost(
    document: DocumentNode,
    operation: OperationDefinitionNode,
    prices: Prices,
    root: str,
    variables: Mapping[str, Any],
) -> Cost:
    """Return what an operation costs.

    Args:
        document: The query, whose shape is within the limits.
        operation: That of its operations which is meant.
        prices: What each field costs.
        root: Name of the type that the operation begins at.
        variables: As they were given.
    """
    walk = _Walk(document, operation, prices, root, variables)
    size = walk.selection(root, operation.selection_set)
    return Cost(size.rest, walk.lists, walk.rows, walk.of_schema, walk.named)


@dataclass(frozen=True, slots=True)
class _Size:
    """What a selection costs, for each of its parents.

    Attributes:
        rest: All but the following.
        paged: The fields of which there are as many as the field above says, for one row.
    """

    rest: int = 0
    paged: int = 0


class _Walk:
    """One walk over an operation, in which each fragment is looked at once."""

    def __init__(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        prices: Prices,
        root: str,
        variables: Mapping[str, Any],
    ) -> None:
        self._prices = prices
        self._root = root
        self._variables = variables
        self._defaults = {
            each.variable.name.value: each.default_value
            for each in operation.variable_definitions or ()
        }
        self._fragments = {
            each.name.value: each
            for each in document.definitions
            if isinstance(each, FragmentDefinitionNode)
        }
        self._seen: dict[str, _Size] = {}
        self.lists = 0
        self.rows = 0
        self.named = 0
        self.of_schema = False

    def selection(self, parent: str, selected: SelectionSetNode) -> _Size:
        """Return what a selection on a type costs; what does not exist costs nothing."""
        sizes = [self._size(parent, node) for node in selected.selections]
        return _Size(sum(size.rest for size in sizes), sum(size.paged for size in sizes))

    def _size(self, parent: str, node: SelectionNode) -> _Size:
        if isinstance(node, FragmentSpreadNode):
            return self._spread(node.name.value)
        if isinstance(node, InlineFragmentNode):
            on = node.type_condition
            return self.selection(on.name.value if on else parent, node.selection_set)
        return self._field(parent, cast("FieldNode", node))

    def _spread(self, name: str) -> _Size:
        if name not in self._seen and name in self._fragments:
            fragment = self._fragments[name]
            on = fragment.type_condition.name.value
            self._seen[name] = self.selection(on, fragment.selection_set)
        return self._seen.get(name, _Size())

    def _field(self, parent: str, node: FieldNode) -> _Size:
        name = node.name.value
        price = self._prices.get(parent, _NOTHING).get(name)
        if price is None:
            self.of_schema |= name in _SCHEMA
            return _Size(OF_THE_SCHEMA if name in _SCHEMA else 0)
        selected = node.selection_set
        inside = self.selection(price.of, selected) if selected else _Size()
        given = {each.name.value: each.value for each in node.arguments or ()}
        named = sum(self._length(each) for name, each in given.items() if name in price.named)
        self.named += named if parent == self._root else 0
        each = price.weight + inside.rest
        rows = self._rows(price, given)
        cost = named + (each + rows * inside.paged if price.sized else rows * each)
        if name in OWN_LISTS:
            self.lists += cost
            self.rows += named
            return _Size()
        return _Size(paged=cost) if price.paged else _Size(cost)

    def _rows(self, price: Price, given: Mapping[str, ValueNode]) -> int:
        """Return how many rows a field brings, or the field below it that is sized by it."""
        if price.sliced_by == "first":
            return min(MOST_ROWS, max(1, self._number(given.get("first"))))
        if price.sliced_by is not None:
            return self._length(given.get(price.sliced_by))
        return ASSUMED if price.listed and not price.paged else 1

    def _number(self, value: ValueNode | None) -> int:
        given = self._given(value)
        if isinstance(given, IntValueNode):
            return int(given.value[:9])
        # What is no number is refused later, but 500.0 is one.
        return int(given) if isinstance(given, int | float) else 1

    def _length(self, value: ValueNode | None) -> int:
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
