"""Plain sentences: what a ruling says, what it rests on, and what would change it."""

from collections.abc import Mapping
from datetime import date
from math import floor
from typing import Final

from graph_schema.codes import Duty, Reason, Verdict
from hub.eligibility.facts import Facts, State
from hub.eligibility.question import Answer, Ruling
from hub.eligibility.standing import Finding

_MEANS: Final[Mapping[Verdict, str]] = {
    Verdict.INELIGIBLE: "{buyer} must not buy {product} from {supplier}",
    Verdict.CLOSED: "{supplier} does not operate: there is nothing to buy",
    Verdict.RESTRICTED: "{buyer} must cut its orders of {product} from {supplier}, or impose "
    "another consequence",
    Verdict.UNKNOWN: "Whether {buyer} may buy {product} from {supplier} is not known",
    Verdict.AT_RISK: "{buyer} may buy {product} from {supplier}, but escalation is under way",
    Verdict.NOT_IN_PROGRAM: "{supplier} is not in the program; no clause forbids {buyer} to buy "
    "{product} from it",
    Verdict.ELIGIBLE_WITH_FINDINGS: "{buyer} may buy {product} from {supplier}; corrective action "
    "is open",
    Verdict.ELIGIBLE: "{buyer} may buy {product} from {supplier}",
    Verdict.OUT_OF_SCOPE: "{buyer} signed, but its purchase of {product} from {supplier} is not "
    "covered",
    Verdict.NOT_BOUND: "No signature of {buyer} in force concerns its purchase of {product} from "
    "{supplier}",
}

_BECAUSE: Final[Mapping[Reason, str]] = {
    Reason.NO_SIGNATURE: "no signature on an agreement that covers it was in force",
    Reason.FRAMEWORK_ONLY: "the framework alone binds nowhere, and no country agreement is signed",
    Reason.SIGNATURE_ENDED: "the signature had ended",
    Reason.AGREEMENT_NOT_IN_FORCE: "the agreement was not in force",
    Reason.TERM_PASSED_RENEWAL_UNKNOWN: "the computed term has passed, and no renewal is known",
    Reason.RENEWAL_UNKNOWN: "the agreement ended, and whether its successor was signed is unknown",
    Reason.GROUP_COVERAGE_UNKNOWN: "whether the group's signature covers its members is unknown",
    Reason.OPTION_UNKNOWN: "whether the option that covers it was taken up is unknown",
    Reason.PRODUCT_OUT_OF_SCOPE: "no clause covers the product",
    Reason.COUNTRY_OUT_OF_SCOPE: "no clause covers the place",
    Reason.SITE_NOT_NAMED: "the site is none of those the clause names",
    Reason.OPTION_NOT_TAKEN: "the option that would cover it was not taken up",
    Reason.IN_GOOD_STANDING: "it is in good standing",
    Reason.FINDINGS_OPEN: "it carries out a corrective action plan",
    Reason.ESCALATED: "it is being escalated",
    Reason.SUSPENDED: "it is suspended",
    Reason.REENTRY_AUDIT_OUTSTANDING: "its announced period is over, but what lifts the bar has "
    "not happened",
    Reason.STAGE_3: "it is at the last stage of escalation",
    Reason.INELIGIBLE_NAMED: "the program named it ineligible",
    Reason.TERMINATED: "all signatories ended business with it",
    Reason.GROUP_TERMINATED: "the bar on another member reaches its whole company group",
    Reason.NON_COMPLIANT: "its employer was found non-compliant",
    Reason.CLOSED: "the site is closed",
    Reason.NEVER_JOINED: "it never joined",
    Reason.LEFT: "it left the program",
    Reason.NOT_LISTED: "it is not on the program's list",
    Reason.VOLUME_BALANCED: "the volume of enrolled farms covers the buyer's demand",
    Reason.VOLUME_BALANCE_SHORT: "the volume of enrolled farms falls short of the buyer's demand",
    Reason.PRODUCT_TOO_BROAD: "what is known concerns a part of it only",
    Reason.STALE_EVIDENCE: "the last confirmation is too old",
    Reason.STALE_BAR: "it was barred, and nobody has confirmed that for too long",
    Reason.DATE_PRECISION: "the known dates are too coarse to tell",
    Reason.NO_EVIDENCE: "the program says nothing that would tell",
    Reason.NO_BINDING_DUTY: "no clause is known by which its program binds a buyer",
    Reason.SITES_DIFFER: "its sites or suppliers differ",
}

