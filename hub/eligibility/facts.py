"""What the rule is given: facts as known at one moment, nodes as dense numbers, days as ordinals.

A store fills these from its log. Nothing here reads a clock, a file or a database.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeVar

from graph_schema.codes import Confidence, Duty, Effect, Reason, Term, TieKind, Unlisted, VolumeKind
from graph_schema.days import BEGINNING, FOR_EVER, PartialDate
from graph_schema.texts import folded

_K = TypeVar("_K")
_V = TypeVar("_V")

RECORD_FEED = "record"
"""Feed of the bundled public record; being recorded or synced again confirms nothing in it."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program, as its record states it.

    Attributes:
        publishes: Whether its standings are for everybody, where nothing else is said.
    """

    number: int
    code: str
    name: str
    parent: int | None = None
    example: bool = False
    publishes: bool = True


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause; an empty scope means all."""

    number: int
    agreement: int
    duty: Duty
    standing_program: int
    text: str = ""
    option: str | None = None
    products: frozenset[int] = frozenset()
    countries: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    worksites: frozenset[int] = frozenset()
    unlisted: Unlisted = Unlisted.NOT_COVERED


@dataclass(frozen=True, slots=True)
class Agreement:
    """One version of one contract, with its clauses."""

    number: int
    program: int
    name: str
    term: Term = Term.FIXED
    framework: bool = False
    under: int | None = None
    supersedes: int | None = None
    concluded_on: PartialDate | None = None
    in_force_from: PartialDate | None = None
    in_force_until: PartialDate | None = None
    renewed_until: PartialDate | None = None
    signatories_complete: bool = False
    clauses: tuple[Clause, ...] = ()

    @property
    def programs(self) -> frozenset[int]:
        """The programs a signature of it belongs to: its own and its clauses' standing programs."""
        return frozenset({self.program, *(clause.standing_program for clause in self.clauses)})


@dataclass(frozen=True, slots=True)
class StateRule:
    """What a word means where a standing began in `[since, until)`."""

    number: int
    program: int
    track: str
    state: str
    effect: Effect
    reason: Reason | None = None
    group: bool = False
    lifted_by: frozenset[str] = frozenset()
    """Folded words."""
    implies_membership: bool = True
    since: int = BEGINNING
    until: int = FOR_EVER


@dataclass(frozen=True, slots=True)
class Confirmation:
    """States of these tracks that were in force on that day are confirmed, but for some subjects.

    Attributes:
        feed: Only states that this feed brought; none: all of the program's.
    """

    program: int
    on: int
    tracks: frozenset[str] = frozenset()
    excepted: frozenset[int] = frozenset()
    feed: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A complete list of a feed on a day: who is absent from it is not in the program."""

    program: int
    on: int
    max_age: int
    excepted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Commodity:
    """A product and what it is a kind of."""

    number: int
    code: str
    name: str
    parent: int | None = None
    aliases: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()


class State(NamedTuple):
    """One state of one subject on one track of one program.

    Attributes:
        first: Earliest day it may have begun.
        last: Latest day it may have begun; equal to `first` for a sighting.
        until: First day it no longer holds, where that is stated.
        announced_until: Last day of an announced period.
        confirmed: Day of its own last confirmation, by itself.
        max_age: Days after its last confirmation on which it still counts as fresh.
        feed: The feed that brought it.
        printed: Since when, or when seen, as its source prints it.
    """

    number: int
    subject: int
    program: int
    track: str
    word: str
    first: int
    last: int
    confirmed: int
    max_age: int
    until: PartialDate | None = None
    announced_until: PartialDate | None = None
    products: frozenset[int] = frozenset()
    regions: frozenset[str] = frozenset()
    feed: str | None = None
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, or the evidence that an organisation did not sign; only buyers' are given.

    Attributes:
        program: The program that says it; it counts in that program's agreements and rulings.
    """

    number: int
    program: int
    organization: int
    agreement: int
    first: int
    last: int
    until: PartialDate | None = None
    options: frozenset[str] | None = None
    covers_group: bool | None = None
    signed: bool = True
    confidence: Confidence | None = None


