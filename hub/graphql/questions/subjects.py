"""Organisations, worksites and commodities: one by its reference, many by what they hold."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import strawberry
from strawberry.types import Info

from graph_schema.codes import Effect, Kind
from hub.answers.desk import Sitting
from hub.errors import InvalidInputError
from hub.graphql.context import Request
from hub.graphql.cursors import ROOT
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.loaders.paging import paged
from hub.graphql.scalars import CountryCode
from hub.graphql.types.connections import Connection
from hub.graphql.types.nodes import Commodity, Day, Instant, Organization, Worksite
from hub.store.port import Sought


@strawberry.type
class Subjects:
    """Questions about organisations, worksites and commodities."""

    @strawberry.field(description="An organisation.")
    async def organization(
        self, info: Info[Request, None], id: strawberry.ID
    ) -> Organization | None:
        return cast("Organization | None", await one(info.context, id, Kind.ORGANIZATION))

    @strawberry.field(description="A worksite.")
    async def worksite(self, info: Info[Request, None], id: strawberry.ID) -> Worksite | None:
        return cast("Worksite | None", await one(info.context, id, Kind.WORKSITE))

    @strawberry.field(description="A commodity, by its name, alias, reference or id.")
    async def commodity(self, info: Info[Request, None], id: strawberry.ID) -> Commodity | None:
        request = info.context
        sitting = await request.sit()
        try:
            number = sitting.product(id).number
        except InvalidInputError as error:
            error.path = ("id",)
            raise
        return cast("Commodity | None", (await request.nodes([number])).get(number))

    @strawberry.field(description="Organisations that hold a standing, by what they hold.")
    async def suppliers(
        self,
        info: Info[Request, None],
        first: int,
        program: strawberry.ID | None = NOT_GIVEN,
        country: CountryCode | None = NOT_GIVEN,
        product: str | None = NOT_GIVEN,
        effect: list[Effect] | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Organization] | None:
        given = {
            "first": first, "after": after, "program": program, "country": country,
            "product": product, "effect": effect, "as_of": as_of, "known_at": known_at,
        }  # fmt: skip
        return await found(info.context, Kind.ORGANIZATION, given)

    @strawberry.field(description="Worksites that hold a standing, by what they hold.")
    async def worksites(
        self,
        info: Info[Request, None],
        first: int,
        program: strawberry.ID | None = NOT_GIVEN,
        country: CountryCode | None = NOT_GIVEN,
        product: str | None = NOT_GIVEN,
        effect: list[Effect] | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Worksite] | None:
        given = {
            "first": first, "after": after, "program": program, "country": country,
            "product": product, "effect": effect, "as_of": as_of, "known_at": known_at,
        }  # fmt: skip
        return await found(info.context, Kind.WORKSITE, given)


async def one(request: Request, reference: str, *kinds: Kind) -> object:
    """Return the node that a reference stands for.

    Raises:
        InvalidReferenceError: It is no reference, or its check characters are wrong.
        UnknownReferenceError: Nothing goes by it, or the viewer may not see it.
    """
    sitting = await request.sit()
    named = await sitting.named(reference, *kinds, argument="id")
    return (await request.nodes([named.number])).get(named.number)


async def found(request: Request, kind: Kind, given: Mapping[str, Any]) -> Connection[Any]:
    """Return a page of the subjects of a kind that hold a state as sought."""
    sitting = await request.at(given)
    page = request.page(f"subjects {kind}", given, (ROOT,))
    sought = Sought(
        kind=kind,
        programs=await _programs(sitting, given),
        effects=tuple(dict.fromkeys(given["effect"] or ())),
        day=sitting.day,
        products=_products(sitting, given["product"] or None),
        country=given["country"] or None,
    )
    numbers = await request.store.find(sought, sitting.moment, page)
    nodes = await request.nodes(numbers)

    async def count() -> int:
        return await request.store.count(sought, sitting.moment)

    shown = [nodes[number] for number in numbers if number in nodes]
    return paged(request, shown, page, count, place="node")


async def _programs(sitting: Sitting, given: Mapping[str, Any]) -> Sequence[int]:
    if not given["program"]:
        return sorted(sitting.law.programs)
    return [(await sitting.named(given["program"], Kind.PROGRAM, argument="program")).number]


def _products(sitting: Sitting, name: str | None) -> frozenset[int]:
    """Return a product with what it is a kind of, and all that is a kind of it."""
    if name is None:
        return frozenset()
    asked = sitting.product(name).number
    below = {n for n in sitting.law.commodities if asked in sitting.law.lineage(n)}
    return frozenset(below | set(sitting.law.lineage(asked)))
