"""Names stand for whom a person has said they stand for, dates for what the feed's format says."""

from datetime import date
from pathlib import Path

import pytest

from adapters.kit.dates import printed
from adapters.kit.gate import UnreadableError
from adapters.kit.names import Names, Reading
from adapters.kit.parsed import ProblemCode
from graph_schema.days import PartialDate

JUDGED = (
    "name,address,reference,note\n"
    'Example Mills Ltd.,"1 Mill Road, Town",exa:1,the first unit\n'
    "Example Mills Ltd,2 Mill Road,exa:2,\n"
    "Example AG,,exa:3,\n"
    "EXAMPLE  ag,,exa:3,the same again\n"
    "Example Number,,os:bd2020021qk28yz,\n"
)


def names(folder: Path, text: str = JUDGED) -> Names:
    """Return the names of a folder."""
    (folder / "names.csv").write_text(text, encoding="utf-8")
    return Names.of(folder)


@pytest.mark.parametrize(
    ("name", "address", "reference"),
    [
        ("example mills, ltd", "1 MILL ROAD TOWN", "exa:1"),
        ("Example Mills Ltd", "2 Mill Road", "exa:2"),
        ("Example Mills Ltd", "3 Mill Road", None),
        ("Example Mills Ltd", "", None),
        ("Example AG", "", "exa:3"),
        ("Example AG", "wherever it is", "exa:3"),
        ("Example Number", "", "os:BD2020021QK28YZ"),
        ("Exemplar AG", "", None),
        ("", "", None),
    ],
)
def test_a_name_stands_for_whom_a_person_said(
    tmp_path: Path, name: str, address: str, reference: str | None
) -> None:
    assert names(tmp_path).who(name, address) == reference


def test_a_folder_without_the_file_knows_nobody(tmp_path: Path) -> None:
    assert Names.of(tmp_path).who("Example AG") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,note\nA,b\n", "/names.csv: the column reference is missing"),
        ("name,reference\nA,nobody\n", "/names.csv, row 2: 'nobody' is not a reference"),
        ("name,reference\nA,exa:1\na,exa:2\n", "/names.csv, row 3: the name is empty, or already"),
        ("name,reference\n?!,exa:1\n", "/names.csv, row 2: the name is empty"),
    ],
)
def test_a_broken_file_is_named_with_the_row(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        names(tmp_path, text)


def test_a_name_that_nobody_has_judged_is_told_with_the_remedy() -> None:
    problem = Reading("example-alpha").unknown(7, "Exemplar AG", "1 Road")
    assert (problem.row, problem.code, problem.subject) == (7, ProblemCode.UNKNOWN_NAME, None)
    assert problem.message == (
        "nobody has said who 'Exemplar AG' at '1 Road' is; add the name with its reference to "
        "names.csv of the program's folder, or send the row by the template"
    )


def test_a_statement_that_is_not_sure_is_for_a_person() -> None:
    problem = Reading("example-alpha").unsure(3, "may be barred", "the date is not clear")
    assert problem.code is ProblemCode.NEEDS_PERSON
    assert problem.message.startswith("the date is not clear: 'may be barred'; a person must read")


@pytest.mark.parametrize(
    ("text", "formats", "day"),
    [
        ("10 February 2025", ("%d %B %Y",), "2025-02-10"),
        (" 10.02.2025 ", ("%d.%m.%Y",), "2025-02-10"),
        ("February 2025", ("%d %B %Y", "%B %Y"), "2025-02"),
        ("2025", ("%Y",), "2025"),
        ("10.10.2025", ("%d.%m.%Y", "%m.%d.%Y"), "2025-10-10"),
    ],
)
def test_a_date_in_a_feeds_format(text: str, formats: tuple[str, ...], day: str) -> None:
    assert printed(text, formats).text == day


@pytest.mark.parametrize(
    ("text", "formats", "message"),
    [
        (
            "10.02.2025",
            ("%d.%m.%Y", "%m.%d.%Y"),
            "is ambiguous: it may be 2025-02-10 or 2025-10-02",
        ),
        ("10.02.2025", ("%d %B %Y",), "is not a date as this feed prints them"),
        ("31 February 2025", ("%d %B %Y",), "is not a date as this feed prints them"),
        ("", ("%Y",), "is not a date as this feed prints them"),
    ],
)
def test_another_date_is_not_guessed(text: str, formats: tuple[str, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        printed(text, formats)


@pytest.mark.parametrize(
    ("said", "prints", "day"),
    [
        (None, "2026-11", "2026-11"),
        ("2026-11-16", None, "2026-11-16"),
        ("2026-11-30", "2026-11", "2026-11-30"),
    ],
)
def test_a_document_is_of_the_day_that_is_said_or_else_printed(
    said: str | None, prints: str | None, day: str
) -> None:
    reading = Reading("example", dated=date.fromisoformat(said) if said else None)
    assert reading.day(PartialDate.parse(prints) if prints else None) == PartialDate.parse(day)


@pytest.mark.parametrize(
    ("said", "prints", "why"),
    [
        (None, None, "no day of its own can be read in it; say the day of which"),
        ("2026-12-01", "2026-11", "it prints 2026-11 as its day, which does not hold the day giv"),
        ("2026-10-31", "2026-11", "it prints 2026-11 as its day, which does not hold the day giv"),
    ],
)
def test_a_document_without_a_day_or_of_another_is_refused(
    said: str | None, prints: str | None, why: str
) -> None:
    reading = Reading("example", dated=date.fromisoformat(said) if said else None)
    with pytest.raises(UnreadableError, match=why):
        reading.day(PartialDate.parse(prints) if prints else None)
