"""Propose: what a client sends becomes a proposal, which waits or is applied at once."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Final

import orjson

from adapters.kit.adapter import Adapter
from adapters.kit.parsed import Apart
from hub.errors import BadDocumentError, ConflictError
from hub.store.deeds import Action, By
from hub.store.port import Store
from hub.sync.document import Document, Form
from hub.sync.intake import Intake, Report
from hub.sync.making import Sending, begin, told
from hub.sync.proposal import Proposal
from hub.sync.push import Push
from hub.sync.run import Decision, How, carry_out
from hub.sync.sent import read
from hub.sync.unsure import wait

MOST_ROWS: Final = 20_000
"""Rows that a client sends at a time, about.

To work out what they change takes the place where all others write.
"""


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
        return await told(store, sent, before)
    intake = await asyncio.to_thread(
        read, sent.program, adapter, sent.document, sent.content, sent.by
    )
    _check_length(sent.document, intake)
    await wait(store, intake, now=now)
    making = await begin(store, sent, intake.apart)
    decision = Decision(making.deed(Action.APPLY_PROPOSAL), making.applied)
    how = How(dry_run=not sent.apply, now=now, asked=sent.asked, decision=decision)
    report = await carry_out(store, intake, how)
    if report.receipt is not None:
        return await told(store, sent, report.receipt)
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
    return await (await begin(store, sending, Apart())).keep(store, report)


async def hold_document(store: Store, sent: Sending, report: Report, apart: Apart) -> None:
    """Let a document of a feed that is held wait as a proposal, however often it is read.

    Where too many wait already it is only told as held.
    """
    making = await begin(store, sent, apart)
    if making.is_new:
        with suppress(ConflictError):
            await making.keep(store, report)


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
