"""A hub that listens, and subscribers: over a WebSocket, and over a stream of events."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import httpx
import orjson
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from hub.app import create_app
from hub.settings import Settings
from hub.store.port import Store
from tests.oauth.served import HUB, Clock, Hub

PROTOCOL: Final = Subprotocol("graphql-transport-ws")
SOON: Final = 30
"""Seconds after which what does not come is not coming."""
SMALL: Final = 4_096
"""Bytes that the sockets hold, so that who does not read is soon found out."""
Told = dict[str, Any]


class Listening(Hub):
    """A served hub that listens at an address."""

    url: str
    server: uvicorn.Server


@asynccontextmanager
async def listening(
    store: Store,
    clock: Clock | None = None,
    **given: Any,  # noqa: ANN401
) -> AsyncGenerator[Listening]:
    """Serve a store that is not open yet; settings are as given."""
    clock = clock or Clock()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        listener.bind(("127.0.0.1", 0))
        listener.listen(2_048)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        given = {"cost_per_second": 10**9, "anonymous_cost_per_second": 10**9, **given}
        settings = Settings(public_url=HUB, **given)
        app = create_app(store, settings, clock=clock)
        config = uvicorn.Config(app, log_level="error", ws="websockets-sansio", ws_max_size=1 << 20)
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            async with httpx.AsyncClient(base_url=url, timeout=SOON) as http:
                assert (await http.get("/readyz")).status_code == 200
                hub = Listening(http, app, store, clock)
                hub.url, hub.server = url, server
                yield hub
        finally:
            app.state.readiness.stopping = server.should_exit = True
            await serving


class Subscriber:
    """One WebSocket, spoken to in graphql-transport-ws."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    @classmethod
    @asynccontextmanager
    async def connected(
        cls,
        url: str,
        token: str | None = None,
        **how: Any,  # noqa: ANN401
    ) -> AsyncGenerator[Self]:
        """Connect, and say who it is."""
        async with opened(url, **how) as socket:
            given = {"payload": {"authorization": f"Bearer {token}"}} if token else {}
            subscriber = cls(socket)
            await subscriber.send({"type": "connection_init", **given})
            assert await subscriber.told() == {"type": "connection_ack"}
            yield subscriber

    async def send(self, message: object) -> None:
        """Send a message."""
        await self.socket.send(orjson.dumps(message).decode())

    async def subscribe(self, query: str, name: str = "1", **variables: Any) -> None:  # noqa: ANN401
        """Subscribe, and wait until that is taken: the hub answers messages in their order."""
        payload = {"query": query, "variables": variables}
        await self.send({"id": name, "type": "subscribe", "payload": payload})

    async def told(self) -> Told:
        """Return the next message."""
        async with asyncio.timeout(SOON):
            return orjson.loads(await self.socket.recv())

    async def next(self) -> Any:  # noqa: ANN401
        """Return the data of the next message, which is an answer without errors."""
        told = await self.told()
        assert told["type"] == "next", told
        assert "errors" not in told["payload"], told
        [found] = told["payload"]["data"].values()
        return found

    async def closed(self) -> tuple[int | None, str | None]:
        """Return how it was closed, once it is."""
        async with asyncio.timeout(SOON):
            await self.socket.wait_closed()
        return self.socket.close_code, self.socket.close_reason


def opened(
    url: str,
    subprotocols: Sequence[Subprotocol] = (PROTOCOL,),
    path: str = "/graphql",
    **how: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Return a WebSocket that is to be opened."""
    address = f"{url.replace('http', 'ws')}{path}"
    return connect(address, subprotocols=list(subprotocols), proxy=None, **how)


async def events(
    hub: Listening, query: str, token: str | None = None
) -> AsyncGenerator[tuple[str, Any]]:
    """Yield the events of a stream, by their names."""
    headers = {"accept": "text/event-stream"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    asked = {"query": query}
    async with hub.http.stream("POST", "/graphql/stream", json=asked, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream"), await answer.aread()
        name = ""
        async for line in answer.aiter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif line.startswith("data:"):
                yield name, orjson.loads(value) if value else None
