"""A model server for tests, over real HTTP: Ollama's protocol and OpenAI's. What it answers is up to the test.

It counts tokens with the tiktoken encoding that LlamaIndex carries, notes every request, and notices when a
client goes away.
"""

import json
import select
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from progress import wait_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request for an answer."""

    protocol: Literal["ollama", "openai"]
    body: dict[str, Any]
    system: str
    user: str
    images: tuple[str, ...]
    schema: dict[str, Any] | None
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to answer: pieces of text, and numbers for seconds of silence. ``finish`` None drops the connection.

    ``prompt_tokens`` None counts honestly, -1 says nothing. ``raw`` is sent word for word in place of the protocol.
    """

    pieces: Iterable[str | float] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: str = "on purpose"
    prompt_tokens: int | None = None
    finish: str | None = "stop"
    raw: bytes | None = None


def words(text: str) -> Reply:
    """A text, word by word."""
    return Reply(pieces=[f"{word} " for word in text.split(" ")[:-1]] + text.split(" ")[-1:])


class ModelServer:
    """``with ModelServer(answer) as server``: listens on loopback until the end of the block."""

    def __init__(
        self, answer: Callable[[Asked], Reply], *, context: int = 8192, sees: bool = False, refuses: str = "",
        port: int = 0, slots: int | None = None,
    ) -> None:  # fmt: skip
        """``refuses``: a field or value of the OpenAI protocol that it answers with 400. ``slots``: it works on so many
        calls at once and lets others wait in silence; it tells them as llama.cpp does while ``tells_slots``."""
        self.answer = answer
        self.context = context
        self.sees = sees
        self.refuses = refuses
        self.slots = slots
        self.tells_slots = True
        self.strict = False
        """Whether it refuses what does not fit its window, as llama.cpp does; another one just takes it."""
        self.at_work = 0
        self.free = threading.BoundedSemaphore(slots or 1000)
        self.secretive = False
        """Whether it refuses to say anything about its model."""
        self.loading = 0
        """Questions about its model that it answers with 503, as llama.cpp does until it has loaded it."""
        self.asked: list[Asked] = []
        self.gone = 0
        """Clients that went away before their answer was complete."""
        self.open = 0
        self.most_open = 0
        self.lock = threading.Lock()
        outer = self

        class Handler(_Handler):
            server_of_models = outer

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> "ModelServer":
        count_tokens("")  # what it imports takes seconds: not while a client waits
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def wait_for_gone(self, number: int, seconds: float = 30.0) -> None:
        """Until so many clients have gone away, within a time that is shorter than what would end them otherwise."""
        wait_until(lambda: self.gone >= number, f"{number} clients gone", seen=lambda: self.gone, last=seconds)


