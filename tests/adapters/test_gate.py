"""The gate: what is no table is refused before it is read, and no table holds more than allowed."""

import os
import stat
import tracemalloc
import zlib
from pathlib import Path
from typing import Final

import pytest

from adapters.kit import gate
from adapters.kit import tables as kit
from adapters.kit.gate import (
    LONGEST_CELL,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    UnreadableError,
)
from adapters.kit.tables import BadRow, Table, tables
from tests.adapters.books import book, lines, only, packed, refused

UTF_16: Final = "the file is UTF-16 (“Unicode text”); save it as “CSV UTF-8”"
SAVE: Final = "save the table as XLSX or “CSV UTF-8”"
CONTAINER: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
TEXT: Final = "subject,state\nexa:1,listed\n"

NO_TABLES: Final = {
    "nothing": (b"", "the file is empty; its first row names the columns"),
    "blank lines": (b" \n\t\r\n" * 400, "the file is empty; its first row names the columns"),
    "a mark alone": (b"\xef\xbb\xbf\n", "the file is empty; its first row names the columns"),
    "blank cells": (b",,\n,,\n", "the file is empty; its first row names the columns"),
    "a separator alone": (b"sep=;\n", "the file is empty; its first row names the columns"),
    "too large": (bytes(MOST_BYTES + 1), "the file is larger than 200 MB; send it in parts"),
    "UTF-16": (TEXT.encode("utf-16"), UTF_16),
    "UTF-16, big end first": (b"\xfe\xff" + TEXT.encode("utf-16-be"), UTF_16),
    "UTF-16 without a mark": (TEXT.encode("utf-16-le"), UTF_16),
    "UTF-16, big end first, without a mark": (TEXT.encode("utf-16-be"), UTF_16),
    "UTF-32": (TEXT.encode("utf-32"), UTF_16),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", f"the file is a PDF; {SAVE}"),
    "HTML": (
        b"\xef\xbb\xbf\n <!DOCTYPE html><table>",
        f"the file is HTML or XML, no table; open it and {SAVE}",
    ),
    "a table of HTML": (b"<table><tr>", f"the file is HTML or XML, no table; open it and {SAVE}"),
    "JSON": (b'{"program": "exa"}', f"the file is JSON, no table; {SAVE}"),
    "a list of JSON": (b"[\n {", f"the file is JSON, no table; {SAVE}"),
    "compressed": (b"\x1f\x8b\x08" + zlib.compress(b""), "the file is compressed; unpack it first"),
    "XLS": (CONTAINER, "the file is a workbook of the old kind (.xls); save it as XLSX"),
    "a password": (
        CONTAINER + "EncryptedPackage".encode("utf-16-le"),
        "the workbook is encrypted; save it without a password",
    ),
    "another archive": (
        packed({"content.xml": b"<office/>"}),
        "the file is an archive, but no XLSX workbook; save the table as XLSX",
    ),
    "an empty archive": (
        packed({}),
        "the file is an archive, but no XLSX workbook; save the table as XLSX",
    ),
    "NUL": (
        b"subject,state\nexa:1,listed\nexa:2,\x00\n",
        "line 3 holds a NUL byte; the file is damaged or no CSV: save it again",
    ),
    "Windows letters": (
        "subject,note\nexa:1,“ok”\ufffd\n\nexa:2,".encode() + "Coté\n".encode("cp1252"),
        "line 4 is not UTF-8; save the file as “CSV UTF-8”",
    ),
    "Windows letters below a separator": (
        b"sep=;\nsubject;note\nexa:1;Cot\xe9\n",
        "line 3 is not UTF-8; save the file as “CSV UTF-8”",
    ),
    "a letter cut off at the end": (
        "subject,state\nexa:1,é".encode()[:-1],
        "line 2 is not UTF-8; save the file as “CSV UTF-8”",
    ),
    "Windows letters below many rows": (
        TEXT.encode() * 5_000 + b"\xe9",
        "line 10001 is not UTF-8; save the file as “CSV UTF-8”",
    ),
    "a column twice": (
        lines("", "subject,state,note,state"),
        "row 2: columns 2 and 4 have the same name; leave one out or rename it",
    ),
    "a name with control characters": (
        lines("subject,st\x07ate"),
        "row 1: the name of column 2 cannot be taken: it holds control characters; save the file "
        "as plain UTF-8 text",
    ),
    "an error for a name": (
        lines("#REF!,state"),
        "row 1: the name of column 1 cannot be taken: it holds the error #REF!; mend the formula, "
        "or empty the cell",
    ),
    "many columns": (
        lines(",".join(f"c{at}" for at in range(MOST_COLUMNS + 1))),
        "row 1: there are 513 columns, more than 512; leave some out",
    ),
    # Comparing each name with every other would take minutes.
    "columns without end": (
        lines(",".join(f"c{at}" for at in range(150_000))),
        "row 1: there are 150,000 columns, more than 512; leave some out",
    ),
}
TOO_LONG: Final = "it holds more than 32,000 bytes; shorten it"
CONTROL: Final = "it holds control characters; save the file as plain UTF-8 text"
BAD_CELLS: Final = {
    "too long": ("x" * (LONGEST_CELL + 1), TOO_LONG),
    "too long in UTF-8": ("é" * (LONGEST_CELL // 2 + 1), TOO_LONG),
    "a bell": ("a\x07", CONTROL),
    "an escape": ("\x1b[2J", CONTROL),
    "a delete": ("\x7f", CONTROL),
    "a control character of the second set": ("two\u0085", CONTROL),
    "no value": (" #N/A", "it holds the error #N/A; mend the formula, or empty the cell"),
    "a division": ("#DIV/0!", "it holds the error #DIV/0!; mend the formula, or empty the cell"),
    "a name": ("#NAME?", "it holds the error #NAME?; mend the formula, or empty the cell"),
}


@pytest.mark.parametrize("what", NO_TABLES)
def test_what_is_no_table_is_refused_with_the_remedy(what: str) -> None:
    document, message = NO_TABLES[what]
    assert refused(document) == message


@pytest.mark.parametrize("start", ["PK", "<5 workers", "[id]", "%", "{x}"])
def test_what_only_begins_alike_is_a_table(start: str) -> None:
    assert only(lines(f"{start},state", "1,2")).header == (start, "state")


@pytest.mark.parametrize("what", BAD_CELLS)
def test_a_bad_cell_is_told_with_its_place(what: str) -> None:
    cell, why = BAD_CELLS[what]
    document = lines("subject,note", "exa:1,ok", f"exa:2,{cell}", "exa:3,ok")
    assert refused(document) == f"row 3, column 'note': {why}"
    found = only(document, aside=True)
    assert [number for number, _ in found.rows] == [2, 4]
    [bad] = found.bad
    assert (bad.row, bad.column, bad.message, bad.cells["subject"]) == (3, "note", why, "exa:2")


@pytest.mark.parametrize(
    "cell",
    ["x" * LONGEST_CELL, "é" * (LONGEST_CELL // 2), "a\nb", "#1", "#12 Example Road", "x #N/A"],
    ids=["long", "long in UTF-8", "two lines", "a number", "an address", "an error among words"],
)
def test_cells_that_are_nearly_bad_are_taken(cell: str) -> None:
    assert only(lines("note,subject", f'"{cell}",exa:1')).rows[0][1]["note"] == cell


def test_several_long_cells_of_a_row_are_taken() -> None:
    long = "x" * LONGEST_CELL
    assert only(lines("a,b", f"{long},{long}")).rows == [(2, {"a": long, "b": long})]


@pytest.mark.parametrize("form", ["CSV", "XLSX"])
def test_a_row_with_more_cells_than_columns_is_bad_all_of_it(form: str) -> None:
    rows = [["subject", "state"], ["exa:1", "listed"], ["exa:2", "Example Farms", "Inc"]]
    csv = lines(*(",".join(row) for row in rows))
    document = csv if form == "CSV" else book(standings=rows)
    why = "it has more cells than there are columns; quote cells that hold a separator"
    place = "row 3" if form == "CSV" else "sheet 'standings', row 3"
    assert refused(document) == f"{place}: {why}"
    assert only(document, aside=True).bad == [BadRow(3, None, why, {})]


def test_a_bad_cell_behind_the_last_column_has_no_column() -> None:
    [bad] = only(lines("subject,state", "exa:1,listed,\x07"), aside=True).bad
    assert (bad.column, bad.message) == (None, CONTROL)


def test_one_column_may_have_no_name() -> None:
    assert only(lines(",subject", "0,exa:1")).rows == [(2, {"": "0", "subject": "exa:1"})]


def test_cells_in_two_columns_without_a_name_are_not_mixed_up() -> None:
    document = lines("subject,,,state", "exa:1,a,,x,,", "exa:2,a,b,x")
    assert refused(document) == "row 3: it has cells in two columns without a name; name them"


def test_as_many_columns_as_are_allowed_are_read() -> None:
    names = [f"c{at}" for at in range(MOST_COLUMNS)]
    assert only(lines(",".join(names), ",".join(names))).rows == [
        (2, dict(zip(names, names, strict=True)))
    ]


@pytest.mark.drill
def test_a_million_different_rows_are_read() -> None:
    table = only(b"subject\n" + b"".join(b"exa:%d\n" % n for n in range(1_000_000)))
    assert len(table.rows) == MOST_ROWS
    assert table.rows[-1] == (1_000_001, {"subject": "exa:999999"})


@pytest.mark.parametrize("limit", ["MOST_ROWS", "MOST_CELLS"])
def test_all_sheets_together_are_limited(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    document = book(one=[["a"], ["1"], ["2"]], two=[["a"], [""], ["3"]])
    monkeypatch.setattr(kit, limit, 3)
    assert [len(table.rows) for table in tables(document)] == [2, 1]
    monkeypatch.setattr(kit, limit, 2)
    assert refused(document).startswith("the file has more than ")
    assert refused(document).endswith(" filled cells; send it in parts")


@pytest.mark.parametrize("limit", ["MOST_OWN_ROWS", "MOST_OWN_CELLS"])
@pytest.mark.parametrize("form", ["CSV", "XLSX"])
def test_what_a_program_publishes_has_fewer_rows(
    form: str, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [["a"], ["1"], ["2"], ["3"]]
    document = book(list=rows) if form == "XLSX" else lines(*(row for [row] in rows))
    monkeypatch.setattr(kit, limit, 3)
    assert [len(table.rows) for table in kit.own_tables(document)] == [3]
    monkeypatch.setattr(kit, limit, 2)
    with pytest.raises(UnreadableError, match=r"^the file has more than .*; send it in parts$"):
        kit.own_tables(document)
    assert [len(table.rows) for table in tables(document)] == [3]


def test_sheets_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    document = book(one=[], two=[], three=[])
    monkeypatch.setattr(kit, "MOST_SHEETS", 3)
    assert len(tables(document)) == 3
    monkeypatch.setattr(kit, "MOST_SHEETS", 2)
    assert refused(document) == "the workbook has more than 2 sheets; send them in parts"


def test_long_rows_are_limited_one_by_one() -> None:
    row = ",".join(["x" * LONGEST_CELL] * 200)
    table = only(lines(",".join(f"c{at}" for at in range(200)), row, row, row))
    assert [len(cells) for _, cells in table.rows] == [200] * 3


def test_rows_set_aside_count() -> None:
    bad = only(lines("a", *["1,2"] * 3), aside=True)
    assert (bad.rows, len(bad.bad)) == ([], 3)


def test_blank_cells_take_no_memory() -> None:
    names = ",".join(f"c{at}" for at in range(MOST_COLUMNS))
    document = f"{names}\n{('x' + ',' * (MOST_COLUMNS - 1) + chr(10)) * 2_000}".encode()
    tracemalloc.start()
    try:
        found = tables(document)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found == [
        Table("", tuple(names.split(",")), [(n + 2, {"c0": "x"}) for n in range(2_000)])
    ]
    assert peak < 2 * len(document)


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"subject,state\n")
    assert gate.read(tmp_path / "list.csv") == b"subject,state\n"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(gate.MOST_BYTES + 1)
    tracemalloc.start()
    try:
        with pytest.raises(UnreadableError, match="larger than 200 MB; send it in parts"):
            gate.read(tmp_path / "large.csv")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_grows_while_it_is_read_is_read_no_further_than_it_may_be_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.csv").write_bytes(bytes(11))
    before = os.stat_result([stat.S_IFREG, 0, 0, 0, 0, 0, 10, 0, 0, 0])

    def fstat(_number: int) -> os.stat_result:
        return before

    monkeypatch.setattr(os, "fstat", fstat)
    with pytest.raises(UnreadableError, match="the file is larger than 0 MB"):
        gate.read(tmp_path / "list.csv", 10)


def test_what_is_no_regular_file_is_refused_without_waiting_for_its_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zeros").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe", tmp_path / "zeros", Path("/dev/null")):
        with pytest.raises(UnreadableError, match="it is no regular file but a device or a pipe"):
            gate.read(path)
    with pytest.raises(IsADirectoryError):
        gate.read(tmp_path)
