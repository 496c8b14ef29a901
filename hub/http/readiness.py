"""Whether the hub is ready for more: its store answers, its keys can be read, and it stays."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from hub.errors import DeadlineExceededError, HubError, StoreUnavailableError
from hub.store.deadline import within

FRESH: Final = 1.0
"""Seconds for which what was found out holds, whoever asks."""
PATIENCE: Final = 2.0
"""Seconds that the store has to answer."""


class StoppingError(HubError):
    """The hub is about to stop."""

    code = "STOPPING"
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Readiness:
    """Asks the store, however often it is asked itself, once a second at most."""

    def __init__(self, ask: Callable[[], Awaitable[object]], clock: Callable[[], float]) -> None:
        self.stopping = False
        """Whether the hub is about to stop; a balancer that sees it sends no more."""
        self._ask = ask
        self._clock = clock
        self._lock = asyncio.Lock()
        self._asked_at: float | None = None
        self._error: HubError | None = None

    async def check(self) -> None:
        """See whether the hub is ready.

        Raises:
            StoppingError: It is about to stop.
            StoreUnavailableError: The store does not answer.
        """
        if self.stopping:
            msg = "the hub is about to stop; ask another"
            raise StoppingError(msg)
        async with self._lock:
            if self._asked_at is None or not 0 <= self._clock() - self._asked_at < FRESH:
                self._error = await self._asked()
                self._asked_at = self._clock()
        if self._error is not None:
            raise self._error

    async def _asked(self) -> HubError | None:
        """Return why the store is of no use now; none where it is."""
        try:
            async with within(PATIENCE):
                await self._ask()
        except StoreUnavailableError as error:
            return error
        except DeadlineExceededError:
            return StoreUnavailableError(f"the store does not answer within {PATIENCE:g} seconds")
        return None
