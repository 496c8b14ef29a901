"""Telling: what a list of any length tells, as digests kept flat until absence asks for them."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from graph_schema.elements import Fact
from graph_schema.standing import Standing
from hub.store.rows import digest
from hub.sync.intake import Item
from hub.sync.lists import ENDING, event
from hub.sync.seen import scope
from hub.sync.sightings import event_of, told

_BYTES: Final = 16
"""Of a digest."""


class Identities:
    """A set of digests, in half the memory that their texts would take."""

    def __init__(self) -> None:
        self._kept: set[bytes] = set()

    def add(self, identity: str) -> None:
        """Add one."""
        self._kept.add(bytes.fromhex(identity))

    def __contains__(self, identity: str) -> bool:
        """Whether it was added."""
        return bytes.fromhex(identity) in self._kept


class Telling:
    """What a complete list shows, and what a run is to write of it.

    Attributes:
        tracks: Of its standings.
        asked: Whether its feed has brought something before, so that absence may ask for more.
    """

    def __init__(self) -> None:
        self.tracks: set[str] = set()
        self.asked = False
        self._events = bytearray()
        self._scopes = bytearray()
        self._planned = bytearray()
        self._begins = array("q")

    def shows(self, items: Iterable[Item]) -> None:
        """Take in what a part of the list shows."""
        for item in items:
            standing = isinstance(item.fact, Standing)
            if standing:
                self.tracks.add(item.values["track"])
            if self.asked and isinstance(item.fact, ENDING):
                self._events += bytes.fromhex(event_of(item))
                self._scopes += bytes.fromhex(scope_of(told(item))) if standing else b""

    def plans(self, facts: Iterable[tuple[type[Fact], Mapping[str, Any]]]) -> None:
        """Take in facts that are to be written."""
        for kind, row in facts:
            if self.asked and kind in ENDING:
                self._planned += bytes.fromhex(event(kind, row))
                self._begins.append(row["begins_first"])

    def shown(self, events: AbstractSet[str]) -> set[str]:
        """Return which of some events the list shows."""
        return {each for each in _digests(self._events) if each in events}

    def scopes(self, scopes: AbstractSet[str]) -> set[str]:
        """Return of which of some scopes it tells a state."""
        return {each for each in _digests(self._scopes) if each in scopes}

    def renewed(self, events: AbstractSet[str]) -> dict[str, int]:
        """Return when those of some events begin, at the earliest, that are to be written."""
        found: dict[str, int] = {}
        for each, begins in zip(_digests(self._planned), self._begins, strict=True):
            if each in events:
                found[each] = min(begins, found.get(each, begins))
        return found


def scope_of(row: Mapping[str, Any]) -> str:
    """Return a digest of what a state is of."""
    *place, products, regions = scope(row)
    return digest(*place, sorted(products), sorted(regions))


def _digests(flat: bytearray) -> Iterator[str]:
    for at in range(0, len(flat), _BYTES):
        yield flat[at : at + _BYTES].hex()
