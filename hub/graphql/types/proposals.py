"""Proposals: what a client sent that waits for somebody, or that somebody decided."""

from datetime import date, datetime

import strawberry

from hub.graphql.fetched import NOT_GIVEN, fetched
from hub.graphql.types.answers import Problem
from hub.graphql.types.changes import GraphChangeConnection
from hub.graphql.types.lazy import LazyProgram
from hub.graphql.types.nodes import Node
from hub.graphql.types.runs import SyncRun
from hub.store.rows import instant
from hub.sync.proposal import Proposal as Head


@strawberry.type
class Proposal(Node):
    """A document or a push that waits for somebody; for the program's operators alone."""

    head: strawberry.Private[Head]
    program_number: strawberry.Private[int]

    @strawberry.field(description="pending, applied or rejected.")
    def state(self) -> str:
        return self.head.state.value

    @strawberry.field(description="Why somebody must look at it; null where nothing holds it.")
    def held(self) -> str | None:
        return "; ".join(self.head.held) or None

    @strawberry.field(description="Whether another client than its sender must apply it.")
    def for_another_client(self) -> bool:
        return self.head.bars

    @strawberry.field(description="Id of the client that sent it.")
    def sent_by(self) -> str:
        return self.head.client

    @strawberry.field(description="When it was sent.")
    def sent_at(self) -> datetime:
        return instant(self.head.sent_at)

    @strawberry.field(description="The day of which its document speaks, where it was told.")
    def dated(self) -> date | None:
        return self.head.document.dated

    @strawberry.field(description="Id of the client that applied or rejected it.")
    def decided_by(self) -> str | None:
        return self.head.decided_by

    @strawberry.field(description="When it was applied or rejected.")
    def decided_at(self) -> datetime | None:
        return None if self.head.decided_at is None else instant(self.head.decided_at)

    @strawberry.field(description="Why it was rejected.")
    def reason(self) -> str | None:
        return self.head.reason

    @fetched
    def program(self) -> LazyProgram:
        """The program whose client sent it."""
        ...

    @fetched
    def run(self) -> SyncRun:
        """What its document is found to say: how much is new, and which rows are not taken."""
        ...

    @fetched
    def changes(self, first: int, after: str | None = NOT_GIVEN) -> GraphChangeConnection:
        """What it makes of facts, the first 1,000; while it waits, as when it was last looked at.

        A change's `fact` and its subject are null where there is none yet.
        """
        ...


@strawberry.type
class ProposalPayload:
    """What became of a decision."""

    proposal: Proposal | None = strawberry.field(description="The proposal, as it is now.")
    problems: list[Problem] = strawberry.field(description="Why nothing was decided.")
    revision: str | None = strawberry.field(
        description=(
            "Send it with a later read in the header Hub-At-Least to read what was applied on any "
            "replica. Null where nothing was decided."
        )
    )