_REMEDY: Final[Mapping[Reason, tuple[str, ...]]] = {
    Reason.NO_SIGNATURE: ("a signature of the buyer on an agreement that covers the purchase",),
    Reason.FRAMEWORK_ONLY: ("a signature of the buyer on the country agreement",),
    Reason.SIGNATURE_ENDED: ("a new signature of the buyer",),
    Reason.AGREEMENT_NOT_IN_FORCE: ("a signature on a version in force on the day",),
    Reason.TERM_PASSED_RENEWAL_UNKNOWN: ("word whether the agreement was renewed",),
    Reason.RENEWAL_UNKNOWN: ("word whether the buyer signed the succeeding version",),
    Reason.GROUP_COVERAGE_UNKNOWN: ("word whether the group's signature covers the buyer",),
    Reason.OPTION_UNKNOWN: ("word whether the buyer took up the option",),
    Reason.OPTION_NOT_TAKEN: ("the buyer taking up the option",),
    Reason.FINDINGS_OPEN: ("completion of the corrective action plan",),
    Reason.ESCALATED: ("de-escalation by the program",),
    Reason.SUSPENDED: ("the end of the period and what lifts the suspension",),
    Reason.REENTRY_AUDIT_OUTSTANDING: ("what lifts the bar, such as a passed re-entry audit",),
    Reason.STAGE_3: ("requalification or de-escalation by the program",),
    Reason.INELIGIBLE_NAMED: ("requalification or de-escalation by the program",),
    Reason.TERMINATED: ("requalification by the program",),
    Reason.GROUP_TERMINATED: (
        "requalification of the barred member, or a later decision of the program on this site",
    ),
    Reason.NON_COMPLIANT: ("a finding of compliance by the oversight body",),
    Reason.CLOSED: ("word from the program that the site works again",),
    Reason.NEVER_JOINED: ("the supplier joining the program",),
    Reason.LEFT: ("the supplier joining the program again",),
    Reason.NOT_LISTED: ("a listing of the supplier by the program",),
    Reason.VOLUME_BALANCE_SHORT: ("more volume from enrolled farms in the period",),
    Reason.PRODUCT_TOO_BROAD: ("a question about the part: one product, one site",),
    Reason.STALE_EVIDENCE: ("a fresh confirmation by the program",),
    Reason.STALE_BAR: ("a confirmation by the program, or word that the bar was lifted",),
    Reason.DATE_PRECISION: ("exact dates from the program",),
    Reason.NO_EVIDENCE: ("a statement of the program on this supplier",),
    Reason.NO_BINDING_DUTY: ("publication of a clause that binds buyers",),
    Reason.SITES_DIFFER: ("a question about one of the sites or suppliers",),
}

_DUTY: Final[Mapping[Duty, str]] = {
    Duty.EXCLUSIVE: "buy from suppliers in good standing alone",
    Duty.PREFER: "give preference to suppliers in good standing",
    Duty.STOP_SUSPENDED: "stop buying from suspended suppliers",
    Duty.TERMINATE_INELIGIBLE: "end business with ineligible suppliers",
    Duty.REDUCE_ORDERS: "reduce orders until the employer complies",
    Duty.BUSINESS_CONSEQUENCES: "impose business consequences until the supplier complies",
    Duty.VOLUME_BALANCE: "balance demand with volume from enrolled suppliers",
    Duty.PAY_PREMIUM: "pay the premium",
}


def summary(answer: Answer, facts: Facts, *, figures: bool) -> str:
    """Return one plain sentence that a buyer's staff can act on.

    Args:
        answer: What it sums up.
        facts: What nodes are called.
        figures: Whether the viewer may see the figures of volumes.
    """
    question = answer.question
    decisive = answer.rulings[0] if answer.rulings and answer.rulings[0].in_force else None
    ruling = decisive.program if decisive else None
    names = {
        "buyer": facts.name(question.buyer) or "the buyer",
        "supplier": facts.name(question.subject, ruling) or "the supplier",
        "product": _product(facts, question.product),
    }
    text = f"{_MEANS[answer.verdict].format(**names)}: {_BECAUSE[answer.reason]}"
    if decisive is None:
        return f"{text}."
    program = facts.law.programs[decisive.program].name
    evidence = _evidence(decisive, facts, question.day)
    share = decisive.outcome.covered_share
    if share is not None and figures:
        # What falls short must not read as all.
        evidence = f"{floor(round(share * 100, 6))} % of it is covered; "
    return f"{text} ({evidence}{decisive.agreement.name}, {program})."


def explanation(ruling: Ruling, facts: Facts, day: int) -> str:
    """Return what one agreement says of the purchase, and on what evidence."""
    because = _BECAUSE[ruling.reason]
    duty = f"Duty: {_DUTY[ruling.clause.duty]}. " if ruling.clause else ""
    seen = "; ".join(_finding(finding, facts, day) for finding in ruling.outcome.findings)
    parts = "; ".join(
        f"{facts.name(member, ruling.program) or 'one of them'}: {verdict}"
        for member, verdict in ruling.outcome.differing
    )
    rests = f" It rests on: {seen}." if seen else ""
    differ = f" They are: {parts}." if parts else ""
    return f"{duty}{because[0].upper()}{because[1:]}.{rests}{differ}"


def would_change(ruling: Ruling) -> tuple[str, ...]:
    """Return what would change the verdict; nothing where it is as good as it can be."""
    return _REMEDY.get(ruling.reason, ())


def _evidence(ruling: Ruling, facts: Facts, day: int) -> str:
    """Return since when, and how old the evidence is, of the decisive state."""
    if not ruling.outcome.findings:
        return ""
    finding = ruling.outcome.findings[0]
    state = finding.state
    word = f"“{state.word}”{_scope(state, facts)} {state.printed}, " if state else ""
    return f"{word}last confirmed {_day(finding.confirmed)}{_age(finding, day)}; "


def _finding(finding: Finding, facts: Facts, day: int) -> str:
    if finding.state is None:
        return f"closed since {_day(finding.since)}"
    state = finding.state
    held_by = facts.name(state.subject, state.program) or "the supplier"
    return (
        f"“{state.word}”{_scope(state, facts)}, said of {held_by}, {state.printed}, "
        f"last confirmed {_day(finding.confirmed)}{_age(finding, day)}"
    )


def _scope(state: State, facts: Facts) -> str:
    """Return the part that a state concerns; nothing where it concerns all."""
    products = [_product(facts, product) for product in state.products]
    part = ", ".join(sorted([*products, *state.regions]))
    return f" for {part}" if part else ""


def _age(finding: Finding, day: int) -> str:
    age = max(0, day - finding.confirmed)
    stale = "" if finding.fresh else ", stale"
    return f" ({age} days before{stale})" if age else ""


def _product(facts: Facts, number: int) -> str:
    known = facts.law.commodities.get(number)
    return known.name.lower() if known else "the product"


def _day(ordinal: int) -> str:
    try:
        return date.fromordinal(ordinal).isoformat()
    except (ValueError, OverflowError):
        return "a day not known"
