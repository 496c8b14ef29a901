"""Side: from whom a program's word lets nobody buy, on one side of a run: before it, or after."""

from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from graph_schema.codes import Effect, TieKind, Unlisted, Verdict
from graph_schema.days import PartialDate
from graph_schema.elements import Fact
from graph_schema.parties import Tie
from graph_schema.standing import Standing
from hub.eligibility.evidence import Evidence
from hub.eligibility.facts import Facts, Law, State
from hub.eligibility.facts import Tie as Tied
from hub.eligibility.readings import TooManyReadingsError
from hub.eligibility.standing import Asked
from hub.eligibility.verdict import Outcome
from hub.store.port import Row
from hub.store.rows import partial
from hub.store.states import state

_STOPS: Final = frozenset({Verdict.INELIGIBLE, Verdict.CLOSED})
"""The verdicts on which nobody buys."""
_ANYTHING: Final = 0
"""Stands for a product that no scope names."""


def words(law: Law, program: int) -> frozenset[tuple[str, str]]:
    """Return the words of a program that may bar a supplier, each with its track."""
    effects = {Effect.INELIGIBLE, Effect.CLOSED}
    if forbids(law, program):
        effects.add(Effect.NOT_IN_PROGRAM)
    mine = (rule for rule in law.rules if rule.program == program)
    return frozenset((rule.track, rule.state) for rule in mine if rule.effect in effects)


def forbids(law: Law, program: int) -> bool:
    """Whether a clause forbids to buy from who is not in a program."""
    clauses = (clause for each in law.agreements.values() for clause in each.clauses)
    mine = (clause for clause in clauses if clause.standing_program == program)
    return any(clause.unlisted is Unlisted.PROHIBITED for clause in mine)


def looking(law: Law, program: int) -> frozenset[int]:
    """Return the agreements with a clause that looks at the states of another program."""
    return frozenset(
        number
        for number, each in law.agreements.items()
        if any(clause.standing_program != program for clause in each.clauses)
    )


@dataclass(frozen=True)
class Side:
    """What a program says of some suppliers, and of those to whom they belong.

    What is yet to come counts as come: a bar that begins later as begun, what is good and ends
    later as ended, and so do ties. Else one could be told today what bars tomorrow.

    Attributes:
        rows: Its standings, and its ties by which states bear on others.
    """

    law: Law
    program: int
    today: int
    rows: Mapping[type[Fact], Sequence[Row]]

    @cached_property
    def holding(self) -> AbstractSet[int]:
        """Of whom it tells a state."""
        return {row["subject"] for row in self.rows[Standing]}

    @cached_property
    def suspects(self) -> AbstractSet[int]:
        """Of whom it tells a word that may bar."""
        return {row["subject"] for row in self._bars}

    @cached_property
    def exposed(self) -> AbstractSet[int]:
        """On whom such a word may bear, by whatever ties."""
        network = self._evidence.network
        if not network.reaching:
            return network.below(self.suspects)
        return frozenset[int]().union(*{network.company(each) for each in self.suspects})

    def products(self, subject: int) -> AbstractSet[int]:
        """Return the products of which a supplier is told something, and one that is none."""
        states = self._evidence.facts.states
        held = (
            each
            for node in self._evidence.network.bearing(subject)
            for each in states.get(node, ())
        )
        return {_ANYTHING}.union(*(each.products for each in held))

    def effort(self, subject: int) -> int:
        """Return about how many steps it takes to judge a supplier, of one product."""
        return self._evidence.effort(subject)

    def alike(self, subject: int) -> Hashable | None:
        """Return what two suppliers share whom it judges alike; none where ties bear on it."""
        network = self._evidence.network
        if subject in network.up or subject in network.down:
            return None
        held = self._evidence.own(subject)
        said = tuple(each._replace(number=at, subject=0) for at, each in enumerate(held))
        lists = (*self.law.confirmations, *self.law.listings)
        return said, tuple(subject in each.excepted for each in lists if each.excepted)

    def bars(self, subject: int, product: int, *, stranger: bool = False) -> bool:
        """Whether a supplier is barred, for a product.

        Args:
            subject: Who.
            product: Number of the product.
            stranger: Whether only a bar counts: who is closed or outside was nothing before.
        """
        outcomes = self._outcomes(subject, product)
        return any(_stops(outcome, stranger=stranger) for outcome in outcomes)

    @cached_property
    def _words(self) -> frozenset[tuple[str, str]]:
        return words(self.law, self.program)

    @cached_property
    def _bars(self) -> Sequence[Row]:
        """The standings whose word may bar."""
        told = self.rows[Standing]
        return [row for row in told if (row["track"], row["state"]) in self._words]

    @cached_property
    def _forbids(self) -> bool:
        return forbids(self.law, self.program)

    @cached_property
    def _evidence(self) -> Evidence:
        """What it says, as the rule takes it."""
        states: dict[int, list[State]] = {}
        for row in self.rows[Standing]:
            states.setdefault(row["subject"], []).append(self._come(state(row)))
        facts = Facts(
            law=self.law,
            states={subject: tuple(held) for subject, held in states.items()},
            ties=tuple(self._tied(row) for row in self.rows[Tie]),
        )
        return Evidence(facts, self.program, self.today)

    def _outcomes(self, subject: int, product: int) -> AbstractSet[Outcome]:
        kinds = frozenset(self.law.lineage(product)) if product else frozenset[int]()
        asked = Asked(product, kinds, frozenset(), self.today)
        try:
            return self._evidence.outcomes(subject, asked, prohibited=self._forbids)
        except TooManyReadingsError:
            return frozenset()

    def _come(self, said: State) -> State:
        """Return a state as it will be once what is yet to come has come."""
        if (said.track, said.word) in self._words:
            return said._replace(first=min(said.first, self.today), last=min(said.last, self.today))
        if said.until and said.until.last > self.today:
            return said._replace(until=PartialDate.on(self.today))
        return said

    def _tied(self, row: Row) -> Tied:
        first, last = (min(row[name], self.today) for name in ("begins_first", "begins_last"))
        kind, until = TieKind(row["kind"]), partial(row, "until")
        return Tied(row["program"], kind, row["from_"], row["to"], first, last, until)


def _stops(outcome: Outcome, *, stranger: bool) -> bool:
    if outcome.verdict not in _STOPS:
        return False
    return not stranger or any(each.effect is Effect.INELIGIBLE for each in outcome.findings[:1])
