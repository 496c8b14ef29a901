"""Published tables that tests make: rows as CSV, and a workbook with merged cells."""

from collections.abc import Sequence

from tests.adapters.books import ROW, SHEET, lines, packed, parts


def quoted(header: Sequence[str], *rows: Sequence[str]) -> bytes:
    """Return a table as CSV, every cell quoted."""
    return lines(*(",".join(f'"{cell}"' for cell in each) for each in (header, *rows)))


def merged() -> bytes:
    """Return a workbook with merged cells."""
    made = parts(ROW)
    merging = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
    return packed(made | {SHEET: made[SHEET].replace(b"</sheetData>", merging)})
