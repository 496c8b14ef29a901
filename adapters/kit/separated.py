"""CSV files as rows: strict UTF-8, separated by commas, semicolons or tabs."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from adapters.kit.gate import LONGEST_CELL, MOST_COLUMNS, UnreadableError

LONGEST_ROW: Final = MOST_COLUMNS * LONGEST_CELL
"""Characters of a row, with which none takes more memory than a row can hold."""

_SEPARATORS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
_STATED: Final = re.compile(rb"(?:\xef\xbb\xbf)?\"?sep=(.)\"?[\r\n]", re.IGNORECASE)
"""The line with which Excel is told the separator; Excel does not count it as a row."""
_TRIED: Final = 20
"""Rows at which separators are tried."""


def rows(document: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of each row, as a spreadsheet shows it, and its cells.

    Raises:
        UnreadableError: It is not UTF-8, holds NUL, is broken, or its separator is not clear.
    """
    if b"\x00" in document:
        line = document.count(b"\n", 0, document.index(b"\x00")) + 1
        msg = f"line {line} holds a NUL byte; the file is damaged or no CSV: save it again"
        raise UnreadableError(msg)
    stated = _STATED.match(document)
    separator = _stated(stated[1].decode("latin-1")) if stated else _found(document)
    lines = _Lines(document, "strict")
    number = 0
    try:
        if stated:
            next(lines)
        for number, cells in enumerate(csv.reader(lines, delimiter=separator, strict=True), 1):
            lines.left = LONGEST_ROW
            yield number, cells
    except csv.Error as error:
        msg = f"row {number + 1} cannot be read as CSV: {error}; look at its quotes"
        raise UnreadableError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"line {_undecodable(document)} is not UTF-8; save the file as “CSV UTF-8”"
        raise UnreadableError(msg) from error


class _Lines:
    """The lines of a file; for one row no more of them than a row can hold."""

    def __init__(self, document: bytes, errors: str) -> None:
        self._text = io.TextIOWrapper(io.BytesIO(document), "utf-8-sig", errors, newline="")
        self.left = LONGEST_ROW

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(self.left + 1)
        if not line:
            raise StopIteration
        self.left -= len(line)
        if self.left < 0:
            msg = f"it has more than {LONGEST_ROW:,} characters"
            raise csv.Error(msg)
        return line


def _stated(separator: str) -> str:
    if separator not in _SEPARATORS:
        msg = f"the first line says sep={separator}; separate by comma, semicolon or tab"
        raise UnreadableError(msg)
    return separator


def _found(document: bytes) -> str:
    """Return what separates the columns: what parts the header and, if several do, all rows alike.

    Raises:
        UnreadableError: More than one does.
    """
    widths = {each: _widths(document, each) for each in _SEPARATORS}
    parting = [each for each, found in widths.items() if found and found[0] > 1]
    if len(parting) > 1:
        alike = [each for each in parting if len(set(widths[each])) == 1]
        parting = alike if len(alike) == 1 else parting
    if len(parting) > 1:
        names = " or ".join(_SEPARATORS[each] for each in parting)
        msg = f"the columns may be separated by {names}; write a first line such as sep=,"
        raise UnreadableError(msg)
    return parting[0] if parting else ","


def _widths(document: bytes, separator: str) -> list[int]:
    """Return how many cells the first rows have, if this separates them."""
    found: list[int] = []
    reader = csv.reader(_Lines(document, "replace"), delimiter=separator)
    try:
        found.extend(len(cells) for cells in islice(filter(any, reader), _TRIED))
    except csv.Error:
        return found
    return found


def _undecodable(document: bytes) -> int:
    """Return the number of the first line that is not UTF-8."""
    lines = enumerate(io.BytesIO(document), start=1)
    return next(n for n, line in lines if line.decode(errors="ignore").encode() != line)
