"""What hangs on changes: whose they are, whom they are about, the standings before and after."""

from collections.abc import Sequence
from typing import Any

from graph_schema.standing import Standing as StandingFact
from hub.graphql.context import Request
from hub.graphql.loaders.standings import shown
from hub.graphql.prefetch import Given, Loader, loads
from hub.graphql.types.nodes import Organization, Worksite


@loads("GraphChange.program")
async def program(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the programs whose word changed."""
    found = await request.nodes([parent.program_number for parent in parents])
    return [found.get(parent.program_number) for parent in parents]


@loads("GraphChange.subject")
async def subject(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the suppliers and sites that changes are about."""
    found = await request.nodes([parent.subject_number for parent in parents])
    nodes = [found.get(parent.subject_number) for parent in parents]
    return [node if isinstance(node, Organization | Worksite) else None for node in nodes]


def _standing(column: str) -> Loader:
    """Return a loader of the standings whose numbers stand in an attribute."""

    async def load(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
        numbers = [getattr(parent, column) for parent in parents]
        wanted = sorted({number for number in numbers if number is not None})
        sitting = await request.sit()
        rows = await request.store.facts_at(
            StandingFact, "number", wanted, sitting.moment, history=True
        )
        planned = {each.fact_number: each.planned for each in parents if each.planned}
        if column == "fact_number":
            rows += [row for number, row in planned.items() if number in wanted]
        made = shown(request, sitting, rows)
        found = {row["number"]: each for row, each in zip(rows, made, strict=True)}
        return [found[number].twin() if number in found else None for number in numbers]

    return load


loads("GraphChange.before")(_standing("before_number"))
loads("GraphChange.after")(_standing("fact_number"))
