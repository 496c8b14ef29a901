"""`hub sync`: a program's documents into the graph, with the difference they make."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from adapters.kit.adapter import Adapter, adapters
from adapters.kit.parsed import RowProblem
from hub.cli.console import DECIDE, ERR, OUT, StoreOption, day, fail, line, opened, plain, run
from hub.errors import InvalidInputError
from hub.store.port import Store
from hub.sync.intake import Change, Intake, Origin, Outcome, Report
from hub.sync.run import run as sync_run
from hub.sync.sources import known, operator_file, record

_T = TypeVar("_T")

_SHOWN: Final = 20
"""Changes of one kind that a terminal lists; a pipe gets all."""


def sync(
    program: Annotated[str | None, typer.Argument(help="Code of the program, such as ffp.")] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--from", help="A file of the operator's template; may be repeated."),
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
    chosen = _chosen(program, everything=everything)
    documents = _documents(source or (), everything=everything, told=bool(on) or partial)

    reports: list[Report] = []

    async def steps() -> None:
        async with opened(store) as open_store:
            for adapter in chosen:
                for intake in await _intakes(open_store, adapter, documents, dry_run=dry_run):
                    if intake.origin is Origin.OPERATOR:
                        intake.dated = on or intake.dated
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


def _documents(
    sources: Sequence[str], *, everything: bool, told: bool
) -> Sequence[tuple[str, bytes]]:
    """Return the files, where the options go together."""
    if sources and everything:
        fail("--from gives files of one program; name it in place of --all")
    if told and not sources:
        fail("--dated and --partial are said of a file; give it with --from")
    return [_document(each) for each in sources]


def _document(source: str) -> tuple[str, bytes]:
    """Return the name and the bytes of a file."""
    if "://" in source:
        fail(f"{source}: give a file; addresses are read once a feed allows them")
    try:
        return Path(source).name, Path(source).read_bytes()
    except OSError as error:
        fail(f"cannot read {source}: {error.strerror}")


async def _intakes(
    store: Store, adapter: Adapter, documents: Sequence[tuple[str, bytes]], *, dry_run: bool
) -> Sequence[Intake]:
    """Return what to sync: the record where no file is named, or the program is not known yet.

    Raises:
        InvalidInputError: A file is to be compared with what is not known yet.
    """
    if not documents:
        return [record(adapter)]
    if await known(store, adapter):
        return [operator_file(adapter, documents)]
    if dry_run:
        msg = (
            f"{adapter.program} is not known yet, so its file cannot be compared; first sync its "
            f"record: hub sync {adapter.program}"
        )
        raise InvalidInputError(msg)
    return [record(adapter), operator_file(adapter, documents)]


def show(report: Report) -> None:
    """Print what became of a run: counts, the difference, and rows set aside."""
    counts = ", ".join(f"{count} {name}" for name, count in report.counts().items())
    name = f"{report.program or 'import'} ({report.feed})" if report.feed else "import"
    line(f"[bold]{name}[/]: {report.outcome}; {counts}; revision {report.revision}")
    for title, changes, sign in (
        ("added", report.added, "[green]+[/]"),
        ("changed", report.changed, "[yellow]~[/]"),
        ("ended", report.ended, "[red]-[/]"),
    ):
        _changes(title, changes, sign)
    if report.problems:
        _set_aside(report.problems)
    for note in report.notes:
        line(f"[dim]{escape(note)}[/]")
    if report.outcome is Outcome.HELD:
        for reason in report.held:
            ERR.print(f"[bold yellow]held[/]: {escape(reason)}")
        ERR.print("nothing was applied; look at the difference, then repeat with --yes")


def _changes(title: str, changes: Sequence[Change], sign: str) -> None:
    for change in _listed(changes):
        row = f" [dim](row {change.row})[/]" if change.row else ""
        line(f"  {sign} {change.kind} {escape(change.what)}{row}: {escape(change.summary)}")
    _more(changes, title)


def _set_aside(problems: Sequence[RowProblem]) -> None:
    """Print why rows are set aside: a table on a terminal, else a line each."""
    if not OUT.is_terminal:
        for problem in problems:
            plain(f"  ! {problem.place}: {problem.message} ({problem.code})")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), show_edge=False, title_justify="left")
    for column in ("set aside", "code", "why"):
        table.add_column(column, overflow="fold")
    for problem in _listed(problems):
        table.add_row(escape(problem.place), problem.code, escape(problem.message))
    OUT.print(table)
    _more(problems, "rows set aside")


def _listed(found: Sequence[_T]) -> Sequence[_T]:
    """Return as many as are listed."""
    return found[:_SHOWN] if OUT.is_terminal else found


def _more(found: Sequence[object], what: str) -> None:
    if len(_listed(found)) < len(found):
        line(f"  [dim]... and {len(found) - _SHOWN} more {what}; a pipe gets all[/]")
