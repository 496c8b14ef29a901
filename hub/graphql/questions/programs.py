"""Programs, their agreements and their buyers."""

from collections.abc import Sequence
from typing import Any, cast

import strawberry
from strawberry.types import Info

from graph_schema.codes import Kind, ProgramStatus
from hub.answers.desk import Sitting
from hub.answers.programs import agreements_of
from hub.graphql.context import Request
from hub.graphql.cursors import ROOT, Asked
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.loaders.paging import paged
from hub.graphql.loaders.signing import buyers_of
from hub.graphql.scalars import CountryCode
from hub.graphql.types.connections import Connection
from hub.graphql.types.nodes import Agreement, Day, Instant, Organization, Program


@strawberry.type
class Programs:
    """Questions about programs and agreements."""

    @strawberry.field(description="A program, by its code, reference or id.")
    async def program(self, info: Info[Request, None], id: strawberry.ID) -> Program | None:
        request = info.context
        sitting = await request.sit()
        named = await sitting.named(id, Kind.PROGRAM, argument="id")
        return cast("Program | None", (await request.nodes([named.number])).get(named.number))

    @strawberry.field(description="All programs, in the order in which the hub learned of them.")
    async def programs(
        self,
        info: Info[Request, None],
        first: int,
        status: ProgramStatus | None = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Program] | None:
        request = info.context
        sitting = await request.sit()
        given = {"first": first, "after": after, "status": status}
        page = request.page("programs", given, (ROOT,))
        nodes = await request.nodes(list(sitting.law.programs))
        wanted = [
            nodes[number]
            for number in sorted(nodes)
            if not status or nodes[number].row["status"] == status
        ]
        return listed(request, wanted, page)

    @strawberry.field(description="An agreement.")
    async def agreement(self, info: Info[Request, None], id: strawberry.ID) -> Agreement | None:
        request = info.context
        sitting = await request.sit()
        named = await sitting.named(id, Kind.AGREEMENT, argument="id")
        return cast("Agreement | None", (await request.nodes([named.number])).get(named.number))

    @strawberry.field(description="All agreements, every version.")
    async def agreements(
        self,
        info: Info[Request, None],
        first: int,
        program: strawberry.ID | None = NOT_GIVEN,
        in_force_on: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Agreement] | None:
        request = info.context
        sitting = await request.sit(None, known_at or None)
        given = {
            "first": first, "after": after, "program": program, "in_force_on": in_force_on,
            "known_at": known_at,
        }  # fmt: skip
        page = request.page("agreements", given, (ROOT,))
        chosen = {await _number(sitting, program)} if program else set[int]()
        numbers = agreements_of(sitting, chosen, in_force_on or None)
        nodes = await request.nodes([n for n in numbers if n > page.after][: page.size])
        return listed(request, [nodes[n] for n in sorted(nodes)], page, total=len(numbers))

    @strawberry.field(description="The buyers bound by a signature on a day.")
    async def buyers(
        self,
        info: Info[Request, None],
        first: int,
        program: strawberry.ID | None = NOT_GIVEN,
        country: CountryCode | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Organization] | None:
        request = info.context
        given = {
            "first": first, "after": after, "program": program, "country": country,
            "as_of": as_of, "known_at": known_at,
        }  # fmt: skip
        sitting = await request.at(given)
        chosen = [await _number(sitting, program)] if program else [None]
        [found] = await buyers_of(request, chosen, country or None, given)
        return cast("Connection[Organization]", found)


def listed(
    request: Request, nodes: Sequence[Any], page: Asked, *, total: int | None = None
) -> Connection[Any]:
    """Return a page of nodes that are all known, or of which the page is."""
    inside = [node for node in nodes if node.number > page.after]
    known = len(nodes) if total is None else total

    async def count() -> int:
        return known

    return paged(request, inside[: page.size], page, count, place="node")


async def _number(sitting: Sitting, program: str) -> int:
    """Return the number of the program that an argument names."""
    return (await sitting.named(program, Kind.PROGRAM, argument="program")).number
