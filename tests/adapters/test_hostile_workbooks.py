"""Workbooks that are damaged or made to harm: refused within bounds of time and memory."""

import io
import subprocess
import zipfile
from pathlib import Path
from typing import Final

import pytest

from adapters.kit import workbook
from adapters.kit.gate import MOST_BYTES
from adapters.kit.tables import Table, tables
from tests.adapters.books import (
    HEAD,
    ROW,
    SHEET,
    book,
    by_hand,
    declaring,
    only,
    packed,
    parts,
    refused,
)

DAMAGED: Final = "the workbook is damaged; open it, save it again and send that"
CUT_OFF: Final = "the workbook is cut off or damaged; save it again and send that"
BOMB: Final = "the workbook unpacks to more than is believable; send it as CSV"
BEYOND: Final = (
    "the workbook is damaged, or takes more memory or time than is allowed; delete what stands "
    "beside and below its tables, or send them as CSV"
)
STRANGE: Final = "the workbook is packed as no spreadsheet packs it; open it and save it as XLSX"
LONG_TEXTS: Final = '<row><c t="s"><v>0</v></c></row>' * 100
SUBJECTS: Final = [Table("standings", ("subject",), [(2, {"subject": "exa:1"})])]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_workbook_that_is_cut_off_is_refused(share: float) -> None:
    document = book(standings=[["subject"], ["exa:1"]])
    assert refused(document[: int(share * len(document))]) == CUT_OFF


@pytest.mark.parametrize(
    "part",
    [b"", b"<worksheet><sheetData><row", b"not XML <", b"<worksheet>\xff</worksheet"],
    ids=["empty", "cut off", "no XML", "no UTF-8"],
)
def test_a_sheet_that_is_damaged_is_refused(part: bytes) -> None:
    assert refused(packed(parts(HEAD) | {SHEET: part})) == DAMAGED


def test_a_sheet_that_is_missing_is_refused() -> None:
    without = {name: part for name, part in parts(HEAD).items() if name != SHEET}
    assert refused(packed(without)) == DAMAGED


def test_a_workbook_whose_bytes_were_changed_is_refused() -> None:
    document = bytearray(packed(parts(HEAD + ROW), 0))
    document[document.index(b"exa:1")] = ord("f")
    assert refused(bytes(document)) == DAMAGED


@pytest.mark.parametrize("kind", ["all of it", "for its size"])
def test_a_workbook_that_declares_too_much_is_refused_before_it_is_read(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", None)
    if kind == "all of it":
        honest = by_hand(HEAD, padding=3_000_000)
        document = declaring(honest, SHEET, MOST_BYTES + 1)
    else:
        document = packed(parts(HEAD + " " * 60_000_000))
        assert len(document) < 600_000
    assert refused(document) == BOMB


def test_a_workbook_of_countless_parts_is_refused_before_they_are_listed() -> None:
    assert refused(packed({}) + b"PK\x01\x02" * (workbook.MOST_PARTS + 1)) == BOMB


def test_a_part_is_read_as_far_as_it_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_MEMORY", 200_000_000)
    real = parts(HEAD + ROW)[SHEET]
    document = packed(parts(HEAD) | {SHEET: real + b" " * 300_000_000})
    assert refused(declaring(document, SHEET, len(real))) == DAMAGED
    assert tables(declaring(document, SHEET, len(real), checksum=real)) == SUBJECTS


def test_a_locked_archive_is_refused() -> None:
    document = bytearray(by_hand(HEAD))
    document[document.rindex(SHEET.encode()) - 38] |= 1
    assert refused(bytes(document)) == "the workbook is encrypted; save it without a password"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bzip2", "lzma"])
def test_other_packings_than_those_of_spreadsheets_are_refused(method: int) -> None:
    assert refused(packed(parts(HEAD), method)) == STRANGE


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_stands_there_twice_is_refused() -> None:
    file = io.BytesIO(by_hand(HEAD + ROW))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SHEET, parts(HEAD)[SHEET])
    assert refused(file.getvalue()) == STRANGE


def test_what_holds_no_cells_is_not_unpacked() -> None:
    document = packed(parts(HEAD + ROW) | {"xl/vbaProject.bin": b"x" * 1_000})
    assert tables(declaring(document, "xl/vbaProject.bin", 10)) == SUBJECTS


@pytest.mark.parametrize(
    "rows",
    ['<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', LONG_TEXTS * 600],
    ids=["a cell far away", "a long text in many cells"],
)
def test_a_workbook_that_takes_too_much_memory_is_refused(rows: str) -> None:
    document = by_hand(HEAD + rows, text="x" * 30_000, padding=40_000)
    assert refused(document) == BEYOND


def test_a_workbook_with_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    document = by_hand(LONG_TEXTS, text="x" * 3_000)
    assert len(only(document).rows) == 99
    monkeypatch.setattr(workbook, "MOST_BYTES", 200_000)
    assert refused(document) == "the workbook holds more than 0 MB of text; send it in parts"


@pytest.mark.parametrize("reader", ["ours", "one that takes nothing and never ends"])
def test_a_reader_that_takes_too_long_is_ended(
    reader: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if reader != "ours":
        path = tmp_path / "reader.py"
        path.write_text("import signal\nwhile True:\n    signal.pause()\n")
        monkeypatch.setattr(workbook, "_READER", path)
    monkeypatch.setattr(workbook, "MOST_SECONDS", 0)
    assert refused(by_hand(HEAD + ROW, padding=1_000_000)) == BEYOND


def test_a_reader_that_ends_in_the_middle_is_not_taken_for_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "reader.py"
    path.write_text('import os\nos.write(1, b\'{"sheet":"standings"}\\n{"row"\')\nos.abort()\n')
    monkeypatch.setattr(workbook, "_READER", path)
    assert refused(by_hand(HEAD)) == BEYOND


def test_the_reader_does_not_get_the_secrets_of_the_hub(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "reader.py"
    path.write_text(
        "import json, os, sys\nsys.stdin.buffer.read()\n"
        "print(json.dumps({'problem': ' '.join(n for n in os.environ if n.startswith('HUB_'))}))\n"
    )
    monkeypatch.setattr(workbook, "_READER", path)
    monkeypatch.setenv("HUB_NEO4J_PASSWORD", "secret")
    assert refused(by_hand(HEAD)) == ""
