"""`hub sync`: a program's documents into the graph, with the difference they make."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final

import typer

from adapters.kit.adapter import OPERATOR, Adapter, adapters
from adapters.kit.fetch import Fetcher
from hub.cli.console import DECIDE, StoreOption, day, fail, opened, run
from hub.cli.difference import show
from hub.errors import InvalidInputError
from hub.store.port import Store
from hub.sync.feeds import document, feed_of
from hub.sync.intake import Intake, Origin, Outcome, Report
from hub.sync.run import run as sync_run
from hub.sync.sources import feed_file, known, record

FETCHER: Final = Fetcher()


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
    everything: Annotated[bool, typer.Option("--all", help="The record of every program.")] = False,
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

    Exit codes: 0 applied or nothing to do, 2 bad input or no store, 3 held: look at the
    difference, then repeat with --yes.
    """
    on = day(dated, "dated")
    sources = tuple(source or ())
    _together(sources, feed, everything=everything, told=bool(on) or partial)
    chosen = _chosen(program, everything=everything)

    reports: list[Report] = []

    async def steps() -> None:
        documents = await _documents(chosen[0], feed or OPERATOR, sources)
        async with opened(store) as open_store:
            for adapter in chosen:
                asked = (adapter, feed or OPERATOR, documents)
                for intake in await _intakes(open_store, *asked, dated=on, dry_run=dry_run):
                    if intake.origin is Origin.OPERATOR:
                        intake.complete = intake.complete and not partial
                    reports.append(
                        await sync_run(open_store, intake, dry_run=dry_run, confirmed=yes)
                    )

    try:
        run(steps)
    finally:
        for report in reports:
            show(report)
    if any(report.outcome is Outcome.HELD for report in reports):
        raise typer.Exit(DECIDE)


def _together(sources: Sequence[str], feed: str | None, *, everything: bool, told: bool) -> None:
    """End the command where options do not go together."""
    if everything and (sources or feed):
        fail("--from and --feed are of one program; name it in place of --all")
    if feed and not sources:
        fail("--feed says whose document it is; give that with --from")
    if told and not sources:
        fail("--dated and --partial are said of a file; give it with --from")


def _chosen(program: str | None, *, everything: bool) -> Sequence[Adapter]:
    """Return the programs to sync."""
    try:
        known_adapters = adapters()
    except ValueError as error:
        fail(str(error))
    if everything == (program is not None):
        fail("name one program, or say --all")
    if program is None:
        return tuple(known_adapters.values())
    if program not in known_adapters:
        fail(f"{program!r} is no program; the programs are {', '.join(known_adapters)}")
    return (known_adapters[program],)


async def _documents(
    adapter: Adapter, feed: str, sources: Sequence[str]
) -> Sequence[tuple[str, bytes]]:
    """Return the names and the bytes of a feed's documents.

    Raises:
        InvalidInputError: The program has no such feed, or a file cannot be read.
        BadDocumentError: One is too large, or cannot be fetched.
    """
    return [await document(each, feed_of(adapter, feed), FETCHER) for each in sources]


async def _intakes(
    store: Store,
    adapter: Adapter,
    feed: str,
    documents: Sequence[tuple[str, bytes]],
    *,
    dated: date | None,
    dry_run: bool,
) -> Sequence[Intake]:
    """Return what to sync: the record where no document is named, or the program is not known yet.

    Raises:
        InvalidInputError: A document is to be compared with what is not known yet.
    """
    if not documents:
        return [record(adapter)]
    if await known(store, adapter):
        return [feed_file(adapter, feed, documents, dated)]
    if dry_run:
        msg = (
            f"{adapter.program} is not known yet, so its file cannot be compared; first sync its "
            f"record: hub sync {adapter.program}"
        )
        raise InvalidInputError(msg)
    return [record(adapter), feed_file(adapter, feed, documents, dated)]
