"""The schedule: feeds that are read from their addresses time and again, beside what is served."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any, Final

from adapters.kit.fetch import Fetcher
from hub.errors import HubError
from hub.store.deeds import Actor
from hub.store.port import Row, Store
from hub.store.rows import instant
from hub.sync.feeds import Address
from hub.sync.reading import read
from hub.sync.remember import states

PAUSE_SECONDS: Final = 300.0
"""How often the schedule looks which feeds are due."""
PATIENCE_SECONDS: Final = 20.0
"""How long a reading under way has, once the hub is told to stop."""

_log: Final = logging.getLogger("hub.schedule")


def a_while(stop: Event) -> None:
    """Wait a while, or until the schedule is to stop."""
    stop.wait(PAUSE_SECONDS)


class Schedule:
    """Reads feeds when they are due, one at a time; one that fails is tried again in its turn.

    It has a thread and a store of its own, so that no question waits while a list is compared.
    What is due is told by the runs that the store has, so that neither a restart nor another hub
    on the same graph has a feed read too early.

    Args:
        open_store: Returns a store of the graph, not yet open.
        addresses: The feeds.
        every: After what time each of them is due again.
        fetcher: Brings their documents.
        now: Tells the time.
        pause: Waits until the schedule should look again, or is to stop.
        patience: Seconds that a reading under way has in the end.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        addresses: Sequence[Address],
        every: timedelta,
        fetcher: Fetcher,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[Event], None] = a_while,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._open = open_store
        self._addresses = addresses
        self._every = every
        self._fetcher = fetcher
        self._now = now
        self._pause = pause
        self._patience = patience
        self._stop = Event()
        self._tried: dict[str, datetime] = {}
        self._round: tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run beside what is inside; a reading under way is waited for, but not for ever."""
        thread = Thread(target=self._run, name="hub-schedule", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            await asyncio.to_thread(thread.join, self._patience)
            if thread.is_alive() and self._round:
                loop, task = self._round
                loop.call_soon_threadsafe(task.cancel)
                await asyncio.to_thread(thread.join)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                asyncio.run(self.round())
            except HubError as error:
                _log.warning("no feed is read: %s", error.message)
            except asyncio.CancelledError:
                _log.warning("a feed was still being read; it is given up, and nothing is applied")
            except Exception:  # noqa: BLE001 - the next round may do better
                _log.exception("no feed is read: a fault of the hub")
            self._pause(self._stop)

    async def round(self) -> None:
        """Read each feed that is due.

        Raises:
            StoreUnavailableError: The store does not say which.
        """
        task = asyncio.current_task()
        self._round = (asyncio.get_running_loop(), task) if task else None
        store = self._open()
        try:
            await store.open()
            newest = await states(store)
            for address in self._addresses:
                run = newest.get((address.adapter.program, address.name))
                if self._due(address, run) and not self._stop.is_set():
                    self._tried[address.key] = self._now()
                    await self._read(store, address)
        finally:
            await store.close()

    def _due(self, address: Address, run: Row | None) -> bool:
        """Whether a feed was last read, or tried, long enough ago."""
        runs = [instant(run["started_at"])] if run else []
        tried = [self._tried[address.key]] if address.key in self._tried else []
        return all(self._now() - last >= self._every for last in (*runs, *tried))

    async def _read(self, store: Store, address: Address) -> None:
        """Read a feed; whatever goes wrong with it, the others come next."""
        try:
            now = self._now()
            report = await read(store, address, self._fetcher, now=now, actor=Actor.SCHEDULE)
        except HubError as error:
            _log.warning("%s: %s", address.key, error.message)
        except Exception:  # noqa: BLE001 - the next feed may do better
            _log.exception("%s: a fault of the hub", address.key)
        else:
            _log.info("%s: %s", address.key, "; ".join([report.outcome, *report.held]))
