"""Traces: spans sent to a collector, where a setting names one and what sends them is installed."""

from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Final

from hub.errors import InvalidInputError

_SDK: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


@contextmanager
def traced(collector: str | None) -> Generator[None]:
    """Send spans to a collector for as long as this lasts; none: to nobody.

    What OpenTelemetry's own variables say (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, …) holds.

    Args:
        collector: Address that takes OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces.

    Raises:
        InvalidInputError: What sends them is not installed.
    """
    if collector is None:
        yield
        return
    if not all(map(_installed, _SDK)):
        msg = "HUB_TRACES: what sends traces is not installed; install wsr-hub[traces]"
        raise InvalidInputError(msg)
    # Where nothing is traced none of this is loaded, nor need it be there.
    from hub.tracing import provider  # noqa: PLC0415

    sending = provider(collector)
    try:
        yield
    finally:
        sending.shutdown()


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False
