"""Signatories' pages: company names under a country in bold, without dates (facts fm104, fm105).

A page tells that a company had signed by its day, and not since when. Which version of an agreement
it is of follows from its headings and its day; where both leave two open, nothing is read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from adapters.kit.contacts import without_contacts
from adapters.kit.gate import UnreadableError, shown
from adapters.kit.names import Reading
from adapters.kit.pages import Line as Shown
from adapters.kit.pages import page
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem, line
from graph_schema.agreements import Signature
from graph_schema.exchange import Bookkeeping
from graph_schema.texts import folded

_WITHOUT: Final = ("nav", "footer", "aside", "form")
_COUNTRIES: Final = frozenset(
    map(
        folded,
        (
            "Australia", "Austria", "Belgium", "Canada", "China", "Denmark", "Finland", "France",
            "Germany", "Hong Kong", "India", "Ireland", "Italy", "Japan", "Luxembourg", "Malta",
            "Netherlands", "The Netherlands", "New Zealand", "Norway", "Poland", "Portugal",
            "Spain", "Sweden", "Switzerland", "Turkey", "Türkiye", "UK", "United Kingdom", "US",
            "USA", "United States", "United States of America",
        ),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an agreement, and the pages that may be of it.

    Attributes:
        agreement: Its reference.
        marks: Texts of which a heading holds one, where the day alone does not tell.
        first: First day on which somebody could sign it.
        last: Last day on which its signatories are shown.
    """

    agreement: str
    marks: tuple[str, ...]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Shape:
    """How a program shows its signatories.

    Attributes:
        marks: Texts by which its page is known.
        country: The country that a heading, or the file's name, must state; none: it states none.
        others: Countries of which it must state none: such a page is another program's.
        versions: The versions of its agreement.
    """

    marks: tuple[str, ...]
    country: str | None
    others: tuple[str, ...]
    versions: tuple[Version, ...]


def signatories(document: bytes, reading: Reading, shape: Shape) -> Parsed:
    """Return who signed, by a page of signatories.

    Args:
        document: The page.
        reading: Whom names stand for, the file's name and its day.
        shape: How the program shows them.

    Raises:
        UnreadableError: It is another page, has no day, or may be of several versions.
    """
    read = page(document, shape.marks, _WITHOUT)
    lines = read.lines
    titles = [each.text for each in lines if each.heading and not _country(each)]
    _of_this_program([*titles, reading.file], shape)
    day = reading.day(None)
    version = _version(titles, date.fromordinal(day.first), shape.versions)
    parsed = Parsed(kinds={Signature}, dated=reading.dated, apart=read.apart)
    named: dict[str, list[tuple[Shown, str]]] = {}
    for each, country in _companies(lines, reading, parsed.problems):
        who = reading.names.who(each.text, country)
        if who is None:
            name = without_contacts(each.text)
            parsed.problems.append(reading.unknown(each.row, name, country))
        else:
            named.setdefault(who, []).append((each, country))
    for who, places in named.items():
        if len({folded(country) for _, country in places}) > 1:
            parsed.problems += _twice(who, places)
            continue
        stated: dict[str, object] = {
            "organization": who, "agreement": version.agreement, "since": f"../{day}",
        }  # fmt: skip
        about = Bookkeeping(row=places[0][0].row)
        parsed.lines.append(line(reading.program, Signature, stated, about))
    return parsed


def _country(each: Shown) -> bool:
    return (each.bold or each.heading) and folded(each.text) in _COUNTRIES


def _of_this_program(titles: Sequence[str], shape: Shape) -> None:
    """Refuse a page whose headings state another country agreement's country, or not its own.

    Raises:
        UnreadableError: It is such a page.
    """
    text = " ".join(titles).casefold()
    other = next((each for each in shape.others if each.casefold() in text), None)
    if other is not None:
        msg = f"it is filtered by {other}: the agreement of another program; sync it there"
        raise UnreadableError(msg)
    if shape.country is not None and shape.country.casefold() not in text:
        msg = (
            f"no heading of it says {shape.country}, so it may be of another agreement; save it "
            "filtered by its country, and name the file so"
        )
        raise UnreadableError(msg)


def _version(titles: Sequence[str], day: date, versions: Sequence[Version]) -> Version:
    """Return the version of which a page is on a day.

    Raises:
        UnreadableError: It may be of none, or of several.
    """
    running = [each for each in versions if each.first <= day <= each.last]
    text = " ".join(titles).casefold()
    marked = [each for each in running if any(mark.casefold() in text for mark in each.marks)]
    found = running if len(running) == 1 else marked
    if len(found) == 1:
        return found[0]
    names = " or ".join(each.agreement for each in running) or "no agreement of the program"
    msg = f"on {day} it may be of {names}; say another day, or send signatures by the template"
    raise UnreadableError(msg)


def _companies(
    lines: Sequence[Shown], reading: Reading, problems: list[RowProblem]
) -> Iterator[tuple[Shown, str]]:
    """Yield the companies of a page with their country; what stands under no country is no company.

    Raises:
        UnreadableError: No country stands in it.
    """
    country, seen = "", False
    for each in lines:
        if _country(each):
            country, seen = each.text, True
        elif each.heading:
            country = ""
        elif each.bold and country:
            country = ""
            why = "it stands in bold and is no country that is known, so nothing below it is read"
            problems.append(reading.unsure(each.row, without_contacts(each.text), why))
        elif country:
            yield each, country
    if not seen:
        msg = "no country stands in bold in it: it is another page, or has changed"
        raise UnreadableError(msg)


def _twice(who: str, places: Sequence[tuple[Shown, str]]) -> Iterator[RowProblem]:
    """Yield the problems of a company that stands under two countries."""
    for each, country in places:
        message = f"{shown(each.text)} stands under {country} and under another country"
        yield RowProblem(each.row, ProblemCode.CONTRADICTION, message, "name", subject=who)
