"""Statements on ineligibility: prose that bars a factory or a group, one page for each.

Only a statement of which every sentence that bears on its effect is understood becomes a standing.
One that leaves open whether, how far or on which of some days it bars, because it quotes,
conditions, denies, disputes or takes something back, waits for a person with the bar that it would
be. Where it cannot be read whom it bars, or on no day at all, there is nothing to wait: it is set
aside.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from adapters.bangladesh_accord import prose
from adapters.bangladesh_accord.statement import (
    NothingError,
    Said,
    Statement,
    passed_over,
    take,
    understand,
)
from adapters.kit.contacts import without_contacts
from adapters.kit.gate import UnreadableError
from adapters.kit.names import Reading
from adapters.kit.pages import Line as Shown
from adapters.kit.pages import page
from adapters.kit.parsed import Parsed, RowProblem, Unsure, line
from graph_schema.exchange import Bookkeeping, Line
from graph_schema.standing import Standing
from graph_schema.texts import folded

_MARKS: Final = ("Statement on", "Accord")
_WITHOUT: Final = ("nav", "footer", "aside", "form")
_HEADING: Final = re.compile(
    r"statement on (?:the )?(?P<kind>(?:business )?termination|ineligibility) (?:with|of) "
    r"(?P<who>.+)",
    re.IGNORECASE,
)
_ANY_HEADING: Final = re.compile(r"\bstatement\b", re.IGNORECASE)
_GROUPS_APART: Final = date(2019, 5, 8)
"""Since then a bar reaches the group only by a decision of its own (domain rule r05)."""
_MOST: Final = 100
"""Statements of one page: one for each factory or group is published."""
_MONITOR: Final = date(2020, 6, 1)
"""Since then the RSC speaks, no more the Accord."""


def statements(document: bytes, reading: Reading) -> Parsed:
    """Return whom the statements of a page bar, and since when.

    Raises:
        UnreadableError: It is no page of a statement.
    """
    read = page(document, _MARKS, _WITHOUT)
    contacts = frozenset(
        each.row for each in read.lines if passed_over(each.text) and not _heads(each)
    )
    parsed = Parsed(kinds={Standing}, apart=replace(read.apart, lines=contacts))
    found = list(_statements(read.lines, reading, parsed.problems))
    if not found and not parsed.problems:
        msg = "it is not the page that the feed is about: no heading in it is one of a statement"
        raise UnreadableError(msg)
    if len(found) > _MOST:
        msg = f"it holds {len(found):,} statements; no page holds more than {_MOST}"
        raise UnreadableError(msg)
    monitor = any("rsc" in each.text.casefold().split() for each in read.lines)
    told: list[tuple[Statement, list[Line]]] = []
    for each in found:
        try:
            understand(each)
            told.append((each, [*_bars(each, reading, monitor=monitor)]))
        except NothingError as nothing:
            who = reading.names.who(each.name)
            parsed.problems.append(_nothing(reading, each.row, each.heading, str(nothing), who))
    _contradict(told)
    for each, lines in told:
        if each.doubts:
            parsed.unsure.append(Unsure(each.row, each.words, tuple(lines), tuple(each.doubts)))
        else:
            parsed.lines += lines
    return parsed


def _contradict(told: Sequence[tuple[Statement, Sequence[Line]]]) -> None:
    """Doubt statements of which another is as clear that the same bar holds since another day."""
    bars: dict[tuple[str, str], list[Statement]] = {}
    for each, lines in told:
        for line_ in lines if not each.doubts else ():
            assert isinstance(line_.fact, Standing)  # noqa: S101 - `_bars` yields nothing else
            bars.setdefault((line_.fact.subject, line_.fact.state), []).append(each)
    for (subject, state), all_ in bars.items():
        days = [each.day for each in all_]
        if max(day.first for day in days) > min(day.last for day in days):
            listed = " and ".join(sorted({day.text for day in days}))
            for each in all_:
                why = f"the page says of {subject} {state} since {listed}"
                each.doubt(Said(each.row, each.heading), why)


def _heads(each: Shown) -> bool:
    """Whether a line is the heading of a statement."""
    return each.heading and _ANY_HEADING.search(each.text) is not None


def _nothing(
    reading: Reading, row: int, heading: str, why: str, subject: str | None = None
) -> RowProblem:
    return reading.unsure(row, without_contacts(heading), why, subject=subject)


def _statements(
    lines: Sequence[Shown], reading: Reading, problems: list[RowProblem]
) -> Iterator[Statement]:
    """Yield the statements of a page, each from its heading to the next."""
    current: Statement | None = None
    for each in lines:
        if not _heads(each):
            if current is not None:
                take(current, Said(each.row, each.text))
            continue
        if current is not None:
            yield current
        match = _HEADING.fullmatch(each.text)
        current = None
        if match is None:
            why = "its heading is not that of a bar"
            problems.append(_nothing(reading, each.row, each.text, why))
        else:
            state = "terminated" if "terminat" in match["kind"].casefold() else "ineligible"
            current = Statement(each.row, each.text, state, match["who"].strip())
    if current is not None:
        yield current


def _bars(statement: Statement, reading: Reading, *, monitor: bool) -> Iterator[Line]:
    """Yield the standings of a statement, if it is so.

    Raises:
        NothingError: It is not known whom it bars.
    """
    heading, day = Said(statement.row, statement.heading), statement.day
    if (day.first >= _MONITOR.toordinal()) != monitor:
        statement.doubt(
            heading,
            "the Accord spoke until 2020-05-31, the RSC since then: it is not clear who says it",
        )
    # An old statement that is read today says nothing of today: it confirms its own day alone.
    told: dict[str, object] = {
        "confirmedOn": date.fromordinal(day.last),
        "state": statement.state, "track": "escalation", "since": day.text,
        "note": prose.reason(without_contacts(statement.why or "")),
    }  # fmt: skip
    subjects = [_who(statement, reading), *_groups(statement, reading)]
    for subject in dict.fromkeys(subjects):
        about = Bookkeeping(row=statement.row)
        yield line(reading.program, Standing, {"subject": subject, **told}, about)


def _who(statement: Statement, reading: Reading) -> str:
    """Return whom a statement bars: known by the name at the very address that it prints.

    Raises:
        NothingError: Nobody has said who that is.
    """
    places = {folded(place) for place in statement.places}
    if len(places) > 1:
        msg = "it prints several addresses"
        raise NothingError(msg)
    found = reading.names.judged.get((folded(statement.name), next(iter(places), "")))
    if found is None:
        where = "at its address " if places else ""
        msg = f"nobody has said {where}who {statement.name} is"
        raise NothingError(msg)
    return found


def _groups(statement: Statement, reading: Reading) -> Iterator[str]:
    """Yield the groups that a statement bars beside the factory, where no rule does so by itself.

    A group that nobody knows, or of which it speaks against the rule of its day, is a doubt: what
    a person may say yes to is the bar of the factory.
    """
    heading = Said(statement.row, statement.heading)
    apart = statement.day.first >= _GROUPS_APART.toordinal()
    if statement.alone and (statement.groups or not apart):
        why = "what it says of other factories does not agree with the rule of its day"
        statement.doubt(heading, why)
        return
    for name in sorted(statement.groups) if apart else ():
        found = reading.names.who(f"{name} group") if name else None
        if found is None:
            statement.doubt(heading, "it bars a group, and nobody has said who that is")
        else:
            yield found
