"""Spans: where the time of a request goes, as OpenTelemetry has it.

Without a tracer, which is the rule, they are nothing. Names and attributes are words of our own: no
text of a query, no value, reference or token, and no message of an error is among them.
"""

from contextlib import AbstractContextManager
from typing import Final

from opentelemetry import trace

TRACER: Final = trace.get_tracer("wsr-hub")


def span(name: str, **attributes: str | int) -> AbstractContextManager[object]:
    """Be within a part of what is traced, called `wsr_hub.NAME`.

    Args:
        name: What is done.
        attributes: What is known of it beforehand, called `wsr_hub.ATTRIBUTE`.
    """
    return TRACER.start_as_current_span(
        f"wsr_hub.{name}",
        attributes={f"wsr_hub.{key}": value for key, value in attributes.items()},
        record_exception=False,
        set_status_on_exception=False,
    )
