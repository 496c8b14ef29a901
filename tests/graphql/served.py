"""The hub as its clients have it: the real application over a store, asked over HTTP."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from adapters.kit.adapter import adapters
from graph_schema.exchange import Line
from hub.app import create_app
from hub.settings import Settings
from hub.store.port import Store
from hub.sync.intake import Intake, Origin, Report
from hub.sync.run import run
from hub.sync.sources import record

URL: Final = "/graphql"
JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
MOST_BYTES: Final = 200_000
"""Bytes of the largest request here, small so that a test may exceed it."""

ROOMY: Final = Settings(
    most_body_bytes=MOST_BYTES,
    anonymous_cost=20_000,
    anonymous_rows=10_100,
    anonymous_cost_per_second=1_000_000_000,
    deadline_seconds=60,
)
"""Lets those without a token ask as much as others, as often as they like."""


class Hub:
    """A served hub, and the store behind it."""

    def __init__(self, http: httpx.AsyncClient, store: Any) -> None:  # noqa: ANN401
        self.http = http
        self.store = store

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the whole answer to a query, errors and all."""
        response = await self.http.post(URL, json={"query": query, "variables": variables})
        assert response.status_code in {200, 400}, response.text
        return response.json()

    async def ask(self, query: str, **variables: Any) -> Any:  # noqa: ANN401
        """Return the data of an answer without errors."""
        answer = await self.answer(query, **variables)
        assert "errors" not in answer, answer
        return answer["data"]

    async def refused(self, query: str, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return the one error of an answer."""
        answer = await self.answer(query, **variables)
        [error] = answer["errors"]
        return error

    async def counted(self, query: str, **variables: Any) -> tuple[int, Any]:  # noqa: ANN401
        """Return how many round trips to the store a query takes, and its data."""
        before = self.store.round_trips
        found = await self.ask(query, **variables)
        return self.store.round_trips - before, found

    async def record(self, lines: Sequence[Line]) -> Report:
        """Record lines of the exchange format, as an import does."""
        return await run(self.store, Intake(origin=Origin.ADMINISTRATOR, lines=list(lines)))

    async def tell(self, *lines: Mapping[str, Any]) -> Report:
        """Record lines as they are written."""
        return await self.record([Line.model_validate(line) for line in lines])


@asynccontextmanager
async def served(store: Any, settings: Settings | None = None) -> AsyncGenerator[Hub]:  # noqa: ANN401
    """Serve a store that is not open yet; it is open as long as it is served."""
    app = create_app(store, settings or ROOMY)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://hub") as http,
    ):
        yield Hub(http, store)


async def fill(store: Store) -> None:
    """Sync the bundled record of every program, and the example world."""
    for adapter in adapters().values():
        await run(store, record(adapter))
