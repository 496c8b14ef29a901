"""Notices: what a buyer's staff should know that does not change the verdict."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from graph_schema.codes import Confidence, Verdict
from hub.eligibility.case import Cases, Coverage
from hub.eligibility.facts import Place
from hub.eligibility.force import Force, Status
from hub.eligibility.purchase import Purchase
from hub.eligibility.question import Answer, Notice
from hub.eligibility.term import may_run


def of_ruling(
    forces: Iterable[Force], coverage: Coverage, purchase: Purchase
) -> tuple[Notice, ...]:
    """Return what to know about the signature and the place that a ruling rests on."""
    found: dict[str, Notice] = {}
    for force in forces:
        if force.status is Status.NOT_BOUND or force.signature is None:
            continue
        for notice in _of_signature(force, purchase):
            found[notice.code] = notice
    if coverage.assumed:
        text = "Nobody states where the site is; it is taken to be in scope."
        found["PLACE_ASSUMED"] = Notice("PLACE_ASSUMED", text)
    return tuple(found[code] for code in sorted(found))


def _of_signature(force: Force, purchase: Purchase) -> Iterator[Notice]:
    signature = force.signature
    assert signature is not None  # noqa: S101 - the caller looked
    if force.renewal_assumed:
        text = "The agreement's term has passed; it states that it renews itself."
        yield Notice("RENEWAL_ASSUMED", text)
    if signature.organization != purchase.buyer:
        group = purchase.facts.name(signature.organization) or "Its group"
        text = f"{group} signed for the members of its group."
        yield Notice("GROUP_SIGNATURE", text, signature.organization)
    if signature.confidence is Confidence.LOW:
        text = "The signature is assumed, not documented; ask the program."
        yield Notice("SIGNATURE_ASSUMED", text)


def of_answer(answer: Answer, cases: Cases) -> Answer:
    """Return the answer with the notices that concern the question as a whole."""
    purchase = cases.purchase
    found = [
        *(notice for ruling in answer.rulings if ruling.in_force for notice in ruling.notices),
        *_of_subject(answer, purchase),
        *(_of_signatories(answer, cases) if answer.verdict is Verdict.NOT_BOUND else ()),
        *_of_examples(answer, purchase),
    ]
    return replace(answer, notices=tuple(dict.fromkeys(found)))


def _of_subject(answer: Answer, purchase: Purchase) -> Iterator[Notice]:
    """Yield what became of the number asked by, of the site and of its work."""
    question = answer.question
    if question.merged_from:
        text = f"{question.merged_from} was merged; the answer is for the current number."
        yield Notice("MERGED_ID", text, question.subject)
    for program in purchase.facts.law.programs:
        for tie in purchase.evidence(program).network.moves(question.subject):
            moved = tie.begin == question.subject
            other = tie.end if moved else tie.begin
            name = purchase.facts.name(other) or "another site"
            text = f"Its work moved {'to' if moved else 'from'} {name}; standing does not move."
            yield Notice("SITE_MOVED", text, other)
    standing = {ruling.program for ruling in answer.rulings if ruling.in_force}
    for place in purchase.facts.places.get(question.subject, ()):
        if place.known and place.program not in standing and _closed(place, question.day):
            said = purchase.facts.law.programs[place.program].name
            text = f"{said} states that the site is closed."
            yield Notice("SITE_CLOSED", text, question.subject)


def _closed(place: Place, day: int) -> bool:
    return place.closed_on is not None and place.closed_on.first <= day


def _of_signatories(answer: Answer, cases: Cases) -> Iterator[Notice]:
    """Yield how sure it is that the buyer did not sign what covers the purchase.

    What is made up is no doubt about a question in which nothing else is.
    """
    purchase, signer = cases.purchase, cases.purchase.signer
    examples = _examples(purchase)
    hidden = set[int]() if _concerned(answer, purchase) & examples else examples
    for agreement in purchase.facts.law.agreements.values():
        if not agreement.clauses or signer.signatures(agreement):
            continue
        if agreement.program in hidden:
            continue
        if not cases.of(agreement).coverage(answer.question.subject).covers:
            continue
        if signer.declined(agreement):
            text = f"It is documented that the buyer did not sign {agreement.name}."
            yield Notice("DOCUMENTED_NON_SIGNATORY", text)
        elif not agreement.signatories_complete and may_run(
            purchase.facts.law, agreement, purchase.day
        ):
            text = f"Not every signatory of {agreement.name} is known."
            yield Notice("SIGNATORY_LIST_INCOMPLETE", text)


def _of_examples(answer: Answer, purchase: Purchase) -> Iterator[Notice]:
    """Yield the label of everything made up."""
    if _concerned(answer, purchase) & _examples(purchase):
        yield Notice("EXAMPLE_DATA", "Names and facts of this answer are made up.")


def _examples(purchase: Purchase) -> set[int]:
    """Return the programs that are made up."""
    return {number for number, each in purchase.facts.law.programs.items() if each.example}


def _concerned(answer: Answer, purchase: Purchase) -> set[int]:
    """Return the programs that rule, or that say who the supplier and the buyer are."""
    return {ruling.program for ruling in answer.rulings} | {
        place.program
        for node in (answer.question.subject, answer.question.buyer)
        for place in purchase.facts.places.get(node, ())
    }
