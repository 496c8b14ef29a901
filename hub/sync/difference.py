"""Difference: what a run makes of facts, as somebody looks at it before it is applied."""

from collections.abc import Mapping
from typing import Any, Final

from graph_schema.elements import Fact, naming
from graph_schema.standing import CompleteRun, Standing
from hub.store.port import Row
from hub.store.rows import columns, digest
from hub.sync.alike import Drawn
from hub.sync.effects import effects
from hub.sync.plan import MOST_SHOWN, Plan
from hub.sync.receipt import Effect

_DIGITS: Final = 16
"""Bytes of a digest."""
_BESIDE: Final = ("sources", "confidence", "visible")
"""What is said of a fact beside its own fields."""


class Difference:
    """The difference that one attempt at a run makes, as it is planned.

    Two attempts at different times that would do the same have the same digest: facts that begin
    count by what they say, with new nodes by the order in which they are named, and those that
    cease by their rows, which nobody else can have changed then.

    Attributes:
        effects: The first of what becomes of facts.
        planned: The rows of new standings among them, by number.
        first_new: The first number of a node that was not known before.
    """

    def __init__(self, first_new: int) -> None:
        """Begin one.

        Args:
            first_new: The first number of a node that was not known before.
        """
        self.effects: list[Effect] = []
        self.planned: dict[int, Row] = {}
        self.first_new = first_new
        self._sum = 0

    @property
    def digest(self) -> str:
        """What is the same only where the difference is the same."""
        return f"{self._sum:0{2 * _DIGITS}x}"

    def take(self, plan: Plan) -> None:
        """Take in what is planned, once its rows have their numbers."""
        for kind, row, _ in plan.closed:
            self._add(digest("over", kind.word, row["number"]))
        for kind, row in plan.facts:
            self._begins(kind, row)
        if len(self.effects) < MOST_SHOWN:
            self._show(plan)

    def draw(self, drawn: Drawn) -> None:
        """Take in what rows become that are like others; all of it is new."""
        kind = drawn.kind
        for series in drawn.batch.series.get(kind, ()):
            for row in series.rows():
                self._begins(kind, row)

    def _show(self, plan: Plan) -> None:
        rows = {row["number"]: row for kind, row in plan.facts if kind is Standing}
        shown = [each for each in effects(plan) if each.word != CompleteRun.word]
        self.effects += shown[: MOST_SHOWN - len(self.effects)]
        for each in self.effects:
            if each.fact is not None and each.fact in rows:
                self.planned[each.fact] = rows[each.fact]

    def _begins(self, kind: type[Fact], row: Mapping[str, Any]) -> None:
        nodes = {field.name for field in naming(kind)}
        said = [
            self._known(row[each.name]) if each.name in nodes else _plain(row[each.name])
            for each in columns(kind)
        ]
        beside = [_plain(row[name]) for name in _BESIDE]
        self._add(digest("begins", kind.word, said, beside))

    def _known(self, value: Any) -> Any:  # noqa: ANN401
        """Return the number of a node; of one not known before by the order of such."""
        if isinstance(value, list):
            return [self._known(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
        if isinstance(value, int) and value >= self.first_new:
            return self.first_new - 1 - value
        return value

    def _add(self, said: str) -> None:
        # A sum, for what a list says has no order.
        self._sum = (self._sum + int(said, 16)) % (1 << 8 * _DIGITS)


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Return a value as it was stated: a store may keep truth as a number."""
    return int(value) if isinstance(value, bool) else value
