"""May this buyer buy this product from this supplier on this day, and why?"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import strawberry
from strawberry.types import Info

from hub.answers.desk import Sitting
from hub.answers.eligibility import Answered, Answers
from hub.answers.eligibility import eligibility as answer_one
from hub.answers.eligibility import eligibility_list as answer_list
from hub.eligibility.explain import explanation, summary, would_change
from hub.eligibility.question import Ruling as RuleRuling
from hub.errors import HubError, InvalidInputError, UnknownReferenceError
from hub.graphql.columns import Columns
from hub.graphql.context import Request
from hub.graphql.fetched import NOT_GIVEN
from hub.graphql.types.answers import (
    Eligibility,
    EligibilityList,
    EligibilityNotice,
    EligibilityRow,
    InvalidInput,
    Problem,
    Ruling,
    UnknownReference,
    VerdictCount,
)
from hub.graphql.types.nodes import Day, Instant
from hub.store.rows import instant


@strawberry.type
class EligibilityQuestions:
    """The hub's first question, for one supplier or a list."""

    @strawberry.field(
        description=(
            "May this buyer buy this product from this supplier or worksite on this day, and why? "
            "Null with an error for a reference that is unknown or malformed."
        )
    )
    async def eligibility(  # noqa: PLR0913 - the schema's arguments
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
    async def eligibility_list(  # noqa: PLR0913 - the schema's arguments
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
    revision = None
    if at_revision:
        if not at_revision.isascii() or not at_revision.isdigit():
            msg = f"{at_revision[:40]!r} is no revision; take one from an answer"
            raise InvalidInputError(msg, path=("atRevision",))
        revision = int(at_revision[:18])
    return await request.sit(as_of or None, known_at or None, revision)


def columns(sitting: Sitting, answers: Answers) -> Columns[EligibilityRow]:
    """Return the rows of a list as columns; objects are made only of what columns do not hold."""
    size = len(answers.references)
    known: dict[str, Sequence[object]] = {
        "index": range(size),
        "reference": answers.references,
        "verdict": answers.verdicts,
        "reason": answers.reasons,
        "__typename": ["EligibilityRow"] * size,
    }
    if not any(answers.problems):
        known["problem"] = answers.problems
    return Columns(size, known, lambda: _rows(sitting, answers))


def _rows(sitting: Sitting, answers: Answers) -> list[EligibilityRow]:
    def whole(index: int) -> Eligibility | None:
        answered = answers.answered(index)
        return shown(sitting, answered) if answered else None

    return [
        EligibilityRow(
            index=index,
            reference=strawberry.ID(reference),
            verdict=answers.verdicts[index],
            reason=answers.reasons[index],
            problem=_problem(answers.problems[index]),
            whole=partial(whole, index),
        )
        for index, reference in enumerate(answers.references)
    ]


def _problem(error: HubError | None) -> Problem | None:
    """Return an error as data."""
    if error is None:
        return None
    path = list(error.path) or None
    if isinstance(error, UnknownReferenceError):
        return UnknownReference(
            code=error.code, message=error.message, path=path, reference=error.reference
        )
    return InvalidInput(code=error.code, message=error.message, path=path)


def shown(sitting: Sitting, answered: Answered) -> Eligibility:
    """Return an answer as the API shows it."""
    answer, facts = answered.answer, answered.facts
    figures = sitting.moment.viewer.everything
    return Eligibility(
        answered=answered,
        as_of=date.fromordinal(answer.question.day),
        known_at=instant(sitting.moment.known_at),
        verdict=answer.verdict,
        reason=answer.reason,
        summary=summary(answer, facts, figures=figures),
        rulings=[_ruling(ruling, answered) for ruling in answer.rulings],
        notices=[
            EligibilityNotice(code=notice.code, text=notice.text, number=notice.subject)
            for notice in answer.notices
        ],
        revision=str(sitting.moment.revision),
    )


def _ruling(ruling: RuleRuling, answered: Answered) -> Ruling:
    day = answered.answer.question.day
    decisive = ruling.outcome.findings[0] if ruling.outcome.findings else None
    fresh_until = decisive.fresh_until if decisive else None
    return Ruling(
        ruling=ruling,
        verdict=ruling.verdict,
        reason=ruling.reason,
        explanation=explanation(ruling, answered.facts, day),
        evidence_age_days=max(0, day - decisive.confirmed) if decisive else None,
        fresh_until=date.fromordinal(fresh_until) if fresh_until else None,
        would_change=list(would_change(ruling)),
    )
