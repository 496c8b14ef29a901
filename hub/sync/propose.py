"""Propose: what a client sends becomes a proposal, which waits or is applied at once."""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import orjson

from adapters.kit.adapter import Adapter
from adapters.kit.parsed import Apart
from hub.errors import BadDocumentError, ConflictError
from hub.identity.ids import Ids, Numbered
from hub.store.deeds import Action, By, Deed
from hub.store.kept import NOTHING, Kept
from hub.store.port import Store
from hub.sync import proposal as kept
from hub.sync.intake import Intake, Report
from hub.sync.proposal import MOST_WAITING, Document, Form, Proposal, State
from hub.sync.push import Push
from hub.sync.receipt import Asked, Receipt
from hub.sync.run import Decision, How, carry_out
from hub.sync.sent import read, redacted

MOST_ROWS: Final = 20_000
"""Rows that a client sends at a time, about.

To work out what they change takes the place where all others write.
"""


@dataclass(frozen=True, slots=True)
class Sending:
    """What a client sends, and how.

    Attributes:
        program: Code of the program whose client it is.
        content: The bytes of the document.
        by: The client, and its request.
        asked: By which key it may ask for it again.
        apply: Whether it is applied at once, where nothing holds it.
    """

    program: str
    document: Document
    content: bytes
    by: By
    asked: Asked
    apply: bool = False


async def propose(
    store: Store, adapter: Adapter | None, sent: Sending, *, now: datetime | None = None
) -> Proposal:
    """Return what a client sends as a proposal; the same sent again is the same proposal.

    Raises:
        ConflictError: The client used the key for something else, or too many proposals wait.
        BadDocumentError: The document is not what it should be.
        InvalidInputError: The program has no such feed.
    """
    before = await sent.asked.before(store)
    if before is not None:
        return await _told(store, sent, before)
    intake = await asyncio.to_thread(
        read, sent.program, adapter, sent.document, sent.content, sent.by
    )
    _check_length(sent.document, intake)
    others = await kept.every(store, sent.program)
    making = Making(sent, kept.new_number(), await _ids(store), others, intake.apart)
    decision = Decision(making.deed(Action.APPLY_PROPOSAL), making.applied)
    how = How(dry_run=not sent.apply, now=now, asked=sent.asked, decision=decision)
    report = await carry_out(store, intake, how)
    if report.receipt is not None:
        return await _told(store, sent, report.receipt)
    if making.made is not None:
        return making.made
    return await making.keep(store, report)


async def hold_back(store: Store, sent: Push, report: Report) -> Proposal:
    """Return a push that is held as a proposal that waits.

    Raises:
        ConflictError: Too many proposals wait.
    """
    sending = Sending(
        program=sent.program,
        document=Document(Form.FACTS),
        # Dates that need no day are objects, written as they were.
        content=orjson.dumps(sent.facts, str, orjson.OPT_PASSTHROUGH_DATACLASS),
        by=By.of(sent.client, sent.request),
        asked=sent.asked(),
    )
    others = await kept.every(store, sent.program)
    making = Making(sending, kept.new_number(), await _ids(store), others, Apart())
    return await making.keep(store, report)


async def hold_document(store: Store, sent: Sending, report: Report, apart: Apart) -> None:
    """Let a document of a feed that is held wait as a proposal, however often it is read.

    Where too many wait already it is only told as held.
    """
    others = await kept.every(store, sent.program)
    making = Making(sent, kept.new_number(), await _ids(store), others, apart)
    if all(each.document != making.document for each in others):
        with suppress(ConflictError):
            await making.keep(store, report)


class Making:
    """A proposal in the making.

    Attributes:
        made: What was made, once it is applied.
        document: What was sent.
    """

    def __init__(
        self, sent: Sending, number: int, ids: Ids, others: Sequence[Proposal], apart: Apart
    ) -> None:
        """Begin one.

        Args:
            sent: What was sent.
            number: By which it is found.
            ids: What clients call it.
            others: Proposals of the program.
            apart: What of the document was left unread, which is not kept.
        """
        self.made: Proposal | None = None
        digest = hashlib.sha256(sent.content).hexdigest()
        self.document = replace(sent.document, sha256=digest)
        self._sent = sent
        self._number = number
        self._name = ids.of(number, Numbered.PROPOSAL)
        self._others = others
        self._apart = apart

    def deed(self, action: Action) -> Deed:
        """Return what the audit log tells of it."""
        return Deed(self._sent.by, action, (self._sent.program,), self._name)

    def applied(self, report: Report) -> Sequence[Kept]:
        """Return what is kept of it where it is applied at once."""
        client = self._sent.asked.client
        head = self._head(report)
        head = head.decided(State.APPLIED, client, report.started, revision=report.revision)
        self.made = head
        return [*self._kept(head, report), *kept.forgotten(self._others)]

    async def keep(self, store: Store, report: Report) -> Proposal:
        """Keep it, so that it waits for somebody.

        Raises:
            ConflictError: Too many wait.
        """
        waiting = sum(each.state is State.PENDING for each in self._others)
        if waiting >= MOST_WAITING:
            msg = f"{waiting} proposals of the program wait; apply or reject them first"
            raise ConflictError(msg)
        head = self._head(report)
        content = redacted(self._sent.document, self._sent.content, self._apart)
        records = [
            *self._kept(head, report),
            head.with_document(content),
            *kept.forgotten(self._others),
        ]
        try:
            await store.kept.put_all(records, deed=self.deed(Action.PROPOSE))
        except ConflictError:
            before = await self._sent.asked.before(store)
            if before is None:
                raise
            return await _told(store, self._sent, before)
        return head

    def _head(self, report: Report) -> Proposal:
        head = Proposal(
            number=self._number,
            program=self._sent.program,
            document=self.document,
            client=self._sent.asked.client,
            sent_at=report.started,
            complete=report.complete,
            held=(),
            bars=False,
            difference="",
            counts={},
        )
        return head.shows(report)

    def _kept(self, head: Proposal, report: Report) -> Sequence[Kept]:
        digest = self._sent.asked.digest
        receipt = Receipt(digest, report.revision, recorded_at=report.started, proposal=head.number)
        return [
            head.kept(NOTHING),
            *head.with_difference(report),
            self._sent.asked.kept(receipt, instead_of=NOTHING),
        ]


def _check_length(document: Document, intake: Intake) -> None:
    """Refuse more rows than a client sends at a time.

    Raises:
        BadDocumentError: There are.
    """
    if intake.length > MOST_ROWS:
        msg = (
            f"{document.name or 'the document'} has about {intake.length:,} rows; send up to "
            f"{MOST_ROWS:,} at a time, or the whole to whoever runs the hub"
        )
        raise BadDocumentError(msg)


async def _ids(store: Store) -> Ids:
    return Ids(await store.key())


async def _told(store: Store, sent: Sending, receipt: Receipt) -> Proposal:
    """Return the proposal of a receipt, as it is by now.

    Raises:
        ConflictError: It is forgotten.
    """
    number = receipt.proposal or 0
    found = await kept.found(store, [number], [sent.program])
    if number not in found:
        msg = f"the proposal of the key {sent.asked.key!r} is forgotten; take a new key"
        raise ConflictError(msg)
    return found[number][0]
