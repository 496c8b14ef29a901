"""A list read into lines, whatever it was: the program that `child` starts.

`python -m hub.jobs.reading KIND LIST ROWS` reads LIST and writes what each row asks to ROWS:

    [CALLED, PRODUCT, PROBLEM or null, [TEXT of each column, …]]

and prints {"columns": […], "rows": NUMBER, "names": NUMBER, "product": BOOLEAN}, or
{"problem": MESSAGE}; "names" are the different ones of suppliers without a reference.
"""

import csv
import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
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
from hub.jobs.bounds import MOST_WRITTEN, bound, named_bytes

MOST_MEMORY: Final = 1_000_000_000
"""Bytes of address space that reading a list may take."""
MOST_SECONDS: Final = 120
"""Seconds of a processor's time that it may take."""
LONGEST_NAME: Final = 200
"""Characters of a column's name."""
LONGEST_HEADER: Final = 64_000
"""Bytes of all of them."""
MOST_NAMES: Final = 10_000
"""Different names of suppliers, each of which is searched for by itself."""
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
            count, names = _written(columns, rows, sink)
    except MissingColumnError as error:
        names = _SHOWN.format(supplier=", ".join(SUPPLIER), product=", ".join(PRODUCT))
        return {"problem": f"{error.message}; {names}"}
    except (UnreadableError, BadDocumentError) as error:
        return {"problem": str(error)}
    if not count:
        return {"problem": "there is no row below the header"}
    product = columns.product is not None
    return {"columns": columns.header, "rows": count, "names": names, "product": product}


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


def _written(columns: Columns, rows: Iterator[_Row], sink: BinaryIO) -> tuple[int, int]:
    """Write what each row asks; return how many there are, and how many different names.

    Raises:
        BadDocumentError: Their answers, which name each column, would take more than they may; or
            there are more names than may be.
    """
    names: set[str] = set()
    count, named = 0, named_bytes(columns.header)
    size = 0
    for count, (problem, cells) in enumerate(rows, start=1):  # noqa: B007 - it is returned
        own = [cells.get(name, "") for name in columns.header]
        called = columns.supplier(cells)
        if problem is None and called and not lists.is_reference(called):
            names.add(called)
            if len(names) > MOST_NAMES:
                msg = f"the list has more than {MOST_NAMES:,} different names of suppliers; give "
                raise BadDocumentError(msg + "references, or send it in parts")
        asked = [called, columns.what(cells), problem, own]
        line = orjson.dumps(asked, option=orjson.OPT_APPEND_NEWLINE)
        size += len(line) + named
        if size > MOST_WRITTEN:
            msg = f"the answers would take more than {MOST_WRITTEN:,} bytes; "
            raise BadDocumentError(msg + "shorten the names of the columns, or send it in parts")
        sink.write(line)
    return count, len(names)


def _checked(header: Iterable[str]) -> None:
    """Refuse names of columns that are too long, since each answered row has them all.

    Raises:
        BadDocumentError: They are.
    """
    size = 0
    for name in header:
        size += len(name.encode())
        if len(name) > LONGEST_NAME:
            msg = (
                f"the column {gate.shown(name)} has a name of more than {LONGEST_NAME} characters; "
            )
            raise BadDocumentError(msg + "shorten it")
        if size > LONGEST_HEADER:
            msg = f"the names of the columns take more than {LONGEST_HEADER:,} bytes; shorten them"
            raise BadDocumentError(msg)


def _sheet(document: bytes) -> tuple[Columns, Iterator[_Row]]:
    """Return the rows of a workbook."""
    found = tables(document, aside=True)
    for table in found:
        _checked(table.header)
    listed = lists.listed(found)
    rows = ((listed.problems.get(number), cells) for number, cells in listed.rows)
    return listed.columns, rows


def _csv(document: bytes) -> tuple[Columns, Iterator[_Row]]:
    """Return the rows of a CSV file."""
    found = streamed(document)
    _checked(found.header)
    return lists.columns(found.header), map(_taken, found.taken())


def _taken(row: Taken) -> _Row:
    if isinstance(row, BadRow):
        return lists.problem(row), lists.others(row)
    return None, row[1]


def _lines(document: bytes) -> tuple[Columns, Iterator[_Row]]:
    """Return the rows of NDJSON, each an object; what any of them names is a column.

    Raises:
        UnreadableError: There is no object, or there are more columns or rows than may be.
        BadDocumentError: Their names are too long.
    """
    names = _names(document)
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


def _names(document: bytes) -> Mapping[str, None]:
    """Return what the objects of NDJSON name, until it is more than there may be.

    Raises:
        UnreadableError: There are more lines than may be.
        BadDocumentError: The names are too long.
    """
    names: dict[str, None] = {}
    for _, row in _objects(document):
        new = [] if isinstance(row, str) else [name for name in row if name not in names]
        if new:
            names.update(dict.fromkeys(new))
            _checked(names)
        if len(names) > gate.MOST_COLUMNS:
            break
    return names


def _objects(document: bytes) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Yield the number of each line that is not blank, and its object, or why it has none.

    Raises:
        UnreadableError: There are more lines than there may be rows, blank ones among them.
    """
    for number, line in enumerate(io.BytesIO(document.removeprefix(b"\xef\xbb\xbf")), start=1):
        if number > gate.MOST_ROWS:
            msg = f"the list has more than {gate.MOST_ROWS:,} lines; send it in parts"
            raise UnreadableError(msg)
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


if __name__ == "__main__":
    os.umask(0o077)
    bound(memory=MOST_MEMORY, seconds=MOST_SECONDS, written=MOST_WRITTEN)
    kind, source, target = sys.argv[1:]
    sys.stdout.buffer.write(orjson.dumps(told(kind, Path(source), Path(target))))
