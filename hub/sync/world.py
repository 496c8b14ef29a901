"""What a run is checked against: programs, words, products and sources, known and arriving."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from graph_schema.agreements import Agreement, Signature
from graph_schema.days import BEGINNING, FOR_EVER
from graph_schema.elements import Fact
from graph_schema.exchange import Line
from graph_schema.programs import Commodity, FactSource, Program
from graph_schema.standing import StateRule
from graph_schema.texts import folded
from hub.store.law import KINDS
from hub.store.port import OPEN, Latest, Moment, Row, Store, Viewer

EVERYTHING: Final = Viewer(everything=True)
_NEAREST: Final = 3
_BEARING: Final = (Program, Commodity, FactSource, Agreement, Signature, StateRule)
"""What bears on how other lines are checked."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as its program spells it, and the days of beginning it is accepted for."""

    track: str
    state: str
    since: int
    until: int


@dataclass(slots=True)
class Known:
    """What a run must know of one program.

    Attributes:
        scheme: Of the references that are its own to make.
        publishes: Whether its standings are public where nothing else is said.
        first_day: The earliest day of its agreements and signatures; none where it has none.
        words: Its words by their folded spelling.
    """

    code: str
    scheme: str | None = None
    publishes: bool = True
    first_day: int | None = None
    words: dict[str, list[Word]] = field(default_factory=dict[str, list[Word]])

    def begins(self, *days: int | None) -> None:
        """Take in days on which something of it began."""
        known = [day for day in (self.first_day, *days) if day is not None and day > BEGINNING]
        self.first_day = min(known, default=None)

    def uses(self, word: Word) -> None:
        """Take in a word."""
        found = self.words.setdefault(folded(word.state), [])
        if word not in found:
            found.append(word)


class World:
    """The known world, and what the lines of one run add to it."""

    def __init__(self) -> None:
        self.latest = Latest(0, 0, 0)
        self.law_rows: dict[type[Fact], Sequence[Row]] = {}
        self.programs: dict[str, Known] = {}
        self.codes: dict[int, str] = {}
        self.numbers: dict[str, int] = {}
        self.products: dict[str, str] = {}
        self.sources: set[str] = set()
        self._names: dict[str, str] = {}
        self._schemes: dict[str, str] = {}

    @classmethod
    async def load(cls, store: Store, latest: Latest) -> "World":
        """Return the world as the newest revision knows it."""
        world = cls()
        world.latest = latest
        world.law_rows = {
            kind: [
                row
                for row in await store.everything(kind, latest.revision)
                if row["revision_until"] == OPEN
            ]
            for kind in (*KINDS, FactSource)
        }
        world._read_programs()
        await world._read_products(store)
        world.sources = {row["reference"] for row in world.law_rows[FactSource]}
        signed = await store.facts_at(Signature, "program", list(world.codes), world.moment)
        for row in signed:
            world.programs[world.codes[row["program"]]].begins(row["begins_first"])
        return world

    @property
    def moment(self) -> Moment:
        """The newest revision, with all that it holds."""
        return Moment(self.latest.revision, OPEN - 1, EVERYTHING)

    def arriving(self, lines: Iterable[Line]) -> None:
        """Take in what lines of the same run say of programs, words, products and sources."""
        self._schemes = {}
        facts = [(line.program, line.fact) for line in lines if isinstance(line.fact, _BEARING)]
        for code, fact in facts:
            if isinstance(fact, Program):
                known = self.programs.setdefault(code, Known(code))
                known.scheme = fact.scheme or known.scheme
                known.publishes = fact.publishes_standings
        for code, fact in facts:
            match fact:
                case Commodity():
                    self._product(fact.reference, fact.name, fact.aliases)
                case FactSource():
                    self.sources.add(fact.reference)
                case Agreement() | Signature() | StateRule() if code in self.programs:
                    _learn(self.programs[code], fact)
                case _:
                    pass

    def product(self, name: str) -> str | None:
        """Return the reference of a product by its name, alias or reference."""
        return self.products.get(folded(name))

    def nearest_products(self, name: str) -> list[str]:
        """Return the names of the known products nearest to one that is not known."""
        near = get_close_matches(folded(name), self.products, n=_NEAREST, cutoff=0.5)
        return list(dict.fromkeys(self._names[self.products[match]] for match in near))

    def words_near(self, code: str, word: str) -> list[str]:
        """Return how a program spells its words, the nearest to one that is not known first."""
        spelled = {
            name: f"{found[0].state} ({found[0].track})"
            for name, found in self.programs[code].words.items()
        }
        near = get_close_matches(folded(word), spelled, n=len(spelled), cutoff=0.0)
        return [spelled[name] for name in near]

    def must_be_lifted(self, row: Row) -> bool:
        """Whether a kept standing is ended by a lifting word alone."""
        return any(
            rule["lifted_by"]
            for rule in self.law_rows[StateRule]
            if rule["program"] == row["program"]
            and rule["track"] == row["track"]
            and rule["state"] == row["state"]
        )

    def schemes(self) -> Mapping[str, str]:
        """Return the program that owns each scheme."""
        if not self._schemes:
            owned = self.programs.values()
            self._schemes = {known.scheme: known.code for known in owned if known.scheme}
        return self._schemes

    def _read_programs(self) -> None:
        for row in self.law_rows[Program]:
            self.codes[row["program"]] = row["code"]
            self.numbers[row["code"]] = row["program"]
            self.programs[row["code"]] = Known(
                row["code"], row["scheme"], publishes=bool(row["publishes_standings"])
            )
        for row in self.law_rows[StateRule]:
            since = row["since"] if row["since"] is not None else BEGINNING
            until = row["until"] if row["until"] is not None else FOR_EVER
            word = Word(row["track"], row["state"], since, until)
            self.programs[self.codes[row["program"]]].uses(word)
        for row in self.law_rows[Agreement]:
            known = self.programs[self.codes[row["program"]]]
            known.begins(row["concluded_on_first"], row["in_force_from_first"])

    async def _read_products(self, store: Store) -> None:
        rows: Sequence[Mapping[str, Any]] = self.law_rows[Commodity]
        texts: dict[int, str] = {}
        for node, text, _ in await store.references([row["reference"] for row in rows]):
            texts.setdefault(node, text)
        for row in rows:
            self._product(texts[row["reference"]], row["name"], row["aliases"])

    def _product(self, reference: str, name: str, aliases: Iterable[str]) -> None:
        self._names[reference] = name.lower()
        for each in (reference, reference.partition(":")[2], name, *aliases):
            self.products.setdefault(folded(each), reference)


def _learn(known: Known, fact: Agreement | Signature | StateRule) -> None:
    """Take in what a line says of a program: a word, or a day on which something of it began."""
    if isinstance(fact, StateRule):
        since = fact.since.toordinal() if fact.since else BEGINNING
        until = fact.until.toordinal() if fact.until else FOR_EVER
        known.uses(Word(fact.track, fact.state, since, until))
        return
    dates = (
        (fact.since,) if isinstance(fact, Signature) else (fact.concluded_on, fact.in_force_from)
    )
    known.begins(*(date.first for date in dates if date))
