"""What is kept of the newest revision between questions, apart for each who asks.

Facts of a revision never change, so what was told of a node once holds until a later revision
changes something at it. Nothing is kept of the past, and of the present no more than a bounded
number of facts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from hub.store.port import Latest, Moment, Store, Viewer

V = TypeVar("V")
_MOST: Final = 1_000
"""Facts changed since, of which the nodes are forgotten one by one; after more all are."""


class Shelf(Generic[V]):
    """Things of one sort, by the numbers of nodes.

    Args:
        most: How many facts are kept; where there would be more, all are forgotten.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Viewer, dict[int, V]] = {}
        self._facts = 0
        self.latest: Latest | None = None
        """Of which revision they are; none before anything was kept."""

    def at(self, moment: Moment, latest: Latest) -> "Kept[V]":
        """Return what is kept for a moment; of the past it is nothing, and stays so.

        Args:
            moment: Which facts are seen, and by whom.
            latest: The newest revision when it was asked for.
        """
        present = moment.revision == latest.revision and moment.known_at >= latest.recorded_at
        return Kept(self, latest if present else None, moment.viewer)

    def known(self, latest: Latest, viewer: Viewer) -> Mapping[int, V]:
        """Return what is kept of a revision for who asks."""
        return self._known.get(viewer, {}) if latest == self.latest else {}

    def keep(self, latest: Latest, viewer: Viewer, found: Mapping[int, V], facts: int) -> None:
        """Keep what was found in a revision, unless there is a newer one."""
        if self.latest is not None and latest.revision < self.latest.revision:
            return
        if latest != self.latest or self._facts + facts > self._most:
            self._forget(latest)
        if facts <= self._most:
            self._known.setdefault(viewer, {}).update(found)
            self._facts += facts

    def renew(self, latest: Latest, touched: Iterable[int] | None) -> None:
        """Keep for a newer revision what it left as it was.

        Args:
            latest: The revision.
            touched: Nodes at which something may have changed; none where it may be all.
        """
        if touched is None:
            self._forget(latest)
        for known in self._known.values():
            for node in touched or ():
                known.pop(node, None)
        self.latest = latest

    def _forget(self, latest: Latest) -> None:
        self._known, self._facts, self.latest = {}, 0, latest


@dataclass(frozen=True, slots=True)
class Kept(Generic[V]):
    """What a shelf keeps of one revision, for one who asks; of the past nothing."""

    shelf: Shelf[V]
    latest: Latest | None
    viewer: Viewer

    def known(self, of: Iterable[int]) -> dict[int, V]:
        """Return what is kept of these; nothing of those of which nothing is."""
        if self.latest is None:
            return {}
        known = self.shelf.known(self.latest, self.viewer)
        return {each: known[each] for each in of if each in known}

    def keep(self, found: Mapping[int, V], facts: int) -> None:
        """Keep what was found.

        Args:
            found: By the numbers of nodes.
            facts: How many facts it is made of.
        """
        if self.latest is not None:
            self.shelf.keep(self.latest, self.viewer, found, facts)


async def renew(store: Store, latest: Latest, *shelves: Shelf[Any]) -> None:
    """See that shelves are of the newest revision, and keep what was not changed since.

    What else is said of nodes, such as of agreements, is a part of the law.
    """
    behind = [each for each in shelves if each.latest and each.latest.revision < latest.revision]
    kept = [each.latest for each in behind if each.latest]
    if not kept:
        return
    oldest = min(kept, key=lambda each: each.revision)
    touched = None
    if oldest.law_revision == latest.law_revision:
        touched = await store.touched(oldest.revision, latest.revision, _MOST)
    for shelf in behind:
        if shelf.latest and shelf.latest.revision < latest.revision:
            shelf.renew(latest, touched)
