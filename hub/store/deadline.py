"""The deadline of what is asked: a store ends a question that nobody waits for any more."""

import asyncio
import math
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from hub.errors import DeadlineExceededError


class Deadline:
    """An instant by which an answer is wanted."""

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._timeout = timeout
        self.seconds = math.inf
        self.until = math.inf
        """The instant, as `time.monotonic` tells it."""

    def put_off(self, seconds: float) -> None:
        """Want the answer within so many seconds from now; endless: whenever it comes."""
        self.seconds, self.until = seconds, time.monotonic() + seconds
        ends = None if seconds == math.inf else asyncio.get_running_loop().time() + seconds
        self._timeout.reschedule(ends)


_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


@asynccontextmanager
async def within(seconds: float) -> AsyncGenerator[Deadline]:
    """Give up what takes longer, and let stores know by when it is wanted.

    Raises:
        DeadlineExceededError: It took longer.
    """
    timeout = asyncio.timeout(None)
    deadline = Deadline(timeout)
    try:
        async with timeout:
            deadline.put_off(seconds)
            token = _CURRENT.set(deadline)
            try:
                yield deadline
            finally:
                _CURRENT.reset(token)
    except TimeoutError as error:
        if not timeout.expired():
            raise
        raise exceeded(deadline.seconds) from error


def exceeded(seconds: float) -> DeadlineExceededError:
    """Return the error of a deadline."""
    return DeadlineExceededError(f"no answer within {seconds:g} seconds; ask for less at once")


def current() -> Deadline | None:
    """Return the deadline of what is asked here, if it has one."""
    return _CURRENT.get()
