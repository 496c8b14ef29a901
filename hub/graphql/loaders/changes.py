"""What hangs on changes: who made them, whose they are, and the standings before and after."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from graph_schema.standing import Standing as StandingFact
from hub.graphql.context import Request
from hub.graphql.loaders.standings import shown
from hub.graphql.prefetch import Given, Loader, loads
from hub.graphql.types.changes import GraphChange
from hub.graphql.types.nodes import Organization, Worksite
from hub.store.port import OPEN, Row
from hub.store.rows import instant

_Then = tuple[int, int]
"""A standing, and the revision as of which it is shown."""
_New = Callable[[GraphChange], Row | None]
"""The row of a standing that is not written."""
_ANY_INSTANT: Final = OPEN - 1


@loads("GraphChange.program")
async def program(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the programs whose word changed."""
    found = await request.nodes([parent.effect.program for parent in parents])
    return [found.get(parent.effect.program) for parent in parents]


@loads("GraphChange.subject")
async def subject(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the suppliers and sites that changes are about."""
    found = await request.nodes([parent.effect.subject for parent in parents])
    nodes = [found.get(parent.effect.subject) for parent in parents]
    return [node if isinstance(node, Organization | Worksite) else None for node in nodes]


@loads("GraphChange.recordedAt")
async def recorded_at(
    request: Request, parents: Sequence[GraphChange], _given: Given
) -> list[datetime]:
    """Bring when revisions were recorded."""
    known = {each.made.revision: each.made.recorded_at for each in parents}
    asked = sorted(revision for revision, at in known.items() if at is None)
    found = await request.store.recorded_at(asked) if asked else {}
    return [
        instant(
            found[each.made.revision] if each.made.recorded_at is None else each.made.recorded_at
        )
        for each in parents
    ]


@loads("GraphChange.actor")
async def actor(
    request: Request, parents: Sequence[GraphChange], _given: Given
) -> list[str | None]:
    """Bring the clients that made changes of programs for which the viewer speaks."""
    mine = frozenset((await request.sit()).moment.viewer.programs)
    asked = {each.made.revision for each in parents if each.effect.program in mine}
    found = await request.store.audit.clients(sorted(asked)) if asked else {}
    return [
        each.made.client or (found.get(each.made.revision) if each.effect.program in mine else None)
        for each in parents
    ]


def _standing(of: Callable[[GraphChange], _Then | None], new: _New) -> Loader:
    """Return a loader of the standings that changes lead to, each as of a revision."""

    async def load(request: Request, parents: Sequence[GraphChange], _given: Given) -> list[object]:
        told = [each if each.effect.word == "standing" else None for each in parents]
        # What is not written is no fact: another one may have its number by now.
        unwritten = [each and new(each) for each in told]
        wanted = [
            None if each is None or row else of(each)
            for each, row in zip(told, unwritten, strict=True)
        ]
        facts = sorted({each for each in wanted if each is not None})
        numbers = sorted({number for number, _ in facts})
        sitting = await request.sit()
        said = await request.store.facts_at(
            StandingFact, "number", numbers, sitting.moment, history=True
        )
        rows = {row["number"]: row for row in said}
        then = replace(sitting.moment, known_at=_ANY_INSTANT)
        held = await request.store.held_then(facts, then)
        real = {(row["number"], row["then"]): row for row in held}
        known = [each for each in facts if each[0] in rows]
        made = shown(request, sitting, [real.get(each, rows[each[0]]) for each in known])
        found = dict(zip(known, made, strict=True))
        begun = iter(shown(request, sitting, [row for row in unwritten if row]))
        return [
            next(begun) if row else found[each].twin() if each in found else None
            for row, each in zip(unwritten, wanted, strict=True)
        ]

    return load


def _nothing_new(_change: GraphChange) -> Row | None:
    return None


def _before(change: GraphChange) -> _Then | None:
    number = change.effect.before
    return None if number is None else (number, change.made.revision - 1)


def _unwritten(change: GraphChange) -> Row | None:
    return change.made.planned


def _after(change: GraphChange) -> _Then | None:
    number = change.effect.fact
    if number is None or not change.made.written:
        return None
    return number, change.made.revision


loads("GraphChange.before")(_standing(_before, _nothing_new))
loads("GraphChange.after")(_standing(_after, _unwritten))
