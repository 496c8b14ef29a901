"""One agreement: what of it covers a purchase, and what standing, freshness and effect leave."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final

from graph_schema.codes import Duty, Reason, Unlisted, Verdict
from hub.eligibility.facts import Agreement, Clause
from hub.eligibility.pools import balance, pools_of
from hub.eligibility.purchase import Purchase
from hub.eligibility.readings import TooManyReadingsError
from hub.eligibility.scope import Step, assumed, option_taken, reached
from hub.eligibility.verdict import REASON_RANK, Outcome, worse

TOO_COARSE: Final = Outcome(Verdict.UNKNOWN, Reason.DATE_PRECISION)
OUTSIDE: Final = Outcome(Verdict.OUT_OF_SCOPE, Reason.PRODUCT_OUT_OF_SCOPE)
_OPTION_UNKNOWN: Final = Outcome(Verdict.UNKNOWN, Reason.OPTION_UNKNOWN)


class Taken(IntEnum):
    """Whether the option of a clause was taken up."""

    NO = 0
    UNKNOWN = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of an agreement covers a purchase.

    Attributes:
        sure: Clauses that cover it.
        optional: Clauses that cover it if the buyer took up an option, which is not known.
        step: How far it came; `Step.COVERED` where a clause covers it or may.
        nearest: The clause under which it came so far.
        assumed: Whether a place that nobody states was taken to be in scope.
    """

    sure: tuple[Clause, ...]
    optional: tuple[Clause, ...]
    step: Step
    nearest: Clause
    assumed: bool

    @property
    def covers(self) -> bool:
        """Whether a clause covers the purchase, or may."""
        return self.step is Step.COVERED

    def of(self, program: int) -> "Coverage":
        """Return the part that looks at one program's standings."""
        sure = tuple(clause for clause in self.sure if clause.standing_program == program)
        optional = tuple(clause for clause in self.optional if clause.standing_program == program)
        return Coverage(sure, optional, self.step, self.nearest, self.assumed)

    @property
    def programs(self) -> list[int]:
        """The programs whose standings the covering clauses look at."""
        covering = (*self.sure, *self.optional)
        return list(dict.fromkeys(clause.standing_program for clause in covering))


