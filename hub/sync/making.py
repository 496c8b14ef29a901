"""Making: what was sent becomes a proposal, its records kept together."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.kit.parsed import Apart
from hub.errors import ConflictError
from hub.identity.ids import Ids, Numbered
from hub.store.deeds import Action, By, Deed
from hub.store.kept import NOTHING, Kept
from hub.store.port import Store
from hub.sync import proposal as kept
from hub.sync.document import Document, Form
from hub.sync.intake import Report
from hub.sync.proposal import MOST_UNSURE, MOST_WAITING, Proposal, State
from hub.sync.receipt import Asked, Receipt
from hub.sync.sent import redacted


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

    @property
    def is_new(self) -> bool:
        """Whether no other proposal of the program is of the same document."""
        return all(each.document != self.document for each in self._others)

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
        unsure = self.document.form is Form.UNSURE
        most = MOST_UNSURE if unsure else MOST_WAITING
        pending = (each for each in self._others if each.state is State.PENDING)
        waiting = sum((each.document.form is Form.UNSURE) is unsure for each in pending)
        if waiting >= most:
            msg = f"{waiting} proposals of the program wait; apply or reject them first"
            raise ConflictError(msg)
        head = self._head(report)
        content = redacted(self._sent.document, self._sent.content, self._apart)
        records = [
            *self._kept(head, report),
            head.with_document(content),
            *head.marked(),
            *kept.forgotten(self._others),
        ]
        try:
            await store.kept.put_all(records, deed=self.deed(Action.PROPOSE))
        except ConflictError:
            before = await self._sent.asked.before(store)
            if before is None:
                raise
            return await told(store, self._sent, before)
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


async def begin(store: Store, sent: Sending, apart: Apart) -> Making:
    """Begin a proposal of what was sent.

    Args:
        store: Where it will be kept.
        sent: What was sent.
        apart: What of the document was left unread, which is not kept.
    """
    others = await kept.every(store, sent.program)
    return Making(sent, kept.new_number(), await ids_of(store), others, apart)


async def ids_of(store: Store) -> Ids:
    """Return what clients call numbers of a store."""
    return Ids(await store.key())


async def told(store: Store, sent: Sending, receipt: Receipt) -> Proposal:
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
