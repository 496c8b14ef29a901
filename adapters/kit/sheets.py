"""A workbook's cells as JSON lines: the program that `workbook` starts as a child process.

It is run by its path, so it imports nothing of ours. What it is sent may be hostile: it takes only
as much memory and time as it is told to, and writes nothing but what it found:

    {"sheet": NAME}                       a sheet begins
    {"row": NUMBER, "cells": [TEXT, …]}   a row of it that is not blank, counted from 1
    {"problem": MESSAGE}                  it cannot be read; nothing follows
"""

import io
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, time
from importlib import import_module
from typing import BinaryIO, Final

import orjson
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

_CHUNK: Final = 65_536
_ERROR: Final = re.compile(rb"(<(?:\w+:)?c\s[^<>]*\bt=)([\"'])e\2")
_UNCALCULATED: Final = re.compile(
    rb"<((?:\w+:)?)c(?![^<>]*\st=)([^<>]*)>\s*"
    rb"<\1f\b(?:[^<>]*/>|[^<>]*>[^<]*</\1f>)\s*(?:(?:<\1v\s*/>|<\1v>\s*</\1v>)\s*)?</\1c>"
)
_MAY_CHANGE: Final = re.compile(rb"t=[\"']e[\"']|[<:]f[\s/>]")
"""Stands in what must be changed."""
_CELL: Final = re.compile(rb"[<:]c[\s/>]")
_CLOSED: Final = re.compile(rb"</(?:\w+:)?c>\Z")
_LONGEST_TAG: Final = 64
"""Bytes of the tag of a cell without its attributes."""
_MARKED: Final = rb'<\1c\2 t="str"><\1v>#UNCALCULATED!</\1v></\1c>'


class _SheetError(ValueError):
    """A sheet that must not be read as it is; the message names it and the remedy."""


def tell(source: BinaryIO, sink: BinaryIO) -> None:
    """Read a workbook and write its cells.

    Args:
        source: The file; it is an archive whose declared sizes are believable.
        sink: Takes the lines.
    """
    try:
        for told in _sheets(CalamineWorkbook.from_filelike(_repacked(source))):
            _write(told, sink)
    except _SheetError as error:
        _write({"problem": str(error)}, sink)
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError):
        _write({"problem": "the workbook is damaged; open it, save it again and send that"}, sink)


def _write(told: object, sink: BinaryIO) -> None:
    sink.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))


def _repacked(source: BinaryIO) -> io.BytesIO:
    """Return the parts that hold cells as an archive of our own.

    So the parser sees what has been counted: each part once, as long as it is declared, with the
    checksum that it is declared to have, and no picture, macro or embedded file.
    """
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(source) as archive,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
    ):
        for entry in archive.infolist():
            if entry.filename.lower().endswith((".xml", ".rels")):
                with copy.open(entry.filename, "w") as part:
                    for chunk in _changed(_chunks(archive, entry)):
                        part.write(chunk)
    packed.seek(0)
    return packed


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part in chunks, because it may be longer than it is declared."""
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            yield chunk


def _changed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a part with what must be marked in it; no more of it is in memory than a cell."""
    kept = bytearray()
    for chunk in chunks:
        begun = max(0, len(kept) - _LONGEST_TAG)
        kept += chunk
        end = _closed(kept, begun)
        if not end and not _CELL.search(kept):
            end = max(0, len(kept) - _LONGEST_TAG)
        yield _marked(bytes(kept[:end]))
        del kept[:end]
    yield _marked(bytes(kept))


def _closed(kept: bytearray, begun: int) -> int:
    """Return where the last cell ends that does so behind a place; 0 where none does."""
    end = len(kept)
    while (end := kept.rfind(b"c>", begun, end)) >= 0:
        if _CLOSED.search(kept, max(0, end - _LONGEST_TAG), end + 2):
            return end + 2
    return 0


def _marked(part: bytes) -> bytes:
    """Return a part with its errors as texts, which the parser would give as empty cells."""
    if _MAY_CHANGE.search(part) is None:
        return part
    return _UNCALCULATED.sub(_MARKED, _ERROR.sub(rb"\1\2str\2", part))


def _sheets(workbook: CalamineWorkbook) -> Iterator[dict[str, object]]:
    for index, about in enumerate(workbook.sheets_metadata):
        if about.typ is SheetTypeEnum.WorkSheet:
            yield {"sheet": about.name}
            yield from _rows(about.name, workbook.get_sheet_by_index(index))


def _rows(name: str, sheet: CalamineSheet) -> Iterator[dict[str, object]]:
    """Yield the rows of a sheet.

    Merged cells are refused: only the first of them has a value, and whether the others are meant
    to have it cannot be known.

    Raises:
        _SheetError: Cells are merged.
    """
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        cells = f"{_called(top, left)}:{_called(bottom, right)}"
        msg = f"sheet {name[:60]!r}: the cells {cells} are merged; unmerge them and fill each"
        raise _SheetError(msg)
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield {"row": number, "cells": cells}


def _called(row: int, column: int) -> str:
    """Return how a spreadsheet calls a cell, such as B3."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def _text(cell: object) -> str:
    """Return a cell as it would be written in CSV."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        midnight = cell.time() == time.min
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    # A day, a time of day, a fraction, or a length of time.
    return str(cell)


def _bound(memory: int, seconds: int) -> None:
    """Take no more memory than so many bytes, no more time of a processor, and leave no dump."""
    # Where a system knows none of these limits, the clock of the parent is left.
    with suppress(ImportError):
        resource = import_module("resource")
        for name, most in (("AS", memory), ("CPU", seconds), ("CORE", 0)):
            with suppress(OSError, ValueError):
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


if __name__ == "__main__":
    _bound(*map(int, sys.argv[1:]))
    tell(io.BytesIO(sys.stdin.buffer.read()), sys.stdout.buffer)
