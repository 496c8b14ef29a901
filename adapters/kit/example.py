"""The example world: made-up suppliers for demos, screenshots and docs, told by the quarter.

Two made-up programs, `example-produce` and `example-garments`, describe it. Their folders hold a
small cast with fixed stories as tables; this module makes everybody else, so that both programs
name the suppliers they share by the same reference.

The world is relative to the day it is generated: it reaches from `BEGAN`, five years before the
first release, to the beginning of that day's quarter, when everything still monitored is confirmed
once more. A later day only adds facts; what was said of a quarter is never said otherwise. So an
existing store takes in a later world as news, and a question with a `knownAt` before the day up to
which the world was told keeps its answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Final, TypeVar

from graph_schema.codes import Confidence, Role, TieKind
from graph_schema.days import PartialDate
from graph_schema.elements import Fact
from graph_schema.exchange import Bookkeeping, Line
from graph_schema.parties import Organization, Tie, Worksite
from graph_schema.sourcing import SourcingLink
from graph_schema.standing import Confirmation

BEGAN: Final = date(2021, 10, 1)
"""First day of the world: both programs began."""
TOLD: Final = date(2026, 10, 1)
"""The day up to which the tables of the cast tell their stories; no world ends before it."""
NOTICES: Final = 1
LISTS: Final = 3
REPORTS: Final = 4
"""Numbers of a program's sources: notices and lists of suppliers, buyers' lists, reports."""

_SEED: Final = "example world"
_LINKS_BEGIN: Final = range(20)
"""Quarters in which sourcing links begin."""
_MOST_LINKS: Final = 4
_TOWNS: Final = (
    "Sunvale", "Quillmere", "Tamberow", "Ostermead", "Brindolm", "Velmarrow", "Harrowick",
    "Lindarro", "Pellmoor", "Corvane",
)  # fmt: skip
_T = TypeVar("_T")


def today() -> date:
    """Return the present day in UTC; nothing else of the example world reads a clock."""
    return datetime.now(UTC).date()


def horizon(day: date | None = None) -> date:
    """Return the day up to which the world is told: the first of a quarter, never before `TOLD`.

    Args:
        day: The day for which it is generated; today where not given.
    """
    at = day or today()
    return max(date(at.year, 3 * ((at.month - 1) // 3) + 1, 1), TOLD)


def quarter(number: int) -> date:
    """Return the first day of a quarter, counted from that of `BEGAN` as 0."""
    months = BEGAN.month - 1 + 3 * number
    return date(BEGAN.year + months // 12, months % 12 + 1, 1)


def quarters(until: date) -> Iterator[tuple[date, date]]:
    """Yield the quarters from `BEGAN` to `until`: the first day of each, and of the next."""
    for number in count():
        if quarter(number) >= until:
            return
        yield quarter(number), quarter(number + 1)


class Chances:
    """Chances that depend on what they are about alone.

    Only `random()` is used: of all that `random.Random` offers, it alone is promised to stay the
    same in every version of Python, and an existing store must not see another world.
    """

    def __init__(self, *about: object) -> None:
        self._random = Random("/".join(map(str, (_SEED, *about))))  # noqa: S311 - no secret

    def share(self) -> float:
        """Return a number from 0 to below 1."""
        return self._random.random()

    def pick(self, choices: Sequence[_T]) -> _T:
        """Return one of some choices."""
        return choices[int(self.share() * len(choices))]

    def some(self, choices: Sequence[_T], most: int) -> list[_T]:
        """Return one to `most` of some choices, each once."""
        left, found = list(choices), list[_T]()
        for _ in range(self.pick(range(1, min(most, len(left)) + 1))):
            found.append(self.pick(left))
            left.remove(found[-1])
        return found


def reference(code: str, number: int, digits: int = 2) -> str:
    """Return the reference of one of a series, such as `wsr:example-farm-017`."""
    return f"wsr:example-{code}-{number:0{digits}}"


@dataclass(frozen=True, slots=True)
class Series:
    """Suppliers of one sort, by number.

    Attributes:
        code: In their references.
        naming: Their names, with `number` and `town`; each program may have its own.
        numbers: Which there are; those before them are the cast's.
        kind: What kind of worksite; none: they are organisations.
        places: Countries and regions to choose from.
        products: What they may make or grow.
        own: Their numbers in the program's own scheme.
    """

    code: str
    naming: str
    numbers: range
    places: Sequence[tuple[str, str]]
    products: Sequence[str]
    own: str
    kind: str | None = None

    @property
    def digits(self) -> int:
        """Digits of the numbers in references: three for worksites, two for organisations."""
        return 3 if self.kind else 2

    def reference(self, number: int) -> str:
        """Return the reference of one of them."""
        return reference(self.code, number, self.digits)

    def called(self, naming: str, own: str) -> "Series":
        """Return the same suppliers under the names and numbers of another program."""
        return replace(self, naming=naming, own=own)

    def facts(self) -> Iterator[Organization | Worksite]:
        """Yield what is said of each: name, place, products."""
        for number in self.numbers:
            draw = Chances(self.code, number)
            town, (country, region) = draw.pick(_TOWNS), draw.pick(self.places)
            product, workers = draw.pick(self.products), draw.pick(range(20, 900, 5))
            name = self.naming.format(number=number, town=town)
            own = (self.own.format(number=number),)
            if self.kind is None:
                yield Organization(
                    reference=self.reference(number),
                    name=name,
                    roles=(Role.SUPPLIER,),
                    country=country,
                    external_ids=own,
                )
                continue
            yield Worksite(
                reference=self.reference(number),
                name=name,
                kind=self.kind,
                city=f"Example {town}",
                country=country,
                region=region,
                products=(product,),
                workers=workers,
                external_ids=own,
            )


FIBRE_FARMS: Final = Series(
    code="fibre-farm",
    naming="Example Fibre Farm {number:03} ({town})",
    numbers=range(11, 51),
    places=(("US", "US-TX"), ("US", "US-GA"), ("IN", "IN-GJ")),
    products=("cotton",),
    own="exp:5{number:03}",
    kind="farm",
)
"""Cotton farms: both programs monitor them, each its own side of the work."""
HOLDINGS: Final = Series(
    code="holdings",
    naming="Example Holdings {number:02}",
    numbers=range(3, 11),
    places=(("US", "US-TX"), ("IN", "IN-GJ")),
    products=("cotton",),
    own="exp:H{number:02}",
)
"""Companies that run two cotton farms each; known to both programs, too."""


def held(number: int) -> tuple[int, ...]:
    """Return the numbers of the cotton farms that a holding company runs."""
    first = FIBRE_FARMS.numbers.start + 2 * (number - HOLDINGS.numbers.start)
    return first, first + 1


@dataclass(frozen=True, slots=True)
class Teller:
    """One program's voice: what it says, from where, and since when that is known.

    Attributes:
        program: Its code.
        sources: What the numbers of its sources begin with.
        until: The day up to which it tells.
    """

    program: str
    sources: str
    until: date

    def line(self, fact: Fact, known: date | None = None, source: int = NOTICES) -> Line:
        """Return a fact as the program says it.

        Args:
            fact: What it says.
            known: The day it became public. What describes a party bears none: it is known at
                every instant, so that whatever is asked of it is labelled as made up.
            source: Number of its source.
        """
        about = Bookkeeping(
            sources=(f"{self.sources}{source}",), confidence=Confidence.HIGH, known_on=known
        )
        return Line(program=self.program, fact=fact, about=about)

    def described(self, *series: Series) -> Iterator[Line]:
        """Yield what is said of suppliers."""
        for each in series:
            yield from (self.line(fact) for fact in each.facts())

    def tied(
        self, kind: TieKind, pairs: Iterable[tuple[str, str]], since: date = BEGAN
    ) -> Iterator[Line]:
        """Yield ties between pairs of references."""
        for begin, end in pairs:
            stated = {"kind": kind, "from": begin, "to": end, "since": since}
            yield self.line(Tie.model_validate(stated), since)

    def sourced(self, series: Series, buyers: Sequence[str]) -> Iterator[Line]:
        """Yield which of some buyers buy from suppliers, as their published lists say."""
        for number in series.numbers:
            draw = Chances(self.program, series.code, number, "links")
            for buyer in draw.some(buyers, _MOST_LINKS):
                since = quarter(draw.pick(_LINKS_BEGIN))
                link = SourcingLink(
                    buyer=buyer,
                    supplier=series.reference(number),
                    product=draw.pick(series.products),
                    since=PartialDate.on(since),
                    published=True,
                )
                yield self.line(link, since + timedelta(days=draw.pick(range(28))), LISTS)

    def confirmed(
        self, silent: Iterable[tuple[str, date]], never: Iterable[str] = ()
    ) -> Iterator[Line]:
        """Yield, for each quarter, that what the program said before is still so.

        Args:
            silent: Suppliers nobody visits any more, and since when.
            never: Suppliers of whom a confirmation never speaks.
        """
        silenced, left_out = list(silent), set(never)
        for _, on in quarters(self.until):
            excepted = left_out | {subject for subject, since in silenced if since <= on}
            stated = {"on": on, "except": sorted(excepted)}
            yield self.line(Confirmation.model_validate(stated), on)
