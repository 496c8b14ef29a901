"""The difference that a run makes, as it is printed: counts, changes, and rows set aside."""

from collections.abc import Sequence
from typing import Final, TypeVar

from rich.markup import escape
from rich.table import Table

from adapters.kit.parsed import RowProblem
from hub.cli.console import ERR, OUT, complain, line, plain
from hub.sync.intake import Change, Outcome, Report

_T = TypeVar("_T")

_SHOWN: Final = 20
"""Changes of one kind that a terminal lists; a pipe gets all that the report has."""


def show(report: Report) -> None:
    """Print what became of a run: counts, the difference, and rows set aside."""
    counts = ", ".join(f"{count} {name}" for name, count in report.counts().items())
    name = f"{report.program or 'import'} ({report.feed})" if report.feed else "import"
    if report.outcome is Outcome.FAILED:
        complain(f"{name}: {report.failed}")
        return
    line(f"[bold]{name}[/]: {report.outcome}; {counts}; revision {report.revision}")
    for title, changes, sign in (
        ("added", report.added, "[green]+[/]"),
        ("changed", report.changed, "[yellow]~[/]"),
        ("ended", report.ended, "[red]-[/]"),
    ):
        _changes(title, changes, sign)
        if report.more[title]:
            line(f"  [dim]... and {report.more[title]:,} {title} that are not listed[/]")
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
