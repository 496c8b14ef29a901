"""A line between a client and a hub that loses answers: it is cut once the hub has given one."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import urlsplit

import httpx
import pytest


class Line:
    """Passes bytes on, and cuts a connection whose answer is to be lost.

    A hub answers a write when it is committed, so what is lost then was done.
    """

    def __init__(self, host: str, port: int) -> None:
        self.url = ""
        self._server = (host, port)
        self._loses = False
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncGenerator[Self]:
        """Listen on loopback for a hub."""
        hub = urlsplit(url)
        line = cls(str(hub.hostname), hub.port or 80)
        listening = await asyncio.start_server(line._connected, "127.0.0.1", 0)
        line.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        try:
            yield line
        finally:
            listening.close()
            for task in line._tasks:
                task.cancel()
            await asyncio.gather(*line._tasks, return_exceptions=True)

    async def lose(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Ask, and lose the answer, which the hub has given."""
        self._loses = True
        with pytest.raises(httpx.TransportError):
            await ask()
        assert not self._loses, "the hub gave no answer that could be lost"

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._server)
        asked = asyncio.ensure_future(_copy(reader, back))
        try:
            while told := await there.read(65_536):
                if self._loses:
                    self._loses = False
                    return
                writer.write(told)
                await writer.drain()
        finally:
            asked.cancel()
            writer.close()
            back.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65_536):
        writer.write(said)
        await writer.drain()
    writer.close()
