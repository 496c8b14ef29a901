"""Columns: a published table read by its known columns, whatever their order and spelling.

Only known columns are read. Those that may hold how to reach a person, and those that a shape names
as never to be read, are dropped with their cells; any other column stops the document, because it
may say what the parser does not know of.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from adapters.kit.contacts import contact_column, published
from adapters.kit.gate import UnreadableError, place
from adapters.kit.pages import is_page, page
from adapters.kit.parsed import Apart, ProblemCode, RowProblem
from adapters.kit.tables import Table, own_tables
from graph_schema.texts import folded


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a published table.

    Attributes:
        spelled: The spellings of each column's name; compared without case and punctuation.
        needed: Columns without which a document is held.
        dropped: Spellings of columns that are never read.
        ignored: What further names that are not read look like, where there are many.
    """

    spelled: Mapping[str, Sequence[str]]
    needed: Sequence[str] = ()
    dropped: Sequence[str] = ()
    ignored: re.Pattern[str] | None = None

    def header(self, names: Sequence[str], table: str = "") -> list[str | None]:
        """Return which column stands at each place of a header; none: it is not read.

        Raises:
            UnreadableError: A column is not known, or stands twice.
        """
        known = {folded(each): name for name, all_ in self.spelled.items() for each in all_}
        dropped = set(map(folded, self.dropped))
        found: list[str | None] = []
        for at, name in enumerate(names, start=1):
            column = known.get(folded(name))
            if column is not None and column in found:
                msg = f"{place(table)} the column {column} stands twice; leave one out".strip()
                raise UnreadableError(msg)
            if column is None and not (self._unread(name) or folded(name) in dropped):
                # The name is not shown: where the header is missing, it is a cell of the first row.
                msg = (
                    f"{place(table)} the name of column {at} is not known; the first row names the "
                    f"columns: {', '.join(self.spelled)}"
                ).strip()
                raise UnreadableError(msg)
            found.append(column)
        return found

    def _unread(self, name: str) -> bool:
        ignored = self.ignored is not None and self.ignored.fullmatch(name) is not None
        return not name or ignored or contact_column(name)


@dataclass(slots=True)
class Rows:
    """What a published table holds.

    Attributes:
        columns: The columns that it has.
        missing: Those that it should have and has not.
        rows: Each row's number and its cells by column, empty ones left out.
        problems: Rows that cannot be taken.
        titles: The name of its sheet, or the headings of its page.
        apart: What of it is left unread.
    """

    columns: set[str] = field(default_factory=set[str])
    missing: list[str] = field(default_factory=list[str])
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list[tuple[int, dict[str, str]]])
    problems: list[RowProblem] = field(default_factory=list[RowProblem])
    titles: list[str] = field(default_factory=list[str])
    apart: Apart = field(default_factory=Apart)


def read(document: bytes, columns: Columns, marks: Sequence[str] = ()) -> Rows:
    """Return the rows of the one table of a CSV file, a workbook or, with `marks`, a page.

    Args:
        document: The file.
        columns: Its columns.
        marks: Texts by which the right page is known; none: no page is taken.

    Raises:
        UnreadableError: It is not such a table, or has columns that are not known.
    """
    if marks and is_page(document):
        return _of_page(document, columns, marks)
    filled = [table for table in own_tables(document) if table.header]
    if len(filled) != 1:
        msg = f"the workbook holds {len(filled)} tables; send the sheet of the list alone"
        raise UnreadableError(msg)
    return _of_table(filled[0], columns)


def unread(header: Mapping[str, str | None]) -> Apart:
    """Return what of a table is left unread, by the columns that its names stand for."""
    return Apart(columns=frozenset(name for name, column in header.items() if column is None))


def _of_table(table: Table, columns: Columns) -> Rows:
    header = dict(zip(table.header, columns.header(table.header, table.name), strict=True))
    found = _begun(header.values(), columns)
    found.apart = unread(header)
    found.titles = [table.name] if table.name else []
    found.rows = [(number, _known(cells, header)) for number, cells in table.rows]
    found.problems = [
        RowProblem(bad.row, ProblemCode.INVALID_INPUT, bad.message, header.get(bad.column or ""))
        for bad in table.bad
    ]
    return found


def _of_page(document: bytes, columns: Columns, marks: Sequence[str]) -> Rows:
    shown = page(document, marks)
    known = {folded(each) for all_ in columns.spelled.values() for each in all_}
    fitting = [grid for grid in shown.grids if grid.rows and known & set(map(folded, grid.rows[0]))]
    if len(fitting) != 1:
        msg = f"the page has {len(fitting) or 'no'} tables with known columns; it has changed"
        raise UnreadableError(msg)
    [grid] = fitting
    if grid.merged is not None:
        msg = "the table of the page has merged cells, which cannot be told apart"
        raise UnreadableError(msg)
    header = columns.header(grid.rows[0])
    found = _begun(header, columns)
    found.apart = shown.apart | unread(dict(zip(grid.rows[0], header, strict=True)))
    found.titles = [line.text for line in shown.lines if line.heading]
    for number, row in enumerate(grid.rows[1:], start=2):
        if len(row) > len(header):
            msg = "it has more cells than there are columns"
            found.problems.append(RowProblem(number, ProblemCode.INVALID_INPUT, msg))
        elif any(row):
            cells = {name: cell for name, cell in zip(header, row, strict=False) if name and cell}
            found.rows.append((number, cells))
    return found


def _begun(header: Iterable[str | None], columns: Columns) -> Rows:
    there = {name for name in header if name}
    return Rows(columns=there, missing=[name for name in columns.needed if name not in there])


def _known(cells: Mapping[str, str], header: Mapping[str, str | None]) -> dict[str, str]:
    return {
        name: published(name, cell)
        for column, cell in cells.items()
        if (name := header.get(column))
    }
