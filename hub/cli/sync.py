"""`hub sync`: a program's documents into the graph, with the difference they make."""

import sys
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime
from typing import Annotated, Final

import typer

from adapters.kit.adapter import OPERATOR, Adapter, adapters
from adapters.kit.fetch import Fetcher
from hub.cli.console import (
    BAD_INPUT,
    DECIDE,
    StoreOption,
    day,
    fail,
    far,
    opened,
    run,
    settings,
)
from hub.cli.difference import show
from hub.errors import InvalidInputError
from hub.sync.feeds import Address, configured, document, feed_of, is_address
from hub.sync.intake import Intake, Origin, Outcome, Report
from hub.sync.reading import sync_all
from hub.sync.run import run as sync_run
from hub.sync.sources import feed_file, first, record
from hub.sync.unsure import wait

FETCHER: Final = Fetcher()
_TURN: Final = 0.000_5
"""Seconds after which a thread that plans lets one that writes go on; Python's own are ten times
as many, and a long list is written in many short statements."""


def sync(
    program: Annotated[str | None, typer.Argument(help="Code of the program, such as ffp.")] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            help="A file, or an https address that the feed allows; may be repeated.",
            metavar="FILE_OR_URL",
        ),
    ] = None,
    feed: Annotated[
        str | None,
        typer.Option("--feed", help="Of which feed; default: the operator's template."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every record, and every feed with an address.")
    ] = False,
    example: Annotated[
        bool, typer.Option("--example/--no-example", help="With --all: the example world, too.")
    ] = True,
    dated: Annotated[
        str | None, typer.Option("--dated", help="The day of which the file speaks.")
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="The file leaves things out: end nothing by absence.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference alone.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Apply it even where it would be held.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Sync one program's documents; without --from its bundled public record.

    Example: `hub sync ffp --from standings.csv --dry-run`

    With --all, what fails takes nothing else along.

    Exit codes: 0 applied or nothing to do, 2 bad input, no store or something failed, 3 held: look
    at the difference, then repeat with --yes.
    """
    sys.setswitchinterval(_TURN)
    on = day(dated, "dated")
    every, addresses = _programs(store)
    sources = _sources(source or (), program, feed, addresses)
    _together(sources, feed, everything=everything, told=bool(on) or partial)
    adapter = None if everything and program is None else _chosen(every, program, everything)
    reports: list[Report] = []

    async def steps() -> None:
        documents = await _documents(adapter, feed or OPERATOR, sources)
        async with opened(store, mapped=False) as found:
            if adapter is None:
                how = {"dry_run": dry_run, "confirmed": yes}
                chosen = [each for each in every.values() if example or not each.manifest.example]
                async for report in sync_all(found, chosen, addresses, FETCHER, **how):
                    reports.append(report)  # noqa: PERF401 - told even where the next one raises
                return
            before = await first(found, adapter, dry_run=dry_run) if documents else ()
            fetched = datetime.now(UTC).date() if any(map(is_address, sources)) else None
            for intake in (*before, _intake(adapter, feed, documents, on, fetched)):
                if intake.origin is Origin.OPERATOR:
                    intake.complete = intake.complete and not partial
                await wait(found, intake, dry_run=dry_run)
                with far() as told:
                    reports.append(
                        await sync_run(found, intake, dry_run=dry_run, confirmed=yes, progress=told)
                    )

    try:
        run(steps)
    finally:
        for report in reports:
            show(report)
    _end({report.outcome for report in reports})


def _end(outcomes: AbstractSet[Outcome]) -> None:
    """End the command with the exit code of the worst that became of its runs."""
    if Outcome.FAILED in outcomes:
        raise typer.Exit(BAD_INPUT)
    if Outcome.HELD in outcomes:
        raise typer.Exit(DECIDE)


def _programs(store: str | None) -> tuple[Mapping[str, Adapter], Sequence[Address]]:
    """Return every program by code, and where the settings say that feeds stand."""
    chosen = settings(store)
    try:
        every = adapters()
        return every, configured(every, chosen.feeds)
    except (ValueError, InvalidInputError) as error:
        fail(str(error))


def _sources(
    given: Sequence[str], program: str | None, feed: str | None, addresses: Sequence[Address]
) -> Sequence[str]:
    """Return the files and addresses that are given; else where the feed stands by the settings."""
    if given or feed is None:
        return given
    return [each.url for each in addresses if (each.adapter.program, each.name) == (program, feed)]


def _together(sources: Sequence[str], feed: str | None, *, everything: bool, told: bool) -> None:
    """End the command where options do not go together."""
    if everything and (sources or feed):
        fail("--from and --feed are of one program; name it in place of --all")
    if feed and not sources:
        fail("--feed says whose document it is; give that with --from, or its address in HUB_FEEDS")
    if told and not sources:
        fail("--dated and --partial are said of a file; give it with --from")


def _chosen(every: Mapping[str, Adapter], program: str | None, everything: bool) -> Adapter:
    """Return the program to sync."""
    if program is None or everything:
        fail("name one program, or say --all")
    if program not in every:
        fail(f"{program!r} is no program; the programs are {', '.join(every)}")
    return every[program]


async def _documents(
    adapter: Adapter | None, feed: str, sources: Sequence[str]
) -> Sequence[tuple[str, bytes]]:
    """Return the names and the bytes of a feed's documents.

    Raises:
        InvalidInputError: The program has no such feed, or a file cannot be read.
        BadDocumentError: One is too large, or cannot be fetched.
    """
    if adapter is None:
        return ()
    return [await document(each, feed_of(adapter, feed), FETCHER) for each in sources]


def _intake(
    adapter: Adapter,
    feed: str | None,
    documents: Sequence[tuple[str, bytes]],
    dated: date | None,
    fetched: date | None,
) -> Intake:
    """Return what to sync: the record where no document is given.

    Raises:
        BadDocumentError: A document is not what it should be.
    """
    if not documents:
        return record(adapter)
    return feed_file(adapter, feed or OPERATOR, documents, dated, fetched=fetched)
