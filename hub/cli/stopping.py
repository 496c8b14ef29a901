"""How the served hub stops: it says so first, so that nobody is sent to it any more."""

import asyncio
import signal
import socket
from types import FrameType

import uvicorn

from hub.http.readiness import Readiness


class Server(uvicorn.Server):
    """A server that, told to end by SIGTERM, is not ready for some seconds before it stops.

    A second signal, or SIGINT, stops it at once: it takes no more connections, answers what is
    under way within `timeout_graceful_shutdown`, and ends.
    """

    def __init__(self, config: uvicorn.Config, readiness: Readiness, seconds: float) -> None:
        super().__init__(config)
        self._readiness = readiness
        self._seconds = seconds
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop."""
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, at once or soon."""
        first, self._readiness.stopping = not self._readiness.stopping, True
        if first and sig == signal.SIGTERM and self._seconds and self.started and self._loop:
            self._loop.call_soon_threadsafe(self._soon, sig)
        else:
            super().handle_exit(sig, frame)

    def _soon(self, sig: int) -> None:
        asyncio.get_running_loop().call_later(self._seconds, super().handle_exit, sig, None)
