"""Shapes: subjects of whom the rule says the same, told apart by little more than comparisons.

Of a subject that stands alone the rule only ever compares days: with each other, with the day
asked, and with days of confirmation. Two subjects whose places, words and comparisons agree have
the same verdict, so that of a long list one of each shape is judged. Everything else, such as dates
too vague to compare, operators that hold states, sites, pools and named sites, has no shape.
"""

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from functools import cached_property

from graph_schema.codes import Duty, TieKind
from hub.eligibility.evidence import Evidence
from hub.eligibility.facts import State
from hub.eligibility.purchase import Purchase
from hub.eligibility.timeline import known_days

_GROUPING = (TieKind.OPERATED_BY, TieKind.PART_OF)
Shape = Hashable


class Shapes:
    """The shapes of subjects under one purchase."""

    def __init__(self, purchase: Purchase) -> None:
        self._purchase = purchase
        self._law = purchase.facts.law
        self._day = purchase.day
        self._programs = sorted(purchase.concerned)
        self._confirming: dict[tuple[int, str | None, str], list[int]] = {}

    def of(self, subject: int) -> Shape | None:
        """Return the shape of a subject; none where it must be judged by itself."""
        if subject in self._singular:
            return None
        purchase = self._purchase
        concerned = purchase.concerned
        held = purchase.facts.states.get(subject, ())
        states = [state for state in held if state.program in concerned]
        if not self._comparable(states):
            return None
        begins = sorted({state.last for state in states})
        return (self._places(subject), tuple([self._state(state, begins) for state in states]))

    def _places(self, subject: int) -> Shape:
        """Return what places amount to in each program: where the subject is, and its closing."""
        purchase = self._purchase
        places = purchase.facts.places.get(subject, ())
        closings = (
            [self._closing(subject, program) for program in self._programs]
            if any(place.closed_on for place in places)
            else ()
        )
        said = {(place.country, place.regions) for place in places}
        if len(said) > 1:
            seen = [purchase.where(subject, program) for program in self._programs]
            return (tuple([(at.country, at.regions) for at in seen]), tuple(closings))
        return (tuple(said), tuple(closings))

    def _closing(self, subject: int, program: int) -> Shape:
        """Return how the day on which a program says that a subject closed compares."""
        stated = self._purchase.evidence(program).stated(subject)
        closed = stated.closed_on if stated else None
        return closed and (closed.first <= self._day, closed.last <= self._day)

    def _state(self, state: State, begins: Sequence[int]) -> Shape:
        """Return what a state amounts to: its rule and scope, and how its days compare."""
        start, until = state.last, state.until
        return (
            state.program,
            state.track,
            state.word,
            self._law.meaning(state, start),
            state.products,
            state.regions,
            begins.index(start),
            start <= self._day,
            until and until.first <= self._day,
            self._day <= state.confirmed + state.max_age or self._later(state, begins),
        )

    def _later(self, state: State, begins: Iterable[int]) -> Shape:
        """Return how the first confirmation that would refresh a state compares with its end."""
        earliest = max(state.last, self._day - state.max_age)
        confirming = self._confirmations(state)
        at = bisect_left(confirming, earliest)
        if at == len(confirming):
            return None
        on = confirming[at]
        over = state.until is not None and state.until.first <= on
        return sum(begin <= on for begin in begins), over

    def _confirmations(self, state: State) -> list[int]:
        """Return the days on which states of a program, feed and track are confirmed, ordered."""
        key = (state.program, state.feed, state.track)
        if key not in self._confirming:
            self._confirming[key] = sorted(
                each.on
                for each in self._law.confirmed.get(state.program, ())
                if each.feed in (None, state.feed)
                and (not each.tracks or state.track in each.tracks)
            )
        return self._confirming[key]

    def _comparable(self, states: Sequence[State]) -> bool:
        """Whether every date is one day for all comparisons, as the readings would find."""
        vague = False
        for state in states:
            if state.announced_until is not None or (state.until and not state.until.exact):
                return False
            vague = vague or state.first != state.last
        if not vague:
            return True
        borders = (self._law.borders.get(p, frozenset()) for p in {s.program for s in states})
        anchors = {self._day, *known_days(states)}.union(*borders)
        for state in states:
            if state.first == state.last:
                continue
            others = (day for o in states if o is not state for day in (o.first, o.last))
            if any(state.first - 1 <= day <= state.last + 1 for day in (*anchors, *others)):
                return False
        return True

    @cached_property
    def _singular(self) -> frozenset[int]:
        """Subjects that are named somewhere, or on whom others' states or places may bear."""
        law, volumes = self._law, self._purchase.volumes
        clauses = [c for agreement in law.agreements.values() for c in agreement.clauses]
        found = {pool for _, pool in volumes}
        found.update(*(clause.worksites for clause in law.naming))
        found.update(*(each.excepted for each in (*law.confirmations, *law.listings)))
        balancing = {c.standing_program for c in clauses if c.duty is Duty.VOLUME_BALANCE}
        for program in self._programs:
            evidence = self._purchase.evidence(program)
            found |= self._joined(evidence, balancing=program in balancing)
        return frozenset(found)

    def _joined(self, evidence: Evidence, *, balancing: bool) -> set[int]:
        """Return whom the ties of one program join to others that may bear on them."""
        network = evidence.network
        found: set[int] = set()
        for node, ties in network.down.items():
            kinds = {tie.kind for tie in ties}
            grouping = not kinds.isdisjoint(_GROUPING)
            if TieKind.DELIVERS_TO in kinds or (grouping and not self._purchase.is_worksite(node)):
                found.add(node)
            if balancing:
                found.update(tie.begin for tie in ties if tie.kind is TieKind.DELIVERS_TO)
            if evidence.own(node):
                found |= network.below([node])
        unsure = [tie.begin for tie in network.unsure if tie.kind in _GROUPING]
        reaching = [node for node in self._reaching if evidence.may_reach(node)]
        return found.union(*(network.company(node) for node in (*unsure, *reaching)))

    @cached_property
    def _reaching(self) -> list[int]:
        """Who ever held a state of a word that may reach a whole company group."""
        words = self._law.reaching_words
        held = self._purchase.facts.states.items()
        return [node for node, states in held if any(state.word in words for state in states)]
