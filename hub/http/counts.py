"""What Prometheus is told of requests: how many, how long they took, what they cost.

Labels are taken from what is known beforehand, never from what a client sends: a door, a status, a
kind of asker. Nobody's name and nothing of the graph is among them.
"""

import time
from collections.abc import Callable
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DOORS: Final = (
    "/graphql", "/jobs", "/oauth", "/programs", "/.well-known", "/livez", "/readyz", "/metrics",
)  # fmt: skip
"""Addresses, or beginnings of them, that are told apart."""
_FAULT: Final = "500"
"""The status of requests for which no answer was made: what the server makes of that."""
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

disable_created_metrics()


def door_of(path: str) -> str:
    """Return the door of an address; "/": none of those that are told apart."""
    return next((each for each in DOORS if path == each or path.startswith(f"{each}/")), "/")


class Counts:
    """The counts of one served hub."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "wsr_hub_requests", "Requests by where they came to and how they were answered.",
            ("door", "status"), registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "wsr_hub_request_seconds", "Time until an answer was sent.", ("door",),
            buckets=_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._cost = Counter(
            "wsr_hub_query_cost", "What queries cost, by who asked.", ("asker",),
            registry=self._registry,
        )  # fmt: skip
        self._under_way = Gauge(
            "wsr_hub_queries_under_way", "Queries that are answered or wait for their turn.",
            registry=self._registry,
        )  # fmt: skip
        self._jobs = Gauge(
            "wsr_hub_jobs_pending", "Long lists that are answered or wait for it.",
            registry=self._registry,
        )  # fmt: skip
        self._job_rows = Counter(
            "wsr_hub_job_rows", "Rows of long lists that were answered.", registry=self._registry
        )

    def answered(self, path: str, status: str, seconds: float) -> None:
        """Count a request."""
        door = door_of(path)
        self._requests.labels(door, status).inc()
        self._seconds.labels(door).observe(seconds)

    def charged(self, cost: int, *, known: bool) -> None:
        """Count what a query cost."""
        self._cost.labels("client" if known else "anonymous").inc(cost)

    def watch(self, under_way: Callable[[], float]) -> None:
        """Tell how many queries are under way, as often as it is asked."""
        self._under_way.set_function(under_way)

    def watch_jobs(self, pending: Callable[[], float]) -> None:
        """Tell how many long lists wait, as often as it is asked."""
        self._jobs.set_function(pending)

    def rows(self, count: int) -> None:
        """Count rows of a long list."""
        self._job_rows.inc(count)

    def exposition(self) -> str:
        """Return all counts, as Prometheus reads them."""
        return generate_latest(self._registry).decode()


class Counting:
    """Counts the requests to an application."""

    def __init__(self, app: ASGIApp, counts: Counts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count it when it is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, began = _FAULT, time.perf_counter()

        async def said(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(int(message["status"]))
            await send(message)

        try:
            await self._app(scope, receive, said)
        finally:
            self._counts.answered(scope["path"], status, time.perf_counter() - began)
