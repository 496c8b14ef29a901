"""Runs of feeds as the API shows them, and the rows that they set aside."""

from datetime import datetime

import strawberry

from hub.graphql.fetched import NOT_GIVEN, Fetches, fetched
from hub.graphql.types.connections import PageInfo
from hub.graphql.types.lazy import LazyProgram


@strawberry.type
class RowProblem:
    """A row that a run set aside."""

    row: int = strawberry.field(description="Its number in the document.")
    column: str | None = strawberry.field(description="The column, where it is one.")
    code: str = strawberry.field(description="Stable code of the reason.")
    message: str = strawberry.field(description="The reason, and what would help.")


@strawberry.type
class RowProblemEdge:
    """A set-aside row and its place in the list."""

    cursor: str = strawberry.field(description="The row's place; `after` takes it.")
    node: RowProblem = strawberry.field(description="The row.")


@strawberry.type
class RowProblemConnection:
    """A page of set-aside rows."""

    edges: list[RowProblemEdge] = strawberry.field(description="The rows with their cursors.")
    nodes: list[RowProblem] = strawberry.field(description="The rows.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")


@strawberry.type
class SyncRun(Fetches):
    """One reading of a feed, and what became of it."""

    id: strawberry.ID
    number: strawberry.Private[int]
    program_number: strawberry.Private[int]
    feed: str = strawberry.field(description="Which of the program's feeds.")
    started_at: datetime = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    read_at: datetime | None = strawberry.field(
        description="When a document of the feed was last taken: then, or in a run before it."
    )
    proposed: strawberry.Private[bool]
    outcome: str = strawberry.field(
        description=(
            "applied, unchanged, held or failed; of a proposal pending, held, applied or rejected."
        )
    )
    complete: bool = strawberry.field(description="Whether the document left nothing out.")
    added: int = strawberry.field(description="Facts added, of those that you may see.")
    changed: int = strawberry.field(description="Likewise those corrected.")
    ended: int = strawberry.field(description="Likewise those ended or withdrawn.")
    unchanged: int = strawberry.field(description="Likewise rows that said what was known.")
    set_aside_count: int = strawberry.field(
        description="Rows set aside; for others, 0 where the program does not publish."
    )

    @fetched
    def program(self) -> LazyProgram:
        """Whose feed it is."""
        ...

    @fetched
    def set_aside(self, first: int, after: str | None = NOT_GIVEN) -> RowProblemConnection | None:
        """The rows set aside, for the program's operators."""
        ...
