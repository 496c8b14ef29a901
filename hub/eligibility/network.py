"""How subjects are tied in one program: operators, groups, sites, deliverers, pools."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

from graph_schema.codes import TieKind
from hub.eligibility.facts import Tie
from hub.eligibility.readings import TooManyReadingsError, may
from hub.eligibility.standing import Holder, Reach

_GROUPING: Final = (TieKind.OPERATED_BY, TieKind.PART_OF)
_MOST_UNSURE: Final = 8
"""Ties of unsure days that one ruling tries both ways."""


@dataclass(frozen=True)
class Network:
    """The ties of one program that may hold on one day.

    Attributes:
        up: Ties from a subject to its operators, groups, receivers and new sites.
        down: The same ties from their other end.
        unsure: Ties whose days leave open whether they hold.
        reaching: Whether a state of one may bear on its whole group; else it bears on those that
            are below its holder alone.
    """

    up: Mapping[int, tuple[Tie, ...]]
    down: Mapping[int, tuple[Tie, ...]]
    unsure: frozenset[Tie]
    reaching: bool = True

    @classmethod
    def of(cls, ties: Iterable[Tie], day: int, *, reaching: bool = True) -> "Network":
        """Return the network of one program's ties on a day."""
        up: dict[int, list[Tie]] = {}
        down: dict[int, list[Tie]] = {}
        unsure: set[Tie] = set()
        for tie in ties:
            held = _held(tie, day)
            if True not in held:
                continue
            up.setdefault(tie.begin, []).append(tie)
            down.setdefault(tie.end, []).append(tie)
            if len(held) > 1:
                unsure.add(tie)
        return cls(
            {node: tuple(found) for node, found in up.items()},
            {node: tuple(found) for node, found in down.items()},
            frozenset(unsure),
            reaching,
        )

    def groups_of(self, member: int) -> dict[int, bool]:
        """Return the groups above a member, and whether its membership is sure."""
        found = {member: True}
        frontier = [member]
        while frontier:
            node = frontier.pop()
            for tie in self.up.get(node, ()):
                sure = found[node] and tie not in self.unsure
                if tie.kind is TieKind.PART_OF and sure > found.get(tie.end, -1):
                    found[tie.end] = sure
                    frontier.append(tie.end)
        del found[member]
        return found

    def parts(self, subject: int) -> list[int]:
        """Return what is operated by or part of a subject, directly, in the order of numbers."""
        return sorted({tie.begin for tie in self.down.get(subject, ()) if tie.kind in _GROUPING})

    def deliverers(self, subject: int) -> list[int]:
        """Return who delivers to a subject, directly, in the order of numbers."""
        return sorted(
            {t.begin for t in self.down.get(subject, ()) if t.kind is TieKind.DELIVERS_TO}
        )

    def receivers(self, subject: int) -> list[int]:
        """Return to whom a subject delivers, directly, in the order of numbers."""
        return sorted({t.end for t in self.up.get(subject, ()) if t.kind is TieKind.DELIVERS_TO})

    def moves(self, subject: int) -> list[Tie]:
        """Return the moves from and to a subject."""
        near = (*self.up.get(subject, ()), *self.down.get(subject, ()))
        return [tie for tie in near if tie.kind is TieKind.MOVED_TO]

    def neighbourhoods(self, subject: int) -> Iterator["Neighbourhood"]:
        """Yield who bears on a subject, for every reading of the ties' days.

        Raises:
            TooManyReadingsError: Too many ties are unsure.
        """
        if subject not in self.up and subject not in self.down:
            yield Neighbourhood((Holder(subject, Reach.SITE, 0),), frozenset({subject}))
            return
        reached = self._component(subject, frozenset())
        near = [tie for tie in self.unsure if tie.begin in reached and tie.kind in _GROUPING]
        if len(near) > _MOST_UNSURE:
            raise TooManyReadingsError
        for choice in product((True, False), repeat=len(near)):
            cut = frozenset(tie for tie, holds in zip(near, choice, strict=True) if not holds)
            yield Neighbourhood(self._holders(subject, cut), self._component(subject, cut))

    def company(self, subject: int) -> frozenset[int]:
        """Return everyone on whom a state of a subject may bear, by ties that may hold."""
        return self.bearing(subject) if self.reaching else self.below([subject])

    def bearing(self, subject: int) -> frozenset[int]:
        """Return everyone who may bear on a subject, by ties that may hold, and itself."""
        return self._component(subject, frozenset())

    def below(self, subjects: Iterable[int]) -> frozenset[int]:
        """Return subjects and all that is operated by or part of them, through however many."""
        found = set(subjects)
        frontier = [*found]
        while frontier:
            for tie in self.down.get(frontier.pop(), ()):
                if tie.kind in _GROUPING and tie.begin not in found:
                    found.add(tie.begin)
                    frontier.append(tie.begin)
        return frozenset(found)

    def _component(self, subject: int, cut: frozenset[Tie]) -> frozenset[int]:
        """Return everything that may bear on a subject by operation and membership, and itself."""
        known = self._whole.get(subject) if not cut else None
        if known is None:
            known = frozenset(self._walked(subject, cut))
            if not cut and self.reaching:
                self._whole.update(dict.fromkeys(known, known))
        return known

    @cached_property
    def _whole(self) -> dict[int, frozenset[int]]:
        """The groups found so far with every tie that may hold, by each of their members."""
        return {}

    def _walked(self, subject: int, cut: frozenset[Tie]) -> set[int]:
        found = {subject}
        frontier = [subject]
        while frontier:
            node = frontier.pop()
            below = self.down.get(node, ()) if self.reaching else ()
            for tie in (*self.up.get(node, ()), *below):
                if tie.kind in _GROUPING and tie not in cut:
                    other = tie.end if tie.begin == node else tie.begin
                    if other not in found:
                        found.add(other)
                        frontier.append(other)
        return found

    def _holders(self, subject: int, cut: frozenset[Tie]) -> tuple[Holder, ...]:
        """Return the subject, its operators and its groups, each as near as it comes."""
        nearest: dict[int, tuple[Reach, int]] = {subject: (Reach.SITE, 0)}
        frontier = [subject]
        while frontier:
            node = frontier.pop()
            reach, distance = nearest[node]
            for tie in self.up.get(node, ()):
                if tie.kind not in _GROUPING or tie in cut:
                    continue
                runs = tie.kind is TieKind.OPERATED_BY and reach is not Reach.GROUP
                way = (Reach.OPERATOR if runs else Reach.GROUP, distance + 1)
                if way < nearest.get(tie.end, (Reach.GROUP, len(nearest) + 1)):
                    nearest[tie.end] = way
                    frontier.append(tie.end)
        depths = {way: depth for depth, way in enumerate(sorted(set(nearest.values())))}
        return tuple(Holder(node, way[0], depths[way]) for node, way in nearest.items())


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Who bears on a subject: itself, its operators and groups; and its whole company group."""

    holders: tuple[Holder, ...]
    group: frozenset[int]


def _held(tie: Tie, day: int) -> frozenset[bool]:
    """Tell whether a tie holds on a day: surely, surely not, or either."""
    begun = frozenset({tie.first <= day, tie.last <= day})
    ended = may(tie.until, by=day, absent=False)
    return frozenset(b and not e for b in begun for e in ended)
