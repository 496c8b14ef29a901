"""The rule: may this buyer buy this product from this subject on this day, and why?

One walk over two tables, StateRule and Clause (DOMAIN.md, The question). It knows no program.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from graph_schema.codes import Duty, Reason, Verdict
from hub.eligibility.case import TOO_COARSE, Case, Cases, Coverage, settled
from hub.eligibility.facts import Clause, Facts
from hub.eligibility.force import REASON_OF, Force, Status
from hub.eligibility.notices import of_answer, of_ruling
from hub.eligibility.purchase import Purchase
from hub.eligibility.question import Answer, Question, Ruling
from hub.eligibility.readings import TooManyReadingsError
from hub.eligibility.scope import MISSED
from hub.eligibility.shapes import Shape, Shapes
from hub.eligibility.unbound import unbound
from hub.eligibility.verdict import RANK, REASON_RANK, Outcome

_STRICTEST: Final = (
    Duty.EXCLUSIVE,
    Duty.TERMINATE_INELIGIBLE,
    Duty.STOP_SUSPENDED,
    Duty.REDUCE_ORDERS,
    Duty.BUSINESS_CONSEQUENCES,
    Duty.VOLUME_BALANCE,
    Duty.PREFER,
    Duty.PAY_PREMIUM,
)
"""Of several duties in one scope the first labels the ruling."""
_BY_VOLUME: Final = frozenset({Reason.VOLUME_BALANCED, Reason.VOLUME_BALANCE_SHORT})
_UNBOUND: Final = frozenset({Verdict.NOT_BOUND, Verdict.OUT_OF_SCOPE})


class Rule:
    """Answers for one buyer, one product and one day; each subject is asked by itself."""

    def __init__(self, facts: Facts, *, buyer: int, product: int, day: int) -> None:
        self.facts = facts
        self.purchase = Purchase(facts, buyer, product, day)
        self._cases = Cases(self.purchase)

    def answer(self, question: Question) -> Answer:
        """Return the overall verdict for a subject, and one ruling per agreement considered."""
        rulings = self._rulings(question.subject)
        verdict, reason = self._overall(question.subject, rulings)
        ordered = sorted(rulings, key=lambda ruling: (not ruling.in_force, *_worst(ruling)))
        answer = Answer(question, verdict, reason, tuple(ordered))
        return of_answer(answer, self._cases)

    def verdict(self, subject: int) -> tuple[Verdict, Reason]:
        """Return the overall verdict for a subject and its reason alone."""
        return self._overall(subject, self._rulings(subject))

    def verdicts(self, subjects: Iterable[int]) -> list[tuple[Verdict, Reason]]:
        """Return what `verdict` says of each subject; of those of one shape it is asked once."""
        shapes = Shapes(self.purchase)
        known: dict[Shape, tuple[Verdict, Reason]] = {}
        found: list[tuple[Verdict, Reason]] = []
        for subject in subjects:
            shape = shapes.of(subject)
            said = known.get(shape) if shape is not None else None
            if said is None:
                said = self.verdict(subject)
                if shape is not None:
                    known[shape] = said
            found.append(said)
        return found

    def _overall(self, subject: int, rulings: Sequence[Ruling]) -> tuple[Verdict, Reason]:
        """Return the worst of the rulings in force, or how near the buyer came to be bound."""
        binding = [ruling for ruling in rulings if ruling.in_force]
        if binding:
            decisive = min(binding, key=_worst)
            return decisive.verdict, decisive.reason
        return unbound(self._cases, subject, rulings)

    def _rulings(self, subject: int) -> list[Ruling]:
        return [self._ruling(case, subject) for case in self._cases.considered]

    def _ruling(self, case: Case, subject: int) -> Ruling:
        coverage = case.coverage(subject)
        if not coverage.covers:
            outcome = Outcome(Verdict.OUT_OF_SCOPE, MISSED[coverage.step])
            program = coverage.nearest.standing_program
            return Ruling(case.agreement, None, program, outcome, in_force=False)
        forces = self.purchase.signer.force(case.agreement)
        outcome = self._outcome(case, subject, coverage, forces)
        clause = _label(coverage, outcome)
        return Ruling(
            case.agreement,
            clause,
            clause.standing_program,
            outcome,
            in_force=outcome.verdict not in _UNBOUND,
            miss=max((force.miss for force in forces), default=None),
            notices=of_ruling(forces, coverage, self.purchase),
        )

    def _outcome(
        self, case: Case, subject: int, coverage: Coverage, forces: frozenset[Force]
    ) -> Outcome:
        """Return what force and standing leave: one verdict, or that dates are too coarse."""
        if not forces:
            return TOO_COARSE
        found = {_without_force(force) for force in forces if force.status is not Status.IN_FORCE}
        if any(force.status is Status.IN_FORCE for force in forces):
            try:
                found |= case.judged(subject, coverage)
            except TooManyReadingsError:
                found.add(TOO_COARSE)
        if all(outcome.verdict is Verdict.NOT_BOUND for outcome in found):
            return Outcome(Verdict.NOT_BOUND, REASON_OF[max(force.miss for force in forces)])
        return settled(found)


def _without_force(force: Force) -> Outcome:
    """Return what an agreement amounts to that does not bind, or may not."""
    if force.status is Status.UNKNOWN and force.reason:
        return Outcome(Verdict.UNKNOWN, force.reason)
    return Outcome(Verdict.NOT_BOUND, REASON_OF[force.miss])


def _label(coverage: Coverage, outcome: Outcome) -> Clause:
    """Return the clause whose duty labels the ruling; it never grades it."""
    covering = coverage.sure or coverage.optional
    if outcome.reason in _BY_VOLUME:
        balancing = [clause for clause in covering if clause.duty is Duty.VOLUME_BALANCE]
        covering = tuple(balancing) or covering
    return min(covering, key=lambda clause: (_STRICTEST.index(clause.duty), clause.number))


def _worst(ruling: Ruling) -> tuple[int, int, int]:
    return RANK[ruling.verdict], REASON_RANK[ruling.reason], ruling.agreement.number
