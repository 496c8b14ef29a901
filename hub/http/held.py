"""Places that are held, each by one of so many, and streams of events that hold one."""

from collections import Counter
from collections.abc import AsyncIterable, Generator
from contextlib import ExitStack, contextmanager
from typing import Final

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

EVENTS: Final = "text/event-stream"
HEADERS: Final = {"cache-control": "no-store", "x-accel-buffering": "no"}


class HeldStream(StreamingResponse):
    """Tells events, and lets go of its place when that is over, also where it never began."""

    def __init__(self, told: AsyncIterable[bytes], held: ExitStack) -> None:
        super().__init__(told, media_type=EVENTS, headers=HEADERS)
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell them."""
        with self._held:
            await super().__call__(scope, receive, send)


@contextmanager
def one_more(counted: Counter[str], asker: str) -> Generator[None]:
    """Count one more of somebody; nobody is kept who has none."""
    counted[asker] += 1
    try:
        yield
    finally:
        counted[asker] -= 1
        if not counted[asker]:
            del counted[asker]
