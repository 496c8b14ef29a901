"""The ASGI application, put together from its parts."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from hub.answers.desk import Desk
from hub.graphql import explorer, http
from hub.graphql.schema import text
from hub.settings import Settings
from hub.store.port import Store

_SDL: Final = text()


def create_app(store: Store, settings: Settings) -> Starlette:
    """Return the hub's application on an open or closed store; it opens and closes it."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        await store.open()
        app.state.desk = await Desk.open(store)
        try:
            yield
        finally:
            await store.close()

    async def graphql(request: Request) -> Response:
        if request.method == "GET" and explorer.wanted(request):
            return HTMLResponse(explorer.page())
        return await http.answer(request, request.app.state.desk, settings.most_body_bytes)

    async def asset(request: Request) -> Response:
        path = explorer.asset(request.path_params["name"])
        if path is None:
            return PlainTextResponse("not found", 404)
        return FileResponse(path, headers={"cache-control": "public, max-age=86400"})

    async def sdl(_request: Request) -> Response:
        return PlainTextResponse(_SDL, media_type="text/plain; charset=utf-8")

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(request: Request) -> Response:
        await request.app.state.desk.store.latest()
        return PlainTextResponse("ok")

    return Starlette(
        routes=[
            Route("/graphql", graphql, methods=["GET", "POST"]),
            Route("/graphql/schema.graphql", sdl),
            Route("/graphql/explorer/{name:path}", asset),
            Route("/livez", alive),
            Route("/readyz", ready),
            Route("/", graphql),
        ],
        lifespan=lifespan,
    )


