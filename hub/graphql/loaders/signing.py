"""Which buyers are bound by the agreements of programs."""

from collections.abc import Sequence
from typing import Any

from hub.answers.programs import signed_in
from hub.graphql.context import Request
from hub.graphql.cursors import ROOT
from hub.graphql.loaders.paging import below


async def buyers_of(
    request: Request,
    programs: Sequence[int | None],
    country: str | None,
    given: Any,  # noqa: ANN401
) -> list[object]:
    """Return a page of the buyers whose signatures hold, for each program; none is all of them."""
    sitting = await request.at(given)
    parents = [program or ROOT for program in programs]
    page = request.page("buyers", given, parents)
    groups = [signed_in(sitting, program) for program in programs]
    found = await request.store.find_buyers(groups, country, sitting.day, sitting.moment, page)
    nodes = await request.nodes([number for each in found for number in each])
    counts: list[list[int]] = []

    def counter(at: int) -> Any:  # noqa: ANN401
        async def count() -> int:
            if not counts:
                moment = sitting.moment
                counts.append(
                    await request.store.count_buyers(groups, country, sitting.day, moment)
                )
            return counts[0][at]

        return count

    return [
        below(
            request,
            parent,
            [nodes[n] for n in each if n in nodes],
            page,
            counter(at),
            place="node",
        )
        for at, (parent, each) in enumerate(zip(parents, found, strict=True))
    ]
