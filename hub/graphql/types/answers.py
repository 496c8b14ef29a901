"""Answers: verdicts with their rulings, lists, bindings, shared suppliers, and problems."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

import strawberry

from graph_schema.codes import Verdict
from hub.answers.desk import Sitting
from hub.answers.eligibility import Answered
from hub.eligibility.question import Ruling as RuleRuling
from hub.graphql.fetched import Fetches, fetched
from hub.graphql.scalars import CountryCode
from hub.graphql.types.connections import PageInfo
from hub.graphql.types.facts import Clause, Standing
from hub.graphql.types.lazy import LazyProposal
from hub.graphql.types.nodes import (
    Agreement,
    Commodity,
    Organization,
    Program,
    Subject,
    Worksite,
)
from hub.store.port import Moment


@strawberry.type
class EligibilityNotice(Fetches):
    """Something a buyer's staff should know that does not change the verdict."""

    code: str = strawberry.field(description="Stable code, such as SIGNATURE_ASSUMED.")
    text: str = strawberry.field(description="One sentence.")
    number: strawberry.Private[int | None]

    @fetched
    def subject(self) -> Subject | None:
        """Whom it is about, where it is about somebody."""
        ...


@strawberry.type
class Ruling(Fetches):
    """What one agreement says of the purchase."""

    ruling: strawberry.Private[RuleRuling]
    sitting: strawberry.Private[Sitting]
    moment: strawberry.Private[Moment]
    verdict: Verdict = strawberry.field(description="Its answer in a word.")
    reason: str = strawberry.field(description="Stable code of the reason.")
    explanation: str = strawberry.field(description="What it says, and on what evidence.")
    evidence_age_days: int | None = strawberry.field(
        description="Days from the last confirmation of the decisive state to the day asked."
    )
    fresh_until: date | None = strawberry.field(
        description="After this day the evidence counts as stale."
    )
    would_change: list[str] = strawberry.field(
        description="What would change the verdict, for example a passed re-entry audit."
    )

    @fetched
    def agreement(self) -> Agreement:
        """The agreement."""
        ...

    @fetched
    def clause(self) -> Clause | None:
        """The clause that labels it."""
        ...

    @fetched
    def program(self) -> Program:
        """The program whose standings it looks at."""
        ...

    @fetched
    def standings(self) -> list[Standing]:
        """The states it rests on, decisive first."""
        ...


@strawberry.type
class Eligibility(Fetches):
    """The answer to one question, and why."""

    answered: strawberry.Private[Answered]
    sitting: strawberry.Private[Sitting]
    as_of: date = strawberry.field(description="The day asked of.")
    known_at: datetime = strawberry.field(description="As known when.")
    verdict: Verdict = strawberry.field(description="The overall answer in a word.")
    reason: str = strawberry.field(
        description=(
            "The stable code of the ruling that decided, for example SUSPENDED, STAGE_3, "
            "GROUP_TERMINATED, STALE_EVIDENCE, NO_SIGNATURE."
        )
    )
    revision: str = strawberry.field(
        description="asOf, knownAt and this revision give the same answer for ever."
    )
    cursor: str | None = strawberry.field(
        default=None,
        description="Where eligibilityChanged goes on behind it; null where that did not tell it.",
    )

    @fetched
    def summary(self) -> str:
        """One plain sentence that a buyer's staff can act on."""
        ...

    @fetched
    def rulings(self) -> list[Ruling]:
        """One for each agreement considered."""
        ...

    @fetched
    def notices(self) -> list[EligibilityNotice]:
        """What else to know; it does not change the verdict."""
        ...

    @fetched
    def buyer(self) -> Organization:
        """Who buys."""
        ...

    @fetched
    def supplier(self) -> Subject:
        """From whom."""
        ...

    @fetched
    def product(self) -> Commodity:
        """What."""
        ...


@strawberry.interface(description="Why something could not be done; it is data, not a failure.")
class Problem:
    """Why something could not be done."""

    code: str = strawberry.field(description="Stable code.")
    message: str = strawberry.field(description="What is wrong, and what would help.")
    path: list[str] | None = strawberry.field(description="Where in the input.")


