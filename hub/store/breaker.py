"""Breaker: a store that has not answered for a while is not asked by everybody who comes."""

import time
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from hub.errors import StoreLostError, StoreUnavailableError

FAILURES: Final = 5
"""Calls without an answer after which nobody else waits for one."""
WITHIN: Final = 10.0
"""Seconds in which these failed."""
AGAIN: Final = 2.0
"""Seconds after which one call finds out whether the store is back."""


class Breaker:
    """Lets calls through to a store, or refuses them at once (SECURITY.md, E2).

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed_at: deque[float] = deque(maxlen=FAILURES)
        self._tried_at: float | None = None
        """When one was last let through although the store is away; none: all are."""

    @contextmanager
    def call(self) -> Generator[None]:
        """Let a call through.

        Raises:
            StoreUnavailableError: The store did not answer others, and was asked just now.
        """
        now = self._clock()
        if self._tried_at is not None:
            if now - self._tried_at < AGAIN:
                msg = "the store did not answer of late; it is asked again in a moment"
                raise StoreUnavailableError(msg)
            self._tried_at = now
        try:
            yield
        except StoreLostError:
            self._failed()
            raise
        else:
            self._failed_at.clear()
            self._tried_at = None

    def _failed(self) -> None:
        now = self._clock()
        self._failed_at.append(now)
        if len(self._failed_at) == FAILURES and now - self._failed_at[0] <= WITHIN:
            self._tried_at = now
