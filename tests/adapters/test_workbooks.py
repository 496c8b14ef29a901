"""Workbooks as tables: what each kind of cell becomes, and where a row stands."""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import orjson
import pytest

from adapters.kit import sheets
from adapters.kit.tables import Table, tables
from tests.adapters.books import (
    HEAD,
    ROW,
    SHEET,
    book,
    by_hand,
    lines,
    only,
    packed,
    parts,
    refused,
    written,
)

CELLS: Final[dict[str, tuple[object, str]]] = {
    "text": ("exa:1", "exa:1"),
    "a text of digits": ("007", "007"),
    "a text like a formula": ("=1+1", "=1+1"),
    "a text of two lines": ("a\nb", "a\nb"),
    "a text with a letter in two parts": ("Cote\u0301", "Cot\u00e9"),
    "a whole number": (12, "12"),
    "a number of 13 digits": (5901234123457, "5901234123457"),
    "a fraction": (0.5, "0.5"),
    "below zero": (-3, "-3"),
    "true": (True, "true"),
    "false": (False, "false"),
    "a day": (date(2022, 8, 1), "2022-08-01"),
    "a leap day": (date(2024, 2, 29), "2024-02-29"),
    "midnight": (datetime(2022, 8, 1), "2022-08-01"),  # noqa: DTZ001 - as a sheet has it
    "an hour": (datetime(2022, 8, 1, 13, 5), "2022-08-01 13:05:00"),  # noqa: DTZ001 - likewise
    "a year": (2022, "2022"),
}
RESULTS: Final = {
    "a number": ("<f>1+2</f><v>3</v>", "n", "3"),
    "a text": ('<f t="shared" si="0"/><v>listed</v>', "str", "listed"),
    "a blank": ('<f>""</f><v></v>', "str", ""),
    "true": ("<f>1=1</f><v>1</v>", "b", "true"),
}
ERRORS: Final = {
    "no value": '<c r="B2" t="e"><f>NA()</f><v>#N/A</v></c>',
    "no formula": '<c r="B2" t="e"><v>#REF!</v></c>',
    "in other words": "<x:c t='e' r='B2' s='0'><x:v>#DIV/0!</x:v></x:c>",
    "not calculated": '<c r="B2"><f>A1</f></c>',
    "not calculated, with a place for it": '<c r="B2" s="0"><f>A1</f><v></v></c>',
    "not calculated, in other words": "<x:c r='B2'>\n<x:f>A1</x:f> <x:v/>\n</x:c>",
    "not calculated, shared": '<c r="B2"><f t="shared" si="0"/><v/></c>',
}


def in_second_row(fill: Callable[[Any, Any], object], **options: object) -> str:
    """Return the text of the cell that a function fills, below the name of its column."""

    def write(workbook: Any) -> None:  # noqa: ANN401
        sheet = workbook.add_worksheet("standings")
        sheet.write_row(0, 0, ["subject", "cell"])
        sheet.write(1, 0, "exa:1")
        fill(workbook, sheet)

    [(_, cells)] = only(written(write, **options)).rows
    return cells.get("cell", "")


def with_cell(cell: str) -> bytes:
    """Return a workbook with a cell as XML in the second row of its second column, `until`."""
    head = HEAD.replace("</row>", '<c r="B1" t="inlineStr"><is><t>until</t></is></c></row>')
    return by_hand(head + ROW.replace("</row>", f"{cell}</row>"))


@pytest.mark.parametrize("kind", CELLS)
def test_a_cell_is_text_as_it_would_be_in_csv(kind: str) -> None:
    cell, text = CELLS[kind]
    [(number, cells)] = only(book(standings=[["subject", "cell"], ["exa:1", cell]])).rows
    assert (number, cells) == (2, {"subject": "exa:1", "cell": text})


@pytest.mark.parametrize(
    ("shape", "cell", "text"),
    [
        ("hh:mm", time(13, 5), "13:05:00"),
        ("[h]:mm", timedelta(hours=30), "1 day, 6:00:00"),
        ("d mmm yy hh:mm", date(2022, 8, 1), "2022-08-01"),
        ("mmm yy", date(2022, 8, 15), "2022-08-15"),
    ],
    ids=["a time", "a length of time", "a day shown with its hour", "a day shown as a month"],
)
def test_the_shape_of_a_cell_decides_whether_it_is_a_day(
    shape: str, cell: object, text: str
) -> None:
    def fill(workbook: Any, sheet: Any) -> None:  # noqa: ANN401
        sheet.write(1, 1, cell, workbook.add_format({"num_format": shape}))

    assert in_second_row(fill) == text


def test_days_are_right_where_the_calendar_begins_in_1904() -> None:
    def fill(workbook: Any, sheet: Any) -> None:  # noqa: ANN401
        sheet.write(1, 1, date(2022, 8, 1), workbook.add_format({"num_format": "d mmm yy"}))

    assert in_second_row(fill, date_1904=True) == "2022-08-01"


@pytest.mark.parametrize("kind", RESULTS)
def test_a_formula_is_its_result(kind: str) -> None:
    formula, form, text = RESULTS[kind]
    cell = f'<c r="B2" t="{form}">{formula}</c>'
    assert only(with_cell(cell)).rows[0][1].get("until", "") == text


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        ("2022-08-01", "2022-08-01"),
        ("2022-08-01T00:00:00", "2022-08-01"),
        ("2022-08-01T13:05:00", "2022-08-01 13:05:00"),
    ],
)
def test_a_day_may_be_written_in_iso_8601(stated: str, text: str) -> None:
    document = with_cell(f'<c r="B2" t="d"><v>{stated}</v></c>')
    assert only(document).rows[0][1]["until"] == text


