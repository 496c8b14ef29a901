"""May this buyer buy this product from this supplier on this day, and why?"""

from typing import Any

import strawberry
from strawberry.types import Info

from hub.answers.desk import Sitting
from hub.answers.eligibility import eligibility as answer_one
from hub.answers.eligibility import eligibility_list as answer_list
from hub.graphql.answered import columns, shown
from hub.graphql.context import Request, revision_in
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.types.answers import Eligibility, EligibilityList, VerdictCount
from hub.graphql.types.nodes import Day, Instant


@strawberry.type
class EligibilityQuestions:
    """The hub's first question, for one supplier or a list."""

    @strawberry.field(
        description=(
            "May this buyer buy this product from this supplier or worksite on this day, and why? "
            "Null with an error for a reference that is unknown or malformed."
        )
    )
    async def eligibility(
        self,
        info: Info[Request, None],
        buyer: strawberry.ID,
        supplier: strawberry.ID,
        product: str,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        at_revision: str | None = NOT_GIVEN,
    ) -> Eligibility | None:
        sitting = await asked(info.context, as_of, known_at, at_revision)
        return shown(sitting, await answer_one(sitting, buyer, supplier, product))

    @strawberry.field(
        description=(
            "The same for up to 10,000 suppliers, in the order asked; a row that cannot be "
            "answered says why and spoils no other."
        )
    )
    async def eligibility_list(
        self,
        info: Info[Request, None],
        buyer: strawberry.ID,
        suppliers: list[strawberry.ID],
        product: str,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        at_revision: str | None = NOT_GIVEN,
    ) -> EligibilityList | None:
        sitting = await asked(info.context, as_of, known_at, at_revision)
        answers = await answer_list(sitting, buyer, suppliers, product)
        rows: Any = columns(sitting, answers)
        return EligibilityList(
            rows=rows,
            counts=[VerdictCount(verdict=v, count=n) for v, n in answers.counts()],
            revision=str(sitting.moment.revision),
        )


async def asked(
    request: Request, as_of: Day, known_at: Instant, at_revision: str | None
) -> Sitting:
    """Return the moment that a question asks of.

    Raises:
        InvalidInputError: There is no such revision.
    """
    revision = revision_in(at_revision, "atRevision") if at_revision else None
    return await request.sit(as_of or None, known_at or None, revision)
