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

    def wait(self, asker: str) -> int:
        """Return the whole seconds until an asker may ask; 0: it may now, which is counted."""
        now = self._clock()
        # The bucket is told by when it is full again: each question moves that by `every`.
        full_at = max(self._full_at.get(asker, now), now)
        waiting = full_at + self._every - now - self._burst * self._every
        if waiting > 0:
            return math.ceil(waiting)
        self._full_at[asker] = full_at + self._every
        self._full_at.move_to_end(asker)
        if len(self._full_at) > MOST_KNOWN:
            self._full_at.popitem(last=False)
        return 0


def neighbourhood(host: str) -> str:
    """Return who an address counts as: an IPv6 subscriber has a whole /64."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else str(address)
