"""What is done around every answer: told types are kept to, pages of others let in, bytes saved."""

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from hub.http.counts import Counting, Counts
from hub.http.media import GRAPHQL, PROBLEM
from hub.http.traced import Tracing

_SENT: Final = ("authorization", "content-type", "hub-at-least", "idempotency-key")
"""Headers that a page of another origin may send."""
_SHOWN: Final = ("etag", "ratelimit", "ratelimit-policy", "retry-after", "www-authenticate")
"""Headers that it may read."""
_REMEMBERED: Final = 2 * 60 * 60
"""Seconds for which a browser need not ask again whether it may; none keeps it longer."""

for _media_type in (GRAPHQL, PROBLEM):
    add_compress_type(_media_type)


def middleware(origins: Sequence[str], counts: Counts, *, traced: bool = False) -> list[Middleware]:
    """Return what stands around the application.

    Args:
        origins: Where pages come from that may ask the hub; nobody's cookies are looked at, so
            what a page may ask is what its token allows, or what is public.
        counts: Where requests are counted.
        traced: Whether spans are made of them.
    """
    # Of what saves most bytes the first levels: the others take longer than they save.
    compression = Middleware(CompressMiddleware, zstd_level=1, gzip_level=1, brotli=False)
    always = [Middleware(Counting, counts), Middleware(_NoGuessing)]
    if traced:
        always.insert(0, Middleware(Tracing))
    if not origins:
        return [*always, compression]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=_SENT,
        expose_headers=(*_SHOWN, "x-request-id"),
        max_age=_REMEMBERED,
    )
    return [*always, cors, compression]


class _NoGuessing:
    """Tell browsers that every answer is of the type it says, whatever it looks like."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-content-type-options"] = "nosniff"
            await send(message)

        await self._app(scope, receive, said)
