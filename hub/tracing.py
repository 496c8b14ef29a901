"""What sends spans: OpenTelemetry's SDK with its exporter, of the extra `traces`."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def provider(collector: str) -> TracerProvider:
    """Return what sends the spans of this process to a collector, from now on."""
    named = Resource.create({SERVICE_NAME: "wsr-hub"}).merge(OTELResourceDetector().detect())
    made = TracerProvider(resource=named)
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=collector)))
    trace.set_tracer_provider(made)
    return made
