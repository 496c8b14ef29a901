"""Decide: a proposal is applied as somebody looked at it, or rejected; once, by one client."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from adapters.kit.adapter import Adapter
from adapters.kit.contacts import without_contacts
from hub.errors import BadDocumentError, ConflictError, NotAllowedError
from hub.store.deeds import Action, By, Deed
from hub.store.kept import NOTHING, Kept
from hub.store.port import Store
from hub.store.rows import micros
from hub.sync import proposal as kept
from hub.sync.intake import Outcome, Report
from hub.sync.proposal import DOCUMENT, Proposal, State
from hub.sync.receipt import Asked, Receipt
from hub.sync.refused import nothing_applied
from hub.sync.run import Decision, How, carry_out
from hub.sync.sent import read

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Deciding:
    """A client that decides a proposal.

    Attributes:
        proposal: The proposal, as it was read.
        text: The text of its head, by which another decision is found out.
        name: What clients call it.
        by: The client, and its request.
        asked: By which key it may ask for it again.
    """

    proposal: Proposal
    text: str
    name: str
    by: By
    asked: Asked

    def deed(self, action: Action) -> Deed:
        """Return what the audit log tells of it."""
        return Deed(self.by, action, (self.proposal.program,), self.name)

    def receipt(self, revision: int, at: int) -> Receipt:
        """Return what the client is told."""
        number = self.proposal.number
        return Receipt(self.asked.digest, revision, recorded_at=at, proposal=number)

    def kept(self, head: Proposal, receipt: Receipt) -> Sequence[Kept]:
        """Return what is kept of a decision; the document is not."""
        told = self.asked.kept(receipt, instead_of=NOTHING)
        return [head.kept(self.text), *head.without(DOCUMENT), *head.marked(), told]


async def apply(
    store: Store,
    adapters: Mapping[str, Adapter],
    deciding: Deciding,
    *,
    now: datetime | None = None,
) -> Receipt:
    """Apply a proposal, if it still makes the difference that is shown.

    Raises:
        ConflictError: It was decided; or it would make another difference by now, which is shown
            from then on.
        NotAllowedError: It bars many, and the client sent it itself.
        BadDocumentError: What it says cannot be recorded any more.
    """
    proposal = deciding.proposal
    if (before := await deciding.asked.before(store)) is not None:
        return before
    content = await _waiting(store, proposal)
    alone = proposal.client == deciding.asked.client
    if alone and proposal.bars:
        msg = "it bars many suppliers: another client of the program than its sender applies it"
        raise NotAllowedError(msg)
    program, document = proposal.program, proposal.document
    intake = await asyncio.to_thread(
        read,
        program,
        adapters.get(program),
        document,
        content,
        deciding.by,
        proposal.sent_at,
    )

    def keeps(report: Report) -> Sequence[Kept]:
        client, at = deciding.asked.client, report.started
        head = proposal.shows(report).decided(State.APPLIED, client, at, revision=report.revision)
        head = replace(head, held=proposal.held)
        receipt = deciding.receipt(report.revision, at)
        return [*deciding.kept(head, receipt), *head.with_difference(report)]

    deed = deciding.deed(Action.APPLY_PROPOSAL)
    decision = Decision(deed, keeps, expects=proposal.difference, alone=alone)
    how = How(confirmed=True, now=now, asked=deciding.asked, decision=decision)
    report = await _decided(store, deciding, carry_out(store, intake, how))
    if isinstance(report, Receipt):
        return report
    if report.outcome is Outcome.MOVED:
        await _show_anew(store, deciding, report)
    if report.outcome is Outcome.REFUSED:
        raise BadDocumentError(nothing_applied(report.problems))
    return report.receipt or deciding.receipt(report.revision, report.started)


async def reject(
    store: Store, deciding: Deciding, reason: str, *, now: datetime | None = None
) -> Receipt:
    """Reject a proposal; its document is forgotten.

    Raises:
        ConflictError: It was decided.
    """
    if (before := await deciding.asked.before(store)) is not None:
        return before
    await _waiting(store, deciding.proposal)
    at = micros(now or datetime.now(UTC))
    head = deciding.proposal.decided(State.REJECTED, deciding.asked.client, at, reason=reason)
    receipt = deciding.receipt((await store.latest()).revision, at)
    records = deciding.kept(head, receipt)
    deed = replace(deciding.deed(Action.REJECT_PROPOSAL), reason=without_contacts(reason))
    done = await _decided(store, deciding, store.kept.put_all(records, deed=deed))
    return done or receipt


async def _waiting(store: Store, proposal: Proposal) -> bytes:
    """Return the document of a proposal.

    Raises:
        ConflictError: It waits no more.
    """
    if proposal.state is not State.PENDING:
        msg = f"the proposal was {proposal.state} already"
        raise ConflictError(msg)
    content = await kept.document(store, proposal)
    if content is None:
        msg = "the proposal was decided already, or is forgotten; read it again"
        raise ConflictError(msg)
    return content


async def _decided(store: Store, deciding: Deciding, step: Awaitable[_T]) -> _T | Receipt:
    """Return what a step gives; the receipt, where the same request was faster.

    Raises:
        ConflictError: Another decision was faster.
    """
    try:
        return await step
    except ConflictError:
        before = await deciding.asked.before(store)
        if before is None:
            raise
        return before


async def _show_anew(store: Store, deciding: Deciding, report: Report) -> None:
    """Show the difference that a proposal would make by now.

    Raises:
        ConflictError: Always: somebody must look at it.
    """
    head = deciding.proposal.shows(report)
    records = [head.kept(deciding.text), *head.with_difference(report)]
    await store.kept.put_all(records, deed=deciding.deed(Action.PROPOSE))
    msg = (
        "the graph has changed since it was looked at, and it would make another difference by "
        "now; look at its changes again, then apply it"
    )
    raise ConflictError(msg)