@pytest.mark.parametrize("kind", ERRORS)
def test_a_formula_without_a_result_is_an_error_not_a_blank(kind: str) -> None:
    document = with_cell(ERRORS[kind])
    [bad] = only(document, aside=True).bad
    assert (bad.row, bad.column, bad.cells["subject"]) == (2, "until", "exa:1")
    error = "#UNCALCULATED!" if kind.startswith("not") else bad.cells["until"]
    assert bad.message == f"it holds the error {error}; mend the formula, or empty the cell"
    assert refused(document) == f"sheet 'standings', row 2, column 'until': {bad.message}"


def test_rows_are_numbered_as_shown_wherever_a_table_begins() -> None:
    def write(workbook: Any) -> None:  # noqa: ANN401
        sheet = workbook.add_worksheet("standings")
        sheet.write_row(3, 2, ["subject", "state"])
        sheet.write_row(6, 2, ["exa:1", "listed"])
        sheet.write(8, 2, "  ")
        sheet.write_row(9, 2, ["exa:2", "listed"])

    table = only(written(write))
    assert [(number, cells["subject"]) for number, cells in table.rows] == [
        (7, "exa:1"),
        (10, "exa:2"),
    ]


def test_every_sheet_is_a_table_hidden_ones_too_charts_are_none() -> None:
    def write(workbook: Any) -> None:  # noqa: ANN401
        workbook.add_worksheet("empty")
        standings = workbook.add_worksheet("standings")
        standings.write_column(0, 0, ["subject", "exa:1", "exa:2"])
        standings.set_row(1, None, None, {"hidden": True})
        chart = workbook.add_chart({"type": "bar"})
        chart.add_series({"values": "=standings!$A$1:$A$2"})
        workbook.add_chartsheet("chart").set_chart(chart)
        ties = workbook.add_worksheet("ties")
        ties.write(0, 0, "kind")
        ties.hide()

    assert tables(written(write)) == [
        Table("empty", ()),
        Table("standings", ("subject",), [(2, {"subject": "exa:1"}), (3, {"subject": "exa:2"})]),
        Table("ties", ("kind",)),
    ]


@pytest.mark.parametrize(
    ("corners", "called"),
    [((1, 0, 3, 0), "A2:A4"), ((0, 27, 0, 700), "AB1:ZY1")],
    ids=["rows", "columns"],
)
def test_merged_cells_are_refused_by_their_place(corners: Sequence[int], called: str) -> None:
    def write(workbook: Any) -> None:  # noqa: ANN401
        sheet = workbook.add_worksheet("standings")
        sheet.write_row(0, 0, ["subject", "state"])
        sheet.merge_range(*corners, "exa:1")

    assert refused(written(write)) == (
        f"sheet 'standings': the cells {called} are merged; unmerge them and fill each"
    )


def test_control_characters_that_a_workbook_writes_in_full_are_bad_too() -> None:
    document = book(standings=[["subject", "note"], ["exa:1", "a\x07b"]])
    assert refused(document).startswith("sheet 'standings', row 2, column 'note': it holds control")


def test_two_sheets_of_one_name_are_refused() -> None:
    document = by_hand(HEAD + ROW, HEAD + ROW, names=["standings", "standings"])
    assert refused(document) == ("two sheets are called 'standings'; give each a name of its own")


def test_the_same_table_is_the_same_in_both_forms() -> None:
    rows = [["subject", "state", "since"], ["exa:1", "listed", "2022-Q3"], ["exa:2", "", "2022"]]
    csv = only(lines(*(",".join(row) for row in rows)))
    xlsx = only(book(standings=rows))
    assert (csv.header, csv.rows) == (xlsx.header, xlsx.rows)


def test_the_reader_tells_a_line_for_each_sheet_and_row() -> None:
    def write(workbook: Any) -> None:  # noqa: ANN401
        one = workbook.add_worksheet("one")
        one.write_row(0, 0, ["a", "", "b", ""])
        one.write_row(2, 1, [1.5, 2, True, date(2022, 8, 1)])
        chart = workbook.add_chart({"type": "bar"})
        chart.add_series({"values": "=one!$B$3:$C$3"})
        workbook.add_chartsheet("chart").set_chart(chart)
        workbook.add_worksheet("two")

    told = io.BytesIO()
    sheets.tell(io.BytesIO(written(write, default_date_format="yyyy-mm-dd")), told)
    assert [orjson.loads(line) for line in told.getvalue().splitlines()] == [
        {"sheet": "one"},
        {"row": 1, "cells": ["a", "", "b"]},
        {"row": 3, "cells": ["", "1.5", "2", "true", "2022-08-01"]},
        {"sheet": "two"},
    ]


@pytest.mark.parametrize("kind", ["merged", "damaged"])
def test_the_reader_tells_why_it_cannot_read(kind: str) -> None:
    merged = written(lambda w: w.add_worksheet("one").merge_range(0, 0, 1, 1, "x"))
    damaged = packed(parts(HEAD) | {SHEET: b"<worksheet><sheetData><row"})
    told = io.BytesIO()
    sheets.tell(io.BytesIO(merged if kind == "merged" else damaged), told)
    *_, last = told.getvalue().splitlines()
    assert list(orjson.loads(last)) == ["problem"]
