"""Links from facts and nodes to nodes: the numbers in their rows become nodes."""

from collections.abc import Sequence
from typing import Any, Final

from hub.errors import UnknownReferenceError
from hub.graphql.context import Request
from hub.graphql.prefetch import Given, Loader, loads

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
    "SourcingCount.product": "product",
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
        "SourcingCount.product",
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


@loads("*.totalCount")
async def total_count(_request: Request, parents: Sequence[Any], _given: Given) -> list[int]:
    """Count whole lists; those of one batch of parents share one count."""
    return [await parent.count() for parent in parents]
