"""Which suppliers do programs, or buyers, share, and do the programs agree on them?"""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry.types import Info

from graph_schema.codes import Kind
from hub.answers.desk import Sitting
from hub.errors import HubError, InvalidInputError
from hub.graphql.context import Request
from hub.graphql.cursors import ROOT
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.scalars import CountryCode
from hub.graphql.types.answers import SharedSupplier
from hub.graphql.types.connections import Connection, connection
from hub.graphql.types.nodes import Day, Instant
from hub.store.port import SharedSought

MOST_AT_LEAST = 100
"""Programs or buyers that a supplier may be asked to have in common."""


@strawberry.type
class SharedQuestions:
    """The hub's second question."""

    @strawberry.field(
        description=(
            "Suppliers and worksites that hold a standing in several of the programs, or deliver "
            "to several of the buyers; where both are named, both must hold."
        )
    )
    async def shared_suppliers(
        self,
        info: Info[Request, None],
        first: int,
        programs: list[strawberry.ID] | None = NOT_GIVEN,
        buyers: list[strawberry.ID] | None = NOT_GIVEN,
        at_least: int = 2,
        disagreeing: bool | None = NOT_GIVEN,
        country: CountryCode | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[SharedSupplier] | None:
        request = info.context
        sitting = await request.sit(as_of or None, known_at or None)
        given = {
            "first": first, "after": after, "programs": programs, "buyers": buyers,
            "at_least": at_least, "disagreeing": disagreeing, "country": country,
            "as_of": as_of, "known_at": known_at,
        }  # fmt: skip
        page = request.page("sharedSuppliers", given, (ROOT,))
        if not 1 <= at_least <= MOST_AT_LEAST:
            msg = f"atLeast is {at_least}; ask for 1 to {MOST_AT_LEAST}"
            raise InvalidInputError(msg, path=("atLeast",))
        chosen = await _numbers(sitting, programs or (), Kind.PROGRAM, "programs")
        bought = await _numbers(sitting, buyers or (), Kind.ORGANIZATION, "buyers")
        sought = SharedSought(
            programs=chosen,
            buyers=bought if buyers else None,
            at_least=at_least,
            day=sitting.day,
            disagreeing=None if disagreeing is NOT_GIVEN else disagreeing,
            country=country or None,
        )
        numbers = await request.store.find_shared(sought, sitting.moment, page)

        async def count() -> int:
            return await request.store.count_shared(sought, sitting.moment)

        rows: list[Any] = [
            SharedSupplier(number=number, sitting=sitting, programs_asked=chosen)
            for number in numbers
        ]
        return connection(
            rows,
            request.cursors(numbers, page),
            size=page.size - 1,
            after=page.after > 0,
            count=count,
        )


async def _numbers(
    sitting: Sitting, references: Sequence[str], kind: Kind, argument: str
) -> list[int]:
    """Return what references stand for, each once, in one round trip.

    Raises:
        InvalidReferenceError: One is no reference, or its check characters are wrong.
        UnknownReferenceError: Nothing goes by one, or the viewer may not see it.
    """
    numbers: dict[int, None] = {}
    found = await sitting.all_named(references, [(kind,)] * len(references))
    for place, named in enumerate(found):
        if isinstance(named, HubError):
            named.path = (argument, str(place))
            raise named
        numbers[named.number] = None
    return list(numbers)
