"""A proxy before a Neo4j that cuts the connection at a commit: after it reached the server, or before."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

COMMIT = b"\x00\x02\xb0\x12\x00\x00"
"""Bolt's COMMIT: a chunk of two bytes, a structure without fields, the end of the message."""
Cut = Literal["reply lost", "commit lost"]


class CuttingProxy:
    """Forwards every connection. ``cut_next`` says what becomes of the next commit; then all goes on as before."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._cut: Cut | None = None
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_next(self, cut: Cut) -> None:
        self._cut = cut

    @property
    def waits(self) -> bool:
        """Whether no commit has come since ``cut_next``."""
        return self._cut is not None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                self._open += [client, server]
                deaf = threading.Event()
                threading.Thread(target=self._upwards, args=(client, server, deaf), daemon=True).start()
                threading.Thread(target=self._downwards, args=(client, server, deaf), daemon=True).start()

    def _upwards(self, client: socket.socket, server: socket.socket, deaf: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                cut = self._cut if COMMIT in data else None
                if cut:
                    self._cut = None
                    deaf.set()
                    if cut == "commit lost":
                        break
                server.sendall(data)
                if cut:
                    return  # the other direction ends both, once the server has replied
        _end(client, server)

    def _downwards(self, client: socket.socket, server: socket.socket, deaf: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if deaf.is_set():
                    break
                client.sendall(data)
        _end(client, server)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting_proxy(port: int) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
