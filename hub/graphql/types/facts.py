"""Facts as the API shows them: each with the program that says it and its evidence."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import strawberry

from graph_schema import agreements, parties, programs, sourcing, standing
from graph_schema.codes import Effect
from graph_schema.days import PartialDate
from hub.graphql import words
from hub.graphql.derive import derived
from hub.graphql.fetched import Fetches, fetched
from hub.graphql.types.lazy import (
    LazyAgreement,
    LazyCommodity,
    LazyOrganization,
    LazyProgram,
    LazySubject,
    LazyWorksite,
)
from hub.graphql.types.runs import SyncRun
from hub.store.port import OPEN
from hub.store.rows import instant, partial

assert words  # noqa: S101 - enums are declared before types are made of them


@strawberry.type
class ExternalId:
    """A number under which others know a node."""

    scheme: str = strawberry.field(description="os, lei, gln, duns, imo, wsr, or a program's own.")
    value: str = strawberry.field(description="The number itself.")
    since: PartialDate | None = strawberry.field(description="Since when, where that is known.")
    until: PartialDate | None = strawberry.field(description="Until when, where that is known.")


@strawberry.type
@derived(programs.FactSource)
class FactSource:
    """A document or page that facts come from."""

    id: strawberry.ID
    row: strawberry.Private[Mapping[str, Any]]


@strawberry.type
class Evidence(Fetches):
    """Where a fact comes from and how sure that is."""

    fact: strawberry.Private[Mapping[str, Any]]
    source: FactSource = strawberry.field(description="The document.")
    row: int | None = strawberry.field(description="Row of the document.")
    retrieved_at: datetime | None = strawberry.field(description="When the hub read it.")
    known_on: date | None = strawberry.field(description="The day the fact became public.")
    confidence: str | None = strawberry.field(description="high, medium or low.")

    @fetched
    def run(self) -> SyncRun | None:
        """The run that brought it; null where none of a feed did."""
        ...


@strawberry.type
class Stated(Fetches):
    """What every fact has: an id, a row and its evidence."""

    id: strawberry.ID
    row: strawberry.Private[Mapping[str, Any]]

    @fetched
    def evidence(self) -> list[Evidence]:
        """The documents it comes from."""
        ...


@strawberry.type
class Recorded(Stated):
    """A fact and the time in which the hub knew it."""

    @strawberry.field(description="When the hub learned it, or when it became public.")
    def recorded_at(self) -> datetime:
        return instant(self.row["recorded_from"])

    @strawberry.field(description="When it was withdrawn or corrected; null while it stands.")
    def withdrawn_at(self) -> datetime | None:
        until = self.row["recorded_until"]
        return instant(until) if until < OPEN else None


@strawberry.type
@derived(parties.Tie)
class Tie(Stated):
    """How one program ties two subjects."""

    @fetched
    def from_(self) -> LazySubject:
        """The part, the site, the old site, the deliverer."""
        ...

    @fetched
    def to(self) -> LazySubject:
        """The group, the operator, the new site, the receiver."""
        ...

    @fetched
    def program(self) -> LazyProgram | None:
        """The program that says it; it counts in that program's rulings only."""
        ...


@strawberry.type
@derived(agreements.Clause)
class Clause(Stated):
    """One duty of an agreement in one scope. An empty list of a scope means all."""

    @fetched
    def standing_program(self) -> LazyProgram:
        """The program whose standings it looks at."""
        ...

    @fetched
    def products(self) -> list[LazyCommodity]:
        """Products covered, with all below them in the tree of commodities."""
        ...

    @fetched
    def worksites(self) -> list[LazyWorksite]:
        """The worksites covered, where the agreement names them."""
        ...


@strawberry.type
@derived(agreements.Signature)
class Signature(Recorded):
    """An organisation signed an agreement, or is documented not to have."""

    @fetched
    def organization(self) -> LazyOrganization:
        """Who signed."""
        ...

    @fetched
    def agreement(self) -> LazyAgreement:
        """Which version."""
        ...


@strawberry.type
@derived(standing.Standing, "since", "until", "track", "confirmed_on", "observed")
class Standing(Recorded):
    """One state of one subject on one track of one program."""

    effect: Effect = strawberry.field(description="What its word means for a purchase.")
    until: PartialDate | None = strawberry.field(description="The day it really ended.")
    confirmed_on: date | None = strawberry.field(description="The last day it was confirmed.")

    @fetched
    def subject(self) -> LazySubject:
        """Who holds it."""
        ...

    @fetched
    def program(self) -> LazyProgram:
        """Whose word it is."""
        ...

    @strawberry.field(description="Which of the program's tracks.")
    def track(self) -> str:
        return self.row["track"]

    @strawberry.field(description="When it began; where only a sighting is known, its day.")
    def since(self) -> PartialDate:
        found = partial(self.row, "since") or partial(self.row, "observed")
        return found or PartialDate.on(self.row["begins_last"])

    @strawberry.field(description="Whether `since` is its beginning; else it was only seen then.")
    def start_known(self) -> bool:
        return self.row["since"] is not None

    @fetched
    def products(self) -> list[LazyCommodity]:
        """Products it concerns, with all below them; empty: all."""
        ...


@strawberry.type
@derived(standing.StateRule)
class StateRule(Stated):
    """What a program's own word means for a purchase, in the days it was used so."""


@strawberry.type
@derived(programs.Mechanism)
class Mechanism(Stated):
    """One element of a program, such as its complaint line."""


@strawberry.type
@derived(programs.Figure)
class Figure(Stated):
    """A published total. Figures that contradict each other stand beside each other."""


@strawberry.type
@derived(sourcing.SourcingLink)
class SourcingLink(Recorded):
    """A buyer buys from a supplier or worksite."""

    @fetched
    def buyer(self) -> LazyOrganization:
        """Who buys."""
        ...

    @fetched
    def supplier(self) -> LazySubject:
        """From whom."""
        ...

    @fetched
    def product(self) -> LazyCommodity | None:
        """What, where it is known."""
        ...
