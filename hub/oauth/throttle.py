"""How often somebody may ask for tokens, in a bounded memory."""

import math
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from typing import Final

from hub.oauth.ledger import Clock

MOST_KNOWN: Final = 10_000
"""Askers that are remembered; who has not asked for longest is forgotten first."""


class Throttle:
    """A bucket for each asker: `burst` at once, then one every `every` seconds."""

    def __init__(self, burst: int, every: float, clock: Clock) -> None:
        self._burst = burst
        self._every = every
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def wait(self, asker: str, count: float = 1) -> int:
        """Return the whole seconds until an asker may ask so often; 0: now, which is counted."""
        waiting = self._full_in(asker) + (count - self._burst) * self._every
        if waiting > 0:
            return math.ceil(waiting)
        self.charge(asker, count)
        return 0

    def charge(self, asker: str, count: float) -> None:
        """Count what somebody asked, though there may not be so much in the bucket."""
        if not count:
            return
        # The bucket is told by when it is full again: each question moves that by `every`.
        self._full_at[asker] = self._clock() + self._full_in(asker) + count * self._every
        self._full_at.move_to_end(asker)
        if len(self._full_at) > MOST_KNOWN:
            self._full_at.popitem(last=False)

    def left(self, asker: str) -> tuple[int, int]:
        """Return how often somebody may ask at once, and the seconds until the bucket is full."""
        full_in = self._full_in(asker)
        # The clock's instants are too large numbers to tell the last decimals of small ones.
        left = round(self._burst - full_in / self._every, 2)
        return max(0, math.floor(left)), math.ceil(full_in)

    def _full_in(self, asker: str) -> float:
        return max(0.0, self._full_at.get(asker, 0.0) - self._clock())


def neighbourhood(host: str) -> str:
    """Return who an address counts as: an IPv6 subscriber has a whole /64."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else str(address)
