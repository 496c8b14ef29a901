"""`hub import` and `hub export`: the graph as a file of the exchange format."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer

from adapters.kit import gate
from hub.cli.console import ERR, StoreOption, fail, filled, opened, progress, run
from hub.cli.difference import show
from hub.sync.export import export
from hub.sync.intake import Outcome, Report
from hub.sync.restore import is_export, restore
from hub.sync.run import run as sync_run
from hub.sync.sources import exchange_file
from hub.written import whole

_MOST_BYTES: Final = 1_000_000_000
"""Bytes of a file that is imported: it is held in memory whole."""


class Format(StrEnum):
    """The formats that the graph is written in."""

    NDJSON = "ndjson"


def import_file(
    file: Annotated[Path, typer.Argument(help="NDJSON, one fact a line.", metavar="FILE.ndjson")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference alone.")] = False,
    store: StoreOption = None,
) -> None:
    """Import facts of any program; a file is applied whole or not at all.

    A whole-graph export goes into an empty store, where it answers every question alike.

    Example: `hub import graph.ndjson --store sqlite:///copy.db`

    Exit codes: 0 applied or nothing to do, 2 bad input or no store.
    """
    try:
        document = gate.read(file, _MOST_BYTES)
    except OSError as error:
        fail(f"cannot read {file}: {error.strerror}")
    except gate.UnreadableError as error:
        fail(f"{file.name}: {error}")

    async def step() -> Report:
        intake = exchange_file(document)
        async with opened(store) as open_store:
            if is_export(intake):
                return await restore(open_store, intake, dry_run=dry_run)
            return await sync_run(open_store, intake, dry_run=dry_run)

    report = run(step)
    if report.outcome is Outcome.RESTORED:
        ERR.print(f"{len(report.added):,} facts restored; revision {report.revision}")
    else:
        show(report)


def export_file(
    file: Annotated[Path, typer.Argument(help="Where to; - for stdout.", metavar="FILE")],
    form: Annotated[Format, typer.Option("--format", help="Which format.")] = Format.NDJSON,
    store: StoreOption = None,
) -> None:
    """Export every fact there ever was, with the instants at which it was known.

    Example: `hub export graph.ndjson`

    Exit codes: 0 written, 2 no store, or the file cannot be written.
    """
    del form  # so far there is one

    async def step() -> int:
        count = 0
        async with filled(store) as open_store:
            with _sink(file) as sink, progress("exporting") as bar:
                task = bar.add_task("", total=None)
                async for line in export(open_store):
                    sink.write(line)
                    count += 1
                    bar.update(task, completed=count)
        return count

    count = run(step)
    ERR.print(f"{count:,} facts exported")


@contextmanager
def _sink(file: Path) -> Generator[BinaryIO]:
    """Yield what an export is written to."""
    if str(file) == "-":
        yield sys.stdout.buffer
        return
    with whole(file) as partial, partial.open("wb") as sink:
        yield sink
