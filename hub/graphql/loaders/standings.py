"""Standings as they are shown: with effect, real end and last confirmation."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import strawberry

from graph_schema.codes import Effect
from graph_schema.days import FOR_EVER, PartialDate
from graph_schema.standing import Standing as StandingFact
from hub.answers.desk import Sitting
from hub.eligibility.standing import confirmed
from hub.eligibility.timeline import Held
from hub.graphql.context import Request
from hub.graphql.loaders.paging import counted, pages
from hub.graphql.prefetch import Given, loads
from hub.graphql.types.facts import Standing
from hub.identity.ids import Numbered
from hub.store.port import Row
from hub.store.rows import partial
from hub.store.states import state


def shown(request: Request, sitting: Sitting, rows: Sequence[Row]) -> list[Standing]:
    """Return standings of rows; those in force bring their effect and real end."""
    ids = request.ids.many([row["number"] for row in rows], Numbered.FACT)
    return [_shown(sitting, public, row) for public, row in zip(ids, rows, strict=True)]


def _shown(sitting: Sitting, public_id: str, row: Row) -> Standing:
    held = state(row)
    rule = sitting.law.meaning(held, held.last)
    effect = Effect(row["effect"]) if "effect" in row else None
    until = partial(row, "until")
    last = held.confirmed
    if rule is not None:
        effect = effect or rule.effect
        end = row.get("ends", until.last if until else FOR_EVER)
        last = confirmed(sitting.law, Held(held, rule, held.last, end, None))
    if "ended" in row:
        until = PartialDate.parse(row["ended"]) if row["ended"] else None
    return Standing(
        id=strawberry.ID(public_id),
        row=row,
        effect=effect or Effect.NO_EFFECT,
        until=until,
        confirmed_on=date.fromordinal(last),
    )


@loads("Organization.standings", "Worksite.standings")
async def standings(request: Request, parents: Sequence[Any], given: Given) -> list[list[Standing]]:
    """Bring the standings in force of subjects, those of a program together."""
    sitting = await request.at(given)
    numbers = [parent.number for parent in parents]
    rows = await request.store.in_force("subject", numbers, sitting.moment, day=sitting.day)
    codes = sitting.law.programs
    rows.sort(key=lambda row: (codes[row["program"]].code, row["track"], row["number"]))
    return _by_parent(numbers, rows, shown(request, sitting, rows))


def _by_parent(
    numbers: Sequence[int], rows: Sequence[Row], made: Sequence[Standing]
) -> list[list[Standing]]:
    found: dict[int, list[Standing]] = {}
    for row, standing in zip(rows, made, strict=True):
        found.setdefault(row["subject"], []).append(standing)
    return [[each.twin() for each in found.get(number, ())] for number in numbers]


@loads("Organization.standingHistory", "Worksite.standingHistory")
async def standing_history(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring every standing subjects ever held, in the order they were recorded."""
    sitting = await request.sit()
    numbers = [parent.number for parent in parents]
    page = request.page("standingHistory", given, numbers)
    rows = await request.store.facts_at(
        StandingFact, "subject", numbers, sitting.moment, page=page, history=True
    )
    held = await request.store.in_force(
        "fact", [row["number"] for row in rows], sitting.moment, day=None
    )
    real: Mapping[int, Row] = {row["number"]: row for row in held}
    full = [real.get(row["number"], row) | {"number": row["number"]} for row in rows]
    count = counted(
        lambda: request.store.count_at(
            StandingFact, "subject", numbers, sitting.moment, history=True
        )
    )
    return pages(request, "subject", numbers, shown(request, sitting, full), page, count)


@loads("Program.standings")
async def program_standings(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring the standings in force in programs, a page of each."""
    sitting = await request.at(given)
    numbers = [parent.number for parent in parents]
    page = request.page("standings", given, numbers)
    effects = tuple(dict.fromkeys(given.get("effect") or ()))
    rows = await request.store.in_force(
        "program", numbers, sitting.moment, day=sitting.day, effects=effects, page=page
    )
    count = counted(
        lambda: request.store.count_in_force(
            "program", numbers, sitting.moment, day=sitting.day, effects=effects
        )
    )
    made = shown(request, sitting, rows)
    return pages(request, "program", numbers, made, page, count, place="in_force")
