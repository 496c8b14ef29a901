"""What the store keeps of clients, revocations and keys, as of a moment ago.

Every request with a token asks it, so it reads the store at most every other second: what one hub
or the command line changes, every hub knows by then.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub.oauth.clients import CLIENT, REVOKED, Client, decoded, disabled
from hub.oauth.keys import SIGNING, Seal, SigningKey, opened
from hub.store.kept import Records

Clock = Callable[[], float]
"""Tells the time in seconds since 1970."""
FRESH: Final = 2.0
"""Seconds for which a reading is good."""


@dataclass(frozen=True, slots=True)
class State:
    """One reading.

    Attributes:
        clients: By issuer (none: the hub itself) and what that calls them; no disabled ones.
        revoked: Keys of the records of what is revoked.
        keys: The hub's own signing keys, the oldest first.
    """

    clients: Mapping[tuple[str | None, str], Client]
    revoked: frozenset[str]
    keys: Sequence[SigningKey]


class Ledger:
    """Reads the store, and remembers it for a moment."""

    def __init__(self, records: Records, seal: Seal | None, clock: Clock) -> None:
        """Read what `records` keep; signing keys only with the seal that opens them."""
        self.records = records
        self._seal = seal
        self._clock = clock
        self._lock = asyncio.Lock()
        self._read_at: float | None = None
        self._state = State({}, frozenset(), ())

    async def state(self) -> State:
        """Return the newest reading.

        Raises:
            StoreUnavailableError: The store does not answer: then nobody is let in by an old one.
        """
        if not self._fresh():
            async with self._lock:
                if not self._fresh():
                    began = self._clock()
                    self._state = await self._read()
                    self._read_at = began
        return self._state

    def forget(self) -> None:
        """Read the store again when asked next."""
        self._read_at = None

    def _fresh(self) -> bool:
        """Whether the reading is good; one of the future is not, for then the clock went back."""
        return self._read_at is not None and 0 <= self._clock() - self._read_at < FRESH

    async def _read(self) -> State:
        kept = await self.records.every((CLIENT, REVOKED, SIGNING))
        clients, gone, keys = kept[CLIENT], kept[REVOKED], kept[SIGNING]
        return State(
            {
                (client.issuer, client.external_id or client.id): client
                for client in decoded(clients)
                if disabled(client.id) not in gone
            },
            frozenset(gone),
            opened(keys, self._seal, self._clock()) if self._seal else (),
        )
