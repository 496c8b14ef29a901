"""A statement: its heading and its lines, what they say, and what of it is not sure."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from adapters.bangladesh_accord import prose
from adapters.kit.contacts import without_contacts
from adapters.kit.dates import printed
from adapters.kit.gate import shown
from graph_schema.days import PartialDate
from graph_schema.texts import folded

_FORMATS: Final = ("%d %B %Y", "%B %d, %Y", "%B %d %Y", "%B %Y")
"""With the month in letters; which of two numbers is the month, no source shows."""
_NUMERIC: Final = re.compile(r"(\d{1,4})[./-](\d{1,2})[./-](\d{1,4})")
_EITHER_WAY: Final = ("%d.%m.%Y", "%m.%d.%Y", "%Y.%m.%d")
"""What three numbers may mean: any of these."""
_ORDINAL: Final = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_CONTACT: Final = re.compile(
    r"\W*(?:for (?:more|further) information,? (?:please )?|media |press )?contact", re.IGNORECASE
)
"""Begins a line that names a person."""
_LABELS: Final = ("date", "factory", "factory name", "address", "reason", "effect")
_QUOTED: Final = 300
"""Characters of what is not sure that a person sees."""
_THIS: Final = ("thefactory", "thesupplier", "thisfactory", "thissupplier")


class NothingError(Exception):
    """Why a statement says nothing that a person could say yes to."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text of a statement, and the line of the page on which it stands."""

    row: int
    text: str


@dataclass(slots=True)
class Statement:
    """One statement: its heading, its lines, and what they say.

    Attributes:
        days: The days that it prints, any of which may be that of the bar.
        effective: The days from which it says that the bar holds, where it says so.
        places: The addresses it prints.
        groups: The groups that it bars as a whole.
        alone: Whether it says that the bar reaches no further.
        doubts: Why a person must read it, each with its place.
        doubted: The texts that it is about.
    """

    row: int
    heading: str
    state: str
    name: str
    texts: list[Said] = field(default_factory=list[Said])
    labelled: dict[str, Said] = field(default_factory=dict[str, Said])
    days: set[PartialDate] = field(default_factory=set[PartialDate])
    effective: set[PartialDate] = field(default_factory=set[PartialDate])
    places: set[str] = field(default_factory=set[str])
    groups: set[str] = field(default_factory=set[str])
    alone: bool = False
    why: str | None = None
    doubts: list[str] = field(default_factory=list[str])
    doubted: set[str] = field(default_factory=set[str])

    @property
    def words(self) -> str:
        """Its heading and what of it is not sure, by which it is known again.

        What else stands around it on a page may be another on any day.
        """
        return " ".join(map(folded, (self.heading, *sorted(self.doubted))))

    @property
    def day(self) -> PartialDate:
        """Since when it bars; of several days that may be meant, one from the first to the last."""
        found = self.effective or self.days
        if len(found) == 1:
            return next(iter(found))
        return PartialDate.between(min(d.first for d in found), max(d.last for d in found))

    def doubt(self, said: Said, why: str) -> None:
        """Take down why a person must read it."""
        # Whom to contact, and who complained, is quoted nowhere.
        told = None if _CONTACT.match(said.text) else prose.reason(without_contacts(said.text))
        quoted = f": {shown(told, _QUOTED)}" if told else ""
        self.doubted.add(said.text)
        self.doubts.append(f"row {said.row}: {why}{quoted}")


def passed_over(text: str) -> bool:
    """Whether a line says whom to contact, and nothing that bears on a bar."""
    bears = prose.doubt(text) is not None or any(prose.effects(text, ""))
    return _CONTACT.match(text) is not None and not bears


def take(statement: Statement, said: Said) -> None:
    """Take in the next line: a value with its label, a date, or prose."""
    label, colon, value = said.text.partition(":")
    if colon and folded(label) in map(folded, _LABELS):
        given = Said(said.row, value.strip())
        first = statement.labelled.setdefault(folded(label), given)
        if first.text != given.text:
            statement.doubt(said, "a label has two values")
            statement.places |= {given.text} if folded(label) == "address" else set()
    elif not passed_over(said.text):
        statement.texts.append(said)


