"""The overall verdict where no ruling is in force: out of scope, no duty known, or not bound."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from graph_schema.codes import Reason, Verdict
from hub.eligibility.case import Cases
from hub.eligibility.facts import Agreement
from hub.eligibility.force import REASON_OF, Miss, Status
from hub.eligibility.purchase import Purchase
from hub.eligibility.question import Ruling
from hub.eligibility.readings import TooManyReadingsError
from hub.eligibility.scope import MISSED, Step

_FURTHEST_LAST = [MISSED[step] for step in Step if step in MISSED]


def unbound(cases: Cases, subject: int, rulings: Sequence[Ruling]) -> tuple[Verdict, Reason]:
    """Return the overall verdict and its reason where no ruling is in force.

    NO_BINDING_DUTY is asked first, then whether the buyer signed in a program that the subject
    belongs to, then which miss is the nearest (DOMAIN.md, The question and Edges).
    """
    purchase = cases.purchase
    belongs = belonging(purchase, subject)
    duties = purchase.facts.law.duties
    undutied = [sure for program, sure in belongs.items() if program not in duties]
    if any(undutied):
        return Verdict.UNKNOWN, Reason.NO_BINDING_DUTY
    signed = _signed_beyond(purchase, belongs)
    if True in signed.values():
        outside = [
            ruling.reason
            for ruling in rulings
            if ruling.verdict is Verdict.OUT_OF_SCOPE and signed.get(ruling.agreement.number)
        ]
        furthest = max(outside, key=_FURTHEST_LAST.index, default=Reason.PRODUCT_OUT_OF_SCOPE)
        return Verdict.OUT_OF_SCOPE, furthest
    if undutied or signed:
        return Verdict.UNKNOWN, Reason.DATE_PRECISION
    missed = [ruling.miss for ruling in rulings if ruling.miss is not None]
    if _framework_only(cases, subject, belongs):
        missed.append(Miss.FRAMEWORK_ONLY)
    return Verdict.NOT_BOUND, REASON_OF[max(missed, default=Miss.NONE)]


def belonging(purchase: Purchase, subject: int) -> Mapping[int, bool]:
    """Return the concerned programs a subject belongs to, and whether that is sure.

    It belongs where it, its operators or groups, its sites or those that deliver to it hold or
    held a state, and where a clause names one of its sites.
    """
    facts, day = purchase.facts, purchase.day
    found: dict[int, bool] = {}
    for clause in facts.law.naming:
        program = clause.standing_program
        if program in purchase.concerned and clause.worksites.intersection(
            purchase.leaves(subject, program)
        ):
            found[program] = True
    for program in purchase.concerned:
        for node in _bearers(purchase, subject, program):
            for state in facts.states.get(node, ()):
                if state.program == program and state.first <= day:
                    found[program] = found.get(program, False) or state.last <= day
    return found


def _bearers(purchase: Purchase, subject: int, program: int) -> AbstractSet[int]:
    """Return whose states show that a subject belongs to a program."""
    network = purchase.evidence(program).network
    found = {subject}
    if subject not in network.up and subject not in network.down:
        return found
    found.update(purchase.leaves(subject, program))
    try:
        for neighbours in network.neighbourhoods(subject):
            found |= {holder.number for holder in neighbours.holders}
    except TooManyReadingsError:
        pass
    return found


def _signed_beyond(purchase: Purchase, belongs: Mapping[int, bool]) -> Mapping[int, bool]:
    """Return the agreements in force that concern the subject's programs, and whether surely."""
    found: dict[int, bool] = {}
    for agreement in purchase.signer.considered:
        sure = [belongs[program] for program in agreement.programs if program in belongs]
        forces = purchase.signer.force(agreement)
        if sure and any(force.status is Status.IN_FORCE for force in forces):
            in_force = all(force.status is Status.IN_FORCE for force in forces)
            found[agreement.number] = in_force and any(sure)
    return found


def _framework_only(cases: Cases, subject: int, belongs: Mapping[int, bool]) -> bool:
    """Whether the buyer signed a framework alone that stands over the purchase."""
    purchase = cases.purchase
    if any(case.coverage(subject).covers for case in cases.considered):
        return False
    for framework in purchase.signer.considered:
        if not framework.framework or framework.clauses:
            continue
        children = purchase.facts.law.children(framework.program)
        if _may_bind(purchase, framework) and (
            children & belongs.keys() or _covered_below(cases, subject, children)
        ):
            return True
    return False


def _may_bind(purchase: Purchase, framework: Agreement) -> bool:
    return any(
        force.status is Status.IN_FORCE or force.miss is Miss.FRAMEWORK_ONLY
        for force in purchase.signer.force(framework)
    )


def _covered_below(cases: Cases, subject: int, programs: AbstractSet[int]) -> bool:
    """Whether an agreement of one of these programs has a clause that covers the purchase."""
    return any(
        cases.of(agreement).reaches(subject)
        for agreement in cases.purchase.facts.law.agreements.values()
        if agreement.program in programs and agreement.clauses
    )
