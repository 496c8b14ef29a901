"""Rows as files: CSV, XLSX, JSON and NDJSON, harmless where a spreadsheet opens them."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

import orjson
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from hub.errors import InvalidInputError

Rows = Sequence[Mapping[str, Any]]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write(rows: Rows, columns: Sequence[str], path: Path) -> None:
    """Write rows in the format that the file's name ends with.

    Raises:
        InvalidInputError: The name ends with none that is written, or the file cannot be written.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        msg = f"{path.name}: write a name that ends with one of {', '.join(_WRITERS)}"
        raise InvalidInputError(msg)
    try:
        writer(rows, columns, path)
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror}"
        raise InvalidInputError(msg) from error


def check_name(path: Path) -> None:
    """Refuse a file name that no format belongs to, before any work is done.

    Raises:
        InvalidInputError: It ends with none that is written.
    """
    if path.suffix.lower() not in _WRITERS:
        msg = f"{path.name}: write a name that ends with one of {', '.join(_WRITERS)}"
        raise InvalidInputError(msg)


def as_csv(rows: Rows, columns: Sequence[str], sink: TextIO) -> None:
    """Write rows as CSV."""
    writer = csv.writer(sink, lineterminator="\n")
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([harmless(_text(row.get(column))) for column in columns] for row in rows)


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: Rows, columns: Sequence[str], path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as sink:
        as_csv(rows, columns, sink)


def _xlsx(rows: Rows, columns: Sequence[str], path: Path) -> None:
    """Write a sheet whose cells are texts, whatever they begin with."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet("eligibility")
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column, bold)
        for number, row in enumerate(rows, start=1):
            for at, column in enumerate(columns):
                sheet.write_string(number, at, _text(row.get(column)))
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _json(rows: Rows, columns: Sequence[str], path: Path) -> None:
    kept = [{column: row.get(column) for column in columns} for row in rows]
    path.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _ndjson(rows: Rows, columns: Sequence[str], path: Path) -> None:
    with path.open("wb") as sink:
        for row in rows:
            kept = {column: row.get(column) for column in columns}
            sink.write(orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE))


def _text(value: object) -> str:
    return "" if value is None else str(value)


_WRITERS: Final[Mapping[str, Callable[[Rows, Sequence[str], Path], None]]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".json": _json,
    ".ndjson": _ndjson,
}
