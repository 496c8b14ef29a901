"""The example world: made-up suppliers for demos, screenshots and docs, told by the quarter.

Two made-up programs, `example-produce` and `example-garments`, describe it. Their folders hold a
small cast with fixed stories as tables; this module makes everybody else, so that both programs
name the suppliers they share by the same reference.

The world is relative to the day it is generated: it reaches from `BEGAN` to the beginning of that
day's quarter, when everything still monitored is confirmed once more. A later day only adds facts.
What was said of a quarter is never said otherwise, so that an existing store takes in a later
world as news, and a question with `asOf` and `knownAt` keeps its answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Final

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
_QUARTERS_OF_LINKS: Final = 20
_MOST_LINKS: Final = 4
_TOWNS: Final = (
    "Sunvale", "Quillmere", "Tamberow", "Ostermead", "Brindolm", "Velmarrow", "Harrowick",
    "Lindarro", "Pellmoor", "Corvane",
)  # fmt: skip


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


def quarters(until: date) -> list[tuple[date, date]]:
    """Return the quarters from `BEGAN` to `until`: the first day of each, and of the next."""
    found: list[tuple[date, date]] = []
    first = BEGAN
    while first < until:
        month = first.month + 3
        after = date(first.year + month // 12, month % 12, 1)
        found.append((first, after))
        first = after
    return found


def chances(*about: object) -> Random:
    """Return chances that depend on what they are about alone, whatever the hash seed."""
    return Random("/".join(map(str, (_SEED, *about))))  # noqa: S311 - made up, nothing to guard


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
            draw = chances(self.code, number)
            town, (country, region) = draw.choice(_TOWNS), draw.choice(self.places)
            product, workers = draw.choice(self.products), draw.randrange(20, 900, 5)
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
    own="exp:{number:05}",
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
            tie = Tie(kind=kind, from_=begin, to=end, since=PartialDate.on(since))
            yield self.line(tie, since)

    def sourced(self, series: Series, buyers: Sequence[str]) -> Iterator[Line]:
        """Yield which of some buyers buy from suppliers, as their published lists say."""
        begun = quarters(TOLD)[:_QUARTERS_OF_LINKS]
        for number in series.numbers:
            draw = chances(self.program, series.code, number, "links")
            for buyer in draw.sample(buyers, draw.randint(1, min(_MOST_LINKS, len(buyers)))):
                since, _ = draw.choice(begun)
                link = SourcingLink(
                    buyer=buyer,
                    supplier=series.reference(number),
                    product=draw.choice(series.products),
                    since=PartialDate.on(since),
                    published=True,
                )
                yield self.line(link, since + timedelta(days=draw.randrange(28)), LISTS)

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
            fact = Confirmation(on=on, except_=tuple(sorted(excepted)))
            yield self.line(fact, on)
