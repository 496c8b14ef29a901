"""A list read into lines, whatever it was: the program that `child` starts.

`python -m hub.jobs.reading KIND LIST ROWS` reads LIST and writes what each row asks to ROWS:

    [CALLED, PRODUCT, PROBLEM or null, {COLUMN: TEXT, …}]

and prints {"columns": […], "rows": NUMBER, "product": BOOLEAN}, or {"problem": MESSAGE}.
"""

import csv
import io
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import orjson

from adapters.kit import gate
from adapters.kit.gate import UnreadableError
from adapters.kit.streams import streamed
from adapters.kit.tables import BadRow, Taken, tables
from hub.answers import lists
from hub.answers.lists import PRODUCT, SUPPLIER, Columns, MissingColumnError
from hub.errors import BadDocumentError

MOST_MEMORY: Final = 4_000_000_000
"""Bytes of address space that reading a list may take."""
_SHOWN: Final = (
    "call the one of the supplier one of: {supplier}; that of the product one of: {product}"
)
_Row = tuple[str | None, Mapping[str, str]]
"""Why a row cannot be taken, and its cells."""


def told(kind: str, source: Path, target: Path) -> Mapping[str, Any]:
    """Read a list and write what each row asks; return what is printed."""
    try:
        columns, rows = _read(kind, gate.read(source))
        with target.open("wb") as sink:
            count = _written(columns, rows, sink)
    except MissingColumnError as error:
        names = _SHOWN.format(supplier=", ".join(SUPPLIER), product=", ".join(PRODUCT))
        return {"problem": f"{error.message}; {names}"}
    except (UnreadableError, BadDocumentError) as error:
        return {"problem": str(error)}
    if not count:
        return {"problem": "there is no row below the header"}
    return {"columns": columns.header, "rows": count, "product": columns.product is not None}


def _read(kind: str, document: bytes) -> tuple[Columns, Iterator[_Row]]:
    """Return what the columns of a list say, and its rows.

    Raises:
        BadDocumentError: No column says who supplies.
        UnreadableError: It is not what its type says, or cannot be read.
    """
    if gate.is_workbook(document) is not (kind == "xlsx"):
        msg = f"the list is not what its type says, {kind}; send it with its own content type"
        raise UnreadableError(msg)
    if kind == "ndjson":
        return _lines(document)
    return _sheet(document) if kind == "xlsx" else _csv(document)


def _written(columns: Columns, rows: Iterator[_Row], sink: BinaryIO) -> int:
    count = 0
    for count, (problem, cells) in enumerate(rows, start=1):  # noqa: B007 - it is returned
        asked = [columns.supplier(cells), columns.what(cells), problem, cells]
        sink.write(orjson.dumps(asked, option=orjson.OPT_APPEND_NEWLINE))
    return count


def _sheet(document: bytes) -> tuple[Columns, Iterator[_Row]]:
    """Return the rows of a workbook."""
    listed = lists.listed(tables(document, aside=True))
    rows = ((listed.problems.get(number), cells) for number, cells in listed.rows)
    return listed.columns, rows


def _csv(document: bytes) -> tuple[Columns, Iterator[_Row]]:
    """Return the rows of a CSV file."""
    found = streamed(document)
    return lists.columns(found.header), map(_taken, found.taken())


def _taken(row: Taken) -> _Row:
    if isinstance(row, BadRow):
        return lists.problem(row), lists.others(row)
    return None, row[1]


def _lines(document: bytes) -> tuple[Columns, Iterator[_Row]]:
    """Return the rows of NDJSON, each an object; what any of them names is a column.

    Raises:
        UnreadableError: There is no object, or there are more columns or rows than may be.
    """
    names: dict[str, None] = {}
    for _, row in _objects(document):
        names.update(dict.fromkeys(row if isinstance(row, dict) else ()))
    header = io.StringIO()
    csv.writer(header).writerow(names)
    # What is a cell, and how much there may be, is the same as in a CSV file of these columns.
    found = streamed(f"sep=,\n{header.getvalue()}".encode())
    columns = lists.columns(found.header)

    def rows() -> Iterator[_Row]:
        for number, row in _objects(document):
            if isinstance(row, str):
                found.count(1, 0)
                yield f"line {number}: {row}", {}
                continue
            cells, nested = _cells(row, names)
            taken = found.take(number, cells)
            if nested:
                yield f"line {number}: {nested} holds no text or number", {}
            elif taken is not None:
                yield _taken(taken)

    return columns, rows()


def _objects(document: bytes) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the number of each line that is not blank, and its object, or why it has none."""
    for number, line in enumerate(io.BytesIO(document.removeprefix(b"\xef\xbb\xbf")), start=1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
        except orjson.JSONDecodeError:
            row = None
        is_object = isinstance(row, dict)
        yield number, cast("dict[str, Any]", row) if is_object else "this is no JSON object"


def _cells(row: Mapping[str, Any], names: Mapping[str, None]) -> tuple[list[str], str | None]:
    """Return the cells of an object in the order of the columns, and a name that has none."""
    nested = next((name for name, each in row.items() if isinstance(each, dict | list)), None)
    return [_text(row.get(name)) for name in names], nested and gate.shown(nested)


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _bound(memory: int) -> None:
    """Take no more memory than so many bytes, and leave no dump."""
    # Where a system knows none of these limits, the clock of the parent is left.
    with suppress(ImportError):
        resource = import_module("resource")
        for name, most in (("AS", memory), ("CORE", 0)):
            with suppress(OSError, ValueError):
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


if __name__ == "__main__":
    os.umask(0o077)
    _bound(MOST_MEMORY)
    kind, source, target = sys.argv[1:]
    sys.stdout.buffer.write(orjson.dumps(told(kind, Path(source), Path(target))))
