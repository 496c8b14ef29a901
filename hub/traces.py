"""Traces: spans sent to a collector, where a setting names one and what sends them is installed."""

from collections.abc import Generator
from contextlib import contextmanager

from hub.errors import InvalidInputError


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
    try:
        # Where nothing is traced none of this is loaded, nor need it be there.
        from hub.tracing import provider  # noqa: PLC0415
    except ModuleNotFoundError as error:
        msg = "HUB_TRACES: what sends traces is not installed; install wsr-hub[traces]"
        raise InvalidInputError(msg) from error
    sending = provider(collector)
    try:
        yield
    finally:
        sending.shutdown()
