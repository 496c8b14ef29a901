"""Force: whether an agreement binds the buyer on a day, by its term and its signatures."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date
from enum import IntEnum
from functools import cached_property
from typing import Final

from graph_schema.codes import Confidence, Reason, TieKind
from hub.eligibility.facts import Agreement, Facts, Signature
from hub.eligibility.network import Network
from hub.eligibility.readings import TooManyReadingsError, Unsure, readings
from hub.eligibility.term import Phase, Position, may_run, positions

FRAMEWORKS_BIND_UNTIL: Final = date(2023, 11, 1).toordinal()
"""Since this day a framework alone binds nowhere (facts sources S098, S099, S124)."""


class Status(IntEnum):
    """Whether an agreement binds, the strongest last."""

    NOT_BOUND = 0
    UNKNOWN = 1
    IN_FORCE = 2


class Miss(IntEnum):
    """Why an agreement does not bind, the nearest miss last."""

    NONE = 0
    NOT_BEGUN = 1
    SIGNED_LATER = 2
    SIGNATURE_ENDED = 3
    ENDED = 4
    FRAMEWORK_ONLY = 5


REASON_OF: Final = {
    Miss.NONE: Reason.NO_SIGNATURE,
    Miss.NOT_BEGUN: Reason.AGREEMENT_NOT_IN_FORCE,
    Miss.SIGNED_LATER: Reason.NO_SIGNATURE,
    Miss.SIGNATURE_ENDED: Reason.SIGNATURE_ENDED,
    Miss.ENDED: Reason.AGREEMENT_NOT_IN_FORCE,
    Miss.FRAMEWORK_ONLY: Reason.FRAMEWORK_ONLY,
}


@dataclass(frozen=True, slots=True)
class Force:
    """Whether one agreement binds the buyer, in one reading of the dates.

    Attributes:
        reason: Why that is not known; none where it is.
        miss: How near it came, where it does not bind.
        signature: The signature that says so.
        renewal_assumed: Whether it counts on a stated automatic renewal.
    """

    status: Status
    reason: Reason | None = None
    miss: Miss = Miss.NONE
    signature: Signature | None = None
    renewal_assumed: bool = False


class Buyer:
    """One buyer's signatures, and whether each agreement binds it on one day."""

    def __init__(self, facts: Facts, buyer: int, day: int) -> None:
        self.facts = facts
        self.law = facts.law
        self.buyer = buyer
        self.day = day
        self._groups: dict[int, Mapping[int, bool]] = {}
        self._forces: dict[int, frozenset[Force]] = {}

    @cached_property
    def considered(self) -> list[Agreement]:
        """Every agreement that the buyer, or a group that may speak for it, ever signed."""
        numbers = sorted({signature.agreement for signature in self.facts.signatures})
        known = (self.law.agreements.get(number) for number in numbers)
        return [agreement for agreement in known if agreement and self.signatures(agreement)]

    def signatures(self, agreement: Agreement) -> list[Signature]:
        """Return the buyer's signatures, and those of its groups that bind it or may."""
        speaking = self._speaking(agreement)
        return [
            signature
            for signature in self.facts.signatures
            if signature.agreement == agreement.number
            and signature.signed
            and signature.program in agreement.programs
            and signature.organization in speaking
            and (signature.organization == self.buyer or signature.covers_group is not False)
        ]

    def declined(self, agreement: Agreement) -> bool:
        """Whether it is documented that the buyer did not sign an agreement."""
        return any(
            signature.agreement == agreement.number
            and signature.organization == self.buyer
            and not signature.signed
            and signature.program in agreement.programs
            for signature in self.facts.signatures
        )

    def force(self, agreement: Agreement) -> frozenset[Force]:
        """Return whether an agreement binds the buyer: one answer for each that dates allow.

        There is none where they allow too many readings.
        """
        if agreement.number not in self._forces:
            try:
                self._forces[agreement.number] = self._force(agreement)
            except TooManyReadingsError:
                self._forces[agreement.number] = frozenset()
        return self._forces[agreement.number]

    def _force(self, agreement: Agreement) -> frozenset[Force]:
        signatures = self.signatures(agreement)
        anchors = {day for s in signatures for day in (s.first, s.last)}
        anchors |= {day for s in signatures if s.until for day in (s.until.first, s.until.last)}
        return frozenset(
            force
            for position in positions(self.law, agreement, self.day, anchors)
            for force in self._strongest(agreement, signatures, position)
        )

    def _speaking(self, agreement: Agreement) -> Mapping[int, bool]:
        """Return the buyer and its groups, and whether each membership is sure."""
        found = {self.buyer: True}
        for program in agreement.programs:
            for group, sure in self._groups_in(program).items():
                found[group] = found.get(group, False) or sure
        return found

    def _groups_in(self, program: int) -> Mapping[int, bool]:
        """Return the groups one program says the buyer is part of, and whether that is sure."""
        if program not in self._groups:
            part_of = (
                tie
                for tie in self.facts.buyer_ties
                if tie.program == program and tie.kind is TieKind.PART_OF
            )
            self._groups[program] = Network.of(part_of, self.day).groups_of(self.buyer)
        return self._groups[program]

    def _strongest(
        self, agreement: Agreement, signatures: list[Signature], position: Position
    ) -> Iterator[Force]:
        """Yield what the strongest of the signatures may amount to, in one position."""
        speaking = self._speaking(agreement)
        each: list[set[Force]] = []
        for signature in signatures:
            amounts = set(self._amounts(agreement, signature, position))
            if not speaking[signature.organization]:
                amounts.add(Force(Status.NOT_BOUND, signature=signature))
            each.append(amounts)
        for strongest in self._winners(each):
            if agreement.framework and self.day >= FRAMEWORKS_BIND_UNTIL:
                yield _framework(strongest)
            else:
                yield strongest

    def _winners(self, each: Sequence[AbstractSet[Force]]) -> Iterator[Force]:
        """Yield what is the strongest in some choice of one of each; of equals the first one.

        One wins somewhere if every other signature may amount to less, or a later one to as much.
        So no choice has to be tried, of which there may be more than can be.
        """
        lowest = [min(map(self._strength, amounts)) for amounts in each]
        for at, amounts in enumerate(each):
            for force in amounts:
                strength = self._strength(force)
                before = all(low < strength for low in lowest[:at])
                if before and all(low <= strength for low in lowest[at + 1 :]):
                    yield force

    def _amounts(
        self, agreement: Agreement, signature: Signature, position: Position
    ) -> Iterator[Force]:
        """Yield what one signature may amount to, in one position of the agreement."""
        unsure: list[Unsure[str]] = []
        if signature.first != signature.last:
            unsure.append(Unsure("since", signature.first, signature.last))
        if signature.until and not signature.until.exact:
            unsure.append(Unsure("until", signature.until.first, signature.until.last))
        for chosen in readings(unsure, {self.day, position.begun, position.ended}):
            since = chosen.get("since", signature.last)
            until = None
            if signature.until:
                until = chosen.get("until", signature.until.last)
            for retroactive in _retroactive(agreement, signature, position):
                bound_from = position.begun if retroactive else max(since, position.begun)
                yield self._amount(signature, position, bound_from, until)

    def _amount(
        self, signature: Signature, position: Position, bound_from: int, until: int | None
    ) -> Force:
        if until is not None and until <= self.day and until < position.ended:
            return Force(Status.NOT_BOUND, miss=Miss.SIGNATURE_ENDED, signature=signature)
        unknown = self._unknown(signature, position)
        miss = self._miss(position, bound_from)
        if miss is not None and unknown is not Reason.RENEWAL_UNKNOWN:
            return Force(Status.NOT_BOUND, miss=miss, signature=signature)
        if unknown is not None:
            return Force(Status.UNKNOWN, unknown, signature=signature)
        renewed = position.phase is Phase.RENEWED
        return Force(Status.IN_FORCE, signature=signature, renewal_assumed=renewed)

    def _miss(self, position: Position, bound_from: int) -> Miss | None:
        """Return why the agreement does not bind the signatory; none where it does."""
        if position.phase is Phase.NOT_BEGUN:
            return Miss.NOT_BEGUN
        if position.phase is Phase.ENDED:
            return Miss.ENDED
        return Miss.SIGNED_LATER if self.day < bound_from else None

    def _unknown(self, signature: Signature, position: Position) -> Reason | None:
        """Return why it is not known whether the agreement binds; none where it is."""
        if position.phase is Phase.ENDED and self._renewal_unknown(position):
            return Reason.RENEWAL_UNKNOWN
        if position.phase is Phase.PASSED:
            return Reason.TERM_PASSED_RENEWAL_UNKNOWN
        if signature.organization != self.buyer and signature.covers_group is None:
            return Reason.GROUP_COVERAGE_UNKNOWN
        return None

    def _strength(self, force: Force) -> tuple[int, int, bool, bool]:
        """Order what signatures amount to; of equals one that is sure, then the buyer's own."""
        signature = force.signature
        sure = signature is not None and signature.confidence is not Confidence.LOW
        own = signature is not None and signature.organization == self.buyer
        return force.status, force.miss, sure, own

    def _renewal_unknown(self, position: Position) -> bool:
        """Whether a successor that may run has an incomplete list, and none names the buyer.

        A successor that has itself ended binds nobody, whoever signed it.
        """
        successors = [self.law.agreements[number] for number in position.successors]
        if any(self.signatures(successor) for successor in successors):
            return False
        return any(
            not successor.signatories_complete
            and not self.declined(successor)
            and may_run(self.law, successor, self.day)
            for successor in successors
        )


def _retroactive(agreement: Agreement, signature: Signature, position: Position) -> frozenset[bool]:
    """Whether the agreement was concluded after it came into force, and this signature by then."""
    concluded = agreement.concluded_on
    if concluded is None or signature.first > concluded.last:
        return frozenset({False})
    return frozenset({concluded.first > position.begun, concluded.last > position.begun})


def _framework(force: Force) -> Force:
    """Return what a framework with clauses amounts to, since frameworks alone bind nowhere."""
    if force.status is Status.NOT_BOUND or force.reason is Reason.RENEWAL_UNKNOWN:
        return force
    return replace(force, status=Status.NOT_BOUND, reason=None, miss=Miss.FRAMEWORK_ONLY)
