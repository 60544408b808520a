"""A reverse proxy that serves a service under a path: it strips the path, or keeps it."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
from typing_extensions import override

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@contextmanager
def prefix_proxy(port: int, prefix: str, *, keeps: bool) -> Iterator[str]:
    """The address under which a service on ``port`` of loopback can be reached, ``prefix`` at its end."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300, trust_env=False) as behind:

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                if not self.path.startswith(prefix):
                    self.send_error(404, "not under the prefix")
                    return
                path = self.path if keeps else self.path[len(prefix) :] or "/"
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                head = [(name, value) for name, value in self.headers.items() if name.lower() != "connection"]
                with behind.stream(self.command, path, headers=head, content=body) as answer:
                    self.send_response(answer.status_code)
                    for name, value in answer.headers.multi_items():
                        if name not in HOP_BY_HOP:
                            self.send_header(name, value)
                    self.send_header("Connection", "close")
                    self.end_headers()
                    for part in answer.iter_raw():
                        self.wfile.write(part)
                        self.wfile.flush()

            do_GET = do_POST = do_PUT = do_DELETE = answer

            @override
            def log_message(self, format: str, *args: Any) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{prefix}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
