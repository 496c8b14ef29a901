"""Scope: whether a clause covers a product, a place, a named site, and an option taken up."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from graph_schema.codes import Reason
from hub.eligibility.facts import Clause, Law, Place, Signature


class Step(IntEnum):
    """How far a purchase came into a clause's scope."""

    PRODUCT = 0
    PLACE = 1
    SITE = 2
    OPTION = 3
    COVERED = 4


MISSED: Final = {
    Step.PRODUCT: Reason.PRODUCT_OUT_OF_SCOPE,
    Step.PLACE: Reason.COUNTRY_OUT_OF_SCOPE,
    Step.SITE: Reason.SITE_NOT_NAMED,
    Step.OPTION: Reason.OPTION_NOT_TAKEN,
}
"""The reason of the step a purchase did not pass."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a subject is, as one program's rulings see it.

    Attributes:
        country: None where nobody states it: it puts nothing out of scope.
        regions: Empty where nobody states one.
    """

    subject: int
    country: str | None
    regions: frozenset[str]


def where(law: Law, places: Iterable[Place], subject: int, program: int) -> Where:
    """Return where a subject is: what the program says itself, else the earliest known statement.

    Of a program's statements the newest counts; of equally early ones the program whose code
    comes first. Country and region are looked for apart. Where nothing was known yet at the moment
    asked, what was learned later tells: a site does not move.
    """
    ordered = sorted(
        places,
        key=lambda place: (
            not place.known,
            place.program != program,
            -place.stated_at if place.program == program else place.recorded_at,
            law.programs[place.program].code,
        ),
    )
    country = next((place.country for place in ordered if place.country), None)
    regions = next((place.regions for place in ordered if place.regions), frozenset[str]())
    return Where(subject, country, regions)


def reached(clause: Clause, kinds: frozenset[int], at: Where) -> Step:
    """Return how far a purchase comes into a clause's scope, its option apart.

    Args:
        clause: The clause.
        kinds: The product and all it is a kind of.
        at: Where the subject is.
    """
    if clause.products and not clause.products & kinds:
        return Step.PRODUCT
    if clause.countries and at.country and at.country not in clause.countries:
        return Step.PLACE
    if clause.regions and at.regions and not at.regions & clause.regions:
        return Step.PLACE
    if clause.worksites and at.subject not in clause.worksites:
        return Step.SITE
    return Step.COVERED


def assumed(clause: Clause, at: Where) -> bool:
    """Whether the clause asks for a place that nobody states."""
    return bool(clause.countries and not at.country) or bool(clause.regions and not at.regions)


def option_taken(clause: Clause, signatures: Iterable[Signature]) -> bool | None:
    """Whether a clause's option was taken up by any of these signatures; none: not known."""
    if clause.option is None:
        return True
    options = [signature.options for signature in signatures if signature.signed]
    if any(taken is not None and clause.option in taken for taken in options):
        return True
    return None if None in options else False
