"""What is asked of every agreement alike: buyer, product, day, and each program's evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from hub.eligibility.evidence import Evidence
from hub.eligibility.facts import Facts, Volume
from hub.eligibility.force import Buyer
from hub.eligibility.scope import Where, where
from hub.eligibility.standing import Asked


@dataclass(frozen=True)
class Purchase:
    """One buyer, one product, one day; subjects are asked one by one.

    Attributes:
        buyer: Number of an organisation.
        product: Number of a commodity.
        day: As `date.toordinal`.
    """

    facts: Facts
    buyer: int
    product: int
    day: int

    @cached_property
    def signer(self) -> Buyer:
        """The buyer's signatures and their force."""
        return Buyer(self.facts, self.buyer, self.day)

    @cached_property
    def lineage(self) -> tuple[int, ...]:
        """The product and all it is a kind of, nearest first."""
        return self.facts.law.lineage(self.product)

    @cached_property
    def kinds(self) -> frozenset[int]:
        """The lineage as a set."""
        return frozenset(self.lineage)

    @cached_property
    def concerned(self) -> frozenset[int]:
        """The programs whose words, ties and lists can bear on a verdict.

        They are those of the agreements that the buyer ever signed, those below a framework that
        binds nowhere by itself, and those that bind no buyer at all.
        """
        law = self.facts.law
        found = law.programs.keys() - law.duties
        for agreement in self.signer.considered:
            found |= agreement.programs
            if agreement.framework and not agreement.clauses:
                children = law.children(agreement.program)
                found |= children.union(
                    *(each.programs for each in law.agreements.values() if each.program in children)
                )
        return frozenset(found)

    @cached_property
    def _evidence(self) -> dict[int, Evidence]:
        return {}

    def evidence(self, program: int) -> Evidence:
        """Return what one program says of subjects."""
        if program not in self._evidence:
            self._evidence[program] = Evidence(self.facts, program, self.day)
        return self._evidence[program]

    def is_worksite(self, subject: int) -> bool:
        """Whether a subject is a site; an organisation is judged by its sites."""
        return any(place.worksite for place in self.facts.places.get(subject, ()))

    def where(self, subject: int, program: int) -> Where:
        """Return where a subject is, as one program's rulings see it."""
        key = (program, subject)
        if key not in self._where:
            places = self.facts.places.get(subject, ())
            self._where[key] = where(self.facts.law, places, subject, program)
        return self._where[key]

    @cached_property
    def _where(self) -> dict[tuple[int, int], Where]:
        return {}

    def parts(self, subject: int, program: int) -> list[int]:
        """Return an organisation's sites and members, as the program ties them; of a site none."""
        if self.is_worksite(subject):
            return []
        return self.evidence(program).network.parts(subject)

    def leaves(self, subject: int, program: int) -> Sequence[int]:
        """Return the subjects whose places scope is asked of, as the program ties them.

        A site and a pool stand for themselves, an organisation for its sites; one without a state
        of its own stands for those that deliver to it, too (DOMAIN.md, Edges, Several).
        """
        if subject not in self.evidence(program).network.down:
            return (subject,)
        key = (program, subject)
        if key not in self._leaves:
            self._leaves[key] = self._below(subject, program, frozenset())
        return self._leaves[key]

    @cached_property
    def _leaves(self) -> dict[tuple[int, int], Sequence[int]]:
        return {}

    def _below(self, subject: int, program: int, seen: frozenset[int]) -> Sequence[int]:
        if (program, subject) in self.volumes:
            return (subject,)
        inside = seen | {subject}
        members = self.parts(subject, program)
        if not self.evidence(program).holds_own(subject):
            members = sorted({*members, *self.evidence(program).network.deliverers(subject)})
        found = dict.fromkeys(
            leaf
            for member in members
            if member not in inside
            for leaf in self._below(member, program, inside)
        )
        return tuple(found) or (subject,)

    def asked(self, subject: int, program: int) -> Asked:
        """Return what is asked of the states that bear on a subject."""
        regions = self.where(subject, program).regions
        if not regions:
            leaves = (self.where(leaf, program).regions for leaf in self.leaves(subject, program))
            regions = frozenset[str]().union(*leaves)
        return Asked(self.product, self.kinds, regions, self.day)

    @cached_property
    def volumes(self) -> dict[tuple[int, int], list[Volume]]:
        """The volumes of each pool, by program and pool."""
        found: dict[tuple[int, int], list[Volume]] = {}
        for volume in self.facts.volumes:
            found.setdefault((volume.program, volume.pool), []).append(volume)
        return found

    def pooled(self, program: int) -> dict[int, list[Volume]]:
        """Return the pools of which a program states volumes."""
        return {pool: found for (said, pool), found in self.volumes.items() if said == program}
