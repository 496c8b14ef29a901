"""The yearly table of who signed, company by company: Yes or No (facts fm108, source S127).

A Yes tells that a company had signed by the end of its year; a No before it, that it signed later.
A No without a Yes in the years of a version is evidence that the company did not sign that version,
and a No after a Yes is for a person: whether the company left, and when, the table does not tell.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from adapters.kit.columns import Columns, read
from adapters.kit.contacts import without_contacts
from adapters.kit.gate import shown
from adapters.kit.names import Reading
from adapters.kit.pages import clean
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem, line
from graph_schema.agreements import Signature
from graph_schema.codes import Confidence
from graph_schema.exchange import Bookkeeping, Line

_COMPANY: Final = "company"
_YEAR: Final = "year"
_ANSWER: Final = "answer"
_COLUMNS: Final = Columns(
    spelled={
        _COMPANY: (_COMPANY, "company name"),
        _YEAR: (_YEAR,),
        _ANSWER: (_ANSWER, "value", "Pakistan Accord Signatory"),
    },
    needed=(_COMPANY, _YEAR, _ANSWER),
)
_VERSIONS: Final[Mapping[str, range]] = {
    "wsr:pk-2023": range(2022, 2026),
    "wsr:pk-2026": range(2026, 2030),
}
"""The years in which each version's signatories are shown; it was concluded in the first."""
_TRUTH: Final = {"yes": True, "no": False}


@dataclass(slots=True)
class _Answers:
    """What the table says of one company and one version.

    Attributes:
        rows: The row of each year's answer.
        told: The answer of each year.
        against: Rows of years that have both answers.
    """

    rows: dict[int, int] = field(default_factory=dict[int, int])
    told: dict[int, bool] = field(default_factory=dict[int, bool])
    against: set[int] = field(default_factory=set[int])


def yearly(document: bytes, reading: Reading) -> Parsed:
    """Return who signed, and who is documented not to have.

    Raises:
        UnreadableError: It is no such table, or nobody says of which day it is.
    """
    day = date.fromordinal(reading.day(None).first)
    found = read(document, _COLUMNS)
    parsed = Parsed(kinds={Signature}, columns=found.columns, missing=found.missing, dated=day)
    parsed.problems, parsed.apart = found.problems, found.apart
    answers: dict[tuple[str, str], _Answers] = {}
    for number, cells in found.rows if not found.missing else ():
        name = clean(cells.get(_COMPANY, ""))
        who = reading.names.who(name) if name else None
        problems = list(_wrong(number, cells, day, who))
        if not problems and who is None:
            problems = [reading.unknown(number, without_contacts(name))]
        parsed.problems += problems
        if not problems and who is not None:
            year, answer = int(cells[_YEAR]), _TRUTH[cells[_ANSWER].casefold()]
            version = next(each for each, years in _VERSIONS.items() if year in years)
            _take(answers.setdefault((who, version), _Answers()), number, year, answer=answer)
    for (who, version), told in answers.items():
        problems = list(_doubts(who, told, reading))
        parsed.problems += problems
        if not problems:
            parsed.lines.append(_signature(who, version, told, reading, day))
    return parsed


def _wrong(
    number: int, cells: Mapping[str, str], day: date, who: str | None
) -> Iterator[RowProblem]:
    """Yield what is wrong with the cells of a row."""
    last = min(day.year, max(years[-1] for years in _VERSIONS.values()))
    first = min(years[0] for years in _VERSIONS.values())
    year = cells.get(_YEAR, "")
    wrong: Sequence[tuple[str, bool, str]] = (
        (_COMPANY, not clean(cells.get(_COMPANY, "")), "a name"),
        (
            _YEAR,
            not re.fullmatch(r"[0-9]{4}", year) or not first <= int(year) <= last,
            f"a year from {first} to {last}",
        ),
        (_ANSWER, cells.get(_ANSWER, "").casefold() not in _TRUTH, "Yes or No"),
    )
    for column, bad, wanted in wrong:
        if bad:
            message = f"{shown(without_contacts(cells.get(column, '')))} is not {wanted}"
            yield RowProblem(number, ProblemCode.INVALID_INPUT, message, column, subject=who)


def _take(answers: _Answers, number: int, year: int, *, answer: bool) -> None:
    """Take in the answer of a year."""
    if answers.told.setdefault(year, answer) != answer:
        answers.against |= {answers.rows[year], number}
    answers.rows.setdefault(year, number)


def _doubts(who: str, answers: _Answers, reading: Reading) -> Iterator[RowProblem]:
    """Yield why the answers on a company cannot be taken."""
    for number in sorted(answers.against):
        message = "the same company and year stand with Yes and with No; a person must decide"
        yield RowProblem(number, ProblemCode.CONTRADICTION, message, _ANSWER, subject=who)
    signed = [year for year, answer in answers.told.items() if answer]
    for year, answer in answers.told.items() if not answers.against else ():
        if not answer and signed and year > min(signed):
            why = "a No after a Yes does not tell whether it left, and when"
            yield reading.unsure(answers.rows[year], f"{who}, {year}: No", why, subject=who)


def _signature(who: str, version: str, answers: _Answers, reading: Reading, day: date) -> Line:
    """Return the signature, or its absence, that the answers on a company tell."""
    signed = [year for year, answer in answers.told.items() if answer]
    year = min(signed or answers.told)
    if signed:
        begin = f"{year}-01-01" if year - 1 in answers.told else ".."
        since = f"{begin}/{min(date(year, 12, 31), day)}"
    else:
        since = str(year)
    stated: dict[str, object] = {
        "organization": who, "agreement": version, "since": since, "signed": bool(signed),
    }  # fmt: skip
    about = Bookkeeping(row=answers.rows[year], confidence=Confidence.MEDIUM)
    return line(reading.program, Signature, stated, about)
