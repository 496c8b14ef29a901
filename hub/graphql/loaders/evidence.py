"""Evidence: the document that each fact comes from, its row, and the run that brought it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import strawberry

from adapters.kit.adapter import RECORD
from graph_schema.elements import Fact
from graph_schema.programs import FactSource, feed_source
from hub.graphql.context import Request
from hub.graphql.loaders.programs import shown_run
from hub.graphql.prefetch import Given, loads
from hub.graphql.types.facts import Evidence
from hub.graphql.types.facts import FactSource as SourceType
from hub.graphql.types.runs import SyncRun
from hub.identity.ids import Numbered
from hub.store.rows import instant

_ANY: Final = 0
"""In place of a program: whichever states a source first."""
_Source = tuple[int, str]
"""The number of a program, and the reference of a source that it states."""


@loads("*.evidence")
async def evidence(request: Request, parents: Sequence[Any], _given: Given) -> list[list[Evidence]]:
    """Bring the documents that facts come from."""
    named = [_named(parent.row) for parent in parents]
    sources = await _sources(request, {reference for each in named for _, reference in each})
    return [
        [_evidence(parent.row, sources[key]) for key in each if key in sources]
        for parent, each in zip(parents, named, strict=True)
    ]


def _named(row: Mapping[str, Any]) -> list[_Source]:
    """Return the sources of a fact: the feed's document that says it, then what that cites.

    The record is put together from what it cites, and is no source of its own.
    """
    feed = row["feed"]
    brought = [(row["program"], feed_source(feed))] if feed and feed != RECORD else []
    return [*brought, *((_ANY, cited) for cited in row["sources"] or ())]


async def _sources(request: Request, references: Iterable[str]) -> dict[_Source, SourceType]:
    """Return sources by the program that states them, and by whichever states them first."""
    wanted = sorted(references)
    if not wanted:
        return {}
    sitting = await request.sit()
    kind: type[Fact] = FactSource
    rows = await request.store.facts_at(kind, "reference", wanted, sitting.moment)
    ids = request.ids.many([row["number"] for row in rows], Numbered.FACT)
    found: dict[_Source, SourceType] = {}
    for public_id, row in zip(ids, rows, strict=True):
        source = SourceType(id=strawberry.ID(public_id), row=row)
        found[row["program"], row["reference"]] = source
        found.setdefault((_ANY, row["reference"]), source)
    return found


def _evidence(row: Mapping[str, Any], source: SourceType) -> Evidence:
    known_on, retrieved = row["known_on"], row["retrieved_at"]
    return Evidence(
        fact=row,
        source=source,
        row=row["row"],
        retrieved_at=instant(retrieved) if retrieved else None,
        known_on=date.fromordinal(known_on) if known_on else None,
        confidence=row["confidence"],
    )


@loads("Evidence.run")
async def run(request: Request, parents: Sequence[Any], _given: Given) -> list[SyncRun | None]:
    """Bring the runs that brought facts: those that made their revisions."""
    revisions = sorted({parent.fact["revision_from"] for parent in parents})
    rows = await request.store.runs_that_made(revisions)
    made = {(row["revision"], row["program"], row["feed"]): row for row in rows}
    keys = ("revision_from", "program", "feed")
    found = (made.get(tuple(parent.fact[key] for key in keys)) for parent in parents)
    sitting = await request.sit()
    return [shown_run(request, sitting, row) if row else None for row in found]
