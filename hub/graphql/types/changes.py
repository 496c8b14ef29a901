"""What writes change in the graph, and what a client is told of its own."""

from datetime import datetime

import strawberry

from hub.graphql.fetched import Fetches, fetched
from hub.graphql.types.answers import Problem
from hub.graphql.types.facts import Standing
from hub.graphql.types.inputs import FactInput
from hub.graphql.types.lazy import LazyProgram, LazySubject
from hub.store.port import Row
from hub.sync.receipt import Becomes

ChangeKind = strawberry.enum(Becomes, name="ChangeKind", description="What becomes of a fact.")


@strawberry.type
class GraphChange(Fetches):
    """One fact that a write records, changes, ends or withdraws."""

    id: strawberry.ID
    fact_number: strawberry.Private[int | None]
    before_number: strawberry.Private[int | None]
    program_number: strawberry.Private[int]
    subject_number: strawberry.Private[int | None]
    planned: strawberry.Private[Row | None]
    revision: str = strawberry.field(description="The revision that made it.")
    kind: Becomes = strawberry.field(description="What becomes of the fact.")
    fact: strawberry.ID | None = strawberry.field(
        description="The fact as it is known now; null where it is withdrawn."
    )
    fact_kind: str = strawberry.field(description="Which kind of fact, such as standing.")
    actor: str | None = strawberry.field(
        description="Id of the client that wrote it, for the program's operators."
    )
    recorded_at: datetime = strawberry.field(description="When it became known.")
    summary: str = strawberry.field(description="The change in a few words.")

    @fetched
    def program(self) -> LazyProgram | None:
        """Whose word it is."""
        ...

    @fetched
    def subject(self) -> LazySubject | None:
        """Whom it is about, where it is about a supplier or a site."""
        ...

    @fetched
    def before(self) -> Standing | None:
        """The standing as it was known before."""
        ...

    @fetched
    def after(self) -> Standing | None:
        """The standing as it is known now."""
        ...


@strawberry.type
class FactReference:
    """A fact of the request that was recorded."""

    index: int = strawberry.field(description="Its place in the request, from 0.")
    id: strawberry.ID = strawberry.field(description="Its id, by which it can be withdrawn.")
    kind: str = strawberry.field(description="Which kind of fact, such as standing.")


@strawberry.type
class RecordFactsPayload:
    """What became of a write."""

    recorded: list[FactReference] = strawberry.field(description="The facts that were new.")
    unchanged: int = strawberry.field(description="How many were known already.")
    changes: list[GraphChange] = strawberry.field(description="What the write changed.")
    problems: list[Problem] = strawberry.field(
        description="Why nothing was recorded; empty where it was."
    )
    revision: str | None = strawberry.field(
        description=(
            "Send it with a later read in the header Hub-At-Least to read your own write on any "
            "replica. Null where nothing was recorded."
        )
    )


@strawberry.input
class RecordFactsInput:
    """Facts of one program, recorded all or not at all."""

    program: strawberry.ID = strawberry.field(description="The program that says them.")
    facts: list[FactInput] = strawberry.field(description="The facts, up to 10,000.")
    idempotency_key: str = strawberry.field(
        description="What the client calls this write, up to 255 characters."
    )
    dry_run: bool = strawberry.field(
        default=False, description="Work out the changes and record nothing."
    )


@strawberry.input
class WithdrawFactInput:
    """A fact that was recorded in error."""

    program: strawberry.ID = strawberry.field(description="The program that said it.")
    fact: strawberry.ID = strawberry.field(description="Its id.")
    reason: str = strawberry.field(description="Why, for the record of who did what.")
    idempotency_key: str = strawberry.field(
        description="What the client calls this write, up to 255 characters."
    )
