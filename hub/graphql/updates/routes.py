"""Where updates are to be had: a WebSocket, and a stream of events."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from hub.graphql.updates.door import UpdatesDoor
from hub.graphql.updates.socket import serve
from hub.graphql.updates.stream import streamed
from hub.settings import Settings


def routes(door: UpdatesDoor, settings: Settings) -> list[BaseRoute]:
    """Return the addresses of updates."""
    origins = frozenset({_origin(settings.public_url), *map(str.lower, settings.origins)})

    async def stream(request: Request) -> Response:
        guard = request.app.state.access.guard
        principal = await guard.admit(request)
        return await streamed(door, request, request.app.state.watching, guard.known, principal)

    async def socket(connected: WebSocket) -> None:
        state = connected.app.state
        await serve(door, state.watching, state.access.guard.known, connected, origins)

    return [
        WebSocketRoute("/graphql", socket),
        Route("/graphql/stream", stream, methods=["GET", "POST"]),
    ]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