class Tie(NamedTuple):
    """One program ties two subjects; without a date it always holds."""

    program: int
    kind: TieKind
    begin: int
    end: int
    first: int = BEGINNING
    last: int = BEGINNING
    until: PartialDate | None = None


class Place(NamedTuple):
    """What one program says of where a subject is.

    Attributes:
        recorded_at: When the hub learned it, to find the earliest statement.
        stated_at: When it was said, to find a program's newest.
        known: Whether it was known at the moment asked; else it only tells where the subject is.
        worksite: Whether it is a site; organisations are judged by theirs.
    """

    subject: int
    program: int
    name: str
    country: str | None = None
    regions: frozenset[str] = frozenset()
    closed_on: PartialDate | None = None
    recorded_at: int = 0
    stated_at: int = 0
    worksite: bool = True
    known: bool = True


@dataclass(frozen=True, slots=True)
class Volume:
    """One side of a pool's balance in a period."""

    program: int
    pool: int
    product: int
    kind: VolumeKind
    since: PartialDate
    quantity: float
    unit: str
    until: PartialDate | None = None
    buyer: int | None = None


@dataclass(frozen=True)
class Law:
    """What holds for every question: programs, agreements, words, products, complete lists."""

    programs: Mapping[int, Program]
    agreements: Mapping[int, Agreement]
    rules: tuple[StateRule, ...]
    commodities: Mapping[int, Commodity]
    confirmations: tuple[Confirmation, ...] = ()
    listings: tuple[Listing, ...] = ()
    spellings: frozenset[str] = frozenset()
    """How words of states were ever spelled; a state keeps the spelling of its own time."""

    @cached_property
    def words(self) -> Mapping[tuple[int, str, str], tuple[StateRule, ...]]:
        """The rules of a program's folded track and word, whatever their dates."""
        return grouped(
            ((rule.program, folded(rule.track), folded(rule.state)), rule) for rule in self.rules
        )

    @cached_property
    def borders(self) -> Mapping[int, frozenset[int]]:
        """The days on which a program's rules begin or end."""
        found: dict[int, set[int]] = {}
        for rule in self.rules:
            found.setdefault(rule.program, set()).update({rule.since, rule.until})
        return {program: frozenset(days) for program, days in found.items()}

    @cached_property
    def families(self) -> Mapping[tuple[int, str], frozenset[str]]:
        """The tracks whose words can lift each other, by program and track."""
        return _families(self.rules)

    @cached_property
    def confirmed(self) -> Mapping[int, tuple[Confirmation, ...]]:
        """A program's confirmations, newest first."""
        newest = sorted(self.confirmations, key=lambda c: -c.on)
        return grouped((confirmation.program, confirmation) for confirmation in newest)

    @cached_property
    def duties(self) -> frozenset[int]:
        """The programs whose standings some clause looks at."""
        clauses = (c for agreement in self.agreements.values() for c in agreement.clauses)
        return frozenset(clause.standing_program for clause in clauses)

    @cached_property
    def reaching(self) -> frozenset[int]:
        """The programs of which some word may reach a whole company group."""
        return frozenset(rule.program for rule in self.rules if rule.group)

    @cached_property
    def reaching_words(self) -> frozenset[str]:
        """The words that may reach a whole company group, as states spell them."""
        words = {folded(rule.state) for rule in self.rules if rule.group}
        spelled = self.spellings.union(rule.state for rule in self.rules)
        return frozenset(word for word in spelled if folded(word) in words)

    @cached_property
    def naming(self) -> tuple[Clause, ...]:
        """The clauses that name the sites they cover."""
        clauses = (c for agreement in self.agreements.values() for c in agreement.clauses)
        return tuple(clause for clause in clauses if clause.worksites)

    def children(self, program: int) -> frozenset[int]:
        """Return the programs that a program is the parent of."""
        return frozenset(p.number for p in self.programs.values() if p.parent == program)

    @cached_property
    def _spelled(self) -> dict[tuple[int, str, str], tuple[StateRule, ...]]:
        """The rules found for words as they are spelled in states, so that none is folded twice."""
        return {}

    def rules_of(self, program: int, track: str, word: str) -> tuple[StateRule, ...]:
        """Return the rules of a word, whatever their dates; none for a word nobody declared."""
        spelled = (program, track, word)
        found = self._spelled.get(spelled)
        if found is None:
            found = self.words.get((program, folded(track), folded(word)), ())
            self._spelled[spelled] = found
        return found

    def meaning(self, state: State, began: int) -> StateRule | None:
        """Return the rule in force when the state began; none where its word meant nothing."""
        for rule in self.rules_of(state.program, state.track, state.word):
            if rule.since <= began < rule.until:
                return rule
        return None

    @cached_property
    def _lineages(self) -> dict[int, tuple[int, ...]]:
        """The lineages asked for so far."""
        return {}

    def lineage(self, product: int) -> tuple[int, ...]:
        """Return the product and all it is a kind of, nearest first."""
        found = self._lineages.get(product)
        if found is None:
            climbed: list[int] = []
            at: int | None = product
            while at is not None and at not in climbed:
                climbed.append(at)
                known = self.commodities.get(at)
                at = known.parent if known else None
            found = self._lineages[product] = tuple(climbed)
        return found


