"""A collector for tests: takes OTLP over HTTP, and decodes it."""

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status


class Told:
    """One span as it was told."""

    def __init__(self, span: Span) -> None:
        self.name = span.name
        self.kind = Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_")
        self.trace, self.id, self.parent = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
        self.failed = span.status.code == Status.StatusCode.STATUS_CODE_ERROR
        self.attributes = {pair.key: _value(pair.value) for pair in span.attributes}
        self.events = len(span.events)


class TraceReceiver:
    """``with TraceReceiver() as receiver``: listens on loopback until the end of the block."""

    def __init__(self) -> None:
        self.spans: list[Told] = []
        self.raw = b""
        self.paths: set[str] = set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                outer.take(self.path, body)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def take(self, path: str, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        self.paths.add(path)
        self.raw += body
        self.spans += [
            Told(span) for of in request.resource_spans for scope in of.scope_spans for span in scope.spans
        ]  # fmt: skip

    def named(self, name: str) -> list[Told]:
        return [span for span in self.spans if span.name == name]

    def below(self, span: Told) -> set[str]:
        """Names of all that is part of a span, however deep."""
        found: set[str] = set()
        parents = {span.id}
        while parents:
            children = [one for one in self.spans if one.parent in parents]
            found |= {one.name for one in children}
            parents = {one.id for one in children}
        return found

    def __enter__(self) -> "TraceReceiver":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    return [_value(one) for one in value.array_value.values] if kind == "array_value" else getattr(value, kind)
