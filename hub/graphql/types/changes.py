"""What revisions change in the graph, and what a client is told of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import strawberry

from hub.graphql import words
from hub.graphql.fetched import Fetches, fetched
from hub.graphql.types.answers import Problem
from hub.graphql.types.connections import PageInfo
from hub.graphql.types.facts import Standing
from hub.graphql.types.inputs import FactInput
from hub.graphql.types.lazy import LazyProgram, LazySubject
from hub.store.port import Row
from hub.sync.receipt import Becomes, Effect

ChangeKind = words.described(Becomes, name="ChangeKind")


@dataclass(frozen=True, slots=True)
class Made:
    """The revision that made a change, and what is known of it beforehand.

    Attributes:
        recorded_at: When it was recorded, in microseconds since 1970.
        client: Id of the client that made it.
        planned: The row of a standing that was not written.
        written: Whether it is made at all: what a proposal would make waits.
    """

    revision: int
    recorded_at: int | None = None
    client: str | None = None
    planned: Row | None = None
    written: bool = True


@strawberry.type
class GraphChange(Fetches):
    """What a revision made of one fact."""

    id: strawberry.ID
    effect: strawberry.Private[Effect]
    made: strawberry.Private[Made]
    cursor: str | None = strawberry.field(
        description=(
            "Its place among all changes; `after` of every list of changes takes it. Null where it "
            "waits."
        )
    )
    revision: str = strawberry.field(description="The revision that made it; empty where it waits.")
    kind: Becomes = strawberry.field(description="What became of the fact.")
    fact: strawberry.ID | None = strawberry.field(
        description="The fact as it was known from then on; null where it was withdrawn."
    )
    fact_kind: str = strawberry.field(description="Which kind of fact, such as standing.")
    summary: str = strawberry.field(description="The change in a few words.")

    @fetched
    def actor(self) -> str | None:
        """Id of the client that wrote it, for the program's operators."""
        ...

    @fetched
    def recorded_at(self) -> datetime:
        """When the revision was recorded."""
        ...

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
        """The standing as it was known from then on."""
        ...


@strawberry.type
class GraphChangeEdge:
    """A change and its place among all changes."""

    cursor: str = strawberry.field(description="Its place; `after` takes it.")
    node: GraphChange = strawberry.field(description="The change.")


@strawberry.type
class GraphChangeConnection:
    """A page of changes."""

    edges: list[GraphChangeEdge] = strawberry.field(description="The changes with their cursors.")
    nodes: list[GraphChange] = strawberry.field(description="The changes.")
    page_info: PageInfo = strawberry.field(description="Where the page stands among all changes.")

    @classmethod
    def of(
        cls, rows: Sequence[GraphChange], cursors: Sequence[str], *, size: int, after: bool
    ) -> Self:
        """Return a page of changes that were fetched one past its size.

        Args:
            rows: At most `size` + 1 changes.
            cursors: Their cursors.
            size: Changes of the page.
            after: Whether the page is not the first.
        """
        shown = rows[:size]
        edges = [
            GraphChangeEdge(cursor=mark, node=row.twin())
            for mark, row in zip(cursors[:size], shown, strict=True)
        ]
        return cls(
            edges=edges,
            nodes=list(shown),
            page_info=PageInfo(
                has_next_page=len(rows) > size,
                has_previous_page=after,
                start_cursor=edges[0].cursor if edges else None,
                end_cursor=edges[-1].cursor if edges else None,
            ),
        )


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
    unchanged_since: str | None = strawberry.field(
        default=None,
        description=(
            "The revision in which you read what they change: a Conflict where one of these facts "
            "was changed since, and nothing is recorded."
        ),
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
