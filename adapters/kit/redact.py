"""Redact: a document as it is kept until somebody looks at it; it reads as it did.

Out of it is left what its parser leaves unread, and how to reach a person.
"""

import csv
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any, Final

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from adapters.kit import pages, separated, workbook
from adapters.kit.contacts import DROPPED, contact_column, published, without_mail
from adapters.kit.gate import is_workbook
from adapters.kit.parsed import Apart
from adapters.kit.tables import fault

_BAD: Final = "#N/A"
"""Stands in place of any cell that cannot be taken, so that its row cannot be either."""


def redacted(document: bytes, apart: Apart) -> bytes:
    """Return a document that was read, as it is kept.

    Args:
        document: The document; a table stays one with the same rows, a page one with the same
            lines.
        apart: What of it was left unread.
    """
    if is_workbook(document):
        return _workbook(document, apart)
    if pages.is_page(document):
        return pages.redacted(document, apart)
    file = StringIO()
    file.write("sep=,\n")
    rows = (cells for _, cells in separated.rows(document))
    csv.writer(file, lineterminator="\n").writerows(_rows(rows, apart))
    return file.getvalue().encode()


def _workbook(document: bytes, apart: Apart) -> bytes:
    sheets: list[tuple[str, list[tuple[int, Sequence[str]]]]] = []
    for sheet, number, cells in workbook.rows(document):
        if number:
            sheets[-1][1].append((number, cells))
        else:
            sheets.append((sheet, []))
    archive = BytesIO()
    with xlsxwriter.Workbook(archive, {"in_memory": True}) as book:
        for name, rows in sheets:
            sheet: Any = book.add_worksheet()
            # It was taken as it is, though no spreadsheet might offer it.
            sheet.name = name
            clean = _rows((cells for _, cells in rows), apart)
            for (number, _), cells in zip(rows, clean, strict=True):
                for at, cell in enumerate(cells):
                    sheet.write_string(number - 1, at, cell)
    return _unpacked(archive)


def _unpacked(archive: BytesIO) -> bytes:
    """Return a workbook that is packed by nothing: what repeats itself seems a bomb else."""
    plain = BytesIO()
    with zipfile.ZipFile(archive) as packed, zipfile.ZipFile(plain, "w") as stored:
        for part in packed.infolist():
            stored.writestr(zipfile.ZipInfo(part.filename), packed.read(part))
    return plain.getvalue()


def _rows(rows: Iterable[Sequence[str]], apart: Apart) -> Iterator[list[str]]:
    """Yield the rows of a table as they are kept; the first that is not blank names the columns."""
    names: list[str] = []
    for row in rows:
        cells = [unicodedata.normalize("NFC", cell).strip() for cell in row]
        if names:
            named = (*names, *("" for _ in cells[len(names) :]))
            yield [_cell(*each, apart) for each in zip(named, cells, strict=False)]
        else:
            clean = list(map(without_mail, cells))
            yield clean
            names = clean if any(clean) else names


def _cell(name: str, cell: str, apart: Apart) -> str:
    if fault(cell):
        return _BAD
    if cell and (not name or contact_column(name) or name in apart.columns):
        return DROPPED
    return without_mail(cell) if apart.numbers else published(name, cell)
