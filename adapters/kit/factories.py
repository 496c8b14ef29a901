"""Factory lists: which factories a program lists, as it prints them month by month.

A row is a sighting: the factory stood on the list of that month. What else the row tells (storeys,
workers, how many brands) stays a note of the sighting: the worksite itself is described by the
record and the program's own files, which a list that leaves half of it out does not overwrite.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from adapters.kit.columns import Columns, read
from adapters.kit.contacts import without_contacts
from adapters.kit.dates import printed
from adapters.kit.gate import UnreadableError, shown
from adapters.kit.names import Reading
from adapters.kit.pages import clean
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem, line
from graph_schema.days import PartialDate
from graph_schema.exchange import Bookkeeping
from graph_schema.standing import Standing
from graph_schema.texts import folded

NAME: Final = "name"
ADDRESS: Final = "address"
BRANDS: Final = "number of brands"
NUMBERS: Final = (
    "factory id", "factory number", "factory no", "accord id", "accord factory id", "rsc id",
    "rsc number", "rsc factory id", "rsc factory number",
)  # fmt: skip
"""Columns of the monitor's own numbers, which only the monitor brings (facts source S222)."""

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTH: Final = re.compile(
    rf"(?<![^\W_])({'|'.join(_MONTHS)})[\s_-]+(\d{{4}})(?!\d)", re.IGNORECASE
)
_COUNT: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,7}|\d{1,7}\s?[-\u2013]\s?\d{1,7}")
_TRUTH: Final = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a program prints its list.

    Attributes:
        state: The program's word for a factory that stands on it.
        marks: Texts by which its page is known.
        columns: Its columns.
        counts: Columns of counts: a number, or two with a hyphen.
        truths: Columns of yes or no.
        texts: Columns of words.
    """

    state: str
    marks: Sequence[str]
    columns: Columns
    counts: Sequence[str]
    truths: Sequence[str] = ()
    texts: Sequence[str] = ()


def factories(document: bytes, reading: Reading, shape: Shape) -> Parsed:
    """Return the factories of a list, each as seen on it.

    Args:
        document: A CSV file, a workbook of one sheet, or the page.
        reading: Whom names stand for, the file's name and its day.
        shape: How the program prints it.

    Raises:
        UnreadableError: It is no such list, or nothing says of which month it is.
    """
    found = read(document, shape.columns, shape.marks)
    seen = period((reading.file, *found.titles), reading)
    parsed = Parsed(kinds={Standing}, columns=found.columns, missing=found.missing)
    parsed.dated = reading.dated or date.fromordinal(seen.first)
    parsed.problems, parsed.apart = found.problems, found.apart
    places = _places(found.rows, reading)
    for number, cells in found.rows:
        name, address = clean(cells.get(NAME, "")), clean(cells.get(ADDRESS, ""))
        who = reading.names.who(name, address)
        problems = list(_problems(number, cells, shape, who))
        if not name:
            message = "the factory has no name; name it"
            problems = [RowProblem(number, ProblemCode.INVALID_INPUT, message, NAME)]
        elif who is None or len(places[who]) > 1:
            unknown = reading.unknown(number, name, without_contacts(address))
            problems = [_with(unknown, who)]
        parsed.problems += problems
        if not problems:
            stated: dict[str, object] = {
                "subject": who, "state": shape.state, "track": "listing", "observed": seen.text,
                "note": _note(cells, shape),
            }  # fmt: skip
            about = Bookkeeping(row=number)
            parsed.lines.append(line(reading.program, Standing, stated, about))
    return parsed


def period(texts: Iterable[str], reading: Reading) -> PartialDate:
    """Return when a list was seen: the month that its file or its headings name, or the day given.

    Args:
        texts: The name of the file, and what stands above the list.
        reading: The day of which it speaks, where a person says so.

    Raises:
        UnreadableError: There is none, or one contradicts the other.
    """
    found = {
        printed(f"{month} {year}", ["%B %Y"])
        for text in texts
        for month, year in _MONTH.findall(text)
    }
    if reading.dated is not None:
        day = PartialDate.on(reading.dated)
        holding = [each for each in found if each.first <= day.first <= each.last]
        reading.day(min(found, default=None) if not holding else None)
        return holding[0] if holding else day
    if len(found) > 1:
        msg = f"it prints several months ({_said(found)}); say the day of which it speaks (--dated)"
        raise UnreadableError(msg)
    return reading.day(found.pop() if found else None)


def _said(found: Iterable[PartialDate]) -> str:
    return ", ".join(sorted(each.text for each in found))


def _places(
    rows: Iterable[tuple[int, Mapping[str, str]]], reading: Reading
) -> Mapping[str, set[str]]:
    """Return the addresses at which the list has whom its names stand for.

    A name that stands at two addresses of one list is two factories, of which a person knows one.
    """
    places: dict[str, set[str]] = {}
    for _, cells in rows:
        address = clean(cells.get(ADDRESS, ""))
        who = reading.names.who(clean(cells.get(NAME, "")), address)
        if who is not None:
            places.setdefault(who, set()).add(folded(address))
    return places


def _with(problem: RowProblem, subject: str | None) -> RowProblem:
    return RowProblem(problem.row, problem.code, problem.message, problem.column, None, subject)


def _problems(
    number: int, cells: Mapping[str, str], shape: Shape, who: str | None
) -> Iterator[RowProblem]:
    """Yield what is wrong with the counts and answers of a row."""
    for column in shape.counts:
        if column in cells and not _COUNT.fullmatch(cells[column]):
            yield _invalid(number, column, cells[column], "a count, such as 1250", who)
    for column in shape.truths:
        if column in cells and cells[column].casefold() not in _TRUTH:
            yield _invalid(number, column, cells[column], "yes or no", who)
    if cells.get(BRANDS) == "0":
        message = (
            "the list shows it with no brand; whether it is still listed, a person must say by a "
            "row of the template"
        )
        yield RowProblem(number, ProblemCode.NEEDS_PERSON, message, BRANDS, subject=who)


def _invalid(number: int, column: str, cell: str, wanted: str, who: str | None) -> RowProblem:
    message = f"{shown(without_contacts(cell))} is not {wanted}"
    return RowProblem(number, ProblemCode.INVALID_INPUT, message, column, subject=who)


def _note(cells: Mapping[str, str], shape: Shape) -> str | None:
    """Return what else a row tells, in the order of the shape's columns."""
    told = {*shape.counts, *shape.truths, *shape.texts}
    parts = [
        f"{column} {without_contacts(clean(cells[column]))}"
        for column in shape.columns.spelled
        if column in told and column in cells
    ]
    return "; ".join(parts)[:2_000] or None
