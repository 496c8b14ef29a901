"""Pages of fetched lists: one page for each parent, all brought together."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from hub.errors import InvalidInputError
from hub.graphql.context import Request
from hub.graphql.cursors import ROOT, Asked, of_another_question
from hub.graphql.types.connections import Connection, Counter, connection

Counts = Callable[[int], Counter]
"""Gives the counter of one parent."""


def counted(count: Callable[[], Awaitable[Mapping[int, int]]]) -> Counts:
    """Return counters that share one count of all parents, made when the first is asked."""
    known: dict[str, Mapping[int, int]] = {}

    def of(number: int) -> Counter:
        async def counter() -> int:
            if "counts" not in known:
                known["counts"] = await count()
            return known["counts"].get(number, 0)

        return counter

    return of


def pages(
    request: Request,
    end: str,
    numbers: Sequence[int],
    made: Sequence[Any],
    page: Asked,
    counts: Counts,
    *,
    place: str = "number",
) -> list[object]:
    """Return a connection for each parent.

    Args:
        request: Makes the cursors.
        end: The column of a fact's row that names its parent.
        numbers: The parents.
        made: The facts of all parents, each with its row, in the order of their places.
        page: The page asked for, one row longer than it.
        counts: Count a parent's whole list.
        place: The column of a fact's place in the list.
    """
    found: dict[int, list[Any]] = {}
    for fact in made:
        found.setdefault(fact.row[end], []).append(fact)
    return [
        below(request, number, found.get(number, ()), page, counts(number), place=place)
        for number in numbers
    ]


def below(
    request: Request,
    parent: int,
    rows: Sequence[Any],
    page: Asked,
    count: Counter,
    *,
    place: str = "number",
) -> Connection[Any] | InvalidInputError:
    """Return a parent's connection; an error where the cursor is of the list of another parent."""
    if not page.fits(parent):
        return of_another_question()
    return paged(request, rows, page, count, place=place, parent=parent)


def paged(
    request: Request,
    rows: Sequence[Any],
    page: Asked,
    count: Counter,
    *,
    place: str = "number",
    parent: int = ROOT,
) -> Connection[Any]:
    """Return a connection of facts, or of nodes by their own numbers."""
    marks = [row.row[place] if place != "node" else row.number for row in rows]
    return connection(
        [row.twin() for row in rows],
        request.cursors(marks, page, parent),
        size=page.size - 1,
        after=page.after > 0,
        count=count,
    )