class _Handler(BaseHTTPRequestHandler):
    server_of_models: ModelServer

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        model = self.server_of_models
        if model.loading:
            model.loading -= 1
            self._json(503, {"error": {"message": "Loading model", "type": "unavailable_error"}})
        elif model.secretive:
            self._json(403, {"error": "not for you"})
        elif self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": "test", "max_model_len": model.context}]})
        elif self.path == "/props":
            told = {"total_slots": model.slots} if model.slots and model.tells_slots else {}
            self._json(200, {"modalities": {"vision": model.sees}, **told})
        elif self.path == "/slots" and model.slots and model.tells_slots:
            self._json(200, [{"id": one, "is_processing": one < model.at_work} for one in range(model.slots)])
        else:
            self._json(404, {"error": "no such address"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/api/show":
            self._show(body)
        elif self.path in {"/api/chat", "/v1/chat/completions"}:
            self._chat(_asked(self.path, body))
        else:
            self._json(404, {"error": "no such address"})

    def _show(self, body: dict[str, Any]) -> None:
        if body["model"] == "missing":
            self._json(404, {"error": "model 'missing' not found"})
            return
        capabilities = ["completion", "vision"] if self.server_of_models.sees else ["completion"]
        self._json(200, {"model_info": {"llama.context_length": self.server_of_models.context},
                         "capabilities": capabilities})  # fmt: skip

    def _chat(self, asked: Asked) -> None:
        server = self.server_of_models
        with server.lock:
            server.asked.append(asked)
            server.open += 1
            server.most_open = max(server.most_open, server.open)
        try:
            if server.refuses and server.refuses in json.dumps(asked.body):
                self._json(400, {"error": {"message": f"{server.refuses} is not supported"}})
                return
            if server.strict and (long := _too_long(asked, server.context)):
                self._json(400, {"error": {"message": long}})
                return
            reply = server.answer(asked)
            if reply.status != 200:
                self._json(reply.status, {"error": {"message": reply.error}}, reply.headers)
                return
            with server.free:
                server.at_work += 1
                try:
                    self._send(asked, reply)
                finally:
                    server.at_work -= 1
        except OSError:
            with server.lock:
                server.gone += 1
        finally:
            with server.lock:
                server.open -= 1

    def _send(self, asked: Asked, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream" if asked.protocol == "openai" else "application/x-ndjson")
        self.end_headers()
        if reply.raw is not None:
            self.wfile.write(reply.raw)
            return
        sent = 0
        for piece in reply.pieces:
            if isinstance(piece, str):
                sent += 1
                self._write(_piece_line(asked, piece))
            else:
                self._wait(piece)
        if reply.finish is not None:
            counted = count_tokens(asked.system) + count_tokens(asked.user) + 24
            prompt_tokens = counted if reply.prompt_tokens is None else reply.prompt_tokens
            for line in _last_lines(asked, reply.finish, prompt_tokens, sent):
                self._write(line)

    def _write(self, line: str) -> None:
        self._wait(0.0)
        self.wfile.write(f"{line}\n".encode())
        self.wfile.flush()

    def _wait(self, seconds: float) -> None:
        """Silence, unless the client goes away."""
        readable, _, _ = select.select([self.connection], [], [], seconds)
        if readable and not self.connection.recv(1, socket.MSG_PEEK):
            raise ConnectionResetError

    def _json(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        sent = {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _too_long(asked: Asked, context: int) -> str:
    tokens = count_tokens(asked.system) + count_tokens(asked.user) + 24 + asked.max_tokens
    fits = tokens <= context
    return "" if fits else f"request ({tokens} tokens) exceeds the available context size ({context} tokens)"


def count_tokens(text: str) -> int:
    return len(_encoder()(text))


@cache
def _encoder() -> Callable[[str], list[int]]:
    from llama_index.core.utils import get_tokenizer

    encode: Callable[[str], list[int]] = get_tokenizer()
    return encode


def _asked(path: str, body: dict[str, Any]) -> Asked:
    texts = {"system": "", "user": ""}
    images: list[str] = []
    for message in body["messages"]:
        content = message["content"]
        if isinstance(content, list):
            images += [part["image_url"]["url"].split(",")[1] for part in content if part["type"] == "image_url"]
            content = "".join(part["text"] for part in content if part["type"] == "text")
        images += message.get("images", [])
        texts[message["role"]] += content
    if path == "/api/chat":
        schema, most = body.get("format"), body["options"]["num_predict"]
    else:
        wanted = body.get("response_format") or {}
        schema = wanted.get("json_schema", wanted).get("schema")
        most = body.get("max_tokens") or body.get("max_completion_tokens") or 0
    return Asked(
        protocol="ollama" if path == "/api/chat" else "openai", body=body, system=texts["system"], user=texts["user"],
        images=tuple(images), schema=schema, max_tokens=most,
    )  # fmt: skip


def _piece_line(asked: Asked, piece: str) -> str:
    if asked.protocol == "ollama":
        return json.dumps({"message": {"role": "assistant", "content": piece}, "done": False}, ensure_ascii=False)
    delta = {"choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": None}]}
    return f"data: {json.dumps(delta, ensure_ascii=False)}\n"


def _last_lines(asked: Asked, finish: str, prompt_tokens: int, sent: int) -> Iterator[str]:
    if asked.protocol == "ollama":
        counts = {} if prompt_tokens < 0 else {"prompt_eval_count": prompt_tokens, "eval_count": sent}
        yield json.dumps(
            {"message": {"role": "assistant", "content": ""}, "done": True, "done_reason": finish, **counts}
        )
        return
    yield "data: " + json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}) + "\n"
    if prompt_tokens >= 0 and asked.body.get("stream_options"):
        usage = {"prompt_tokens": prompt_tokens, "completion_tokens": sent}
        yield "data: " + json.dumps({"choices": [], "usage": usage}) + "\n"
    yield "data: [DONE]\n"
