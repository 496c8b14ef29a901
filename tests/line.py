"""A line between a client and a server on loopback, whose connections tests cut."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self
from urllib.parse import urlsplit


class Line(ABC):
    """Passes bytes on; how, those say that derive from it.

    Attributes:
        url: Where it listens.
    """

    def __init__(self, host: str, port: int) -> None:
        self.url = ""
        self._server = (host, port)
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncGenerator[Self]:
        """Listen for a server's url."""
        server = urlsplit(url)
        assert server.hostname is not None
        assert server.port is not None
        line = cls(server.hostname, server.port)
        listening = await asyncio.start_server(line._connected, "127.0.0.1", 0)
        line.url = f"{server.scheme}://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        try:
            yield line
        finally:
            listening.close()
            for task in line._tasks:
                task.cancel()
            await asyncio.gather(*line._tasks, return_exceptions=True)

    @abstractmethod
    async def between(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Pass on what is said on one connection; it is cut once this is over."""

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._server)
        try:
            await self.between((reader, writer), (there, back))
        finally:
            writer.close()
            back.close()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on whatever is read, to its end."""
    while said := await reader.read(65_536):
        writer.write(said)
        await writer.drain()
    writer.close()
