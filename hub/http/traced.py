"""Requests as spans, below the one that a caller names in `traceparent` (W3C Trace Context)."""

from typing import Final

from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.http.counts import door_of
from hub.spans import TRACER

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_FAULT: Final = 500
_CALLER: Final = TraceContextTextMapPropagator()
_NAMED: Final = ("traceparent", "tracestate")


class Tracing:
    """Makes a span of each request: its door, its method, its status and its own id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on within its span."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        caller = _CALLER.extract({name: headers[name] for name in _NAMED if name in headers})
        # What a client may write otherwise as it likes is no name of a span.
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        door = door_of(scope["path"])
        with TRACER.start_as_current_span(
            f"{method} {door}",
            context=caller,
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method, "http.route": door},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            async def said(message: Message) -> None:
                if message["type"] == "http.response.start":
                    status = int(message["status"])
                    span.set_attribute("http.response.status_code", status)
                    request_id = Headers(raw=message["headers"]).get("x-request-id")
                    if request_id is not None:
                        span.set_attribute("wsr_hub.request_id", request_id)
                    if status >= _FAULT:
                        span.set_status(Status(StatusCode.ERROR))
                await send(message)

            try:
                await self._app(scope, receive, said)
            except Exception:  # what the server makes an answer of, further out
                span.set_status(Status(StatusCode.ERROR))
                raise
