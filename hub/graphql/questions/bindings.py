"""Who is bound at a supplier or worksite, and to what?"""

import strawberry
from strawberry.types import Info

from hub.answers.bindings import bindings as answer
from hub.graphql.answered import shown
from hub.graphql.context import Request
from hub.graphql.cursors import ROOT
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.types.answers import Binding
from hub.graphql.types.connections import Connection, connection
from hub.graphql.types.nodes import Day, Instant


@strawberry.type
class BindingQuestions:
    """The question of worker organisations."""

    @strawberry.field(
        description=(
            "Who is bound at this supplier or worksite, and to what: the buyers with signatures "
            "that cover it, and visible links."
        )
    )
    async def bindings(
        self,
        info: Info[Request, None],
        supplier: strawberry.ID,
        product: str,
        first: int,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        after: str | None = NOT_GIVEN,
    ) -> Connection[Binding] | None:
        request = info.context
        sitting = await request.sit(as_of or None, known_at or None)
        given = {
            "first": first, "after": after, "supplier": supplier, "product": product,
            "as_of": as_of, "known_at": known_at,
        }  # fmt: skip
        page = request.page("bindings", given, (ROOT,))
        found = await answer(sitting, supplier, product)
        inside = [each for each in found if each.question.buyer > page.after][: page.size]
        rows = [
            Binding(buyer_number=each.question.buyer, eligibility=shown(sitting, each))
            for each in inside
        ]

        async def count() -> int:
            return len(found)

        return connection(
            rows,
            request.cursors([row.buyer_number for row in rows], page),
            size=page.size - 1,
            after=page.after > 0,
            count=count,
        )
