"""What a program's standings say of one subject: specific before general, group, freshness."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from graph_schema.codes import Effect, Reason
from hub.eligibility.facts import Law, State
from hub.eligibility.timeline import Held

WORST_FIRST: Final = (
    Effect.INELIGIBLE,
    Effect.CLOSED,
    Effect.RESTRICTED,
    Effect.AT_RISK,
    Effect.NOT_IN_PROGRAM,
    Effect.FINDINGS,
    Effect.GOOD_STANDING,
    Effect.NO_EFFECT,
)
BADNESS: Final[Mapping[Effect, int]] = {
    effect: len(WORST_FIRST) - at for at, effect in enumerate(WORST_FIRST)
}
"""The higher, the worse for the purchase."""


class Reach(IntEnum):
    """How a state comes to bear on a subject, most specific first."""

    SITE = 0
    OPERATOR = 1
    GROUP = 2


class Share(IntEnum):
    """How much of what is asked a state's own scope takes in."""

    NONE = 0
    PART = 1
    ALL = 2


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody whose states bear on the subject, and how near it is."""

    number: int
    reach: Reach
    depth: int


@dataclass(frozen=True, slots=True)
class Finding:
    """A state that bears on the subject on the day asked.

    Attributes:
        effect: What its word means.
        reason: Its own reason, REENTRY_AUDIT_OUTSTANDING, or GROUP_TERMINATED.
        state: None for a closing that a program states of the site itself.
        confirmed: The day of its last confirmation.
        fresh: Whether it still counts on the day asked.
        share: Whether its scope takes in all of what is asked.
        width: How wide its holder is; of equal effects the widest gives the reason.
        implies_membership: Whether it shows that the subject is in the program.
    """

    effect: Effect
    reason: Reason
    state: State | None
    since: int
    confirmed: int
    fresh: bool
    share: Share = Share.ALL
    width: int = 0
    implies_membership: bool = True

    @property
    def fresh_until(self) -> int | None:
        """The last day on which it counts as fresh; none where it does not go stale."""
        if self.state is None or self.effect is Effect.CLOSED:
            return None
        return self.confirmed + self.state.max_age


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the states: which product, where, on which day."""

    product: int
    kinds: frozenset[int]
    regions: frozenset[str]
    day: int


def share(law: Law, state: State, asked: Asked) -> Share:
    """Return how much of what is asked lies in a state's scope.

    A region that nobody states is taken to lie in it (DOMAIN.md, Edges, Place).
    """
    product = Share.ALL
    if state.products and not state.products & asked.kinds:
        below = any(asked.product in law.lineage(product) for product in state.products)
        product = Share.PART if below else Share.NONE
    region = Share.ALL
    if state.regions and asked.regions and not asked.regions <= state.regions:
        region = Share.PART if asked.regions & state.regions else Share.NONE
    return min(product, region)


def confirmed(law: Law, held: Held) -> int:
    """Return the last day a state was confirmed: by itself, a complete run, or a confirmation.

    Confirmations after the day asked count too; the facts hold only those known at the moment.
    """
    state = held.state
    for each in law.confirmed.get(state.program, ()):
        if each.on <= state.confirmed:
            break
        if (
            held.start <= each.on < held.end
            and each.feed in (None, state.feed)
            and (not each.tracks or state.track in each.tracks)
            and state.subject not in each.excepted
        ):
            return each.on
    return state.confirmed


def bearing(
    law: Law,
    held: Mapping[Holder, Sequence[Held]],
    bars: Iterable[tuple[int, Held]],
    asked: Asked,
) -> list[Finding]:
    """Return what bears on a subject on the day asked, in one reading.

    Args:
        law: The rules of words.
        held: What the subject, its operators and its groups held, on tracks that lift each other.
        bars: What others of its group held that reaches the whole group, and how wide each is.
        asked: What is asked.
    """
    own = [each for holder, all_of in held.items() if holder.depth == 0 for each in all_of]
    chain = [
        (holder, each, finding)
        for holder, all_of in held.items()
        for each in all_of
        if holder.depth == 0 or not each.rule.group
        if (finding := _finding(law, each, asked, width=holder.reach))
    ]
    seen = [
        finding
        for holder, each, finding in chain
        if not any(
            _hides(nearer, over, finding, each)
            for other, over, nearer in chain
            if over.state.track == each.state.track
            and (other.depth, not over.state.products and not over.state.regions)
            < (holder.depth, not each.state.products and not each.state.regions)
        )
    ]
    reaching = [
        (width, each)
        for width, each in bars
        if not any(
            mine.state.track == each.state.track
            and each.start < mine.start <= asked.day
            and share(law, mine.state, asked) is Share.ALL
            for mine in own
        )
    ]
    return seen + [
        finding
        for width, each in reaching
        if (finding := _finding(law, each, asked, width=width, group=True))
    ]


def _hides(nearer: Finding, over: Held, finding: Finding, under: Held) -> bool:
    """Whether a more specific state hides a general one on its track."""
    if nearer.share is not Share.ALL or (finding.fresh and not nearer.fresh):
        return False
    return BADNESS[finding.effect] <= BADNESS[nearer.effect] or over.start > under.start


def _finding(
    law: Law, held: Held, asked: Asked, *, width: int = 0, group: bool = False
) -> Finding | None:
    """Return what a state says on the day asked; none where it does not hold or is not about it."""
    if not held.start <= asked.day < held.end:
        return None
    covered = share(law, held.state, asked)
    if covered is Share.NONE:
        return None
    last = confirmed(law, held)
    effect = held.rule.effect
    return Finding(
        effect=effect,
        reason=Reason.GROUP_TERMINATED if group else held.reason(asked.day),
        state=held.state,
        since=held.start,
        confirmed=last,
        fresh=effect is Effect.CLOSED or asked.day <= last + held.state.max_age,
        share=covered,
        width=width,
        implies_membership=held.rule.implies_membership,
    )
