"""What one program says of one subject: every outcome that the dates allow."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product as every
from math import prod
from typing import Final

from graph_schema.codes import Effect, Reason, Verdict
from graph_schema.texts import folded
from hub.eligibility.facts import Facts, Place, State
from hub.eligibility.network import Neighbourhood, Network
from hub.eligibility.readings import TooManyReadingsError, may, readings
from hub.eligibility.standing import Asked, Finding, Reach, bearing
from hub.eligibility.timeline import known_days, timeline, unsure_dates
from hub.eligibility.verdict import Outcome, weighed

_MOST_SETS: Final = 4_096
"""Combinations of findings over a program's tracks that one outcome is weighed from."""
_MOST_WAYS: Final = 8
"""Ties of unsure days that one ruling tries both ways, at most."""
_NOTHING: Final = Outcome(Verdict.UNKNOWN, Reason.NO_EVIDENCE)
_NOT_LISTED: Final = Outcome(Verdict.NOT_IN_PROGRAM, Reason.NOT_LISTED)
_FORBIDDEN: Final = Outcome(Verdict.INELIGIBLE, Reason.NOT_LISTED)


@dataclass(frozen=True)
class Evidence:
    """One program's states, ties and statements, as they bear on subjects on one day."""

    facts: Facts
    program: int
    day: int

    @cached_property
    def network(self) -> Network:
        """The program's ties that may hold on the day."""
        mine = (tie for tie in self.facts.ties if tie.program == self.program)
        return Network.of(mine, self.day, reaching=self.program in self.facts.law.reaching)

    def own(self, subject: int) -> list[State]:
        """Return the subject's own states in the program."""
        states = self.facts.states.get(subject, ())
        return [state for state in states if state.program == self.program]

    def holds_own(self, subject: int) -> bool:
        """Whether the subject may itself hold a state, or be closed, on the day.

        One whose dates allow too many readings may.
        """
        if subject not in self._holding:
            self._holding[subject] = self._holds_own(subject)
        return self._holding[subject]

    @cached_property
    def _holding(self) -> dict[int, bool]:
        return {}

    def _holds_own(self, subject: int) -> bool:
        if any(self._closings(subject)):
            return True
        try:
            return any(
                held.start <= self.day < held.end
                for family in self._families(self.own(subject))
                for reading in self._readings([family])
                for held in timeline(self.facts.law, family, reading)
            )
        except TooManyReadingsError:
            return True

    def outcomes(self, subject: int, asked: Asked, *, prohibited: bool) -> frozenset[Outcome]:
        """Return what the program's standings may amount to for a subject.

        Args:
            subject: Who is asked.
            asked: What is asked.
            prohibited: Whether a clause forbids buying from who is not in the program.

        Raises:
            TooManyReadingsError: Its dates allow too many.
        """
        found: set[Outcome] = set()
        for neighbours in self.network.neighbourhoods(subject):
            tracks = list(self._tracks(neighbours, subject, asked))
            if prod(map(len, tracks)) > _MOST_SETS:
                raise TooManyReadingsError
            for parts in every(*tracks):
                findings = [finding for part in parts for finding in part]
                outcome = weighed(findings, prohibited=prohibited)
                found.add(outcome or self._absent(subject, prohibited=prohibited))
        return frozenset(found)

    def effort(self, subject: int) -> int:
        """Return about how many steps it takes to find what a program says of one product.

        Where dates allow too many readings it is little: `outcomes` tries none.
        """
        try:
            neighbours = next(self.network.neighbourhoods(subject))
            states = [state for node in neighbours.group for state in self.own(node)]
            families = self._families(states)
            tried = [sum(1 for _ in self._readings([family])) for family in families]
        except TooManyReadingsError:
            return 1
        laid = sum(times * len(each) ** 2 for times, each in zip(tried, families, strict=True))
        ways = 2 ** min(len(self.network.unsure), _MOST_WAYS)
        return ways * (len(neighbours.group) + laid + min(prod(tried), _MOST_SETS))

    def _tracks(
        self, neighbours: Neighbourhood, subject: int, asked: Asked
    ) -> Iterator[list[tuple[Finding, ...]]]:
        """Yield, for tracks that lift each other, each set of findings that the dates allow."""
        yield self._closings(subject)
        bearers = [holder.number for holder in neighbours.holders]
        reaching = [node for node in neighbours.group if self.may_reach(node)]
        everyone = dict.fromkeys([*bearers, *reaching])
        states = [state for node in everyone for state in self.own(node)]
        reaches = {holder.number: holder.reach for holder in neighbours.holders}
        for family in self._families(states):
            by_holder = {
                node: [state for state in family if state.subject == node] for node in everyone
            }
            distinct: dict[tuple[Finding, ...], None] = {}
            for chosen in self._readings([family]):
                held = {
                    node: timeline(self.facts.law, mine, chosen)
                    for node, mine in by_holder.items()
                    if mine
                }
                bars = [
                    (int(reaches.get(node, Reach.SITE)), each)
                    for node, all_of in held.items()
                    if node != subject
                    for each in all_of
                    if each.rule.group
                ]
                chain = {h: held[h.number] for h in neighbours.holders if h.number in held}
                found = bearing(self.facts.law, chain, bars, asked)
                distinct[tuple(found)] = None
            yield list(distinct)

    def _readings(
        self, families: Sequence[Sequence[State]]
    ) -> Iterator[Mapping[tuple[int, str], int]]:
        states = [state for family in families for state in family]
        unsure = unsure_dates(states)
        if not unsure:
            yield {}
            return
        borders = self.facts.law.borders.get(self.program, frozenset())
        yield from readings(unsure, {self.day, *known_days(states), *borders})

    def _families(self, states: Iterable[State]) -> list[list[State]]:
        """Part states by tracks whose words can lift each other."""
        found: dict[frozenset[str], list[State]] = {}
        for state in states:
            track = folded(state.track)
            key = self.facts.law.families.get((self.program, track), frozenset({track}))
            found.setdefault(key, []).append(state)
        return list(found.values())

    def may_reach(self, node: int) -> bool:
        """Whether a member of the group holds a state that may reach all of it."""
        return self.program in self.facts.law.reaching and any(
            rule.group
            for state in self.own(node)
            for rule in self.facts.law.rules_of(self.program, state.track, state.word)
        )

    def stated(self, subject: int) -> Place | None:
        """Return what the program says of the subject itself, its newest statement."""
        places = self.facts.places.get(subject, ())
        mine = (place for place in places if place.program == self.program and place.known)
        return max(mine, key=lambda place: place.stated_at, default=None)

    def _closings(self, subject: int) -> list[tuple[Finding, ...]]:
        """Return what the program's stated day of closing amounts to, in every reading."""
        stated = self.stated(subject)
        if stated is None or stated.closed_on is None:
            return [()]
        since = stated.closed_on.last
        closing = Finding(Effect.CLOSED, Reason.CLOSED, None, since, since, fresh=True)
        closed = may(stated.closed_on, by=self.day, absent=False)
        return [(closing,) if each else () for each in closed]

    def _absent(self, subject: int, *, prohibited: bool) -> Outcome:
        """Return what it means that the subject holds no state: not listed, or nothing known."""
        if self.program in self.facts.unseen:
            return _NOTHING
        for listing in self.facts.law.listings:
            fresh = listing.on <= self.day <= listing.on + listing.max_age
            if listing.program == self.program and fresh and subject not in listing.excepted:
                return _FORBIDDEN if prohibited else _NOT_LISTED
        return _NOTHING
