"""Answers of the rule as the API shows them: one whole, a list as columns."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

import strawberry

from hub.answers.desk import Sitting
from hub.answers.eligibility import Answered, Answers
from hub.eligibility.explain import explanation, would_change
from hub.eligibility.question import Ruling as RuleRuling
from hub.errors import (
    ConflictError,
    HubError,
    NotAllowedError,
    UnauthenticatedError,
    UnknownReferenceError,
)
from hub.graphql.columns import Columns
from hub.graphql.types.answers import (
    Conflict,
    Eligibility,
    EligibilityNotice,
    EligibilityRow,
    InvalidInput,
    NotAllowed,
    Problem,
    Ruling,
    UnknownReference,
)
from hub.store.rows import instant
from hub.sync.receipt import KeyUsedError


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
    return None if error is None else told(error)


def told(error: HubError) -> Problem:
    """Return an error as data."""
    path = list(error.path) or None
    if isinstance(error, UnknownReferenceError):
        return UnknownReference(
            code=error.code, message=error.message, path=path, reference=error.reference
        )
    make = _PROBLEMS.get(type(error), InvalidInput)
    return make(code=error.code, message=error.message, path=path)


_PROBLEMS: Final[Mapping[type[HubError], type[Problem]]] = {
    ConflictError: Conflict,
    KeyUsedError: Conflict,
    NotAllowedError: NotAllowed,
    UnauthenticatedError: NotAllowed,
}


def shown(sitting: Sitting, answered: Answered) -> Eligibility:
    """Return an answer as the API shows it; what it rests on is worked out where it is selected."""
    return Eligibility(
        answered=answered,
        sitting=sitting,
        as_of=date.fromordinal(answered.question.day),
        known_at=instant(sitting.moment.known_at),
        verdict=answered.verdict,
        reason=answered.reason,
        revision=str(sitting.moment.revision),
    )


def rulings(sitting: Sitting, answered: Answered) -> list[Ruling]:
    """Return the rulings of an answer."""
    return [_ruling(sitting, ruling, answered) for ruling in answered.answer.rulings]


def notices(answered: Answered) -> list[EligibilityNotice]:
    """Return the notices of an answer."""
    return [
        EligibilityNotice(code=notice.code, text=notice.text, number=notice.subject)
        for notice in answered.answer.notices
    ]


def _ruling(sitting: Sitting, ruling: RuleRuling, answered: Answered) -> Ruling:
    day = answered.question.day
    decisive = ruling.outcome.findings[0] if ruling.outcome.findings else None
    fresh_until = decisive.fresh_until if decisive else None
    return Ruling(
        ruling=ruling,
        sitting=sitting,
        moment=sitting.moment.answering(answered.question.buyer),
        verdict=ruling.verdict,
        reason=ruling.reason,
        explanation=explanation(ruling, answered.facts, day),
        evidence_age_days=max(0, day - decisive.confirmed) if decisive else None,
        fresh_until=date.fromordinal(fresh_until) if fresh_until else None,
        would_change=list(would_change(ruling)),
    )
