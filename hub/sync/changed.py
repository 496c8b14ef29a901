"""Changed: what a push would change that was changed since its sender read it."""

from collections.abc import Mapping, Sequence

from adapters.kit.parsed import ProblemCode, RowProblem
from graph_schema.elements import Fact
from hub.store.port import Row, Store
from hub.sync.intake import Item


class Changed:
    """What was changed since a revision; nothing, where there is none."""

    def __init__(self, revision: int | None) -> None:
        self._revision = revision
        self._closed: dict[str, int] = {}

    async def look(
        self, store: Store, kind: type[Fact], items: Sequence[Item], current: Mapping[str, Row]
    ) -> None:
        """Look up when facts that are not known any more were withdrawn."""
        if self._revision is not None:
            gone = [item.identity for item in items if item.identity not in current]
            self._closed |= await store.closed_by(gone, kind) if gone else {}

    def since(self, item: Item, row: Row | None) -> bool:
        """Whether what an item changes was changed since.

        Args:
            item: What is said.
            row: The row that it changes; none where it is not known.
        """
        if self._revision is None:
            return False
        newest = self._closed.get(item.identity, 0) if row is None else row["revision_from"]
        return newest > self._revision


def conflict(item: Item) -> RowProblem:
    """Return why an item is refused."""
    message = "it was changed since you read it; read it again, and send what is still right"
    row, table = item.line.place or 0, item.line.fact.table
    return RowProblem(row, ProblemCode.CONFLICT, message, None, table, item.subject)
