"""Statements on ineligibility: prose that bars a factory or a group, one page for each.

Only a statement of which every sentence that bears on its effect is understood becomes a standing.
Any other is for a person: one without a clear date, of a factory that is not known at its address,
or that quotes, conditions, denies, disputes or takes something back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from adapters.bangladesh_accord import prose
from adapters.kit.contacts import without_contacts
from adapters.kit.dates import printed
from adapters.kit.gate import UnreadableError
from adapters.kit.names import Reading
from adapters.kit.pages import Line as Shown
from adapters.kit.pages import page
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem, line
from graph_schema.days import PartialDate
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
_FORMATS: Final = ("%d %B %Y", "%B %d, %Y", "%B %d %Y", "%B %Y")
"""With the month in letters; which of two numbers is the month, no source shows."""
_NUMERIC: Final = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_ORDINAL: Final = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_CONTACT: Final = re.compile(
    r"\W*(?:for (?:more|further) information,? (?:please )?|media |press )?contact", re.IGNORECASE
)
"""Begins a line that names a person."""
_LABELS: Final = ("date", "factory", "factory name", "address", "reason", "effect")
_THIS: Final = ("thefactory", "thesupplier", "thisfactory", "thissupplier")
_GROUPS_APART: Final = date(2019, 5, 8)
"""Since then a bar reaches the group only by a decision of its own (domain rule r05)."""
_MOST: Final = 100
"""Statements of one page: one for each factory or group is published."""
_MONITOR: Final = date(2020, 6, 1)
"""Since then the RSC speaks, no more the Accord."""


class _Unsure(Exception):  # noqa: N818 - never leaves this module
    """Why a person must read a statement."""


@dataclass(slots=True)
class _Statement:
    """One statement: its heading, its lines, and what they say.

    Attributes:
        day: From when the bar holds.
        places: The addresses it prints.
        groups: The groups that it bars as a whole.
        alone: Whether it says that the bar reaches no further.
    """

    row: int
    heading: str
    state: str
    name: str
    texts: list[str] = field(default_factory=list[str])
    labelled: dict[str, str] = field(default_factory=dict[str, str])
    day: PartialDate | None = None
    places: set[str] = field(default_factory=set[str])
    groups: set[str] = field(default_factory=set[str])
    alone: bool = False
    why: str | None = None


def statements(document: bytes, reading: Reading) -> Parsed:
    """Return whom the statements of a page bar, and since when.

    Raises:
        UnreadableError: It is no page of a statement.
    """
    shown = page(document, _MARKS, _WITHOUT)
    contacts = frozenset(
        each.row for each in shown.lines if _passed_over(each.text) and not _heads(each)
    )
    parsed = Parsed(kinds={Standing}, apart=replace(shown.apart, lines=contacts))
    found = list(_statements(shown.lines, reading, parsed.problems))
    if not found and not parsed.problems:
        msg = "it is not the page that the feed is about: no heading in it is one of a statement"
        raise UnreadableError(msg)
    if len(found) > _MOST:
        msg = f"it holds {len(found):,} statements; no page holds more than {_MOST}"
        raise UnreadableError(msg)
    monitor = any("rsc" in each.text.casefold().split() for each in shown.lines)
    told: list[Line] = []
    for each in found:
        try:
            _understand(each)
            told += _bars(each, reading, monitor=monitor)
        except _Unsure as unsure:
            who = reading.names.who(each.name)
            parsed.problems.append(_unsure(reading, each.row, each.heading, str(unsure), who))
    against = dict(_against(told))
    parsed.problems += against.values()
    parsed.lines += (each for each in told if each.about.row not in against)
    return parsed


def _against(told: Sequence[Line]) -> Iterator[tuple[int, RowProblem]]:
    """Yield each statement of which another says that the same bar holds since another day."""
    bars: dict[tuple[str, str], list[tuple[int, PartialDate]]] = {}
    for each in told:
        fact, row = each.fact, each.about.row
        assert isinstance(fact, Standing)  # noqa: S101 - `_bars` yields nothing else
        assert fact.since is not None  # noqa: S101
        assert row is not None  # noqa: S101
        bars.setdefault((fact.subject, fact.state), []).append((row, fact.since))
    for (subject, state), since in bars.items():
        if max(day.first for _, day in since) > min(day.last for _, day in since):
            days = " and ".join(sorted({str(day) for _, day in since}))
            message = f"the page says of it {state} since {days}; a person must decide"
            for row, _ in since:
                yield row, RowProblem(row, ProblemCode.CONTRADICTION, message, subject=subject)


def _heads(each: Shown) -> bool:
    """Whether a line is the heading of a statement."""
    return each.heading and _ANY_HEADING.search(each.text) is not None


def _passed_over(text: str) -> bool:
    """Whether a line says whom to contact, and nothing that bears on a bar."""
    bears = prose.doubt([text]) is not None or any(prose.effects([text], ""))
    return _CONTACT.match(text) is not None and not bears


def _unsure(
    reading: Reading, row: int, heading: str, why: str, subject: str | None = None
) -> RowProblem:
    return reading.unsure(row, without_contacts(heading), why, subject=subject)


def _statements(
    lines: Sequence[Shown], reading: Reading, problems: list[RowProblem]
) -> Iterator[_Statement]:
    """Yield the statements of a page, each from its heading to the next."""
    current: _Statement | None = None
    for each in lines:
        if not _heads(each):
            if current is not None:
                _take(current, each.text)
            continue
        if current is not None:
            yield current
        match = _HEADING.fullmatch(each.text)
        current = None
        if match is None:
            why = "its heading is not that of a bar"
            problems.append(_unsure(reading, each.row, each.text, why))
        else:
            state = "terminated" if "terminat" in match["kind"].casefold() else "ineligible"
            current = _Statement(each.row, each.text, state, match["who"].strip())
    if current is not None:
        yield current


def _take(statement: _Statement, text: str) -> None:
    """Take in the next line: a value with its label, a date, or prose."""
    label, colon, value = text.partition(":")
    if colon and folded(label) in map(folded, _LABELS):
        if statement.labelled.setdefault(folded(label), value.strip()) != value.strip():
            statement.texts.append('"')  # a label with two values is as unclear as a quotation
    elif not _passed_over(text):
        statement.texts.append(text)


def _understand(statement: _Statement) -> None:
    """Work out what a statement says.

    Raises:
        _Unsure: Something in it is not understood.
    """
    labelled = statement.labelled
    doubt = prose.doubt([statement.heading, *statement.texts, *labelled.values()])
    if doubt:
        msg = f"it quotes, conditions, disputes or takes back something ({doubt})"
        raise _Unsure(msg)
    named = labelled.get("factory", labelled.get("factoryname", statement.name))
    if folded(named) != folded(statement.name):
        msg = "its heading and its text name different factories"
        raise _Unsure(msg)
    statement.day = _day(statement)
    statement.why = labelled.get("reason")
    statement.places |= {labelled["address"]} if "address" in labelled else set()
    texts = [*statement.texts, *([labelled["effect"]] if "effect" in labelled else [])]
    for text in texts:
        for sentence in prose.sentences(text):
            if found := prose.PLACED.fullmatch(sentence):
                statement.places.add(found["at"])
    _effects(statement, texts)


def _day(statement: _Statement) -> PartialDate:
    """Return the date of a statement: the one line of it that is a date.

    Raises:
        _Unsure: There is none, or several.
    """
    given = [statement.labelled["date"]] if "date" in statement.labelled else []
    lines = [*given, *(re.sub(r"(?i)^(?:published|posted) on\s+", "", t) for t in statement.texts)]
    found = {day for each in lines if (day := _dated(each)) is not None}
    if len(found) != 1 or (given and _dated(given[0]) is None):
        msg = "its date is not clear"
        raise _Unsure(msg)
    return found.pop()


def _dated(text: str) -> PartialDate | None:
    """Return the date that a text is; none where it is something else."""
    if _NUMERIC.fullmatch(text.strip()):
        msg = f"its date is not clear ({text.strip()})"
        raise _Unsure(msg)
    try:
        return printed(_ORDINAL.sub("", text), _FORMATS)
    except ValueError:
        return None


def _effects(statement: _Statement, texts: Sequence[str]) -> None:
    """Take in the sentences that bear on whom signatories may buy from.

    Raises:
        _Unsure: One is not understood, names somebody else, or there is none.
    """
    barring = 0
    for _, found in prose.effects(texts, statement.name):
        if found is None:
            msg = "a sentence on its effect is not understood"
            raise _Unsure(msg)
        if found.re is prose.ALONE:
            statement.alone = True
            continue
        barring += 1
        if folded(found["who"]) not in {folded(statement.name), *_THIS}:
            msg = "a sentence on its effect names somebody else"
            raise _Unsure(msg)
        statement.places |= {found["at"]} if found["at"] else set()
        statement.why = statement.why or found["why"]
        if found["also"]:
            statement.groups.add((found["group"] or "").strip())
        if found["day"]:
            statement.day = _dated(found["day"])
    if not barring or statement.day is None:
        msg = "it does not say in clear words that, and since when, signatories must end business"
        raise _Unsure(msg)


def _bars(statement: _Statement, reading: Reading, *, monitor: bool) -> Iterator[Line]:
    """Yield the standings of a statement that is understood.

    Raises:
        _Unsure: It is not known whom it bars, or who says so.
    """
    day = statement.day
    assert day is not None  # noqa: S101 - `_effects` sees to it
    if (day.first >= _MONITOR.toordinal()) != monitor:
        msg = "the Accord spoke until 2020-05-31, the RSC since then: it is not clear who says it"
        raise _Unsure(msg)
    # An old statement that is read today says nothing of today: it confirms its own day alone.
    told: dict[str, object] = {
        "confirmedOn": date.fromordinal(day.last),
        "state": statement.state, "track": "escalation", "since": day.text,
        "note": prose.reason(without_contacts(statement.why or "")),
    }  # fmt: skip
    subjects = [_who(statement, reading), *_groups(statement, day, reading)]
    for subject in dict.fromkeys(subjects):
        about = Bookkeeping(row=statement.row)
        yield line(reading.program, Standing, {"subject": subject, **told}, about)


def _who(statement: _Statement, reading: Reading) -> str:
    """Return whom a statement bars: known by the name at the very address that it prints."""
    places = {folded(place) for place in statement.places}
    if len(places) > 1:
        msg = "it prints several addresses"
        raise _Unsure(msg)
    found = reading.names.judged.get((folded(statement.name), next(iter(places), "")))
    if found is None:
        where = "at its address " if places else ""
        msg = f"nobody has said {where}who {statement.name} is"
        raise _Unsure(msg)
    return found


def _groups(statement: _Statement, day: PartialDate, reading: Reading) -> Iterator[str]:
    """Yield the groups that a statement bars beside the factory, where no rule does so by itself.

    Raises:
        _Unsure: The group is not known, or the statement speaks against the rule of its day.
    """
    apart = day.first >= _GROUPS_APART.toordinal()
    if statement.alone and (statement.groups or not apart):
        msg = "what it says of other factories does not agree with the rule of its day"
        raise _Unsure(msg)
    for name in sorted(statement.groups) if apart else ():
        found = reading.names.who(f"{name} group") if name else None
        if found is None:
            msg = "it bars a group, and nobody has said who that is"
            raise _Unsure(msg)
        yield found