@strawberry.type
class UnknownReference(Problem):
    """Nothing goes by a reference, or the viewer may not see it."""

    reference: str = strawberry.field(description="The reference.")


@strawberry.type
class InvalidInput(Problem):
    """A value that cannot be taken."""


@strawberry.type
class NotAllowed(Problem):
    """Something the client may not do."""


@strawberry.type
class Conflict(Problem):
    """Somebody else changed it first."""


@strawberry.type
class Held(Problem):
    """It is not believable, and waits for a person."""

    proposal: LazyProposal | None = strawberry.field(
        description="What waits, for another client of the program to apply."
    )


@strawberry.type
class EligibilityRow(Fetches):
    """The answer for one supplier of a list."""

    index: int = strawberry.field(description="Its place in the list, from 0.")
    reference: strawberry.ID = strawberry.field(description="As it was asked.")
    verdict: Verdict | None = strawberry.field(description="Null where it cannot be answered.")
    reason: str | None = strawberry.field(description="Stable code of the reason.")
    problem: Problem | None = strawberry.field(description="Why it cannot be answered.")
    whole: strawberry.Private[Callable[[], Eligibility | None]]

    @fetched
    def eligibility(self) -> Eligibility | None:
        """The whole answer."""
        ...


@strawberry.type
class VerdictCount:
    """How many rows have a verdict."""

    verdict: Verdict = strawberry.field(description="The verdict.")
    count: int = strawberry.field(description="How many rows have it.")


@strawberry.type
class EligibilityList:
    """The answers for a list, in the order asked."""

    rows: list[EligibilityRow] = strawberry.field(description="One for each supplier asked.")
    counts: list[VerdictCount] = strawberry.field(description="By verdict, worst first.")
    revision: str = strawberry.field(description="The revision they were answered from.")


@strawberry.type
class Binding(Fetches):
    """A buyer that is bound at a supplier, and to what."""

    buyer_number: strawberry.Private[int]
    eligibility: Eligibility = strawberry.field(description="What binds it, and what follows.")

    @fetched
    def buyer(self) -> Organization:
        """The buyer."""
        ...


@strawberry.type
class SharedSupplier(Fetches):
    """A supplier or worksite that programs or buyers share."""

    number: strawberry.Private[int]
    sitting: strawberry.Private[Sitting]
    programs_asked: strawberry.Private[Sequence[int]]

    @fetched
    def supplier(self) -> Subject:
        """The supplier or worksite."""
        ...

    @fetched
    def standings(self) -> list[Standing]:
        """The standings in force in each program, beside each other."""
        ...

    @fetched
    def programs(self) -> list[Program]:
        """The programs in which it holds one."""
        ...

    @fetched
    def buyers(self) -> list[Organization]:
        """The buyers that a visible link ties to it."""
        ...

    @fetched
    def disagree(self) -> bool:
        """Whether it stands well in one program and at risk or worse in another."""
        ...


@strawberry.type
class Revision:
    """A state of the whole graph."""

    id: str = strawberry.field(description="Its number.")
    recorded_at: datetime = strawberry.field(description="When it was committed.")


SearchHit: TypeAlias = Annotated[
    Program | Organization | Worksite | Agreement | Commodity,
    strawberry.union("SearchHit", description="What a search finds."),
]


@strawberry.type
class SearchEdge:
    """A node that a search found."""

    cursor: str = strawberry.field(description="Its place; `after` takes it.")
    node: SearchHit = strawberry.field(description="The node.")
    score: float = strawberry.field(
        description="How much of the name is asked for, 1 at most; higher is better."
    )


@strawberry.type
class SearchConnection:
    """A page of what a search found, best first."""

    edges: list[SearchEdge] = strawberry.field(description="What was found, with cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")


@strawberry.type
class SourcingCount(Fetches):
    """How many links that a program does not publish there are in a country, of a product."""

    row: strawberry.Private[Mapping[str, Any]]
    country: CountryCode | None = strawberry.field(
        description="Where the suppliers are; null where no published statement says."
    )
    links: int = strawberry.field(
        description="How many pairs of a buyer and a supplier; 10 at least."
    )

    @fetched
    def product(self) -> Commodity | None:
        """The product; null where the links name none."""
        ...
