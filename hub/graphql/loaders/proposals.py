"""What hangs on proposals: whose they are, what they are found to say, what they would change."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import strawberry

from hub.errors import UnknownReferenceError
from hub.graphql.changed import changed, waiting
from hub.graphql.context import Request
from hub.graphql.cursors import of_another_question
from hub.graphql.prefetch import Given, loads
from hub.graphql.types.changes import GraphChange, GraphChangeConnection, Made
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
    revision = (await request.sit()).moment.revision

    def shown(proposal: Proposal) -> object:
        if not page.fits(proposal.number):
            return of_another_question()
        made = _changes(request, revision, proposal, found.get(proposal.number, Effects()))
        places = range(page.after, min(page.after + page.size, len(made)))
        marks = request.cursors([place + 1 for place in places], page, proposal.number)
        rows = [made[place] for place in places]
        return GraphChangeConnection.of(rows, marks, size=page.size - 1, after=page.after > 0)

    return [shown(parent) for parent in parents]


def _changes(
    request: Request, revision: int, proposal: Proposal, made: Effects
) -> list[GraphChange]:
    head = proposal.head
    if head.state is State.APPLIED and head.revision is not None:
        done = Made(head.revision, head.decided_at, head.decided_by)
        return changed(request, [(each, done) for each in made.effects])
    waits = Made(revision + 1, head.sent_at, head.client, written=False)
    return waiting(
        request,
        [
            (each, replace(waits, planned=None if each.fact is None else made.planned[each.fact]))
            for each in made.effects
        ],
        [head.number << _INDEX_BITS | index for index in range(len(made.effects))],
    )
