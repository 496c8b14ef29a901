"""Programs, their agreements and their buyers."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, cast

import strawberry
from strawberry.types import Info

from graph_schema.codes import Kind, ProgramStatus
from hub.answers.desk import Sitting
from hub.eligibility.term import may_run
from hub.graphql.context import Request
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.loaders.paging import paged
from hub.graphql.scalars import CountryCode
from hub.graphql.types.connections import Connection
from hub.graphql.types.nodes import Agreement, Day, Instant, Organization, Program
from hub.store.port import Page


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


@strawberry.type
class Programs:
    """Questions about programs and agreements."""

    @strawberry.field(description="A program, by its code, reference or id.")
    async def program(self, info: Info[Request, None], id: strawberry.ID) -> Program | None:  # noqa: A002
        request = info.context
        sitting = await request.sit()
        named = await sitting.named(id, Kind.PROGRAM)
        return cast("Program | None", (await request.nodes([named.number])).get(named.number))

    @strawberry.field(description="All programs, in the order in which the hub learned of them.")
    async def programs(
        self,
        info: Info[Request, None],
        first: int,
        status: ProgramStatus | None = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Program]:
        request = info.context
        sitting = await request.sit()
        page = request.page({"first": first, "after": after})
        nodes = await request.nodes(list(sitting.law.programs))
        wanted = [
            nodes[number]
            for number in sorted(nodes)
            if not status or nodes[number].row["status"] == status
        ]
        return listed(request, wanted, page)

    @strawberry.field(description="An agreement.")
    async def agreement(self, info: Info[Request, None], id: strawberry.ID) -> Agreement | None:  # noqa: A002
        request = info.context
        sitting = await request.sit()
        named = await sitting.named(id, Kind.AGREEMENT)
        return cast("Agreement | None", (await request.nodes([named.number])).get(named.number))

    @strawberry.field(description="All agreements, every version.")
    async def agreements(  # noqa: PLR0913 - the schema's arguments
        self,
        info: Info[Request, None],
        first: int,
        program: strawberry.ID | None = NOT_GIVEN,
        in_force_on: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Agreement]:
        request = info.context
        sitting = await request.sit(None, known_at or None)
        page = request.page({"first": first, "after": after})
        chosen = {(await sitting.named(program, Kind.PROGRAM)).number} if program else set[int]()
        numbers = agreements_of(sitting, chosen, in_force_on or None)
        nodes = await request.nodes([n for n in numbers if n > page.after][: page.size])
        return listed(request, [nodes[n] for n in sorted(nodes)], page, total=len(numbers))

    @strawberry.field(description="The buyers bound by a signature on a day.")
    async def buyers(  # noqa: PLR0913 - the schema's arguments
        self,
        info: Info[Request, None],
        first: int,
        program: strawberry.ID | None = NOT_GIVEN,
        country: CountryCode | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Organization]:
        request = info.context
        given = {"first": first, "after": after, "as_of": as_of, "known_at": known_at}
        sitting = await request.at(given)
        chosen = [(await sitting.named(program, Kind.PROGRAM)).number] if program else [None]
        [found] = await buyers_of(request, chosen, country or None, given)
        return cast("Connection[Organization]", found)


def listed(
    request: Request, nodes: Sequence[Any], page: Page, *, total: int | None = None
) -> Connection[Any]:
    """Return a page of nodes that are all known, or of which the page is."""
    inside = [node for node in nodes if node.number > page.after]
    known = len(nodes) if total is None else total

    async def count() -> int:
        return known

    return paged(request, inside[: page.size], page, count, place="node")
