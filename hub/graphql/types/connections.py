"""Connections: pages of an ordered list, with keyset cursors that stay stable under writes."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import strawberry

from hub.graphql.fetched import Fetches, fetched

T = TypeVar("T")


@strawberry.type
class PageInfo:
    """Where a page stands in its list."""

    has_next_page: bool = strawberry.field(description="Whether the list goes on.")
    has_previous_page: bool = strawberry.field(description="Whether it began before.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first row.")
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last row; `after` takes it for the next page."
    )


@strawberry.type
class Edge(Generic[T]):
    """A row of a list and its place in it."""

    cursor: str = strawberry.field(description="The row's place; `after` takes it.")
    node: T = strawberry.field(description="The row.")


Counter = Callable[[], Awaitable[int]]


@strawberry.type
class Connection(Fetches, Generic[T]):
    """A page of an ordered list."""

    edges: list[Edge[T]] = strawberry.field(description="The rows with their cursors.")
    nodes: list[T] = strawberry.field(description="The rows.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    count: strawberry.Private[Counter]

    @fetched
    def total_count(self) -> int | None:
        """How many rows the whole list has; counted only when asked for."""
        ...


def connection(
    rows: Sequence[T], cursors: Sequence[str], *, size: int, after: bool, count: Counter
) -> Connection[T]:
    """Return a page of rows that were fetched one past its size.

    Args:
        rows: At most `size` + 1 rows.
        cursors: Their cursors.
        size: Rows of the page.
        after: Whether the page is not the first.
        count: Counts the whole list, when asked.
    """
    shown, marks = rows[:size], cursors[:size]
    return Connection(
        edges=[Edge(cursor=mark, node=_twin(row)) for mark, row in zip(marks, shown, strict=True)],
        nodes=list(shown),
        page_info=PageInfo(
            has_next_page=len(rows) > size,
            has_previous_page=after,
            start_cursor=marks[0] if marks else None,
            end_cursor=marks[-1] if marks else None,
        ),
        count=count,
    )


def _twin(row: T) -> T:
    """Return a row for its edge: what is selected there is not what is selected under `nodes`."""
    return row.twin() if isinstance(row, Fetches) else row
