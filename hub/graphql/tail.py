"""The tail of the graph's revisions: one watch of the store, however many wait for the next one.

Nothing is kept for those who wait: each reads on from its own place when it is ready to, so that
a slow one costs no memory. What several would read alike is read once.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from hub.errors import StoreUnavailableError
from hub.http.readiness import StoppingError
from hub.store.port import Latest, Store

EVERY: Final = 0.2
"""Seconds between two looks at the store, while anybody waits."""
_TURNS: Final = 2
"""Subscriptions whose verdicts are worked out at once."""


def today() -> int:
    """Return the day in UTC."""
    return datetime.now(UTC).toordinal()


class Tail:
    """Waits for revisions, for everybody of one process."""

    def __init__(self, store: Store, stopping: Callable[[], bool]) -> None:
        self._store = store
        self._stopping = stopping
        self._latest: Latest | None = None
        self._changed = asyncio.Event()
        self.waiting = 0
        """How many wait now."""
        self.turns = asyncio.Semaphore(_TURNS)
        """Held while verdicts are worked out, so that whoever else asks comes in between."""
        self._seen_at = datetime.now(UTC)
        self._watch: asyncio.Task[None] | None = None

    async def past(self, revision: int, day: int | None = None) -> Latest:
        """Return the newest revision once it is past one, or the day in UTC past another.

        Raises:
            StoppingError: The hub is about to stop.
        """
        self.waiting += 1
        try:
            while (latest := self._latest) is None or not (
                latest.revision > revision or (day is not None and today() > day)
            ):
                self._check()
                if self._watch is None or self._watch.done():
                    self._watch = asyncio.create_task(self._watching())
                await self._changed.wait()
            return latest
        finally:
            self.waiting -= 1

    def present(self) -> datetime:
        """Return the present of all who wait: when a revision was found first, or a day began.

        What they ask alike is so of the same moment, and may be asked once.
        """
        if self._seen_at.toordinal() != today():
            self._seen_at = datetime.now(UTC)
        return self._seen_at

    async def close(self) -> None:
        """Stop watching."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])

    def _check(self) -> None:
        if self._stopping():
            msg = "the hub is about to stop; subscribe at another"
            raise StoppingError(msg)

    async def _watching(self) -> None:
        """Look for the newest revision as long as anybody waits for it."""
        day = today()
        while self.waiting:
            with suppress(StoreUnavailableError):  # who waits goes on waiting
                latest = await self._store.latest()
                if self._latest is None or latest.revision > self._latest.revision:
                    self._latest = latest
                    self._seen_at = datetime.now(UTC)
                    self._wake()
            if self._stopping() or today() > day:
                day = today()
                self._wake()
            await asyncio.sleep(EVERY)

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
