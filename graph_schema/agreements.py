"""Agreements: what buyers bound themselves to, for which products, places and sites."""

from typing import Any, ClassVar, cast

from pydantic import model_validator

from graph_schema.codes import Duty, Role, Term, Unlisted
from graph_schema.days import PartialDate
from graph_schema.elements import Fact
from graph_schema.references import (
    AgreementRef,
    EarlyAgreementRef,
    EarlyProgramRef,
    OrganizationRef,
    ProductName,
    WorksiteRef,
)
from graph_schema.texts import CountryCode, Name, RegionCode, Text, Word


class Clause(Fact):
    """One duty of an agreement in one scope. An empty list of a scope means all."""

    word: ClassVar = "clause"
    table: ClassVar = "clauses"
    key: ClassVar = (
        "agreement",
        "duty",
        "standing_program",
        "option",
        "products",
        "countries",
        "regions",
        "worksites",
    )
    begins_at: ClassVar = "agreement"
    ends_at: ClassVar = "standing_program"

    agreement: AgreementRef
    """The agreement it stands in."""
    duty: Duty
    """What the buyer must do; it labels a ruling and never grades it."""
    text: Text
    """The duty in the hub's own words."""
    standing_program: EarlyProgramRef | None = None
    """Whose standings it looks at; none: those of the program that states the agreement."""
    option: Word | None = None
    """The option a signatory must have taken up for the clause to bind it."""
    products: tuple[ProductName, ...] = ()
    """Products covered, with all below them in the tree of commodities."""
    countries: tuple[CountryCode, ...] = ()
    """Countries of the worksites covered, ISO 3166-1 alpha-2."""
    regions: tuple[RegionCode, ...] = ()
    """Regions of the worksites covered, ISO 3166-2."""
    worksites: tuple[WorksiteRef, ...] = ()
    """The worksites covered, where the agreement names them."""
    unlisted: Unlisted = Unlisted.NOT_COVERED
    """What it says of a supplier in scope that is not in the program."""


class Agreement(Fact):
    """One version of one contract."""

    word: ClassVar = "agreement"
    table: ClassVar = "agreements"
    key: ClassVar = ("reference",)
    ends_at: ClassVar = "reference"
    searched: ClassVar = ("name",)

    reference: AgreementRef
    """What the program calls it: `scheme:value`."""
    name: Name
    """Name of this version."""
    framework: bool = False
    """Whether it binds only through country agreements under it (since 2023-11-01, S098)."""
    under: EarlyAgreementRef | None = None
    """The framework it stands under."""
    supersedes: EarlyAgreementRef | None = None
    """The version it follows."""
    concluded_on: PartialDate | None = None
    """The day its text was signed."""
    in_force_from: PartialDate | None = None
    """First day it is in force."""
    in_force_until: PartialDate | None = None
    """Last day it is in force, as printed."""
    term: Term = Term.FIXED
    """How it ends."""
    renewed_until: PartialDate | None = None
    """Last day of a stated automatic renewal, as printed."""
    legally_binding: bool | None = None
    """Whether it can be enforced at law or by arbitration; none where that is not known."""
    signatories_complete: bool = False
    """Whether every signatory is known, so that a missing name means not signed."""
    clauses: tuple[Clause, ...] | None = None
    """Its clauses, all of them, where they come with it."""

    @model_validator(mode="before")
    @classmethod
    def _clauses_of_it(cls, given: Any) -> Any:  # noqa: ANN401
        """Let clauses that come inside an agreement leave out which agreement they stand in."""
        if not isinstance(given, dict):
            return given
        stated = cast("dict[str, Any]", given)
        clauses = stated.get("clauses")
        if not isinstance(clauses, list):
            return stated
        named = {"agreement": stated.get("reference")}
        inside = [
            named | cast("dict[str, Any]", clause) if isinstance(clause, dict) else clause
            for clause in cast("list[Any]", clauses)
        ]
        return stated | {"clauses": inside}


class Signature(Fact):
    """An organisation signed an agreement, or is documented not to have."""

    word: ClassVar = "signature"
    table: ClassVar = "signatures"
    key: ClassVar = ("organization", "agreement", "role", "since", "signed")
    begins_at: ClassVar = "organization"
    ends_at: ClassVar = "agreement"

    organization: OrganizationRef
    """Who signed."""
    agreement: AgreementRef
    """Which version."""
    role: Role = Role.BUYER
    """As what; only a buyer is bound."""
    since: PartialDate | None = None
    """First day it binds the organisation; none where only the signing is known."""
    until: PartialDate | None = None
    """First day it no longer binds."""
    options: tuple[Word, ...] | None = None
    """Options taken up; none where that is not known."""
    covers_group: bool | None = None
    """Whether it binds the members of a group; none where that is not known."""
    signed: bool = True
    """False: evidence that it did not sign."""
