"""Connections are counted before they hold anything, and no two take the last place."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, Self

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from hub.graphql.updates import held
from hub.store.embedded.store import EmbeddedStore
from tests.graphql.updating import SOON, Listening, Subscriber, listening, opened

pytestmark = pytest.mark.anyio

STANDINGS: Final = "subscription { standingChanged { kind } }"


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncGenerator[Listening]:
    """Serve an empty store at an address."""
    async with listening(EmbeddedStore(str(tmp_path / "hub.db"))) as hub:
        yield hub


async def refused(hub: Listening) -> None:
    """See that no further socket is opened now."""
    with pytest.raises(InvalidStatus) as error:
        async with opened(hub.url):
            pass
    response = error.value.response
    assert (response.status_code, response.headers["retry-after"]) == (429, "1")
    assert b"RATE_LIMITED" in (response.body or b"")


@pytest.mark.parametrize("limit", ["MOST_UNSAID", "MOST_UNSAID_OF_ALL"])
async def test_so_many_sockets_may_not_have_said_yet_who_they_are(
    hub: Listening, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(held, limit, 2)
    async with AsyncExitStack() as stack:
        first = Subscriber(await stack.enter_async_context(opened(hub.url)))
        second = await stack.enter_async_context(opened(hub.url))
        await refused(hub)
        await first.send({"type": "connection_init"})
        assert await first.told() == {"type": "connection_ack"}
        await stack.enter_async_context(opened(hub.url))
        await refused(hub)
        await second.close()
        await stack.enter_async_context(opened(hub.url))
        await refused(hub)


async def test_who_is_not_let_in_holds_nothing(
    hub: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "MOST_UNSAID", 1)
    monkeypatch.setattr(held, "MOST_CONNECTIONS", 1)
    async with Subscriber.connected(hub.url):
        for _ in range(2):
            async with opened(hub.url) as opening:
                await Subscriber(opening).send({"type": "connection_init"})
                assert (await Subscriber(opening).closed())[0] == 4429
    async with Subscriber.connected(hub.url):
        pass


async def test_no_two_streams_take_the_last_place(
    hub: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(held, "MOST_CONNECTIONS", 2)
    async with AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(Half.sent(hub)) for _ in range(2)]
        third = await stack.enter_async_context(Half.sent(hub))
        assert await third.status() == 429
        for each in (first, second):
            await each.finish()
            assert await each.status() == 200
    async with asyncio.timeout(SOON):
        while (await hub.http.post("/graphql/stream", json=[])).status_code == 429:
            await hub.http.get("/livez")  # until the hub has seen that both are gone


class Half:
    """A request for a stream of which one half comes before the other."""

    BODY: Final = f'{{"query": "{STANDINGS}"}}'.encode()

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    @asynccontextmanager
    async def sent(cls, hub: Listening) -> AsyncGenerator[Self]:
        """Send the one half; the hub has it when it has answered who asked later."""
        url = httpx.URL(hub.url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        try:
            head = (
                f"POST /graphql/stream HTTP/1.1\r\nhost: {url.host}\r\n"
                f"content-type: application/json\r\ncontent-length: {len(cls.BODY)}\r\n\r\n"
            )
            writer.write(head.encode() + cls.BODY[:9])
            await writer.drain()
            await hub.http.get("/livez")
            yield cls(reader, writer)
        finally:
            writer.close()

    async def finish(self) -> None:
        """Send the other half."""
        self._writer.write(self.BODY[9:])
        await self._writer.drain()

    async def status(self) -> int:
        """Return the status of the answer."""
        async with asyncio.timeout(SOON):
            return int((await self._reader.readline()).split()[1])


async def test_a_slow_body_is_not_waited_for_and_holds_no_place(
    hub: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.graphql.http.SENDING", 0.05)
    monkeypatch.setattr(held, "MOST_CONNECTIONS", 1)

    async def half() -> AsyncGenerator[bytes]:
        yield b'{"query":'
        await asyncio.Event().wait()

    for _ in range(2):
        headers = {"content-type": "application/json"}
        answer = await sent(hub, half(), headers)
        assert (answer.status_code, answer.json()["code"]) == (408, "REQUEST_TIMEOUT")


async def sent(
    hub: Listening, body: AsyncGenerator[bytes], headers: dict[str, str]
) -> httpx.Response:
    """Send what does not end, without a client that insists on sending it all."""
    transport = httpx.ASGITransport(app=hub.app)
    async with httpx.AsyncClient(transport=transport, base_url=hub.url) as http:
        return await http.post("/graphql/stream", content=body, headers=headers)
