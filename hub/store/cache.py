"""What is kept of the newest revision between questions, apart for each who asks.

Facts of a revision never change, so what was told of a node holds until a later revision changes
something at it. Nothing is kept of the past, and of the present no more than there is room for.
"""

import asyncio
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from hub.store.port import Latest, Moment, Store, Viewer

ENTRIES: Final = 8
"""So many entries of lists take about as much memory as a fact without any."""
V = TypeVar("V")
_MOST_CHANGED: Final = 1_000
"""Facts changed since, of which the nodes are forgotten one by one; after more all are."""


@dataclass(slots=True)
class _Known(Generic[V]):
    """What is kept for one who asks.

    Attributes:
        facts: How many it was made of. What is forgotten of it is still counted: it may be held by
            what was told with it.
    """

    of: dict[int, V] = field(default_factory=dict[int, V])
    facts: int = 0


class Room(Generic[V]):
    """Room for things of one sort, by the numbers of nodes.

    Args:
        most: How many facts they are made of at most. Where there would be more, what is kept for
            whoever asked longest ago is forgotten first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: dict[Viewer, _Known[V]] = {}
        """Whoever asked longest ago comes first."""

    def __bool__(self) -> bool:
        """Whether anything is kept."""
        return bool(self._known)

    def known(self, viewer: Viewer) -> Mapping[int, V]:
        """Return what is kept for who asks."""
        mine = self._known.pop(viewer, None)
        if mine is None:
            return {}
        self._known[viewer] = mine
        return mine.of

    def keep(self, viewer: Viewer, found: Mapping[int, V], facts: int) -> None:
        """Keep what was found for who asks; what there is no room for is not kept.

        Args:
            viewer: Who asks.
            found: By the numbers of nodes.
            facts: How many facts it is made of; one with long lists counts for several.
        """
        taken = len(viewer.own) // ENTRIES
        if not found or taken + facts > self._most:
            return
        mine = self._known.pop(viewer, None) or _Known[V](facts=taken)
        others = sum(each.facts for each in self._known.values())
        while self._known and others + mine.facts + facts > self._most:
            others -= self._known.pop(next(iter(self._known))).facts
        if mine.facts + facts > self._most:
            mine = _Known[V](facts=taken)
        mine.of.update(found)
        mine.facts += facts
        self._known[viewer] = mine

    def forget(self, nodes: AbstractSet[int] | None) -> None:
        """Forget what is kept of some nodes; of all, where there are none."""
        if nodes is None:
            self._known = {}
            return
        for mine in self._known.values():
            for node in nodes & mine.of.keys():
                del mine.of[node]


class Cache:
    """Rooms whose things are all of one revision, the newest that any question has seen."""

    def __init__(self) -> None:
        self._rooms: list[Room[Any]] = []
        self._one = asyncio.Lock()
        """Of those who see the same revision first one asks what it changed."""
        self.latest: Latest | None = None

    def add(self, room: Room[V]) -> Room[V]:
        """Return a room, which is one of the cache's from now on."""
        self._rooms.append(room)
        return room

    def at(self, room: Room[V], moment: Moment, latest: Latest | None) -> "Cached[V]":
        """Return what a room keeps for a moment.

        Args:
            room: One of the cache's.
            moment: Which facts are seen, and by whom.
            latest: The newest revision when it was asked for; none for an asker that keeps nothing.
        """
        present = (
            latest is not None
            and moment.revision == latest.revision
            and moment.known_at >= latest.recorded_at
        )
        return Cached(self, room, latest if present else None, moment.viewer)

    async def renew(self, store: Store, latest: Latest) -> None:
        """See that a later revision is the newest, and keep what was not changed since.

        Where the law was changed (programs, agreements, words, products), or the store does not
        tell what was, all is forgotten.

        Raises:
            HubError: The store does not answer, or not in time.
        """
        if not self._before(latest):
            return
        async with self._one:
            if not self._before(latest):
                return
            touched: AbstractSet[int] | None = None
            try:
                touched = await self._touched(store, latest)
            finally:
                for room in self._rooms:
                    room.forget(touched)
                self.latest = latest

    def _before(self, latest: Latest) -> bool:
        return self.latest is None or self.latest.revision < latest.revision

    async def _touched(self, store: Store, latest: Latest) -> AbstractSet[int] | None:
        """Return the nodes at which something was changed; none where it may be all."""
        before = self.latest
        if before is None or latest.law_revision > before.revision or not any(self._rooms):
            return None
        return await store.touched(before.revision, latest.revision, _MOST_CHANGED)


@dataclass(frozen=True, slots=True)
class Cached(Generic[V]):
    """What is kept for one moment; while another revision is the newest, and of the past, nothing.

    Attributes:
        latest: The revision; none where the moment is of the past, or its asker keeps nothing.
        viewer: Who asks.
    """

    cache: Cache
    room: Room[V]
    latest: Latest | None
    viewer: Viewer

    def known(self, of: Iterable[int]) -> dict[int, V]:
        """Return what is kept of these, in a dictionary of the caller's own."""
        if self.latest is None or self.latest != self.cache.latest:
            return {}
        known = self.room.known(self.viewer)
        return {each: known[each] for each in of if each in known}

    def keep(self, found: Mapping[int, V], facts: int) -> None:
        """Keep what was found.

        Args:
            found: By the numbers of nodes.
            facts: How many facts it is made of.
        """
        if self.latest is not None and self.latest == self.cache.latest:
            self.room.keep(self.viewer, found, max(facts, len(found)))
