"""What hangs on proposals: whose they are, what they are found to say, what they would change."""

from collections.abc import Sequence
from typing import Any, Final

import strawberry

from hub.errors import UnknownReferenceError
from hub.graphql.context import Request
from hub.graphql.cursors import of_another_question
from hub.graphql.loaders.changes import Told, change
from hub.graphql.prefetch import Given, loads
from hub.graphql.types.changes import GraphChange
from hub.graphql.types.connections import connection
from hub.graphql.types.proposals import Proposal
from hub.graphql.types.runs import SyncRun
from hub.identity.ids import Numbered
from hub.store.rows import instant
from hub.sync.proposal import Effects, State, effects

_PUSH: Final = "recordFacts"
"""What is said in place of a feed, where facts were pushed."""
_INDEX_BITS: Final = 10
"""Of the number of a change; no proposal shows more of them."""


@loads("Proposal.program")
async def program(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Bring the programs of proposals."""
    found = await request.nodes([parent.program_number for parent in parents])
    missing = UnknownReferenceError("a node that is not visible")
    return [found.get(parent.program_number, missing) for parent in parents]


@loads("Proposal.run")
async def run(request: Request, parents: Sequence[Any], _given: Given) -> list[object]:
    """Return what documents were found to say."""
    return [_run(request, parent) for parent in parents]


def _run(request: Request, proposal: Proposal) -> SyncRun:
    head = proposal.head
    counts = head.counts
    pending = head.state is State.PENDING
    return SyncRun(
        id=strawberry.ID(request.ids.of(head.number, Numbered.RUN)),
        number=head.number,
        program_number=proposal.program_number,
        proposed=True,
        feed=head.document.feed or _PUSH,
        started_at=instant(head.sent_at),
        finished_at=None if head.decided_at is None else instant(head.decided_at),
        read_at=None,
        outcome="held" if pending and head.held else head.state.value,
        complete=head.complete,
        added=counts["added"],
        changed=counts["changed"],
        ended=counts["ended"],
        unchanged=counts["unchanged"],
        set_aside_count=counts["set aside"],
    )


@loads("Proposal.changes")
async def changes(request: Request, parents: Sequence[Any], given: Given) -> list[object]:
    """Bring what proposals make of facts."""
    numbers = [parent.number for parent in parents]
    page = request.page("proposed", given, numbers)
    found = await effects(request.store, numbers)

    def shown(proposal: Proposal) -> object:
        if not page.fits(proposal.number):
            return of_another_question()
        made = _changes(request, proposal, found.get(proposal.number, Effects()))
        places = range(page.after, min(page.after + page.size, len(made)))
        marks = request.cursors([place + 1 for place in places], page, proposal.number)

        async def count() -> int:
            return len(made)

        return connection(
            [made[place] for place in places],
            marks,
            size=page.size - 1,
            after=page.after > 0,
            count=count,
        )

    return [shown(parent) for parent in parents]


def _changes(request: Request, proposal: Proposal, made: Effects) -> list[GraphChange]:
    head = proposal.head
    applied = head.state is State.APPLIED
    at = head.decided_at if applied and head.decided_at else head.sent_at
    told = Told(
        actor=head.decided_by if applied and head.decided_by else head.client,
        revision=str(head.revision) if applied else "",
        recorded_at=at,
    )
    return [
        change(
            request,
            told,
            each,
            number=head.number << _INDEX_BITS | index,
            planned=made.planned.get(each.fact) if each.fact is not None else None,
            made=applied,
        )
        for index, each in enumerate(made.effects)
    ]
