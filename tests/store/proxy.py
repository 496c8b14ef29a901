"""A line between the hub and a Neo4j that can be cut in the middle of a commit."""

import asyncio
from typing import Final

from tests.line import Line, copy

COMMIT: Final = b"\x00\x02\xb0\x12\x00\x00"
"""The Bolt message COMMIT, as a chunk of its own."""


class Proxy(Line):
    """Passes bytes on, until it is told to cut the connection that commits."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.cut = False
        self._commits = 0
        self._after_answer = False

    def cut_at_commit(self, number: int, *, after_answer: bool) -> None:
        """Cut the connection of the so-manieth commit from now on.

        Args:
            number: Which commit, from 1.
            after_answer: Once the server has answered, so that it is made; else before the
                server hears of it, so that it is not.
        """
        self._commits = number
        self._after_answer = after_answer

    async def between(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Pass on what is said, until the commit."""
        reader, writer = client
        there, back = server
        answers = asyncio.ensure_future(copy(there, writer))
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
