"""The overall verdict where no ruling is in force: out of scope, no duty known, or not bound."""

from collections.abc import Mapping, Sequence

from graph_schema.codes import Reason, Verdict
from hub.eligibility.case import Case
from hub.eligibility.facts import Agreement
from hub.eligibility.force import REASON_OF, Force, Miss, Status
from hub.eligibility.purchase import Purchase
from hub.eligibility.question import Ruling
from hub.eligibility.readings import TooManyReadingsError
from hub.eligibility.scope import MISSED, Step

_FURTHEST_LAST = [MISSED[step] for step in Step if step in MISSED]


def unbound(purchase: Purchase, subject: int, rulings: Sequence[Ruling]) -> tuple[Verdict, Reason]:
    """Return the overall verdict and its reason where no ruling is in force.

    NO_BINDING_DUTY is asked first, then whether the buyer signed in a program that the subject
    belongs to, then which miss is the nearest (DOMAIN.md, The question and Edges).
    """
    belongs = belonging(purchase, subject)
    undutied = [sure for program, sure in belongs.items() if program not in _duties(purchase)]
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
    if _framework_only(purchase, subject, belongs):
        missed.append(Miss.FRAMEWORK_ONLY)
    return Verdict.NOT_BOUND, REASON_OF[max(missed, default=Miss.NONE)]


def belonging(purchase: Purchase, subject: int) -> Mapping[int, bool]:
    """Return the programs a subject belongs to, and whether that is sure.

    It belongs where it, its operators or groups, its sites or those that deliver to it hold or
    held a state, and where a clause names one of its sites.
    """
    facts, day = purchase.facts, purchase.day
    found: dict[int, bool] = {}
    for agreement in facts.law.agreements.values():
        for clause in agreement.clauses:
            if clause.worksites.intersection(purchase.leaves(subject, clause.standing_program)):
                found[clause.standing_program] = True
    for program in facts.law.programs:
        for node in _bearers(purchase, subject, program):
            for state in facts.states.get(node, ()):
                if state.program == program and state.first <= day:
                    found[program] = found.get(program, False) or state.last <= day
    return found


def _bearers(purchase: Purchase, subject: int, program: int) -> set[int]:
    """Return whose states show that a subject belongs to a program."""
    found = {subject, *purchase.leaves(subject, program)}
    try:
        for neighbours in purchase.evidence(program).network.neighbourhoods(subject):
            found |= {holder.number for holder in neighbours.holders}
    except TooManyReadingsError:
        pass
    return found


def _duties(purchase: Purchase) -> frozenset[int]:
    return purchase.facts.law.duties


def _signed_beyond(purchase: Purchase, belongs: Mapping[int, bool]) -> Mapping[int, bool]:
    """Return the agreements in force that concern the subject's programs, and whether surely."""
    found: dict[int, bool] = {}
    for agreement in purchase.signer.considered():
        sure = [belongs[program] for program in agreement.programs if program in belongs]
        forces = _forces(purchase, agreement)
        if sure and any(force.status is Status.IN_FORCE for force in forces):
            in_force = all(force.status is Status.IN_FORCE for force in forces)
            found[agreement.number] = in_force and any(sure)
    return found


def _framework_only(purchase: Purchase, subject: int, belongs: Mapping[int, bool]) -> bool:
    """Whether the buyer signed a framework alone that stands over the purchase."""
    signed = purchase.signer.considered()
    if any(Case(purchase, a).coverage(subject).covers for a in signed if a.clauses):
        return False
    programs = purchase.facts.law.programs.values()
    for framework in signed:
        if not framework.framework or framework.clauses:
            continue
        children = {program.number for program in programs if program.parent == framework.program}
        if _may_bind(purchase, framework) and (
            children & set(belongs) or _covered_below(purchase, subject, children)
        ):
            return True
    return False


def _may_bind(purchase: Purchase, framework: Agreement) -> bool:
    return any(
        force.status is Status.IN_FORCE or force.miss is Miss.FRAMEWORK_ONLY
        for force in _forces(purchase, framework)
    )


def _covered_below(purchase: Purchase, subject: int, programs: set[int]) -> bool:
    """Whether an agreement of one of these programs has a clause that covers the purchase."""
    return any(
        Case(purchase, agreement).reaches(subject)
        for agreement in purchase.facts.law.agreements.values()
        if agreement.program in programs and agreement.clauses
    )


def _forces(purchase: Purchase, agreement: Agreement) -> frozenset[Force]:
    try:
        return purchase.signer.force(agreement)
    except TooManyReadingsError:
        return frozenset()
