"""What hangs on changes: whose they are, whom they are about, the standings before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import strawberry

from graph_schema.standing import Standing as StandingFact
from hub.graphql.context import Request
from hub.graphql.loaders.standings import shown
from hub.graphql.prefetch import Given, Loader, loads
from hub.graphql.types.changes import GraphChange
from hub.graphql.types.nodes import Organization, Worksite
from hub.identity.ids import Numbered
from hub.store.port import Row
from hub.store.rows import instant
from hub.sync.receipt import Effect


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
    """Return a loader of the standings whose numbers stand in an attribute.

    What is only planned is no fact yet: another one may have its number by now.
    """

    async def load(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
        after = column == "fact_number"
        planned = [parent.planned if after else None for parent in parents]
        numbers = [
            None if row else getattr(parent, column)
            for parent, row in zip(parents, planned, strict=True)
        ]
        wanted = sorted({number for number in numbers if number is not None})
        sitting = await request.sit()
        rows = await request.store.facts_at(
            StandingFact, "number", wanted, sitting.moment, history=True
        )
        made = shown(request, sitting, rows)
        found = {row["number"]: each for row, each in zip(rows, made, strict=True)}
        new = iter(shown(request, sitting, [row for row in planned if row]))
        return [
            next(new) if row else found[number].twin() if number in found else None
            for number, row in zip(numbers, planned, strict=True)
        ]

    return load


loads("GraphChange.before")(_standing("before_number"))
loads("GraphChange.after")(_standing("fact_number"))


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of all changes of one write.

    Attributes:
        actor: Id of the client.
        revision: The revision that it made.
        recorded_at: When, in microseconds since 1970.
    """

    actor: str
    revision: str
    recorded_at: int


def change(
    request: Request,
    told: Told,
    effect: Effect,
    *,
    number: int,
    planned: Row | None = None,
    made: bool = True,
) -> GraphChange:
    """Return what a write makes of a fact as it is shown.

    Args:
        request: Makes the ids.
        told: Of what write.
        effect: What becomes of the fact.
        number: Of the change.
        planned: The row of a standing that is not written yet.
        made: Whether it is written, so that the fact has its number.
    """
    ids, standing = request.ids, effect.word == StandingFact.word
    fact = effect.fact if made else None
    return GraphChange(
        id=strawberry.ID(ids.of(number, Numbered.CHANGE)),
        fact_number=fact if standing else None,
        before_number=effect.before if standing else None,
        program_number=effect.program,
        subject_number=effect.subject,
        planned=planned if standing else None,
        revision=told.revision,
        kind=effect.becomes,
        fact=None if fact is None else strawberry.ID(ids.of(fact, Numbered.FACT)),
        fact_kind=effect.word,
        actor=told.actor,
        recorded_at=instant(told.recorded_at),
        summary=effect.summary,
    )
