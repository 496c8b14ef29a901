"""Participants: the program's page of participating growers and buyers (facts fm118).

Growers stand by name under headings of crop and state ("Tomatoes - Florida"), one a line, or
behind such a heading in its own line. A name is a sighting on the page's day: the one it prints, or
the one that a person gives.

Buyers stand by name alone. What binds a buyer is its own agreement, from its own day (facts tv008;
DOMAIN.md, Force), and a signature cannot be merely seen: one without its day would bind the buyer
in years before it signed. So a buyer is passed over whose signature the record holds, and no other
buyer stands in `names.csv`: it is set aside until somebody sends its signature by the template.

The facts do not say that the page leaves nobody out, so absence from it ends nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from typing import Final

from adapters.fair_food_program.growers import Growers, region
from adapters.kit.dates import printed
from adapters.kit.gate import UnreadableError, shown
from adapters.kit.names import Reading
from adapters.kit.pages import Line, page
from adapters.kit.parsed import Parsed, ProblemCode, RowProblem
from graph_schema.days import PartialDate
from graph_schema.texts import folded

_MARKS: Final = ("Fair Food Program", "Participating")
_BESIDE: Final = ("nav", "header", "footer", "aside", "form")
_FORMATS: Final = ("%B %d, %Y", "%d %B %Y", "%B %Y", "%Y-%m-%d")
_DAY: Final = re.compile(r"(?:.*\b)?(?:updated|as of)(?: on)?:? (?P<day>.+?)\.?", re.IGNORECASE)
_GROUP: Final = re.compile(r"(?P<crop>[^:]+) [-–—] (?P<state>[^:]+?) ?(?:: ?(?P<names>.*))?")  # noqa: RUF001
_FORM: Final = r"(?:Inc|LLC|L\.L\.C|Ltd|Co|Corp|LP|L\.P|Jr)\b"
_COMMA: Final = re.compile(rf", (?!{_FORM})", re.IGNORECASE)
"""Parts names; a comma before the form of a company stands inside its name."""
_TITLES: Final = frozenset(("participatinggrowers", "participatingbuyers"))
"""Lines that are headings, folded, whether or not they are marked as such."""


class _Under(Enum):
    """What a line stands under."""

    NOTHING = auto()
    INTRODUCTION = auto()
    GROUP = auto()
    BUYERS = auto()
    OTHER = auto()


def participants(document: bytes, reading: Reading) -> Parsed:
    """Return the growers that the page names, each as seen on its day.

    Raises:
        UnreadableError: It is another page, groups nobody by crop and state, or its day is not
            known.
    """
    shown = page(document, _MARKS, _BESIDE)
    lines = shown.lines
    growers = Growers(reading, reading.day(_printed(lines)))
    growers.parsed.apart = shown.apart
    _Lists(growers).read(lines)
    return growers.parsed


def _printed(lines: Iterable[Line]) -> PartialDate | None:
    """Return the day that the page prints as its own.

    Raises:
        UnreadableError: It prints several.
    """
    days = sorted(set(_days(lines)))
    if len(days) > 1:
        msg = f"the page says both {days[0]} and {days[1]} of when it was updated"
        raise UnreadableError(msg)
    return days[0] if days else None


def _days(lines: Iterable[Line]) -> Iterator[PartialDate]:
    for line in lines:
        if found := _DAY.fullmatch(line.text):
            try:
                yield printed(found["day"], _FORMATS)
            except ValueError:
                continue


class _Lists:
    """The lists of a page, read line by line."""

    def __init__(self, growers: Growers) -> None:
        self._growers = growers
        self._under = _Under.NOTHING
        self._group = ("", "")

    def read(self, lines: Sequence[Line]) -> None:
        """Take in what the page lists.

        Raises:
            UnreadableError: No heading names a crop and a state.
        """
        found = False
        for line in lines:
            group = _GROUP.fullmatch(line.text)
            title = line.heading or line.bold or folded(line.text) in _TITLES
            if group and region(group["state"]) and (title or group["names"]):
                found = True
                self._under = _Under.GROUP
                self._group = (group["crop"], group["state"])
                for name in _names(group["names"] or ""):
                    self._name(line, name)
            elif title:
                self._titled(line, like_group=group is not None)
            else:
                self._name(line, line.text)
        if not found:
            msg = "no heading of the page names a crop and a state; it has changed"
            raise UnreadableError(msg)

    def _titled(self, line: Line, *, like_group: bool) -> None:
        """Go on under another heading."""
        title = folded(line.text)
        if "growers" in title:
            self._under = _Under.INTRODUCTION
        elif "buyers" in title:
            self._under = _Under.BUYERS
        elif like_group or self._under is not _Under.NOTHING:
            self._under = _Under.OTHER
            why = "the heading names no crop with a state, so nothing under it was read"
            self._aside(self._growers.reading.unsure(line.row, line.text, why))

    def _name(self, line: Line, name: str) -> None:
        """Take in a name by what it stands under; text of another kind is passed over."""
        reading = self._growers.reading
        if self._under is _Under.GROUP:
            self._growers.take(line.row, name, *self._group)
        elif self._under is _Under.BUYERS and reading.names.who(name) is None:
            message = (
                f"nobody has said who {shown(name)} is; a buyer is bound by its own agreement from "
                "its own day: send who it is and its signature by the template"
            )
            self._aside(RowProblem(line.row, ProblemCode.UNKNOWN_NAME, message, "name"))
        elif self._under is _Under.INTRODUCTION and line.tag in ("li", "td"):
            why = "the name stands under no crop and state"
            subject = reading.names.who(name)
            self._aside(reading.unsure(line.row, name, why, subject=subject))

    def _aside(self, problem: RowProblem) -> None:
        self._growers.parsed.problems.append(problem)


def _names(text: str) -> Iterator[str]:
    """Yield the names of a line that holds several."""
    parts = text.split(";") if ";" in text else _COMMA.split(text)
    yield from filter(None, map(str.strip, parts))
