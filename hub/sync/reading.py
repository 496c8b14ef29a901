"""A reading: what stands at a feed's address now, into the graph."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime

from adapters.kit.adapter import RECORD, Adapter
from adapters.kit.fetch import Fetcher, FetchError
from hub.errors import BadDocumentError, HubError, StoreUnavailableError
from hub.store.deeds import Actor, By
from hub.store.port import Store
from hub.sync.document import Document, Form
from hub.sync.feeds import Address, feed_of
from hub.sync.intake import Outcome, Report
from hub.sync.making import Sending
from hub.sync.propose import hold_document
from hub.sync.receipt import Asked
from hub.sync.remember import mark_of, remember_unread
from hub.sync.run import run
from hub.sync.sources import feed_document, first, record
from hub.sync.unsure import wait


async def sync_all(
    store: Store,
    adapters: Iterable[Adapter],
    addresses: Iterable[Address],
    fetcher: Fetcher,
    *,
    dry_run: bool = False,
    confirmed: bool = False,
) -> AsyncIterator[Report]:
    """Sync every record and then every feed that has an address, and yield what became of each.

    What fails takes nothing else along; its report says why.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    for adapter in adapters:
        try:
            yield await run(store, record(adapter), dry_run=dry_run, confirmed=confirmed)
        except StoreUnavailableError:
            raise
        except HubError as error:
            yield _failed(adapter.program, RECORD, error)
    for address in addresses:
        try:
            yield await read(store, address, fetcher, dry_run=dry_run, confirmed=confirmed)
        except StoreUnavailableError:
            raise
        except HubError as error:
            yield _failed(address.adapter.program, address.name, error)


def _failed(program: str, feed: str, error: HubError) -> Report:
    return Report(Outcome.FAILED, program, feed, complete=False, failed=error.message)


async def read(
    store: Store,
    address: Address,
    fetcher: Fetcher,
    *,
    dry_run: bool = False,
    confirmed: bool = False,
    now: datetime | None = None,
    actor: Actor = Actor.SHELL,
) -> Report:
    """Record what stands at a feed's address; what has not changed today is not sent again.

    Args:
        store: Where the graph is; a program that it does not know yet comes with its record.
        address: The feed, and where its document stands.
        fetcher: Brings it from there.
        dry_run: Work out the difference, and write nothing.
        confirmed: Apply it even where it would be held.
        now: The instant; the present where not given.
        actor: Who reads it.

    Raises:
        HubError: It is not to be had, or cannot be read; which is kept as a run that failed.
    """
    present = now or datetime.now(UTC)
    program, feed = address.adapter.program, address.name
    mark = None if dry_run else await mark_of(store, program, feed, address.url, present)
    try:
        fetched = await fetcher.fetch(address.url, feed_of(address.adapter, feed).hosts, mark)
        if fetched.document is None:
            report = await _report(store, address, Outcome.UNCHANGED)
            await remember_unread(store, report, present)
            return report
        document = (fetched.name, fetched.document)
        intake = await asyncio.to_thread(
            feed_document, address.adapter, feed, document, fetched=present.date()
        )
        intake.address, intake.mark, intake.by = address.url, fetched.mark, By(actor)
        for before in await first(store, address.adapter, dry_run=dry_run):
            before.by = intake.by
            await run(store, before, now=now)
        await wait(store, intake, now=now, dry_run=dry_run)
        report = await run(store, intake, dry_run=dry_run, confirmed=confirmed, now=now)
    except StoreUnavailableError:
        raise
    except (FetchError, HubError) as error:
        if not dry_run:
            report = await _report(store, address, Outcome.FAILED)
            await remember_unread(store, report, present, str(error))
        raise BadDocumentError(str(error)) from error
    if report.outcome is Outcome.HELD and actor is Actor.SCHEDULE:
        await hold_document(store, _sent(address, document, intake.by), report, intake.apart)
    return report


def _sent(address: Address, document: tuple[str, bytes], by: By) -> Sending:
    """Return a document that was read when it was due, as what is sent."""
    name, content = document
    what = Document(Form.DOCUMENT, address.name, name, fetched=True)
    # It is known again by its bytes.
    asked = Asked.of(Actor.SCHEDULE, by.request, [address.key, name])
    return Sending(address.adapter.program, what, content, by, asked)


async def _report(store: Store, address: Address, outcome: Outcome) -> Report:
    """Return what is told of a document that was not read."""
    latest = await store.latest()
    program = address.adapter.program
    return Report(outcome, program, address.name, complete=False, revision=latest.revision)
