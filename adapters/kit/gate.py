"""The gate: what a file must be before anything reads it, and how much a table may hold."""

import os
import re
import stat
from codecs import BOM_UTF8
from pathlib import Path
from typing import Final

from adapters.kit.contacts import without_contacts

MOST_BYTES: Final = 200_000_000
"""Bytes of a file, and of what a workbook unpacks to."""
MOST_ROWS: Final = 1_000_000
"""Rows of a file below its headers, all its sheets together."""
MOST_CELLS: Final = 20_000_000
"""Filled cells of a file, so that many short cells do not take more memory than few long ones."""
MOST_OWN_ROWS: Final = 100_000
"""Rows of a list that a program publishes itself, which its parser has whole in memory."""
MOST_OWN_CELLS: Final = 2_500_000
"""Its filled cells."""
MOST_COLUMNS: Final = 512
MOST_SHEETS: Final = 512
LONGEST_CELL: Final = 32_000
"""Bytes of a cell in UTF-8."""
EMPTY: Final = "the file is empty; its first row names the columns"

_BEGINNING: Final = 1_000
_LONGEST_SHOWN: Final = 60
_MOST_SHOWN: Final = 20
_CONTAINER: Final = b"\xd0\xcf\x11\xe0"
"""Begins workbooks of the old kind, and those of the new kind behind a password."""
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_OLD: Final = "the file is a workbook of the old kind (.xls); save it as XLSX"
_PROTECTED: Final = "the workbook is encrypted; save it without a password"
_SAVE: Final = "save the table as XLSX or “CSV UTF-8”"
_NO_FILE: Final = "it is no regular file but a device or a pipe; save what it holds as a file"
_UTF_16: Final = "the file is UTF-16 (“Unicode text”); save it as “CSV UTF-8”"
_FOREIGN: Final = (
    (rb"\xff\xfe|\xfe\xff|\x00\x00\xfe\xff", _UTF_16),
    (rb"[^\x00]\x00[^\x00]\x00|\x00[^\x00]\x00[^\x00]", _UTF_16),
    (rb"%PDF", f"the file is a PDF; {_SAVE}"),
    (rb"<[!?a-zA-Z]", f"the file is HTML or XML, no table; open it and {_SAVE}"),
    (rb"[\[{]\s*[\[{\"]", f"the file is JSON, no table; {_SAVE}"),
    (rb"\x1f\x8b", "the file is compressed; unpack it first"),
)  # fmt: skip


class UnreadableError(ValueError):
    """A document that cannot be read as a table; the message names the place and the remedy."""


def admit(document: bytes) -> None:
    """Let a file pass that may be a table, by its size and its first bytes.

    Raises:
        UnreadableError: It is too large, or known to be something else.
    """
    if len(document) > MOST_BYTES:
        raise UnreadableError(_too_large(MOST_BYTES))
    if document.startswith(_CONTAINER):
        raise UnreadableError(_PROTECTED if _ENCRYPTED in document else _OLD)
    start = document[:_BEGINNING].removeprefix(BOM_UTF8).lstrip()
    for pattern, message in _FOREIGN:
        if re.match(pattern, start):
            raise UnreadableError(message)


def read(path: Path, most: int = MOST_BYTES) -> bytes:
    """Return a regular file, which is never read further than it may be long.

    Args:
        path: Where it is.
        most: Bytes it may have.

    Raises:
        UnreadableError: It is too large, or a device or a pipe, which may have no end.
        OSError: It cannot be read.
    """
    with open(path, "rb", opener=_at_once) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError(_NO_FILE)
        within = found.st_size <= most
        document = file.read(most + 1) if within else b""  # it may be growing
    if not within or len(document) > most:
        raise UnreadableError(_too_large(most))
    return document


def _at_once(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to does not keep us waiting."""
    return os.open(path, flags | os.O_NONBLOCK)


def _too_large(most: int) -> str:
    return f"the file is larger than {most // 1_000_000:,} MB; send it in parts"


def is_workbook(document: bytes) -> bool:
    """Whether a file is an archive, as workbooks are."""
    return document.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def shown(text: str, longest: int = _LONGEST_SHOWN) -> str:
    """Return a text out of a file as messages show it: quoted, escaped, short, without contacts."""
    text = without_contacts(text)
    return repr(text if len(text) <= longest else f"{text[: longest - 1]}…")


def listed(texts: tuple[str, ...]) -> str:
    """Return some texts out of a file as messages list them."""
    more = ["…"] if len(texts) > _MOST_SHOWN else []
    return ", ".join([*map(shown, texts[:_MOST_SHOWN]), *more])


def place(table: str, row: int | None = None, column: str | None = None) -> str:
    """Return where something stands, in words; a CSV file is a table without a name."""
    parts = [
        f"sheet {shown(table)}" if table else "",
        f"row {row}" if row is not None else "",
        f"column {shown(column)}" if column else "",
    ]
    return ", ".join(part for part in parts if part)
