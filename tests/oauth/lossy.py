"""A line between a client and a hub that loses answers: it is cut once the hub has given one."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests import line
from tests.line import copy


class Line(line.Line):
    """Cuts a connection whose answer is to be lost.

    A hub answers a write when it is committed, so what is lost then was done.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._loses = False

    async def lose(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Ask, and lose the answer, which the hub has given."""
        self._loses = True
        with pytest.raises(httpx.TransportError):
            await ask()
        assert not self._loses, "the hub gave no answer that could be lost"

    async def between(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Pass on what is said, until an answer is lost."""
        reader, writer = client
        there, back = server
        asked = asyncio.ensure_future(copy(reader, back))
        try:
            while told := await there.read(65_536):
                if self._loses:
                    self._loses = False
                    return
                writer.write(told)
                await writer.drain()
        finally:
            asked.cancel()
