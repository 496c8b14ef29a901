"""Rates: how much one asker may cost over time, and how many of its queries are answered at once.

A client has a bucket of costs, and so has each address that asks without a token. Who has emptied
it waits until it holds something again; what a query costs is known only once it is read, so the
last one may cost more than there was.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from hub.http.refused import RateLimitedError
from hub.oauth.ledger import Clock
from hub.oauth.principal import Principal
from hub.oauth.throttle import Throttle, neighbourhood
from hub.settings import Settings

WINDOW: Final = 40
"""Seconds whose costs a bucket holds."""
REFUSED: Final = 100
"""Cost of a request that is refused unread."""
AT_ONCE: Final = 8
"""Queries of one asker that are answered at once."""
WAITING: Final = 32
"""Queries of one asker that wait for their turn."""


@dataclass(slots=True)
class _Turns:
    """Whose turn it is among the queries of one asker."""

    count: int = 0
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


class Rates:
    """What everybody has cost, in a bounded memory."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._known = _Bucket(settings.cost_per_second, clock)
        self._anonymous = _Bucket(settings.anonymous_cost_per_second, clock)
        self._turns: dict[str, _Turns] = {}

    def under_way(self) -> int:
        """Return how many queries are answered or wait for their turn."""
        return sum(turns.count for turns in self._turns.values())

    def account(self, principal: Principal, address: str) -> "Account":
        """Return the account of who asks."""
        if principal.client is not None:
            return Account(f"client {principal.client}", self._known, self._turns)
        return Account(neighbourhood(address), self._anonymous, self._turns)


class _Bucket:
    """Costs of many askers, each of whom has so much a second."""

    def __init__(self, per_second: int, clock: Clock) -> None:
        self.most = per_second * WINDOW
        self._costs = Throttle(self.most, 1 / per_second, clock)

    def wait(self, asker: str) -> int:
        """Return the seconds until an asker may ask; 0: now."""
        return self._costs.wait(asker, 0)

    def charge(self, asker: str, cost: int) -> None:
        """Count what a query of an asker cost."""
        self._costs.charge(asker, cost)

    def left(self, asker: str) -> tuple[int, int]:
        """Return what an asker may still cost, and the seconds until that is all of it again."""
        return self._costs.left(asker)


@dataclass(frozen=True, slots=True)
class Account:
    """One asker: a client, or an address that asks without a token."""

    asker: str
    bucket: _Bucket
    turns: dict[str, _Turns]

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[None]:
        """Answer a query when it is its turn.

        Raises:
            RateLimitedError: It asked for too much before, or asks too much at once.
        """
        self.check()
        turns = self.turns.setdefault(self.asker, _Turns())
        if turns.count >= AT_ONCE + WAITING:
            msg = f"{turns.count} of your queries wait already; ask again when they are answered"
            raise RateLimitedError(msg, 1)
        turns.count += 1
        try:
            async with turns.free:
                yield
        finally:
            turns.count -= 1
            if not turns.count:
                del self.turns[self.asker]

    def check(self) -> None:
        """Refuse a query of who asked for too much before.

        Raises:
            RateLimitedError: It did.
        """
        if wait := self.bucket.wait(self.asker):
            msg = f"you asked for too much in a short time; ask again in {wait} seconds"
            raise RateLimitedError(msg, wait)

    def charge(self, cost: int | None) -> int:
        """Count what a query cost, and return it; none: it was refused unread."""
        counted = REFUSED if cost is None else cost
        self.bucket.charge(self.asker, counted)
        return counted

    def headers(self) -> Mapping[str, str]:
        """Return what is left, as the draft of RateLimit headers has it."""
        left, seconds = self.bucket.left(self.asker)
        return {
            "ratelimit-policy": f'"cost";q={self.bucket.most};w={WINDOW}',
            "ratelimit": f'"cost";r={left};t={seconds}',
        }
