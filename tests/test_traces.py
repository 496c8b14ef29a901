"""Traces: where the time of a request goes, in words of our own, and to nobody unless asked."""

import re
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any, Final

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from hub import spans as hub_spans
from hub import traces
from hub.errors import InvalidInputError
from hub.http import traced
from hub.store.embedded.store import EmbeddedStore
from tests.conftest import unopened
from tests.graphql.served import ROOMY, Hub, served
from tests.visibility.world import WORLD, tell

pytestmark = pytest.mark.anyio

QUESTION: Final = (
    'query Planted($who: [ID!]!) { eligibilityList(buyer: "alpha:shop", product: "garments", '
    "suppliers: $who) { counts { verdict count } } }"
)
TRACED: Final = ROOMY.model_copy(update={"traces": "http://127.0.0.1:4318/v1/traces"})
CALLER: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
WORDS: Final = {"wsr_hub.request_id", "wsr_hub.store", "wsr_hub.subjects"}
STANDARD: Final = {"http.request.method", "http.route", "http.response.status_code"}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Generator[InMemorySpanExporter]:
    """Yield what keeps the spans of this test."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    for module in (hub_spans, traced):
        monkeypatch.setattr(module, "TRACER", provider.get_tracer("wsr-hub"))
    yield kept
    provider.shutdown()


@pytest.fixture(params=["sqlite", "neo4j"])
async def hub(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Hub]:
    """Serve a small world."""
    async with served(unopened(request, tmp_path), TRACED) as hub:
        await tell(hub.store, WORLD)
        yield hub


async def asked(hub: Hub, kept: InMemorySpanExporter, **headers: str) -> list[ReadableSpan]:
    """Ask a question; return its spans, in the order in which they ended."""
    kept.clear()
    body = {"query": QUESTION, "variables": {"who": ["alpha:farm1", "alpha:farm2"]}}
    answer = await hub.http.post("/graphql", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return list(kept.get_finished_spans())


async def test_a_request_tells_where_its_time_goes(hub: Hub, spans: InMemorySpanExporter) -> None:
    found = await asked(hub, spans, traceparent=CALLER)
    names = {each.name for each in found}
    assert {"wsr_hub.read_query", "wsr_hub.answer_query", "wsr_hub.apply_rule"} <= names
    assert "wsr_hub.store_read" in names
    whole = found[-1]
    assert whole.name == "POST /graphql"
    own = [each.context for each in found if each.context]
    assert {format(each.trace_id, "032x") for each in own} == {CALLER.split("-")[1]}
    assert whole.parent is not None
    assert format(whole.parent.span_id, "016x") == CALLER.split("-")[2]
    known = {each.span_id for each in own}
    assert all(each.parent and each.parent.span_id in known for each in found[:-1])


async def test_a_span_holds_nothing_of_what_was_asked(
    hub: Hub, spans: InMemorySpanExporter
) -> None:
    found = await asked(hub, spans, **{"x-planted": "planted"})
    for each in found:
        assert set(each.attributes or {}) <= WORDS | STANDARD
        assert not each.events
    told = "".join(each.to_json() for each in found).lower()
    assert not re.search(r"alpha|farm|garments|planted|bearer", told)


async def test_what_a_client_calls_its_method_is_no_name(spans: InMemorySpanExporter) -> None:
    async with served(EmbeddedStore(":memory:"), TRACED) as hub:
        spans.clear()
        await hub.http.request("PLANTED", "/planted/farm1")
        [found] = spans.get_finished_spans()
        assert found.name == "_OTHER /"


async def test_a_fault_is_told_by_its_status_alone(spans: InMemorySpanExporter) -> None:
    async with served(EmbeddedStore(":memory:"), TRACED) as hub:
        await hub.store.close()
        spans.clear()
        assert (await hub.http.get("/readyz")).status_code == 500
        *_, found = spans.get_finished_spans()
        assert found.status.status_code is StatusCode.ERROR
        assert not found.status.description
        assert not found.events


def test_a_collector_is_sent_them(tmp_path: Path) -> None:
    """In a process of its own, as `hub serve` does."""
    taken: Queue[bytes] = Queue()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.put(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *_: Any) -> None:  # noqa: A002, ANN401 - its own signature
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/v1/traces"
        script = f"""
from hub.spans import span
from hub.traces import traced
with traced({address!r}):
    with span("store_read", store="sqlite"):
        pass
"""
        subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)  # noqa: S603
        server.shutdown()
    sent = taken.get_nowait()
    assert b"wsr_hub.store_read" in sent
    assert b"wsr-hub" in sent


def test_without_a_collector_nothing_that_sends_is_loaded(tmp_path: Path) -> None:
    script = """
import sys
from hub.traces import traced
import hub.app
with traced(None):
    assert not [name for name in sys.modules if name.startswith("opentelemetry.sdk")]
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)  # noqa: S603


def test_a_collector_without_what_sends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "hub.tracing", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with (
        pytest.raises(InvalidInputError, match=r"HUB_TRACES: .* install wsr-hub\[traces\]"),
        traces.traced("http://127.0.0.1:4318/v1/traces"),
    ):
        pass
