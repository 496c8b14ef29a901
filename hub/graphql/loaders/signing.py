"""Which agreements programs state, and which buyers are bound by them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from hub.answers.desk import Sitting
from hub.eligibility.term import may_run
from hub.graphql.context import Request
from hub.graphql.loaders.paging import paged


def agreements_of(sitting: Sitting, programs: Collection[int], on: date | None) -> list[int]:
    """Return the agreements that programs state, in force on a day where one is given."""
    return sorted(
        number
        for number, agreement in sitting.law.agreements.items()
        if (not programs or agreement.program in programs)
        and (on is None or may_run(sitting.law, agreement, on.toordinal()))
    )


async def buyers_of(
    request: Request,
    programs: Sequence[int | None],
    country: str | None,
    given: Any,  # noqa: ANN401
) -> list[object]:
    """Return a page of the buyers whose signatures hold, for each program; none is all of them.

    A signature belongs to its agreement's program and to its clauses' standing programs.
    """
    sitting = await request.at(given)
    page, law = request.page(given), sitting.law
    groups = [
        [a.number for a in law.agreements.values() if program is None or program in a.programs]
        for program in programs
    ]
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
        paged(request, [nodes[n] for n in each if n in nodes], page, counter(at), place="node")
        for at, each in enumerate(found)
    ]
