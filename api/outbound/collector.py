"""Whether anybody is told of the work: a collector, where one is set."""

from contextlib import ExitStack

from graph.tracing import listen


def tell_collector(endpoint: str | None, opened: ExitStack) -> None:
    """Send spans to a collector, until ``opened`` is closed. Without an address nothing of it is even imported.

    Raises:
        ConfigurationError: its packages are not installed.
    """
    if endpoint:
        from api.outbound.telemetry import OtlpTracer

        tracer = OtlpTracer(endpoint)
        listen(tracer)
        opened.callback(tracer.close)
