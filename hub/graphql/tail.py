"""The tail of the graph's revisions: one watch of the store, however many wait for the next one.

Nothing is kept for those who wait: each reads on from its own place when it is ready to, so that
a slow one costs no memory. What several would read alike is read once.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from graph_schema.elements import Fact
from hub.errors import StoreUnavailableError
from hub.http.readiness import StoppingError
from hub.store.port import Change, Latest, Moment, Page, Store

EVERY: Final = 0.2
"""Seconds between two looks at the store, while anybody waits."""
_MOST_READ: Final = 64
"""Pages of changes that are kept for others who read the same."""


def today() -> int:
    """Return the day in UTC."""
    return datetime.now(UTC).toordinal()


class Tail:
    """Waits for revisions, and reads what changed, for everybody of one process."""

    def __init__(self, store: Store, stopping: Callable[[], bool]) -> None:
        self._store = store
        self._stopping = stopping
        self._latest: Latest | None = None
        self._changed = asyncio.Event()
        self.waiting = 0
        """How many wait now."""
        self._watch: asyncio.Task[None] | None = None
        self._reads: dict[Any, asyncio.Task[list[Change]]] = {}

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

    async def changes(
        self, kinds: Sequence[type[Fact]], programs: Sequence[int], moment: Moment, page: Page
    ) -> list[Change]:
        """Return what `Store.changes` does, asked once for all who ask it in a revision."""
        key = (tuple(kinds), tuple(programs), moment.revision, moment.viewer, page.after, page.size)
        read = self._reads.get(key)
        if read is None:
            if len(self._reads) >= _MOST_READ:
                self._reads.clear()
            read = asyncio.create_task(self._store.changes(kinds, programs, moment, page))
            self._reads[key] = read
        try:
            return await asyncio.shield(read)
        except BaseException:
            self._reads.pop(key, None)
            raise

    async def close(self) -> None:
        """Stop watching."""
        tasks: list[asyncio.Task[Any]] = [*self._reads.values()]
        if self._watch is not None:
            tasks.append(self._watch)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

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
                    self._reads.clear()
                    self._wake()
            if self._stopping() or today() > day:
                day = today()
                self._wake()
            await asyncio.sleep(EVERY)

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
