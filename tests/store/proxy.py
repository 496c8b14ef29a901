"""A line between the hub and a Neo4j that can be cut in the middle of a commit."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

COMMIT: Final = b"\x00\x02\xb0\x12\x00\x00"
"""The Bolt message COMMIT, as a chunk of its own."""


class Proxy:
    """Passes bytes on, until it is told to cut the connection that commits."""

    def __init__(self, host: str, port: int) -> None:
        self.url = ""
        self.cut = False
        self._server = (host, port)
        self._commits = 0
        self._after_answer = False
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def to(cls, url: str) -> AsyncGenerator["Proxy"]:
        """Listen on loopback for a server's url."""
        host, _, port = url.partition("://")[2].partition(":")
        proxy = cls(host, int(port))
        listening = await asyncio.start_server(proxy._connected, "127.0.0.1", 0)
        proxy.url = f"bolt://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        try:
            yield proxy
        finally:
            listening.close()
            for task in proxy._tasks:
                task.cancel()
            await asyncio.gather(*proxy._tasks, return_exceptions=True)

    def cut_at_commit(self, number: int, *, after_answer: bool) -> None:
        """Cut the connection of the so-manieth commit from now on.

        Args:
            number: Which commit, from 1.
            after_answer: Once the server has answered, so that it is made; else before the
                server hears of it, so that it is not.
        """
        self._commits = number
        self._after_answer = after_answer

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._pass_on(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._server)
        answers = asyncio.ensure_future(_copy(there, writer))
        try:
            while said := await reader.read(65_536):
                if COMMIT in said and self._commits > 0:
                    self._commits -= 1
                    if self._commits == 0:
                        answers.cancel()
                        await asyncio.wait([answers])
                        self.cut = True
                        if self._after_answer:
                            back.write(said)
                            await there.read(65_536)
                        return
                back.write(said)
                await back.drain()
        finally:
            answers.cancel()
            writer.close()
            back.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65_536):
        writer.write(said)
        await writer.drain()
    writer.close()
