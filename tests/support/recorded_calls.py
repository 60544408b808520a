"""A proxy before a language model that hands every byte on, and notes what was asked and what came of it.

Whatever Quipu says of an answer (cut, gone round in circles, empty) is held against what the server really sent.
"""

import contextlib
import http.client
import io
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

THRICE = 3
_ITEM = re.compile(r"\{[^{}]*\}")
_TAIL, _LONGEST_PERIOD = 240, 80
"""Characters at the end of an answer that are a loop where they repeat what is no longer than the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request for an answer. ``finish`` is the server's reason to end it; empty: its client went away before."""

    status: int
    text: str
    finish: str
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_speed: float = 0.0
    """Tokens a second, of those that no cache held; 0 where they cannot be told."""
    output_speed: float = 0.0

    @property
    def cut(self) -> bool:
        """Whether it ended at its bound."""
        return self.finish == "length"

    @property
    def repeated(self) -> int:
        """How often its most frequent item stands in it."""
        return max(Counter("".join(item.split()) for item in _ITEM.findall(self.text)).values(), default=0)

    @property
    def loops(self) -> bool:
        """Whether it goes round in circles: an item stands there three times, or its end repeats itself."""
        tail = self.text[-_TAIL:]
        round_and_round = len(tail) == _TAIL and any(
            tail[period:] == tail[:-period] for period in range(1, _LONGEST_PERIOD + 1)
        )
        return self.repeated >= THRICE or round_and_round


class RecordingProxy:
    """Forwards every connection to the server at ``url``."""

    def __init__(self, url: str) -> None:
        self._server = (urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or 80)
        self._path = urlsplit(url).path
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._calls: list[Call] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}{self._path}"

    def calls(self, since: int = 0) -> list[Call]:
        """Those that have ended, in the order in which they did, without the first ``since``."""
        with self._lock:
            return self._calls[since:]

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server)
        except OSError:
            client.close()
            return
        sent = bytearray()
        upwards = threading.Thread(target=_pump, args=(client, server, sent), daemon=True)
        upwards.start()
        received, times = bytearray(), list[float]()
        began = time.monotonic()
        _pump(server, client, received, times)
        upwards.join()
        client.close()
        server.close()
        call = read_call(bytes(sent), bytes(received), began, times)
        if call is not None:
            with self._lock:
                self._calls.append(call)


@contextmanager
def recording(url: str) -> Iterator[RecordingProxy]:
    proxy = RecordingProxy(url)
    try:
        yield proxy
    finally:
        proxy.close()


def read_call(sent: bytes, received: bytes, began: float, times: list[float]) -> Call | None:
    """What passed over one connection; None where no answer was asked for. ``times``: when pieces came, in seconds."""
    if not sent.startswith(b"POST ") or b"/chat" not in sent.split(b"\r\n", 1)[0]:
        return None
    status, lines = _reply(received)
    text, finish, usage = "", "", dict[str, Any]()
    for line in lines:
        choice = (line.get("choices") or [{}])[0]
        piece = choice.get("delta") or line.get("message") or {}
        text += piece.get("content") or ""
        finish = choice.get("finish_reason") or line.get("done_reason") or finish
        usage |= {name: value for name, value in _numbers(line).items() if value}
    prompt, output = int(usage.get("prompt", 0)), int(usage.get("output", 0))
    first, last = (times[0] - began, times[-1] - times[0]) if times else (0.0, 0.0)
    return Call(
        status=status, text=text, finish=finish, prompt_tokens=prompt, completion_tokens=output,
        prompt_speed=usage.get("prompt_speed") or (prompt / first if first > 0 else 0.0),
        output_speed=usage.get("output_speed") or (output / last if last > 0 else 0.0),
    )  # fmt: skip


def _numbers(line: dict[str, Any]) -> dict[str, float]:
    """Tokens and speeds as llama.cpp (``timings``), OpenAI's protocol (``usage``) or Ollama tell them."""
    usage, timings = line.get("usage") or {}, line.get("timings") or {}
    found = {
        "prompt": usage.get("prompt_tokens") or line.get("prompt_eval_count") or 0,
        "output": usage.get("completion_tokens") or line.get("eval_count") or 0,
        "prompt_speed": timings.get("prompt_per_second", 0) if timings.get("prompt_n", 0) > 1 else 0,
        "output_speed": timings.get("predicted_per_second") or 0,
    }
    for name, count, took in (
        ("prompt_speed", "prompt", "prompt_eval_duration"),
        ("output_speed", "output", "eval_duration"),
    ):
        if line.get(took):
            found[name] = found[count] / (line[took] / 1e9)  # nanoseconds
    return found


def _reply(received: bytes) -> tuple[int, list[dict[str, Any]]]:
    """The status of an answer, and the JSON objects of its lines, as far as they came."""
    answer = http.client.HTTPResponse(_Bytes(received))  # type: ignore[arg-type]
    try:
        answer.begin()
        body = answer.read()
    except http.client.IncompleteRead as error:
        body = error.partial
    except http.client.HTTPException:
        return 0, []
    found = []
    for line in body.decode(errors="replace").splitlines():
        with contextlib.suppress(ValueError):
            value = json.loads(line.removeprefix("data:"))
            found += [value] if isinstance(value, dict) else []
    return answer.status, found


class _Bytes:
    """What ``HTTPResponse`` takes for a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _pump(source: socket.socket, target: socket.socket, seen: bytearray, times: list[float] | None = None) -> None:
    """Hand on until one of them ends, then end both directions."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            seen += data
            if times is not None:
                times.append(time.monotonic())
            target.sendall(data)
    for one in (source, target):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
