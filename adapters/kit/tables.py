"""Tables as documents hold them: CSV and XLSX, behind limits, as rows of text."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

MOST_BYTES: Final = 200_000_000
MOST_RATIO: Final = 100
MOST_ROWS: Final = 1_000_000
MOST_COLUMNS: Final = 512
LONGEST_CELL: Final = 32_000
_XLSX: Final = b"PK\x03\x04"


class UnreadableError(ValueError):
    """A document that cannot be read as a table; the message names the place and the remedy."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text.

    Attributes:
        name: Of the sheet; empty where the document is one table.
        header: The names of its columns.
        rows: Each row's number, counted from 1 with the header as 1, and its cells by column.
    """

    name: str
    header: tuple[str, ...]
    rows: list[tuple[int, dict[str, str]]]


def tables(document: bytes) -> list[Table]:
    """Return the tables of a CSV file or an XLSX workbook.

    Raises:
        UnreadableError: It is empty, too large, not UTF-8, damaged, or not a table.
    """
    if not document.strip():
        msg = "the file is empty"
        raise UnreadableError(msg)
    if document.startswith(_XLSX):
        return _workbook(document)
    return [_table("", _csv_rows(document))]


def _csv_rows(document: bytes) -> Iterator[Sequence[str]]:
    if len(document) > MOST_BYTES:
        msg = f"the file is larger than {MOST_BYTES // 1_000_000} MB; send it in parts"
        raise UnreadableError(msg)
    try:
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = document[: error.start].count(b"\n") + 1
        msg = f"row {row} is not UTF-8; save the file as “CSV UTF-8”"
        raise UnreadableError(msg) from error
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        msg = f"row {row} holds a NUL byte; the file is damaged or no CSV"
        raise UnreadableError(msg)
    first = text.splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    try:
        yield from csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    except csv.Error as error:
        msg = f"the file cannot be read as CSV: {error}"
        raise UnreadableError(msg) from error


def _workbook(document: bytes) -> list[Table]:
    _check_archive(document)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(document))
        return [
            _table(name, _texts(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)))
            for name in workbook.sheet_names
        ]
    except (CalamineError, OSError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        msg = f"the workbook is damaged: {error}"
        raise UnreadableError(msg) from error


def _check_archive(document: bytes) -> None:
    """Refuse an archive that unpacks to far more than it is, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        msg = "the file begins like a workbook but is no XLSX; save it again"
        raise UnreadableError(msg) from error
    if unpacked > MOST_BYTES or unpacked > MOST_RATIO * len(document) + 1_000_000:
        msg = "the workbook unpacks to more than is believable; send it as CSV"
        raise UnreadableError(msg)


def _texts(rows: Sequence[Sequence[object]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_text(cell) for cell in row]


def _text(cell: object) -> str:
    """Return a cell as it would be written in CSV."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        midnight = cell.time() == time.min
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _table(name: str, rows: Iterator[Sequence[str]]) -> Table:
    """Return a table whose first row names the columns; blank rows are passed over."""
    header: tuple[str, ...] = ()
    found: list[tuple[int, dict[str, str]]] = []
    for number, cells in enumerate(rows, start=1):
        stripped = [cell.strip() for cell in cells]
        if not any(stripped):
            continue
        if not header:
            header = _header(name, stripped)
            continue
        _check_row(name, number, stripped, header)
        found.append((number, dict(zip(header, stripped, strict=False))))
    return Table(name, header, found)


def _header(name: str, cells: Sequence[str]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    named = [cell for cell in cells if cell]
    if len(cells) > MOST_COLUMNS or len(named) != len(set(named)):
        sheet = f"sheet {name!r}: " if name else ""
        msg = f"{sheet}the header has a column twice, or more than {MOST_COLUMNS} columns"
        raise UnreadableError(msg)
    return tuple(cells)


def _check_row(name: str, number: int, cells: Sequence[str], header: tuple[str, ...]) -> None:
    sheet = f"sheet {name!r}, " if name else ""
    if number > MOST_ROWS:
        msg = f"{sheet}there are more than {MOST_ROWS:,} rows; send them in parts"
        raise UnreadableError(msg)
    if any(cells[len(header) :]):
        msg = f"{sheet}row {number} has more cells than the header has columns"
        raise UnreadableError(msg)
    if any(len(cell) > LONGEST_CELL for cell in cells):
        msg = f"{sheet}row {number} has a cell of more than {LONGEST_CELL:,} characters"
        raise UnreadableError(msg)
