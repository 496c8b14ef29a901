"""The operator's template: its tables, how a file is known for one, and what a row becomes."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from adapters.kit import template
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem
from adapters.kit.tables import UnreadableError
from graph_schema.exchange import BY_WORD, OPERATORS, Line
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.programs import Commodity
from graph_schema.standing import Standing
from tests.adapters.books import book, lines
from tests.adapters.template_rows import TABLES

CODE: Final = "example-alpha"


def read(*rows: str, name: str = "", record: bool = False) -> Parsed:
    """Return what the rows of a CSV file say."""
    return template.parse(CODE, lines(*rows), name=name, record=record)


def refused(document: bytes, name: str = "", *, record: bool = False) -> str:
    """Return why a file is refused."""
    with pytest.raises(UnreadableError) as caught:
        template.parse(CODE, document, name=name, record=record)
    return str(caught.value)


def quoted(row: Mapping[str, str]) -> str:
    """Return the cells of a row, each in quotes."""
    return ",".join(f'"{cell}"' for cell in row.values())


def said(parsed: Parsed) -> list[dict[str, Any]]:
    """Return what was read as lines of the exchange format."""
    assert parsed.problems == []
    return [line.unfolded() for line in parsed.lines]


def test_the_tables_are_those_of_the_template() -> None:
    assert {kind.table for kind in OPERATORS} == set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_named_as_in_the_exchange_format(table: str) -> None:
    row, told = TABLES[table]
    [(word, fact)] = told.items()
    assert list(template.columns(BY_WORD[word])) == list(row) == list(fact)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_says_what_a_line_of_the_exchange_format_says(table: str) -> None:
    row, told = TABLES[table]
    document = lines(",".join(row), quoted(row))
    parsed = template.parse(CODE, document, name=f"in/{table}.v2.csv")
    assert said(parsed) == [{"program": CODE, **told, "row": 2}]
    [line] = parsed.lines
    assert line.fact == Line.model_validate({"program": CODE, **told}).fact
    assert (parsed.kinds, parsed.columns, parsed.missing) == ({type(line.fact)}, set(row), [])


def test_a_workbook_has_a_sheet_for_each_table() -> None:
    sheets = {table: [list(row), list(row.values())] for table, (row, _) in TABLES.items()}
    parsed = template.parse(CODE, book(notes=[], **sheets), name="standings.xlsx")
    assert said(parsed) == [{"program": CODE, **told, "row": 2} for _, told in TABLES.values()]
    assert parsed.kinds == set(OPERATORS)


@pytest.mark.parametrize("table", TABLES)
def test_what_is_written_as_a_table_is_read_back(table: str) -> None:
    row, told = TABLES[table]
    [(word, _)] = told.items()
    line = Line.model_validate({"program": CODE, **told})
    other = Line.model_validate({"program": CODE, "commodity": {"reference": "wsr:x", "name": "X"}})
    header, cells = template.written([line, other], BY_WORD[word])
    assert header == list(row)
    document = lines(",".join(header), ",".join(f'"{cell}"' for cell in cells))
    assert template.parse(CODE, document, name=table).lines[0].fact == line.fact


def test_columns_may_be_left_out_or_stand_in_another_order() -> None:
    parsed = read("state,since,subject", "listed,2022,exa:1", ",,", "closed,2023,exa:1")
    assert [line.about.row for line in parsed.lines] == [2, 4]
    assert parsed.kinds == {Standing}


def test_a_table_without_rows_still_speaks_of_its_kind() -> None:
    parsed = read("subject,state,since", name="standings.csv")
    assert (parsed.lines, parsed.kinds) == ([], {Standing})


def test_a_sheet_left_blank_beside_a_filled_one_says_nothing() -> None:
    blank = ["from", "kind", "to", "since"]
    filled = [["subject", "state", "since"], ["exa:1", "listed", "2022"]]
    parsed = template.parse(CODE, book(ties=[blank], standings=filled))
    assert (parsed.kinds, parsed.columns) == ({Standing}, {"subject", "state", "since"})
    assert template.parse(CODE, book(ties=[blank])).kinds == {Tie}
    assert refused(book(ties=[[*blank, "colour"]], standings=filled)).startswith(
        "ties: column 'colour' is not known"
    )


def test_the_name_of_a_file_decides_where_the_columns_fit_several_tables() -> None:
    rows = ("reference,name", "exa:1,Example Site")
    assert refused(lines(*rows)) == (
        "the columns fit several tables; name the file organizations.csv or worksites.csv or "
        "agreements.csv"
    )
    assert read(*rows, name="worksites.csv").kinds == {Worksite}
    assert read(*rows, name="organizations.csv").kinds == {Organization}


def test_columns_that_are_no_table_are_listed_in_short() -> None:
    message = refused(lines(",".join(["x" * 1_000, *(f"c{at}" for at in range(30))])))
    assert message.startswith(f"the columns '{'x' * 59}…', 'c0', 'c1', ")
    assert "'c18', … are no table of the template; name the file, or the columns of" in message
    assert message.endswith(", sourcing, volumes")
    assert len(message) < 500


def test_a_sheet_of_another_name_is_refused() -> None:
    document = book(standings=[["subject", "state"]], Sheet2=[["what", "ever"]])
    assert refused(document).startswith(
        "sheet 'Sheet2' is none of the template's; its sheets are organizations, worksites, "
    )


def test_a_workbook_that_holds_nothing_is_refused() -> None:
    message = refused(book(standings=[], notes=[[" "]]))
    assert message.startswith("no sheet of the workbook holds anything; fill one of: organizations")


@pytest.mark.parametrize(
    "header",
    ["Supplier,state,since", "What,Who,When", "subject,state,since,colour"],
    ids=["a renamed column", "a title above", "a column more"],
)
def test_a_column_that_is_not_known_stops_the_file(header: str) -> None:
    message = refused(lines(header, "subject,state,since"), "standings.csv")
    unknown = next(name for name in header.split(",") if name not in {"subject", "state", "since"})
    assert message == (
        f"standings: column {unknown!r} is not known; the first row names the columns: subject, "
        "state, track, since, observed, until, announcedUntil, products, regions, confirmedOn, "
        "published, note, confidence, sources"
    )


def test_the_header_once_more_among_the_rows_is_a_bad_row() -> None:
    header = "subject,state,since"
    parsed = read(header, "exa:1,listed,2022", header, "exa:2,listed,2022")
    assert [line.about.row for line in parsed.lines] == [2, 4]
    assert {(problem.row, problem.column) for problem in parsed.problems} == {
        (3, "subject"),
        (3, "since"),
    }


def test_columns_that_a_row_cannot_do_without_are_told_as_missing() -> None:
    parsed = read("track,since", "listing,2022", name="standings.csv")
    assert parsed.missing == ["standings: subject", "standings: state"]
    assert {problem.column for problem in parsed.problems} == {"subject", "state"}


def test_a_column_without_a_name_must_be_empty() -> None:
    header = "subject,,state,since"
    assert len(read(header, "exa:1,,listed,2022").lines) == 1
    assert "" not in read(header, "exa:1,,listed,2022").columns
    assert refused(lines(header, "exa:1,,listed,2022", "exa:2,x,listed,2022"), "standings") == (
        "standings, row 3: a cell stands under no name; name or empty its column"
    )


@pytest.mark.parametrize(
    ("cells", "code", "column", "message"),
    [
        ("nobody,listed,2022,", "INVALID_REFERENCE", "subject", "'nobody' is not a reference; "),
        ("exa:1,listed,soon,", "INVALID_INPUT", "since", "'soon' is not a date; write it like "),
        ("exa:1,listed,2022,maybe", "INVALID_INPUT", "published", "'maybe' is neither true nor "),
        ("exa:1,listed,,", "INVALID_INPUT", None, "it needs `since`, when it began, or "),
        ("exa:1,,2022,", "INVALID_INPUT", "state", "it is not given; a row cannot do without it"),
        ("exa:1,#REF!,2022,", "INVALID_INPUT", "state", "it holds the error #REF!; mend the "),
        ("exa:1,a\x01b,2022,", "INVALID_INPUT", "state", "it holds control characters; save "),
        ("exa:1,listed,2022,,,x", "INVALID_INPUT", None, "it has more cells than there are "),
        ("exa:\u202e1,listed,2022,", "INVALID_REFERENCE", "subject", "'\\u202e1' holds blanks or "),
        ("exa:\u061c1,listed,2022,", "INVALID_REFERENCE", "subject", "'\\u061c1' holds blanks or "),
    ],
    ids=[
        "no reference", "no date", "neither true nor false", "no beginning", "no state",
        "an error", "control characters", "a cell too many", "direction turned",
        "a mark of direction",
    ],
)  # fmt: skip
def test_a_bad_row_is_set_aside_with_its_place_and_takes_none_along(
    cells: str, code: str, column: str | None, message: str
) -> None:
    header = "subject,state,since,published"
    parsed = read(header, "exa:8,listed,2022,", cells, "exa:9,listed,2022,yes")
    assert [line.about.row for line in parsed.lines] == [2, 4]
    [problem] = parsed.problems
    # Where a row has a cell too many, which is the subject is not known.
    subject = None if message.startswith("it has more") else cells.split(",", maxsplit=1)[0]
    assert problem.message.startswith(message)
    assert problem == RowProblem(
        3, ProblemCode(code), problem.message, column, "standings", subject
    )
    assert problem.place == ", ".join(filter(None, ["standings", "row 3", column]))


def test_a_row_may_be_bad_in_several_cells_of_a_list_too() -> None:
    header = "reference,name,country,externalIds,latitude"
    parsed = read(header, "exa:1,Example Site,Bangladesh,exa:2|9,91", name="worksites.csv")
    assert {(problem.column, str(problem.code)) for problem in parsed.problems} == {
        ("country", "INVALID_INPUT"),
        ("externalIds", "INVALID_REFERENCE"),
        ("latitude", "INVALID_INPUT"),
    }


@pytest.mark.parametrize(
    ("table", "row", "subject"),
    [
        ("ties", {"kind": "x", "from": "exa:1", "to": "exa:2"}, "exa:1"),
        ("signatures", {"organization": "exa:1", "agreement": "exa:2", "role": "x"}, "exa:1"),
        ("sourcing", {"buyer": "exa:1", "supplier": "exa:2", "since": "x"}, "exa:2"),
        ("volumes", {"pool": "exa:1", "kind": "x"}, "exa:1"),
        ("confirmations", {"on": "x"}, None),
    ],
)
def test_a_bad_row_tells_of_whom_it_speaks(
    table: str, row: dict[str, str], subject: str | None
) -> None:
    parsed = read(",".join(row), ",".join(row.values()), name=table)
    assert {problem.subject for problem in parsed.problems} == {subject}


def test_marks_of_direction_are_left_out_of_names() -> None:
    row = "exa:1,\u202eExample\u200f \u061cSite\u2069"
    [line] = read("reference,name", row, name="worksites.csv").lines
    assert isinstance(line.fact, Worksite)
    assert line.fact.name == "Example Site"


def test_operators_name_sources_and_how_sure_they_are() -> None:
    parsed = read("subject,state,since,sources,confidence", "exa:1,listed,2022,X1|X2,high")
    assert said(parsed)[0]["sources"] == ["X1", "X2"]
    assert said(parsed)[0]["confidence"] == "high"
    bad = read("subject,state,since,confidence", "exa:1,listed,2022,very")
    assert [problem.column for problem in bad.problems] == ["confidence"]


def test_only_a_record_says_since_when_it_is_known_and_has_further_tables() -> None:
    known = lines("subject,state,since,knownOn", "exa:1,listed,2022,2022-05-01")
    assert "column 'knownOn' is not known" in refused(known, "standings.csv")
    parsed = template.parse(CODE, known, name="standings.csv", record=True)
    assert said(parsed)[0]["knownOn"] == "2022-05-01"
    further = lines("reference,name,hs", "wsr:apples,Apples,0808")
    assert "no table of the template" in refused(further, "commodities.csv")
    parsed = template.parse(CODE, further, name="commodities.csv", record=True)
    assert parsed.kinds == {Commodity}
