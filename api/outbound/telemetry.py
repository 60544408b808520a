"""Spans sent to a collector over OTLP/HTTP: the one file that knows OpenTelemetry, imported where it is asked for."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import urlsplit

from typing_extensions import override

from graph import DISTRIBUTION, release, tracing
from graph.errors import ConfigurationError
from graph.tracing import Attributes, SpanKind, Tracer, TraceSpan

try:
    import requests
    from opentelemetry import context as contexts
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError as error:
    raise ConfigurationError(
        f"QUIPU_OTLP_ENDPOINT needs the packages of '{DISTRIBUTION}[telemetry]' ({error.name} is missing);"
        " install them, or leave the setting out"
    ) from error

TRACES_PATH = "/v1/traces"
SEND_SECONDS = 5.0
"""For one request to the collector. A collector that is down costs spans, and keeps nobody waiting."""
_KINDS = {"internal": trace.SpanKind.INTERNAL, "server": trace.SpanKind.SERVER, "client": trace.SpanKind.CLIENT}
_W3C = TraceContextTextMapPropagator()


class OtlpTracer(Tracer):
    """The Tracer port over OpenTelemetry. Spans leave in the background, in batches.

    Args:
        endpoint: address of the collector, with or without the path of its traces.
    """

    def __init__(self, endpoint: str) -> None:
        session = requests.Session()
        session.trust_env = False  # no proxy and no netrc of the environment
        exporter = OTLPSpanExporter(endpoint=_traces_url(endpoint), timeout=SEND_SECONDS, session=session)
        resource = Resource.create({"service.name": "quipu", "service.version": release()})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("quipu", release())

    @override
    def begin(self, name: str, kind: SpanKind, attributes: Attributes, carried: Mapping[str, str]) -> TraceSpan:
        parent = _W3C.extract(carried) if carried else None
        return _OtlpSpan(self._tracer.start_span(name, context=parent, kind=_KINDS[kind], attributes=dict(attributes)))

    @override
    def carried(self) -> Mapping[str, str]:
        headers: dict[str, str] = {}
        _W3C.inject(headers)
        return headers

    def close(self) -> None:
        """Send what is left, and listen no more."""
        tracing.listen(tracing.NOBODY)
        self._provider.shutdown()


class _OtlpSpan(TraceSpan):
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    @override
    def note(self, attributes: Attributes) -> None:
        self._span.set_attributes(dict(attributes))

    @override
    def rename(self, name: str) -> None:
        self._span.update_name(name)

    @override
    def fail(self, error: BaseException | str) -> None:
        self._span.set_attribute("error.type", error if isinstance(error, str) else type(error).__name__)
        self._span.set_status(trace.StatusCode.ERROR)

    @override
    def end(self) -> None:
        if self._span.is_recording():
            self._span.end()

    @override
    def entered(self) -> AbstractContextManager[object]:
        return _entered(self._span)


@contextmanager
def _entered(span: trace.Span) -> Iterator[None]:
    token = contexts.attach(trace.set_span_in_context(span))
    try:
        yield
    finally:
        contexts.detach(token)


def _traces_url(endpoint: str) -> str:
    path = urlsplit(endpoint).path.rstrip("/")
    return endpoint.rstrip("/") + ("" if path.endswith(TRACES_PATH) else TRACES_PATH)