def understand(statement: Statement) -> None:
    """Work out what a statement says, and what of it is not sure.

    Raises:
        NothingError: It says of nobody, or of no day, that a bar holds.
    """
    labelled = statement.labelled
    for said in (Said(statement.row, statement.heading), *statement.texts, *labelled.values()):
        if word := prose.doubt(said.text):
            why = f"it quotes, conditions, disputes or takes back something ({word})"
            statement.doubt(said, why)
    named = labelled.get("factory", labelled.get("factoryname"))
    if named is not None and folded(named.text) != folded(statement.name):
        msg = f"row {named.row}: its heading and its text name different factories"
        raise NothingError(msg)
    _days(statement)
    statement.why = labelled["reason"].text if "reason" in labelled else None
    statement.places |= {labelled["address"].text} if "address" in labelled else set()
    texts = [*statement.texts, *([labelled["effect"]] if "effect" in labelled else [])]
    for said in texts:
        for sentence in prose.sentences(said.text):
            if found := prose.PLACED.fullmatch(sentence):
                statement.places.add(found["at"])
    _effects(statement, texts)


def _days(statement: Statement) -> None:
    """Take in the date of a statement: the one line of it that is a date.

    Raises:
        NothingError: There is none.
    """
    label = statement.labelled.get("date")
    lines = [label] if label else []
    lines += [
        replace(said, text=re.sub(r"(?i)^(?:published|posted) on\s+", "", said.text))
        for said in statement.texts
    ]
    for said in lines:
        readings = _read(said.text)
        statement.days |= readings
        numeric = _NUMERIC.fullmatch(said.text.strip()) is not None
        clear = len(statement.days) == 1 and bool(readings) and not numeric
        if (readings or numeric or said is label) and not clear:
            statement.doubt(said, "its date is not clear")
    if not statement.days:
        msg = "it prints no date that can be read"
        raise NothingError(msg)


def _read(text: str) -> set[PartialDate]:
    """Return the days that a text may mean; none where it is something else."""
    plain, forms = _ORDINAL.sub("", text), _FORMATS
    if numeric := _NUMERIC.fullmatch(text.strip()):
        plain, forms = ".".join(numeric.groups()), _EITHER_WAY
    found: set[PartialDate] = set()
    for form in forms:
        with suppress(ValueError):
            found.add(printed(plain, (form,)))
    return found


def _effects(statement: Statement, texts: Sequence[Said]) -> None:
    """Take in the sentences that bear on whom signatories may buy from.

    Raises:
        NothingError: One names somebody else, or a day that cannot be read.
    """
    found = [
        (Said(said.row, sentence), match)
        for said in texts
        for sentence, match in prose.effects(said.text, statement.name)
    ]
    for said, match in found:
        if match is None:
            statement.doubt(said, "a sentence on its effect is not understood")
        elif match.re is prose.ALONE:
            statement.alone = True
        else:
            _bar(statement, said, match)
    if not any(match is None or match.re is not prose.ALONE for _, match in found):
        why = "it does not say in clear words that signatories must end business"
        statement.doubt(Said(statement.row, statement.heading), why)
    if len(statement.effective) > 1:
        why = "it says of several days that the bar holds from then on"
        statement.doubt(Said(statement.row, statement.heading), why)


def _bar(statement: Statement, said: Said, found: re.Match[str]) -> None:
    """Take in a sentence that bars somebody.

    Raises:
        NothingError: It names somebody else, or a day that cannot be read.
    """
    who = folded(found["who"])
    if folded(statement.name) not in who and who not in _THIS:
        msg = f"row {said.row}: a sentence on its effect names somebody else"
        raise NothingError(msg)
    if who not in {folded(statement.name), *_THIS}:
        statement.doubt(said, "a sentence on its effect is not understood")
    statement.places |= {found["at"]} if found["at"] else set()
    statement.why = statement.why or found["why"]
    if found["also"]:
        statement.groups.add((found["group"] or "").strip())
    if found["day"]:
        readings = _read(found["day"])
        statement.effective |= readings
        if not readings:
            msg = f"row {said.row}: the day from which it bars cannot be read"
            raise NothingError(msg)
