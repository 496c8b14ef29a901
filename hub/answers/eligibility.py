"""May this buyer buy this product from this supplier on this day, and why? One, or a whole list."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from graph_schema.codes import Kind, Reason, Verdict
from hub.answers.desk import Sitting
from hub.eligibility.explain import summary
from hub.eligibility.facts import Commodity, Facts
from hub.eligibility.question import Answer, Question
from hub.eligibility.rule import Rule
from hub.errors import HubError, InvalidInputError
from hub.identity.references import SUBJECTS, Named
from hub.spans import span

MOST: Final = 10_000
"""Suppliers asked about in one call; more go through a job."""


@dataclass(frozen=True)
class Answered:
    """The answer to a question, worked out when more of it is wanted than its verdict.

    Attributes:
        rule: It answers the question.
        question: Of whom, and for whom.
        verdict: The overall one.
        reason: Of the ruling that decided.
    """

    rule: Rule
    question: Question
    verdict: Verdict
    reason: Reason

    @property
    def facts(self) -> Facts:
        """The facts that its sentences are made of."""
        return self.rule.facts

    @cached_property
    def answer(self) -> Answer:
        """The whole answer."""
        return self.rule.answer(self.question)


@dataclass(frozen=True)
class Answers:
    """A whole list answered, one entry of each column per supplier asked, in the order asked.

    Attributes:
        references: As they were asked.
        verdicts: None where the row cannot be answered.
        reasons: None likewise.
        problems: Why a row cannot be answered; none where it can.
    """

    rule: Rule
    references: Sequence[str]
    named: Sequence[Named | HubError]
    verdicts: Sequence[Verdict | None]
    reasons: Sequence[Reason | None]
    problems: Sequence[HubError | None]

    def counts(self) -> list[tuple[Verdict, int]]:
        """Return how many rows have each verdict, worst first, those that no row has left out."""
        counted = Counter(verdict for verdict in self.verdicts if verdict is not None)
        return [(verdict, counted[verdict]) for verdict in Verdict if counted[verdict]]

    def answered(self, index: int) -> Answered | None:
        """Return the whole answer of a row; none where it cannot be answered."""
        named = self.named[index]
        verdict, reason = self.verdicts[index], self.reasons[index]
        if isinstance(named, HubError) or verdict is None or reason is None:
            return None
        purchase = self.rule.purchase
        question = Question(
            purchase.buyer, named.number, purchase.product, purchase.day, named.merged_from
        )
        return Answered(self.rule, question, verdict, reason)


async def eligibility(sitting: Sitting, buyer: str, supplier: str, product: str) -> Answered:
    """Return the answer to one question.

    Raises:
        InvalidReferenceError: A reference is none, or its check characters are wrong.
        UnknownReferenceError: Nothing goes by a reference.
        InvalidInputError: The product is not known.
    """
    answers = await eligibility_list(sitting, buyer, [supplier], product)
    answered = answers.answered(0)
    if answered is None:
        problem = answers.problems[0] or InvalidInputError("the question cannot be answered")
        problem.path = ("supplier",)
        raise problem
    return answered


async def eligibility_list(
    sitting: Sitting, buyer: str, suppliers: Sequence[str], product: str
) -> Answers:
    """Return the answers to the same question for many suppliers.

    Raises:
        InvalidReferenceError: The buyer's reference is none.
        UnknownReferenceError: Nothing goes by the buyer's reference.
        InvalidInputError: The product is not known, or there are more than 10,000 suppliers.
    """
    _check_length(suppliers)
    commodity = sitting.product(product)
    kinds = [(Kind.ORGANIZATION,), *([SUBJECTS] * len(suppliers))]
    asked, *named = await sitting.all_named([buyer, *suppliers], kinds)
    return await _ruled(sitting, asked, commodity, suppliers, named)


async def eligibility_of(
    sitting: Sitting, buyer: str, ids: Sequence[str], nodes: Sequence[int], product: str
) -> Answers:
    """Return the answers to the same question for nodes that are found already.

    Args:
        sitting: As known when, and who asks.
        buyer: Who buys.
        ids: Public ids of the nodes.
        nodes: Their numbers.
        product: What is bought.

    Raises:
        InvalidReferenceError: The buyer's reference is none.
        UnknownReferenceError: Nothing goes by the buyer's reference.
        InvalidInputError: The product is not known, or there are more than 10,000 suppliers.
    """
    _check_length(nodes)
    commodity = sitting.product(product)
    [asked], named = await asyncio.gather(
        sitting.all_named([buyer], [(Kind.ORGANIZATION,)]), sitting.known(nodes, SUBJECTS)
    )
    return await _ruled(sitting, asked, commodity, ids, named)


def _check_length(suppliers: Sequence[object]) -> None:
    """Refuse more suppliers than are asked about in one call.

    Raises:
        InvalidInputError: There are.
    """
    if len(suppliers) > MOST:
        msg = f"{len(suppliers):,} suppliers are asked about; ask about at most {MOST:,} at a time"
        raise InvalidInputError(msg, path=("suppliers",))


async def _ruled(
    sitting: Sitting,
    asked: Named | HubError,
    commodity: Commodity,
    suppliers: Sequence[str],
    named: Sequence[Named | HubError],
) -> Answers:
    """Return the answers of whoever asks, for suppliers that are found or are not.

    Raises:
        HubError: The buyer is not found.
    """
    if isinstance(asked, HubError):
        asked.path = ("buyer",)
        raise asked
    subjects = list(dict.fromkeys(each.number for each in named if isinstance(each, Named)))
    moment = sitting.moment.answering(asked.number)
    facts = await sitting.facts(buyers=[asked.number], subjects=subjects, moment=moment)
    rule = Rule(facts, buyer=asked.number, product=commodity.number, day=sitting.day)
    with span("apply_rule", subjects=len(subjects)):
        found = dict(zip(subjects, rule.verdicts(subjects), strict=True))
    pairs = [found[each.number] if isinstance(each, Named) else (None, None) for each in named]
    return Answers(
        rule=rule,
        references=suppliers,
        named=named,
        verdicts=[verdict for verdict, _ in pairs],
        reasons=[reason for _, reason in pairs],
        problems=[each if isinstance(each, HubError) else None for each in named],
    )


def in_short(sitting: Sitting, answered: Answered) -> str:
    """Return an answer in one sentence.

    The figures of volumes are told to the buyer that asks, and to the program.
    """
    viewer, answer = sitting.moment.viewer, answered.answer
    decisive = [ruling.program for ruling in answer.rulings[:1]]
    figures = (
        viewer.everything
        or viewer.buyer == answer.question.buyer
        or any(program in viewer.programs for program in decisive)
    )
    return summary(answer, answered.facts, figures=figures)