def grouped(pairs: Iterable[tuple[_K, _V]]) -> dict[_K, tuple[_V, ...]]:
    """Return the values of each key in their order."""
    found: dict[_K, list[_V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}


def _families(rules: Iterable[StateRule]) -> dict[tuple[int, str], frozenset[str]]:
    """Join the tracks of each program on which a word of one lifts a state of the other."""
    rules = tuple(rules)
    tracks: dict[tuple[int, str], frozenset[str]] = {
        (rule.program, folded(rule.track)): frozenset({folded(rule.track)}) for rule in rules
    }
    for rule in rules:
        for other in rules:
            if other.program == rule.program and folded(other.state) in rule.lifted_by:
                joined = (
                    tracks[rule.program, folded(rule.track)]
                    | tracks[rule.program, folded(other.track)]
                )
                tracks |= dict.fromkeys(((rule.program, track) for track in joined), joined)
    return tracks


@dataclass(frozen=True)
class Facts:
    """What bears on the questions asked: of the buyer, and of the subjects and those tied to them.

    Attributes:
        signatures: Of the buyer and of the groups it may belong to.
        buyer_ties: PART_OF ties from the buyer upwards.
        unseen: Programs of whose standings not all are for who asks: to hold none there tells
            nothing.
    """

    law: Law
    signatures: tuple[Signature, ...] = ()
    buyer_ties: tuple[Tie, ...] = ()
    states: Mapping[int, tuple[State, ...]] = field(default_factory=dict[int, tuple[State, ...]])
    ties: tuple[Tie, ...] = ()
    places: Mapping[int, tuple[Place, ...]] = field(default_factory=dict[int, tuple[Place, ...]])
    volumes: tuple[Volume, ...] = ()
    unseen: frozenset[int] = frozenset()

    def name(self, node: int, program: int | None = None) -> str | None:
        """Return what to call a node in sentences.

        Args:
            node: Whom or what.
            program: The program that rules: what it says itself, last, comes first; where it
                says nothing, or none rules, it is the name that was known first.
        """
        places = self.places.get(node, ())
        own = [(p.known, p.stated_at, p.name) for p in places if p.program == program]
        if own:
            return max(own)[2]
        codes = self.law.programs
        said = ((p.recorded_at, codes[p.program].code, p.name) for p in places)
        return min(said, default=(0, "", None))[2]
