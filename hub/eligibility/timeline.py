"""What one subject held, and from when to when: replacement, lifting and stated ends.

One reading at a time: every date is one day here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graph_schema.codes import Effect, Reason
from graph_schema.days import BEGINNING, FOR_EVER
from graph_schema.texts import folded
from hub.eligibility.facts import Law, State, StateRule
from hub.eligibility.readings import Unsure

OWN_REASON: Final[Mapping[Effect, Reason]] = {
    Effect.GOOD_STANDING: Reason.IN_GOOD_STANDING,
    Effect.FINDINGS: Reason.FINDINGS_OPEN,
    Effect.AT_RISK: Reason.ESCALATED,
    Effect.RESTRICTED: Reason.NON_COMPLIANT,
    Effect.INELIGIBLE: Reason.INELIGIBLE_NAMED,
    Effect.CLOSED: Reason.CLOSED,
    Effect.NOT_IN_PROGRAM: Reason.NOT_LISTED,
    Effect.NO_EFFECT: Reason.NO_EVIDENCE,
}
"""The reason of a state whose rule names none."""


@dataclass(frozen=True, slots=True)
class Held:
    """A state over the days it held: `[start, end)`."""

    state: State
    rule: StateRule
    start: int
    end: int
    announced: int | None

    def reason(self, day: int) -> Reason:
        """Return its own reason on a day, or that only what lifts it is outstanding."""
        if self.rule.lifted_by and self.announced is not None and day > self.announced:
            return Reason.REENTRY_AUDIT_OUTSTANDING
        return self.rule.reason or OWN_REASON[self.rule.effect]


def unsure_dates(states: Iterable[State]) -> list[Unsure[tuple[int, str]]]:
    """Return the dates of these states that are not one known day."""
    found: list[Unsure[tuple[int, str]]] = []
    for state in states:
        if state.first != state.last:
            found.append(Unsure((state.number, "start"), state.first, state.last))
        for name, date in (("until", state.until), ("announced", state.announced_until)):
            if date and not date.exact:
                found.append(Unsure((state.number, name), date.first, date.last))
    return found


def known_days(states: Iterable[State]) -> set[int]:
    """Return the days of these states that are known, and the days after announced ends."""
    found: set[int] = set()
    for state in states:
        if state.first == state.last:
            found.add(state.first)
        if state.until and state.until.exact:
            found.add(state.until.first)
        if state.announced_until:
            ends = (state.announced_until.first, state.announced_until.last)
            found.update(day + 1 for day in ends)
    return found


def timeline(
    law: Law, states: Sequence[State], chosen: Mapping[tuple[int, str], int] | None = None
) -> list[Held]:
    """Return what one subject held in one program, in one reading.

    Args:
        law: The rules of words.
        states: The subject's states in the program, on all tracks that lift each other.
        chosen: The day of each date that is not one known day.
    """
    days = chosen or {}
    begun: list[tuple[State, StateRule, int]] = []
    for state in states:
        start = days.get((state.number, "start"), state.last)
        rule = law.meaning(state, start)
        if rule:
            begun.append((state, rule, start))
    return [_held(law, entry, begun, days) for entry in begun]


def _held(
    law: Law,
    entry: tuple[State, StateRule, int],
    begun: Sequence[tuple[State, StateRule, int]],
    days: Mapping[tuple[int, str], int],
) -> Held:
    state, rule, start = entry
    announced = None
    if state.announced_until:
        announced = days.get((state.number, "announced"), state.announced_until.last)
    if rule.lifted_by:
        lifted = min(
            (
                when
                for other, _, when in begun
                if when >= start
                and folded(other.word) in rule.lifted_by
                and contains(law, other, state)
            ),
            default=FOR_EVER,
        )
        over = BEGINNING if announced is None else announced + 1
        return Held(state, rule, start, max(lifted, over), announced)
    replaced = min(
        (
            when
            for other, _, when in begun
            if when > start
            and other.track == state.track
            and other.products == state.products
            and other.regions == state.regions
        ),
        default=FOR_EVER,
    )
    stated = FOR_EVER
    if state.until:
        stated = days.get((state.number, "until"), state.until.last)
    return Held(state, rule, start, min(replaced, stated), announced)


def contains(law: Law, wider: State, narrower: State) -> bool:
    """Whether the scope of one state contains that of the other; an empty scope is all."""
    products = not wider.products or (
        bool(narrower.products)
        and all(wider.products.intersection(law.lineage(p)) for p in narrower.products)
    )
    regions = not wider.regions or bool(narrower.regions and narrower.regions <= wider.regions)
    return products and regions
