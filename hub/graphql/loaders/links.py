"""Links from facts and nodes to nodes: the numbers in their rows become nodes."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import strawberry

from graph_schema.elements import Fact
from graph_schema.programs import FactSource
from hub.errors import UnknownReferenceError
from hub.graphql.context import Request
from hub.graphql.prefetch import Given, Loader, loads
from hub.graphql.types.facts import Evidence
from hub.graphql.types.facts import FactSource as SourceType
from hub.identity.ids import Numbered
from hub.store.rows import instant

_ONE: Final = {
    "Tie.from": "from_",
    "Tie.to": "to",
    "Tie.program": "program",
    "Clause.standingProgram": "standing_program",
    "Signature.organization": "organization",
    "Signature.agreement": "agreement",
    "Standing.subject": "subject",
    "Standing.program": "program",
    "SourcingLink.buyer": "buyer",
    "SourcingLink.supplier": "supplier",
    "SourcingLink.product": "product",
    "Commodity.parent": "parent",
    "Agreement.program": "program",
    "Agreement.under": "under",
    "Agreement.supersedes": "supersedes",
    "Program.parent": "parent",
    "Program.monitor": "monitor",
}
"""Fields that lead to one node, and the column of its number."""
_OPTIONAL: Final = frozenset(
    {
        "SourcingLink.product",
        "Commodity.parent",
        "Agreement.under",
        "Agreement.supersedes",
        "Program.parent",
        "Program.monitor",
        "Tie.program",
    }
)
_MANY: Final = {
    "Clause.products": "products",
    "Clause.worksites": "worksites",
    "Standing.products": "products",
    "Worksite.products": "products",
    "Program.workerOrganizations": "worker_organizations",
}
"""Fields that lead to several nodes, and the column of their numbers."""


def one(column: str, *, optional: bool) -> Loader:
    """Return a loader of the node whose number stands in a column."""

    async def load(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
        found = await request.nodes([parent.row[column] for parent in parents])
        missing = None if optional else UnknownReferenceError("a node that is not visible")
        return [found.get(parent.row[column], missing) for parent in parents]

    return load


def many(column: str) -> Loader:
    """Return a loader of the nodes whose numbers stand in a column; hidden ones are left out."""

    async def load(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
        numbers = [number for parent in parents for number in parent.row[column] or ()]
        found = await request.nodes(numbers)
        return [
            [found[number].twin() for number in parent.row[column] or () if number in found]
            for parent in parents
        ]

    return load


for _field, _column in _ONE.items():
    loads(_field)(one(_column, optional=_field in _OPTIONAL))
for _field, _column in _MANY.items():
    loads(_field)(many(_column))


@loads("*.evidence")
async def evidence(request: Request, parents: Sequence[Any], _given: Given) -> list[list[Evidence]]:
    """Bring the documents that facts come from."""
    wanted = list(dict.fromkeys(s for parent in parents for s in parent.row["sources"] or ()))
    sources = await _sources(request, wanted)
    return [
        [_evidence(parent.row, sources[s]) for s in parent.row["sources"] or () if s in sources]
        for parent in parents
    ]


async def _sources(request: Request, references: Sequence[str]) -> dict[str, SourceType]:
    if not references:
        return {}
    sitting = await request.sit()
    kind: type[Fact] = FactSource
    rows = await request.store.facts_at(kind, "reference", references, sitting.moment)
    first = {row["reference"]: row for row in reversed(rows)}
    ids = request.ids.many([row["number"] for row in first.values()], Numbered.FACT)
    return {
        reference: SourceType(id=strawberry.ID(i), row=row)
        for i, (reference, row) in zip(ids, first.items(), strict=True)
    }


def _evidence(row: Any, source: SourceType) -> Evidence:  # noqa: ANN401
    known_on, retrieved = row["known_on"], row["retrieved_at"]
    return Evidence(
        source=source,
        row=row["row"],
        retrieved_at=instant(retrieved) if retrieved else None,
        known_on=date.fromordinal(known_on) if known_on else None,
        confidence=row["confidence"],
    )


@loads("*.totalCount")
async def total_count(_request: Request, parents: Sequence[Any], _given: Given) -> list[int]:
    """Count whole lists; those of one batch of parents share one count."""
    return [await parent.count() for parent in parents]
