"""CSV files as tables: separators, line ends, quotes, and where a row stands."""

import csv
import io
import unicodedata
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kit.tables import Table, UnreadableError, tables
from tests.adapters.books import lines, only, refused

HEADER: Final = ("subject", "state")
SITE: Final = {"subject": "exa:1", "state": "listed"}
TEXTS: Final = st.text(
    st.characters(
        exclude_categories=("Cs", "Cc"), include_characters="\n\t", exclude_characters="#"
    ),
    max_size=12,
)


def test_a_file_is_one_table_of_text() -> None:
    found = tables(lines("reference,workers,share", "exa:007,0012,=1+1", "exa:8,1.50,TRUE"))
    rows = [
        (2, {"reference": "exa:007", "workers": "0012", "share": "=1+1"}),
        (3, {"reference": "exa:8", "workers": "1.50", "share": "TRUE"}),
    ]
    assert found == [Table("", ("reference", "workers", "share"), rows)]


def test_blanks_around_cells_are_left_out_and_blank_cells_too() -> None:
    table = only(lines(" subject ,state, note", "  exa:1\u00a0,\tlisted , "))
    assert table.header == ("subject", "state", "note")
    assert table.rows == [(2, SITE)]


def test_letters_are_composed() -> None:
    table = only(lines("name,pay\u0301s", "Cote\u0301,x"))
    assert table.header == ("name", "pa\u00fds")
    assert table.rows == [(2, {"name": "Cot\u00e9", "pa\u00fds": "x"})]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    table = only(lines("", ",", "subject,state", "", 'exa:1,"on', 'track"', " , ", "exa:2,listed"))
    assert table.header == HEADER
    assert [number for number, _ in table.rows] == [5, 7]
    assert table.rows[0][1]["state"] == "on\ntrack"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_line_ends_inside_a_cell_are_kept(end: str) -> None:
    table = only(f'subject,note{end}exa:1,"one{end}two"{end}exa:2,three{end}'.encode())
    assert [cells["note"] for _, cells in table.rows] == [f"one{end}two", "three"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_line_ends_and_a_mark_do_not_matter(end: str, mark: bytes) -> None:
    table = only(mark + end.join(("subject,state", "exa:1,listed", "")).encode())
    assert (table.header, table.rows) == (HEADER, [(2, SITE)])


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_the_separator_is_the_one_that_parts_the_header(separator: str) -> None:
    table = only(lines(f"subject{separator}state", f'exa:1{separator}"on, or;\toff"'))
    assert table.header == HEADER
    assert table.rows == [(2, {"subject": "exa:1", "state": "on, or;\toff"})]


def test_blank_lines_above_the_header_do_not_hide_the_separator() -> None:
    assert only(lines("", ";", "subject;state", "exa:1;listed")).rows == [(4, SITE)]


def test_a_header_of_one_column_needs_no_separator() -> None:
    assert only(lines("subject", "exa:1")).rows == [(2, {"subject": "exa:1"})]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (("supplier,products (a;b)", "exa:1,x"), {"supplier": "exa:1", "products (a;b)": "x"}),
        (("supplier;share, in %", "exa:1;15"), {"supplier": "exa:1", "share, in %": "15"}),
        (("a,b\tc,d\te", "1,2\t3\t4"), {"a,b": "1,2", "c,d": "3", "e": "4"}),
    ],
    ids=["semicolon in a name", "comma in a name", "tabs"],
)
def test_where_two_part_the_header_the_rows_decide(
    rows: tuple[str, ...], found: dict[str, str]
) -> None:
    assert only(lines(*rows)).rows == [(2, found)]


@pytest.mark.parametrize(
    "rows",
    [("a,b;c",), ("a,b;c", "1,2;3"), ("a,b;c", "1,2,3;4;5")],
    ids=["no rows", "both fit", "none fits"],
)
def test_where_the_rows_do_not_decide_the_file_is_refused(rows: tuple[str, ...]) -> None:
    assert refused(lines(*rows)) == (
        "the columns may be separated by comma or semicolon; write a first line such as sep=,"
    )


@pytest.mark.parametrize(
    "first",
    [b"sep=;\r\n", b"\xef\xbb\xbfsep=;\n", b'"sep=;"\r', b"SEP=;\n"],
    ids=["plain", "after a mark", "quoted", "capitals"],
)
def test_a_first_line_says_the_separator_and_is_no_row(first: bytes) -> None:
    table = only(first + lines("subject;a,b", "exa:1;x"))
    assert table.rows == [(2, {"subject": "exa:1", "a,b": "x"})]


def test_a_first_line_with_another_separator_is_refused() -> None:
    assert refused(lines("sep=|", "a|b")) == (
        "the first line says sep=|; separate by comma, semicolon or tab"
    )


def test_a_short_row_has_fewer_cells() -> None:
    assert only(lines("subject,state", "exa:1")).rows == [(2, {"subject": "exa:1"})]


def test_blank_cells_behind_the_last_column_are_nothing() -> None:
    assert only(lines("subject,state,,", "exa:1,listed,,,,, ")).rows == [(2, SITE)]


@pytest.mark.parametrize(
    ("rows", "number", "why"),
    [
        (("exa:1,ok", 'exa:2,"open', "exa:3,ok"), 3, "unexpected end of data"),
        (('exa:1,"a" b',), 2, "',' expected after '\"'"),
        (("exa:1,ok", "", f"exa:2,{'x' * 131_073}"), 4, "field larger than field limit (131072)"),
        (
            (f'exa:1,"{"x" * 131_000}"' + f",{'x' * 131_000}" * 125,), 2,
            "it has more than 16,384,000 characters",
        ),
    ],
    ids=["not closed", "more after a quote", "an endless cell", "an endless row"],
)  # fmt: skip
def test_broken_rows_stop_the_file_where_they_begin(
    rows: tuple[str, ...], number: int, why: str
) -> None:
    message = refused(lines("subject,state", *rows))
    assert message == f"row {number} cannot be read as CSV: {why}; look at its quotes"


def test_an_endless_header_is_refused_too() -> None:
    assert "row 1 cannot be read as CSV: field larger" in refused(lines("x" * 131_073))


@given(
    st.lists(st.tuples(TEXTS, TEXTS), max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read(rows: list[tuple[str, str]], separator: str, end: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("subject", "state"), *rows])
    clean = [[unicodedata.normalize("NFC", cell).strip() for cell in row] for row in rows]
    assert only(text.getvalue().encode()).rows == [
        (number, {name: cell for name, cell in zip(HEADER, row, strict=True) if cell})
        for number, row in enumerate(clean, start=2)
        if any(row)
    ]


@given(st.binary(max_size=200))
def test_whatever_bytes_come_they_are_read_or_refused(document: bytes) -> None:
    try:
        found = tables(document)
    except UnreadableError as error:
        assert str(error)  # noqa: PT017 - either is right
    else:
        assert all(table.header for table in found)
