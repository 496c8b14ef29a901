"""Who is bound at a supplier: every buyer whose signature covers it, and whoever is linked to it.

A handful of round trips, whatever the number of buyers: who signed what covers the supplier, who
is part of a group that signed, who is linked; then what bears on all of them.
"""

from collections.abc import Sequence
from typing import Final

from graph_schema.agreements import Signature
from graph_schema.codes import Kind, Role, TieKind, Verdict
from graph_schema.parties import Tie
from graph_schema.sourcing import SourcingLink
from hub.answers.desk import Sitting
from hub.answers.eligibility import Answered
from hub.eligibility.case import Case
from hub.eligibility.question import Question
from hub.eligibility.rule import Rule
from hub.identity.references import SUBJECTS
from hub.store.port import NOBODY

_UNBOUND: Final = frozenset({Verdict.NOT_BOUND, Verdict.OUT_OF_SCOPE})


async def bindings(sitting: Sitting, supplier: str, product: str) -> list[Answered]:
    """Return the answers for every buyer that is bound at a supplier or linked to it.

    Returns:
        In the order of the buyers' numbers; buyers that are merely linked come with their
        verdict, too, bound or not.

    Raises:
        InvalidReferenceError: The supplier's reference is none.
        UnknownReferenceError: Nothing goes by the supplier's reference.
        InvalidInputError: The product is not known.
    """
    named = await sitting.named(supplier, *SUBJECTS, argument="supplier")
    commodity = sitting.product(product).number
    store, moment = sitting.desk.store, sitting.moment
    at = await sitting.facts(buyers=[], subjects=[named.number])
    purchase = Rule(at, buyer=0, product=commodity, day=sitting.day).purchase
    covering = [
        agreement.number
        for agreement in sitting.law.agreements.values()
        if agreement.clauses and Case(purchase, agreement).reaches(named.number)
    ]
    signed = await store.facts_at(Signature, "agreement", covering, moment)
    signers = {
        row["organization"]: row["covers_group"] is not False
        for row in signed
        if row["signed"] and row["role"] == Role.BUYER
    }
    part_of = await _members(sitting, [n for n, may_cover in signers.items() if may_cover])
    links = await store.facts_at(SourcingLink, "supplier", [named.number], moment, day=sitting.day)
    linked = {row["buyer"] for row in links}
    own = moment.viewer.buyer
    # What its own answer alone counts may bring the supplier into scope for it.
    asking = {own} if own else set[int]()
    kinds = await store.kinds(sorted({*signers, *part_of, *linked, *asking}), moment)
    buyers = sorted(n for n, kind in kinds.items() if kind is Kind.ORGANIZATION)
    everybodys = await sitting.facts(
        buyers=buyers, subjects=[named.number], moment=moment.answering(NOBODY)
    )
    found: list[Answered] = []
    for buyer in buyers:
        facts = everybodys
        if buyer == own:
            facts = await sitting.facts(
                buyers=[buyer], subjects=[named.number], moment=moment.answering(buyer)
            )
        question = Question(buyer, named.number, commodity, sitting.day, named.merged_from)
        rule = Rule(facts, buyer=buyer, product=commodity, day=sitting.day)
        verdict, reason = rule.verdict(named.number)
        if verdict not in _UNBOUND or buyer in linked:
            found.append(Answered(rule, question, verdict, reason))
    return found


async def _members(sitting: Sitting, groups: Sequence[int]) -> set[int]:
    """Return everyone that is part of groups on the day, or of a part of them: a trip a level."""
    found: set[int] = set()
    frontier = list(groups)
    while frontier:
        rows = await sitting.desk.store.facts_at(
            Tie, "to", frontier, sitting.moment, day=sitting.day
        )
        near = {row["from_"] for row in rows if row["kind"] == TieKind.PART_OF}
        frontier = sorted(near - found)
        found |= near
    return found
