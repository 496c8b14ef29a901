"""Rows as files: CSV, XLSX, JSON, NDJSON and Parquet, harmless where a spreadsheet opens them."""

import csv
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from itertools import chain, islice
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, TextIO

import orjson
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from hub.errors import InvalidInputError

Rows = Iterable[Mapping[str, Any]]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What formulas begin with, and the wide forms that some spreadsheets take for the same."""
_WITHIN: Final = re.compile("(?<=[;\t|\r\n])(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
"""Where a formula begins for who takes another sign than a comma to end a cell: there a quotation
mark stands within a cell, and keeps nothing together."""
_GROUP: Final = 50_000
"""Rows of a Parquet file that are written at once."""


def write(rows: Rows, columns: Sequence[str], path: Path) -> None:
    """Write rows in the format that the file's name ends with, as they come.

    Raises:
        InvalidInputError: The name ends with none that is written, or the file cannot be written.
    """
    check_name(path)
    with whole(path) as partial:
        _WRITERS[path.suffix.lower()](rows, columns, partial)


def check_name(path: Path) -> None:
    """Refuse a file name that no format belongs to, before any work is done.

    Raises:
        InvalidInputError: It ends with none that is written.
    """
    if path.suffix.lower() not in _WRITERS:
        msg = f"{path}: write a name that ends with one of {', '.join(_WRITERS)}"
        raise InvalidInputError(msg)


@contextmanager
def whole(path: Path) -> Generator[Path]:
    """Yield where to write, so that a file is there whole or not at all; a device is itself.

    Raises:
        InvalidInputError: It cannot be written.
    """
    device = path.exists() and not path.is_file()
    target = path if device else path.resolve()
    partial = path if device else target.with_name(f".{target.name}.{token_hex(8)}.part")
    try:
        yield partial
        if not device:
            partial.replace(target)
    except OSError as error:
        msg = f"cannot write {path}: {error.strerror}"
        raise InvalidInputError(msg) from error
    finally:
        if not device:
            partial.unlink(missing_ok=True)


def as_csv(rows: Rows, columns: Sequence[str], sink: TextIO) -> None:
    """Write rows as CSV."""
    plain = csv.writer(sink, lineterminator="\n")
    quoted = csv.writer(sink, lineterminator="\n", quoting=csv.QUOTE_ALL)
    for cells in chain([[*columns]], ([_text(row.get(name)) for name in columns] for row in rows)):
        told = [_WITHIN.sub("'", harmless(cell)) for cell in cells]
        # Where a line ends with LF alone, the module leaves a CR as it is, which others end at.
        writer = quoted if any("\r" in cell for cell in told) else plain
        writer.writerow(told)


def harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: Rows, columns: Sequence[str], path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as sink:
        as_csv(rows, columns, sink)


def _xlsx(rows: Rows, columns: Sequence[str], path: Path) -> None:
    """Write a sheet whose cells are texts; saved as CSV they stay so."""
    # On a full disk, files that the module opens itself complain again when they are forgotten.
    held = isinstance(rows, Sequence)
    memory = {"in_memory": True} if held else {"constant_memory": True, "tmpdir": str(path.parent)}
    options = {**memory, "strings_to_formulas": False, "strings_to_urls": False}
    archive = BytesIO()
    with xlsxwriter.Workbook(archive, options) as workbook:
        sheet = workbook.add_worksheet("eligibility")
        bold = workbook.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(columns):
            sheet.write_string(0, at, harmless(column), bold)
        number = 0
        for number, row in enumerate(rows, start=1):
            for at, column in enumerate(columns):
                sheet.write_string(number, at, harmless(_text(row.get(column))))
        sheet.autofilter(0, 0, number, len(columns) - 1)
    path.write_bytes(archive.getvalue())


def _json(rows: Rows, columns: Sequence[str], path: Path) -> None:
    kept = [{column: row.get(column) for column in columns} for row in rows]
    path.write_bytes(orjson.dumps(kept, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _ndjson(rows: Rows, columns: Sequence[str], path: Path) -> None:
    with path.open("wb") as sink:
        for row in rows:
            kept = {column: row.get(column) for column in columns}
            sink.write(orjson.dumps(kept, option=orjson.OPT_APPEND_NEWLINE))


def _parquet(rows: Rows, columns: Sequence[str], path: Path) -> None:
    """Write columns of texts, in groups of rows."""
    # It takes a tenth of a second and fifty megabytes to load, which every other command is spared.
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    schema = arrow.schema([(column, arrow.string()) for column in columns])
    coming = iter(rows)
    with path.open("wb") as sink, parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        while group := list(islice(coming, _GROUP)):
            held = [[row.get(column) for row in group] for column in columns]
            writer.write_table(arrow.table(held, schema=schema))


def _text(value: object) -> str:
    return "" if value is None else str(value)


_WRITERS: Final[Mapping[str, Callable[[Rows, Sequence[str], Path], None]]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".json": _json,
    ".ndjson": _ndjson,
    ".parquet": _parquet,
}