def settled(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the one outcome that every reading leaves, or that the dates are too coarse.

    Of readings with the same verdict the reason that stands first is given.
    """
    found = sorted(outcomes, key=lambda outcome: REASON_RANK[outcome.reason])
    if len({outcome.verdict for outcome in found}) == 1:
        return found[0]
    rests_on = dict.fromkeys(finding for outcome in found for finding in outcome.findings)
    return Outcome(TOO_COARSE.verdict, TOO_COARSE.reason, tuple(rests_on))


class Case:
    """The purchase under one agreement; subjects are asked one by one."""

    def __init__(self, purchase: Purchase, agreement: Agreement) -> None:
        self.purchase = purchase
        self.agreement = agreement
        signatures = purchase.signer.signatures(agreement)
        taken = {True: Taken.YES, False: Taken.NO, None: Taken.UNKNOWN}
        self._taken = {
            clause.number: taken[option_taken(clause, signatures)] for clause in agreement.clauses
        }
        self._covered: dict[Hashable, Coverage] = {}
        self._settled: dict[tuple[int, tuple[int, ...]], Outcome] = {}

    def coverage(self, subject: int) -> Coverage:
        """Return what of the agreement covers the purchase from a subject.

        The agreement has clauses; one without never rules.
        """
        spot = self._spot(subject)
        if spot is None:
            return self._covering(subject)
        if spot not in self._covered:
            self._covered[spot] = self._covering(subject)
        return self._covered[spot]

    def _spot(self, subject: int) -> Hashable | None:
        """Return all that coverage asks of a subject; none of one that is named, or has parts."""
        purchase = self.purchase
        spot: list[Hashable] = []
        for clause in self.agreement.clauses:
            program = clause.standing_program
            alone = tuple(purchase.leaves(subject, program)) == (subject,)
            if not alone or subject in clause.worksites:
                return None
            at = purchase.where(subject, program)
            spot.append((at.country, at.regions))
        return tuple(spot)

    def _covering(self, subject: int) -> Coverage:
        steps = [(*self._reached(clause, subject), clause) for clause in self.agreement.clauses]
        covering = [(clause, unstated) for step, unstated, clause in steps if step is Step.COVERED]
        sure = tuple(c for c, _ in covering if self._taken[c.number] is Taken.YES)
        optional = tuple(c for c, _ in covering if self._taken[c.number] is Taken.UNKNOWN)
        step, _, nearest = max(steps, key=lambda each: each[0])
        if step is Step.COVERED and not sure and not optional:
            step = Step.OPTION
        return Coverage(sure, optional, step, nearest, any(unstated for _, unstated in covering))

    def reaches(self, subject: int) -> bool:
        """Whether a clause may cover the purchase, whatever options were taken up."""
        return self.coverage(subject).step >= Step.OPTION

    def judged(self, subject: int, coverage: Coverage) -> frozenset[Outcome]:
        """Return what the standings may amount to: the worst over the programs looked at.

        Raises:
            TooManyReadingsError: The dates allow too many.
        """
        found: frozenset[Outcome] | None = None
        for program in coverage.programs:
            one = self._with_options(subject, program, coverage.of(program))
            found = one if found is None else frozenset(worse(a, b) for a in found for b in one)
        return found or frozenset({OUTSIDE})

    def _reached(self, clause: Clause, subject: int) -> tuple[Step, bool]:
        """Return how far the purchase comes into a clause, and whether a place is assumed."""
        program = clause.standing_program
        leaves = self.purchase.leaves(subject, program)
        places = [self.purchase.where(leaf, program) for leaf in leaves]
        kinds = self.purchase.kinds
        step, at = max(
            ((reached(clause, kinds, at), at) for at in places), key=lambda each: each[0]
        )
        return step, assumed(clause, at)

    def _with_options(self, subject: int, program: int, part: Coverage) -> frozenset[Outcome]:
        """Judge under the clauses that surely cover; where optional ones matter it is unknown."""
        if not part.sure:
            return frozenset({_OPTION_UNKNOWN})
        sure = self._program(subject, program, part.sure, frozenset())
        if part.optional:
            both = self._program(subject, program, part.sure + part.optional, frozenset())
            if {outcome.verdict for outcome in sure} != {outcome.verdict for outcome in both}:
                return frozenset({_OPTION_UNKNOWN})
        return sure

    def _program(
        self, subject: int, program: int, clauses: tuple[Clause, ...], seen: frozenset[int]
    ) -> frozenset[Outcome]:
        """Judge a subject by one program's standings: own, its members', or its pool's."""
        prohibited = any(clause.unlisted is Unlisted.PROHIBITED for clause in clauses)
        evidence = self.purchase.evidence(program)
        asked = self.purchase.asked(subject, program)
        standing = evidence.outcomes(subject, asked, prohibited=prohibited)
        if any(clause.duty is Duty.VOLUME_BALANCE for clause in clauses):
            volume = self._pooled(subject, program)
            if volume is not None:
                return frozenset(own if _stays(own) else v for own in standing for v in volume)
        if evidence.holds_own(subject):
            return standing
        parts = self.purchase.parts(subject, program)
        members = sorted({*parts, *evidence.network.deliverers(subject)} - seen - {subject})
        if not members:
            return standing
        common = self._common(members, program, clauses, seen | {subject})
        if parts:
            return frozenset({common})
        return frozenset(worse(own, common) if own.findings else common for own in standing)

    def _common(
        self,
        members: Sequence[int],
        program: int,
        clauses: tuple[Clause, ...],
        seen: frozenset[int],
    ) -> Outcome:
        """Return what members have in common; scope is asked of each."""
        found = [(member, self._member(member, program, clauses, seen)) for member in members]
        verdicts = {outcome.verdict for _, outcome in found}
        if len(verdicts) == 1:
            return min((outcome for _, outcome in found), key=lambda o: REASON_RANK[o.reason])
        each = tuple((member, outcome.verdict) for member, outcome in found)
        rests_on = dict.fromkeys(finding for _, one in found for finding in one.findings)
        return Outcome(Verdict.UNKNOWN, Reason.SITES_DIFFER, tuple(rests_on), each)

    def _member(
        self, member: int, program: int, clauses: tuple[Clause, ...], seen: frozenset[int]
    ) -> Outcome:
        """Judge one member under those of the clauses that cover it."""
        covering = tuple(
            clause for clause in clauses if self._reached(clause, member)[0] is Step.COVERED
        )
        if not covering:
            return OUTSIDE
        key = (member, tuple(clause.number for clause in covering))
        if key not in self._settled:
            try:
                self._settled[key] = settled(self._program(member, program, covering, seen))
            except TooManyReadingsError:
                self._settled[key] = TOO_COARSE
        return self._settled[key]

    def _pooled(self, subject: int, program: int) -> frozenset[Outcome] | None:
        """Return what volume says of a pool or a member of one; none where there is no pool."""
        purchase = self.purchase
        pooled = purchase.pooled(program)
        pools = pools_of(purchase.evidence(program).network, pooled, subject)
        if pools is None:
            return None
        if not pools:
            return balance((), purchase.lineage, purchase.buyer, purchase.day)
        each = [
            balance(pooled[pool], purchase.lineage, purchase.buyer, purchase.day) for pool in pools
        ]
        if len(each) == 1:
            return each[0]
        found = [(pool, settled(one)) for pool, one in zip(pools, each, strict=True)]
        if len({outcome.verdict for _, outcome in found}) == 1:
            return frozenset({found[0][1]})
        differing = tuple((pool, outcome.verdict) for pool, outcome in found)
        differ = Outcome(Verdict.UNKNOWN, Reason.SITES_DIFFER, differing=differing)
        return frozenset({differ})


class Cases:
    """The purchase under every agreement that is looked at, each made once."""

    def __init__(self, purchase: Purchase) -> None:
        self.purchase = purchase
        self._made: dict[int, Case] = {}

    def of(self, agreement: Agreement) -> Case:
        """Return the purchase under one agreement."""
        if agreement.number not in self._made:
            self._made[agreement.number] = Case(self.purchase, agreement)
        return self._made[agreement.number]

    @cached_property
    def considered(self) -> list[Case]:
        """The agreements that the buyer ever signed and that have clauses; others never rule."""
        signed = self.purchase.signer.considered
        return [self.of(agreement) for agreement in signed if agreement.clauses]


def _stays(own: Outcome) -> bool:
    """Whether an own verdict stays where volume would replace it."""
    barred = own.verdict in (Verdict.INELIGIBLE, Verdict.CLOSED)
    return (barred and bool(own.findings)) or own.reason is Reason.STALE_BAR
