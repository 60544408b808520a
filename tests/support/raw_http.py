"""Requests as bytes over sockets of their own: half of them, slow ones, and what no client library would send."""

import socket
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back until the other side closed, and what could be sent before it did."""

    raw: bytes
    sent: int
    seconds: float

    @property
    def status(self) -> int:
        """0 where nothing came."""
        return int(self.raw.split(b" ", 2)[1]) if self.raw.startswith(b"HTTP/") else 0

    @property
    def head(self) -> str:
        return self.raw.split(b"\r\n\r\n", 1)[0].decode("latin-1").lower()


def request(method: str, path: str, *headers: str, length: int | None = None) -> bytes:
    """The head of a request to this machine."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def talk(port: int, first: bytes, *, more: bytes = b"", times: int = 0) -> Reply:
    """Send, go on sending ``more`` as often as that is possible, and read until the end."""
    sent, started = 0, time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=300) as connection:
        try:
            connection.sendall(first)
            for _ in range(times):
                connection.sendall(more)
                sent += len(more)
        except ConnectionError:
            pass
        raw = b""
        try:
            while part := connection.recv(65536):
                raw += part
        except ConnectionError:
            pass
    return Reply(raw=raw, sent=sent, seconds=time.monotonic() - started)


def leave(port: int, first: bytes) -> None:
    """Send, and go away without waiting for anything, once it has arrived."""
    with socket.create_connection(("127.0.0.1", port), timeout=300) as connection:
        connection.sendall(first)
        time.sleep(0.2)
