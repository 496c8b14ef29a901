"""Nodes: programs, organisations, worksites, agreements and commodities."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import strawberry

from graph_schema import agreements, parties, programs
from graph_schema.codes import Effect
from hub.graphql.derive import derived
from hub.graphql.fetched import NOT_GIVEN, Fetches, fetched
from hub.graphql.scalars import CountryCode
from hub.graphql.types.connections import Connection
from hub.graphql.types.facts import (
    Clause,
    Evidence,
    ExternalId,
    Figure,
    Mechanism,
    Signature,
    SourcingLink,
    Standing,
    StateRule,
    Tie,
)
from hub.graphql.types.lazy import LazyAgreement, LazyEligibility, LazyOrganization, LazyProgram
from hub.graphql.types.runs import SyncRun

Day = date | None
Instant = datetime | None


@strawberry.interface(description="Anything with an id of its own.")
class Node(Fetches):
    """Anything with an id of its own."""

    id: strawberry.ID = strawberry.field(description="Opaque and stable for ever.")
    number: strawberry.Private[int]
    row: strawberry.Private[Mapping[str, Any]]


@strawberry.interface(description="Whoever may hold a standing.")
class Subject(Node):
    """Whoever may hold a standing."""

    @strawberry.field(description="Its name, as the program that is known first states it.")
    def name(self) -> str:
        return self.row["name"]

    @strawberry.field(description="Further names, over all programs.")
    def aliases(self) -> list[str]:
        return self.row["aliases"]

    @strawberry.field(description="Of a worksite where it stands, of an organisation its seat.")
    def country(self) -> CountryCode | None:
        return self.row["country"]

    @fetched
    def external_ids(self) -> list[ExternalId]:
        """The numbers under which it is known."""
        ...

    @fetched
    def ties(self, as_of: Day = NOT_GIVEN, known_at: Instant = NOT_GIVEN) -> list[Tie]:
        """Its ties on a day, to groups, operators, sites and deliverers."""
        ...

    @fetched
    def standings(self, as_of: Day = NOT_GIVEN, known_at: Instant = NOT_GIVEN) -> list[Standing]:
        """The standings in force on a day, over all programs."""
        ...

    @fetched
    def standing_history(self, first: int, after: str | None = NOT_GIVEN) -> Connection[Standing]:
        """Every standing it ever held, withdrawn ones included, in the order they were recorded."""
        ...

    @fetched
    def buyers(
        self,
        first: int,
        after: str | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
    ) -> Connection[SourcingLink]:
        """Who buys from it: visible to the parties of a link, and where a document states it."""
        ...

    @fetched
    def eligibility(
        self,
        buyer: strawberry.ID,
        product: str,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
    ) -> LazyEligibility | None:
        """May this buyer buy this product from it? So a gateway may ask about any supplier."""
        ...


@strawberry.type
@derived(parties.Organization, "name", "aliases", "country", "external_ids")
class Organization(Subject):
    """A company, union, monitor or association."""

    @fetched
    def signatures(
        self,
        in_force_on: Day = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        signed: bool = True,
    ) -> list[Signature]:
        """What it signed; with `signed: false` what it is documented not to have signed.

        With `inForceOn` only of agreements that are or may be in force on that day.
        """
        ...

    @fetched
    def worksites(
        self,
        first: int,
        after: str | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
    ) -> "Connection[Worksite]":
        """The worksites it operates or that are part of it."""
        ...

    @fetched
    def suppliers(
        self,
        first: int,
        after: str | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
    ) -> Connection[SourcingLink]:
        """Whom it buys from: visible to the parties of a link, and where a document states it."""
        ...


@strawberry.type
@derived(parties.Worksite, "name", "aliases", "country", "external_ids")
class Worksite(Subject):
    """A farm, factory, mill, dairy, packing house or vessel."""

    @fetched
    def os_id(self) -> str | None:
        """Its current number on Open Supply Hub."""
        ...

    @fetched
    def products(self) -> "list[Commodity]":
        """What it makes or grows."""
        ...

    @fetched
    def operator(self) -> LazyOrganization | None:
        """Who operates it today."""
        ...

    @fetched
    def moved_to(self) -> "Worksite | None":
        """The site its work moved to; standing does not move with it."""
        ...


@strawberry.type
@derived(programs.Commodity)
class Commodity(Node):
    """A product, by its plain name, in a tree: tomatoes are produce, jeans are garments."""

    @strawberry.field(description="Short name that never changes.")
    def code(self) -> str:
        return self.row["code"]

    @fetched
    def parent(self) -> "Commodity | None":
        """What it is a kind of."""
        ...


@strawberry.type
@derived(agreements.Agreement)
class Agreement(Node):
    """One version of one contract."""

    @fetched
    def program(self) -> LazyProgram:
        """The program that states it."""
        ...

    @fetched
    def under(self) -> LazyAgreement | None:
        """The framework it stands under."""
        ...

    @fetched
    def supersedes(self) -> LazyAgreement | None:
        """The version it follows."""
        ...

    @fetched
    def clauses(self) -> list[Clause]:
        """Its duties, each in its scope."""
        ...

    @fetched
    def signatures(
        self,
        first: int,
        after: str | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
        signed: bool = True,
    ) -> Connection[Signature]:
        """Who signed it; with `signed: false` who is documented not to have."""
        ...

    @fetched
    def evidence(self) -> list[Evidence]:
        """The documents it is known from."""
        ...


@strawberry.type
@derived(programs.Program)
class Program(Node):
    """A worker-driven social responsibility program."""

    @fetched
    def parent(self) -> LazyProgram | None:
        """The program whose framework it stands under."""
        ...

    @fetched
    def worker_organizations(self) -> list[LazyOrganization]:
        """The organisations of workers that drive it."""
        ...

    @fetched
    def monitor(self) -> LazyOrganization | None:
        """The body that monitors suppliers."""
        ...

    @fetched
    def agreements(
        self,
        first: int,
        after: str | None = NOT_GIVEN,
        in_force_on: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
    ) -> Connection[Agreement]:
        """Its agreements, every version."""
        ...

    @fetched
    def buyers(
        self,
        first: int,
        after: str | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
    ) -> Connection[Organization]:
        """The buyers whose signature of one of its agreements holds on a day."""
        ...

    @fetched
    def standings(
        self,
        first: int,
        after: str | None = NOT_GIVEN,
        effect: list[Effect] | None = NOT_GIVEN,
        as_of: Day = NOT_GIVEN,
        known_at: Instant = NOT_GIVEN,
    ) -> Connection[Standing]:
        """The standings in force on a day."""
        ...

    @fetched
    def state_rules(self) -> list[StateRule]:
        """Its own words and what each means for a purchase, from and until when."""
        ...

    @fetched
    def mechanisms(self) -> list[Mechanism]:
        """Its elements: code, education, complaint line, audits, consequence, premium."""
        ...

    @fetched
    def figures(self, first: int, after: str | None = NOT_GIVEN) -> Connection[Figure]:
        """Its published totals, each with its source."""
        ...

    @fetched
    def last_sync(self) -> SyncRun | None:
        """The newest reading of one of its feeds."""
        ...

    @fetched
    def last_syncs(self) -> list[SyncRun]:
        """The newest reading of each of its feeds, the oldest first."""
        ...
