"""Tables as documents hold them: CSV and XLSX, behind the gate, as rows of text."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from adapters.kit import separated, workbook
from adapters.kit.contacts import without_mail
from adapters.kit.gate import (
    EMPTY,
    LONGEST_CELL,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_OWN_CELLS,
    MOST_OWN_ROWS,
    MOST_ROWS,
    MOST_SHEETS,
    UnreadableError,
    admit,
    is_workbook,
    place,
    shown,
)

__all__ = ["BadRow", "Making", "Table", "Taken", "UnreadableError", "fault", "own_tables", "tables"]

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ERROR: Final = re.compile(r"#(?:N/A|GETTING_DATA|[A-Z0-9/]+[!?])")
"""What a spreadsheet writes where a formula has no result."""
_MOST_SHARED: Final = 10_000


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be taken.

    Attributes:
        row: Its number.
        column: The name of the column, where it is one cell.
        message: What is wrong and what would help.
        cells: Its cells by column; none where it is not one cell, and others may be out of place.
    """

    row: int
    column: str | None
    message: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text: each cell in NFC, without blanks around it and e-mail addresses.

    Attributes:
        name: Of the sheet; empty where the document is one table.
        header: The names of its columns; a column without a name is the empty text.
        rows: Each row's number, as a spreadsheet shows it, and its cells by column, blank ones
            left out.
        bad: Rows that cannot be taken.
    """

    name: str
    header: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)


Taken = tuple[int, dict[str, str]] | BadRow
"""A row: its number and its cells by column, or why it cannot be taken."""


def own_tables(document: bytes) -> list[Table]:
    """Return the tables of a document that a program publishes, rows that cannot be taken aside.

    Raises:
        UnreadableError: As `tables` does; or it has more rows than are believable of a program.
    """
    return tables(document, aside=True, own=True)


def tables(document: bytes, *, aside: bool = False, own: bool = False) -> list[Table]:
    """Return the tables of a CSV file or an XLSX workbook; the first row names the columns.

    Args:
        document: The file.
        aside: Whether rows that cannot be taken are set aside; else the first stops the file.
        own: Whether it is a program's own, which may have fewer rows.

    Raises:
        UnreadableError: It is empty, too large, not UTF-8, damaged, or not a table.
    """
    admit(document)
    making = Making(aside=aside, own=own)
    if not is_workbook(document):
        making.begin("")
        for number, row in separated.rows(document):
            making.take(number, row)
        if not making.tables[0].header:
            raise UnreadableError(EMPTY)
        return making.tables
    for name, below in workbook.Told(document).sheets():
        making.begin(name)
        for number, row in below:
            making.take(number, row)
    return making.tables


class Making:
    """The tables of a document in the making, and how much they hold together."""

    def __init__(self, *, aside: bool, own: bool = False) -> None:
        self.tables: list[Table] = []
        self._aside = aside
        self._own = own
        self._rows = 0
        self._cells = 0
        self._shared: dict[str, str] = {}

    def begin(self, name: str) -> None:
        """Begin a table."""
        if any(table.name == name for table in self.tables):
            msg = f"two sheets are called {shown(name)}; give each a name of its own"
            raise UnreadableError(msg)
        if len(self.tables) == MOST_SHEETS:
            msg = f"the workbook has more than {MOST_SHEETS} sheets; send them in parts"
            raise UnreadableError(msg)
        self.tables.append(Table(name, ()))

    def take(self, number: int, cells: Sequence[str]) -> None:
        """Take the next row; the first one names the columns, blank ones are passed over."""
        table = self.tables[-1]
        if not table.header:
            if any(map(str.strip, cells)):
                self.tables[-1] = Table(table.name, _header(table.name, number, cells))
            return
        row = self.row(table.header, number, cells)
        if not isinstance(row, BadRow):
            table.rows.extend([row] if row else [])
        elif self._aside:
            table.bad.append(row)
        else:
            msg = f"{place(table.name, number, row.column)}: {row.message}"
            raise UnreadableError(msg)

    def row(self, header: tuple[str, ...], number: int, cells: Sequence[str]) -> Taken | None:
        """Return a row below a header; none where it is blank."""
        if not any(map(str.strip, cells)):
            return None
        clean, bad = _cleaned(cells)
        filled = self._filled(header, clean)
        self.count(1, len(filled))
        problem = _problem(header, clean, bad)
        if problem is None:
            return number, filled
        column, message = problem
        return BadRow(number, column, message, filled if column else {})

    def _filled(self, header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
        """Return the cells of a row that are not blank.

        A text that many rows hold is one object, which saves half of the memory.
        """
        if len(self._shared) < _MOST_SHARED:
            for cell in cells:
                self._shared.setdefault(cell, cell)
        shared = self._shared.get
        return {n: shared(cell, cell) for n, cell in zip(header, cells, strict=False) if cell}

    def count(self, rows: int, cells: int) -> None:
        """Take in how much there is.

        Raises:
            UnreadableError: It is too much.
        """
        self._rows += rows
        self._cells += cells
        most_rows, most_cells = (
            (MOST_OWN_ROWS, MOST_OWN_CELLS) if self._own else (MOST_ROWS, MOST_CELLS)
        )
        if self._rows > most_rows or self._cells > most_cells:
            most = f"{most_rows:,} rows or {most_cells:,} filled cells"
            msg = f"the file has more than {most}; send it in parts"
            raise UnreadableError(msg)


def _header(table: str, number: int, cells: Sequence[str]) -> tuple[str, ...]:
    """Return the names of columns, up to the last that has one.

    Raises:
        UnreadableError: They are too many, two are the same, or one is no text of a table.
    """
    clean, bad = _cleaned(cells)
    while not clean[-1]:
        clean.pop()
    named = Counter(filter(None, clean))
    twice = next((name for name, count in named.items() if count > 1), None)
    if len(clean) > MOST_COLUMNS:
        problem = f"there are {len(clean):,} columns, more than {MOST_COLUMNS}; leave some out"
    elif bad:
        problem = f"the name of column {bad[0] + 1} cannot be taken: {bad[1]}"
    elif twice:
        # The name is not shown: where the header is missing, it is a cell of the first row.
        first = clean.index(twice) + 1
        second = clean.index(twice, first) + 1
        problem = f"columns {first} and {second} have the same name; leave one out or rename it"
    else:
        return tuple(clean)
    msg = f"{place(table, number)}: {problem}"
    raise UnreadableError(msg)


def _cleaned(cells: Sequence[str]) -> tuple[list[str], tuple[int, str] | None]:
    """Return cells as they are kept, and the first that cannot be: which, and why."""
    joined = "".join(cells)
    plain = joined.isascii() and joined.isprintable()
    if plain and "#" not in joined and "@" not in joined:
        bad = _fault_of(cells) if len(joined) > LONGEST_CELL else None
        return [cell.strip() for cell in cells], bad
    clean = (unicodedata.normalize("NFC", cell).strip() for cell in cells)
    return [without_mail(cell) for cell in clean], _fault_of(cells)


def _fault_of(cells: Sequence[str]) -> tuple[int, str] | None:
    return next(((at, why) for at, cell in enumerate(cells) if (why := fault(cell))), None)


def fault(cell: str) -> str | None:
    """Return why a cell cannot be taken; none where it can be."""
    if len(cell.encode()) > LONGEST_CELL:
        return f"it holds more than {LONGEST_CELL:,} bytes; shorten it"
    if _CONTROL.search(cell):
        return "it holds control characters; save the file as plain UTF-8 text"
    if _ERROR.fullmatch(cell.strip()):
        return f"it holds the error {cell.strip()}; mend the formula, or empty the cell"
    return None


def _problem(
    header: tuple[str, ...], cells: Sequence[str], bad: tuple[int, str] | None
) -> tuple[str | None, str] | None:
    """Return what is wrong with a row: the column, where it is one cell, and why."""
    if bad:
        at, why = bad
        return (header[at] or None if at < len(header) else None), why
    if any(cells[len(header) :]):
        return None, "it has more cells than there are columns; quote cells that hold a separator"
    if (
        header.count("") > 1
        and sum(1 for at, cell in enumerate(cells) if cell and not header[at]) > 1
    ):
        return None, "it has cells in two columns without a name; name them"
    return None
