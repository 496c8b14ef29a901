"""XLSX workbooks as rows, read by a child process that may take only so much memory and time."""

import io
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from threading import Timer
from typing import IO, Final, cast

import orjson

from adapters.kit.gate import MOST_BYTES, UnreadableError

MOST_RATIO: Final = 100
"""How many times its size a workbook may unpack to."""
MOST_PARTS: Final = 10_000
MOST_MEMORY: Final = 500_000_000
"""Bytes of address space that reading a workbook may take."""
MOST_SECONDS: Final = 60

_BLOCK: Final = 1_000_000
"""Bytes of what the reader tells that are packed together."""
_READER: Final = Path(__file__).with_name("sheets.py")
_PART: Final = b"PK\x01\x02"
"""Begins each entry of an archive's table of contents."""
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCKED: Final = 0x1
_BOMB: Final = "the workbook unpacks to more than is believable; send it as CSV"
_BEYOND: Final = (
    "the workbook is damaged, or takes more memory or time than is allowed; delete what stands "
    "beside and below its tables, or send them as CSV"
)


def rows(document: bytes) -> Iterator[tuple[str, int, list[str]]]:
    """Yield the name of each row's sheet, the row's number as shown there, and its cells.

    A sheet begins with a row 0 without cells. Sheets and rows that are hidden are read like the
    others; a formula is its result, a day is written as in ISO 8601.

    Raises:
        UnreadableError: It is no XLSX, damaged, encrypted, unpacks to more than is believable, has
            merged cells, or takes too much memory or time.
    """
    return Told(document).rows()


class Told:
    """What the reader tells of a workbook, which can be gone through as often as is needed.

    It is kept packed: a tenth of the memory of the text, and a hundredth of that of its cells.
    Whoever goes through it may take their time, for the reader has ended by then.
    """

    def __init__(self, document: bytes) -> None:
        """Have a workbook read.

        Raises:
            UnreadableError: As `rows` does; what it holds is found out when it is gone through.
        """
        _check_archive(document)
        self._packed: list[bytes] = []
        left = MOST_BYTES
        with _told(document) as told:
            while block := told.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    msg = f"the workbook holds more than {MOST_BYTES // 1_000_000} MB of text"
                    msg = f"{msg}; send it in parts"
                    raise UnreadableError(msg)
                self._packed.append(zlib.compress(block, 1))

    def rows(self) -> Iterator[tuple[str, int, list[str]]]:
        """Yield its rows.

        Raises:
            UnreadableError: It cannot be read.
        """
        sheet = ""
        for line in self._lines():
            match orjson.loads(line):
                case {"sheet": str(sheet)}:
                    yield sheet, 0, []
                case {"row": int(number), "cells": cells}:
                    yield sheet, number, cells
                case told:
                    raise UnreadableError(told["problem"])

    def sheets(self) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
        """Yield the name of each sheet, and its rows; those not asked for are passed over.

        Raises:
            UnreadableError: It cannot be read.
        """
        place = 0

        def placed(row: tuple[str, int, list[str]]) -> int:
            nonlocal place
            place += row[1] == 0  # with which a sheet begins
            return place

        for _, rows in groupby(self.rows(), placed):
            name, _, _ = next(rows)
            yield name, ((n, cells) for _, n, cells in rows)  # noqa: B031 - the rest of them

    def _lines(self) -> Iterator[bytes]:
        begun = b""
        for block in self._packed:
            *lines, begun = (begun + zlib.decompress(block)).split(b"\n")
            yield from lines


def _check_archive(document: bytes) -> None:
    """Refuse what is no workbook, or unpacks to far more than it is, before anything is unpacked.

    Raises:
        UnreadableError: It is one of these.
    """
    if document.count(_PART) > MOST_PARTS:
        raise UnreadableError(_BOMB)
    try:
        with zipfile.ZipFile(io.BytesIO(document)) as archive:
            parts = {part.filename.lower(): part for part in archive.infolist()}
            twice = len(parts) < len(archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        msg = "the workbook is cut off or damaged; save it again and send that"
        raise UnreadableError(msg) from error
    if not any(name.startswith("xl/workbook") and name.endswith(".xml") for name in parts):
        msg = "the file is an archive, but no XLSX workbook; save the table as XLSX"
        raise UnreadableError(msg)
    if any(part.flag_bits & _LOCKED for part in parts.values()):
        msg = "the workbook is encrypted; save it without a password"
        raise UnreadableError(msg)
    if twice or any(part.compress_type not in _PACKINGS for part in parts.values()):
        msg = "the workbook is packed as no spreadsheet packs it; open it and save it as XLSX"
        raise UnreadableError(msg)
    unpacked = sum(part.file_size for part in parts.values())
    if unpacked > min(MOST_BYTES, MOST_RATIO * len(document)):
        raise UnreadableError(_BOMB)


@contextmanager
def _told(document: bytes) -> Generator[IO[bytes]]:
    """Give what a child process tells of a workbook, and end the process in any case.

    Raises:
        UnreadableError: It did not end by itself within `MOST_SECONDS`, or not well.
    """
    command = [sys.executable, "-I", str(_READER), str(MOST_MEMORY), str(MOST_SECONDS)]
    # The secrets among the hub's settings are nothing to the reader of a file.
    known = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    with subprocess.Popen(  # noqa: S603 - our own interpreter and program
        command,
        env=known,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        watch = Timer(MOST_SECONDS, child.kill)
        watch.start()
        try:
            _send(document, cast("IO[bytes]", child.stdin))
            yield cast("IO[bytes]", child.stdout)
            code = child.wait()
        finally:
            watch.cancel()
            child.kill()
    if code:
        raise UnreadableError(_BEYOND)


def _send(document: bytes, sink: IO[bytes]) -> None:
    """Send a workbook to the child, which tells nothing before it has all of it."""
    # A child that ended early is known by its exit code.
    with suppress(OSError):
        sink.write(document)
    with suppress(OSError):
        sink.close()
