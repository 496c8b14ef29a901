"""Totals: what a program's reports count, a row for each, as a small CSV file or workbook.

The reports are prose and pictures; somebody who has read one writes its totals down, with the
document that prints each. A program says which metrics its totals may have and in which unit each
is counted; any other is set aside. Two totals of one document that contradict each other are set
aside; those of different documents stand beside each other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError

from adapters.kit.contacts import published
from adapters.kit.gate import UnreadableError, listed, shown
from adapters.kit.names import Reading
from adapters.kit.pages import clean
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem, line, problems
from adapters.kit.tables import Table, own_tables
from graph_schema.exchange import Bookkeeping, Line
from graph_schema.programs import FactSource, Figure
from graph_schema.texts import folded

REQUIRED: Final = ("metric", "value", "unit", "until", "source")
COLUMNS: Final = (
    "metric", "subject", "qualifier", "value", "unit", "since", "until",
    "source", "title", "publisher", "published", "confidence",
)  # fmt: skip
_FIGURE: Final = ("subject", "qualifier", "since", "until")
_SOURCE: Final = ("title", "publisher", "published")
_NUMBER: Final = re.compile(r"\d{1,15}(\.\d{1,6})?")
_YEAR: Final = re.compile(r"(?P<metric>.+?)(?P<year>, year \d{1,2})")
"""A metric of one year of an agreement, such as `grievances raised, year 2`."""
_PERCENT: Final = "percent"
_NEAREST: Final = 3


@dataclass(frozen=True, slots=True)
class _AsideError(Exception):
    """A row that cannot be taken."""

    code: ProblemCode
    column: str
    message: str


def parse(document: bytes, reading: Reading, metrics: Mapping[str, str]) -> Parsed:
    """Return the totals that a table states, and the documents that it describes.

    Args:
        document: A CSV file, or a workbook with one sheet that holds something.
        reading: What is told beside it.
        metrics: The units in which the program's metrics are counted.

    Raises:
        UnreadableError: It is no table of totals, or has columns that such a table has not.
    """
    table = _only(own_tables(document))
    parsed = Parsed(kinds={Figure, FactSource}, columns=set(filter(None, table.header)))
    parsed.missing = [column for column in REQUIRED if column not in table.header]
    parsed.problems = [
        RowProblem(bad.row, ProblemCode.INVALID_INPUT, bad.message, bad.column, Figure.table)
        for bad in table.bad
    ]
    if not parsed.missing:
        for number, cells in table.rows:
            texts = {name: clean(cell) for name, cell in cells.items()}
            given = {name: published(name, text) for name, text in texts.items() if text}
            _take(parsed, reading, metrics, number, given)
        parsed.lines, contradictory = _consistent(parsed.lines)
        parsed.problems += contradictory
    return parsed


def _only(found: Sequence[Table]) -> Table:
    """Return the one table of a document.

    Raises:
        UnreadableError: There are several, or its columns are none of a table of totals.
    """
    filled = [table for table in found if table.header]
    if len(filled) != 1:
        msg = f"the workbook has {len(filled)} sheets that hold something; send one sheet of totals"
        raise UnreadableError(msg)
    [table] = filled
    unknown = [name for name in table.header if name not in COLUMNS]
    if unknown:
        msg = (
            f"the columns {listed(tuple(unknown))} are none of a table of totals; its first row "
            f"names the columns: {', '.join(COLUMNS)}"
        )
        raise UnreadableError(msg)
    return table


def _take(
    parsed: Parsed,
    reading: Reading,
    metrics: Mapping[str, str],
    number: int,
    cells: Mapping[str, str],
) -> None:
    """Take a row: its total, and the document that it describes."""
    try:
        figure = _figure(cells, metrics)
        about: dict[str, object] = {"row": number, "sources": [cells["source"]]}
        if "confidence" in cells:
            about["confidence"] = cells["confidence"]
        taken = [line(reading.program, Figure, figure, Bookkeeping.model_validate(about))]
        if any(name in cells for name in _SOURCE):
            given: dict[str, object] = {"reference": cells["source"]}
            given |= {name: cells[name] for name in _SOURCE if name in cells}
            taken.append(line(reading.program, FactSource, given, Bookkeeping(row=number)))
    except _AsideError as aside:
        problem = RowProblem(number, aside.code, aside.message, aside.column, Figure.table)
        parsed.problems.append(problem)
    except ValidationError as error:
        parsed.problems += problems(error, number, table=Figure.table)
    else:
        parsed.lines += taken


def _figure(cells: Mapping[str, str], metrics: Mapping[str, str]) -> dict[str, object]:
    """Return the values of a total.

    Raises:
        _AsideError: A cell of it is missing or cannot be taken.
    """
    for column in REQUIRED:
        if column not in cells:
            message = f"the cell under {column} is empty; a total needs it"
            raise _AsideError(ProblemCode.INVALID_INPUT, column, message)
    metric, unit = _metric(cells["metric"], metrics)
    if folded(cells["unit"]) != folded(unit):
        message = f"{shown(metric)} is counted in {unit}, not in {shown(cells['unit'])}"
        raise _AsideError(ProblemCode.INVALID_INPUT, "unit", message)
    value = cells["value"]
    if not _NUMBER.fullmatch(value):
        message = f"{shown(value)} is no number; write digits and a point, like 5350000 or 76.5"
        raise _AsideError(ProblemCode.INVALID_INPUT, "value", message)
    if unit == _PERCENT and float(value) > 100:  # noqa: PLR2004 - of a hundred
        message = f"{value} percent is more than the whole"
        raise _AsideError(ProblemCode.INVALID_INPUT, "value", message)
    stated = {name: cells[name] for name in _FIGURE if name in cells}
    usual = {"subject": "program", "qualifier": "="}
    return {"metric": metric, "value": float(value), "unit": unit, **usual, **stated}


def _metric(name: str, metrics: Mapping[str, str]) -> tuple[str, str]:
    """Return a metric as the program spells it, and its unit.

    Raises:
        _AsideError: The program has no such metric.
    """
    year = _YEAR.fullmatch(name)
    plain, suffix = (year["metric"], year["year"]) if year else (name, "")
    spelled = {folded(each): each for each in metrics}
    found = spelled.get(folded(plain))
    if found is not None:
        return f"{found}{suffix}", metrics[found]
    near = get_close_matches(folded(plain), spelled, n=_NEAREST, cutoff=0.5)
    nearest = ", ".join(spelled[each] for each in near) or ", ".join(metrics)
    message = f"{shown(name)} is no metric of the program; the nearest are: {nearest}"
    raise _AsideError(ProblemCode.UNKNOWN_WORD, "metric", message)


def _consistent(lines: Sequence[Line]) -> tuple[list[Line], list[RowProblem]]:
    """Return the lines without those of which two say otherwise of the same, and these."""
    same: dict[tuple[object, ...], list[Line]] = {}
    for each in lines:
        same.setdefault(_about(each), []).append(each)
    differing = [group for group in same.values() if any(e.fact != group[0].fact for e in group)]
    gone = {each.about.row for group in differing for each in group}
    return [each for each in lines if each.about.row not in gone], [*_contradictory(differing)]


def _about(said: Line) -> tuple[object, ...]:
    """Return what a line speaks of, whatever it says of it."""
    fact: Any = said.fact
    if isinstance(fact, Figure):
        period = (str(fact.since), str(fact.until))
        return (Figure, fact.metric, fact.subject, *period, said.about.sources)
    return (FactSource, fact.reference)


def _contradictory(differing: Sequence[Sequence[Line]]) -> Iterator[RowProblem]:
    """Yield a problem for each of some rows that contradict each other."""
    for group in differing:
        rows = ", ".join(str(each.about.row) for each in group)
        message = (
            f"rows {rows} say otherwise of the same {group[0].fact.word}, by one document; keep "
            "the one that it prints"
        )
        for each in group:
            code, row = ProblemCode.CONTRADICTION, each.about.row or 0
            yield RowProblem(row, code, message, None, each.fact.table)
