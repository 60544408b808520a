"""Sends thousands of hostile requests to every operation of a running service. Prints JSON.

    python -m benchmarks.hostile_requests --url http://127.0.0.1:8000 --requests 4200 --seed 1

The operations come from ``/openapi.json``; each request spoils one thing of a sound one: a part of its path, a
parameter, a header, a field of its body, or the body as a whole. Nothing may answer with 5xx or hang, and the service
must be ready afterwards. A key is read from QUIPU_API_KEY.
"""

import argparse
import json
import os
import random
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_from_bytes

import httpx
import psutil

from benchmarks.hostile_values import BODIES, HEADERS, JSON_VALUES, MOMENTS, NUMBERS, TEXTS

SLOW_SECONDS = 30.0
LONGEST_URL = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A request. The target is sent as it stands; ``kind`` says what is spoilt."""

    operation: str
    kind: str
    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""


@dataclass(slots=True, kw_only=True)
class Campaign:
    """What came of the requests."""

    statuses: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def note(self, request: Hostile, status: int | None, seconds: float) -> None:
        """Count an answer; None where the connection was closed without one."""
        self.statuses[str(status or "closed")] += 1
        self.slowest = max(self.slowest, seconds)
        named = f"{request.operation} [{request.kind}] {request.target[:120]!r} {request.body[:120]!r}"
        if status is not None and status >= 500:
            self.broken.append(f"{status} {named}")
        if seconds > SLOW_SECONDS:
            self.slow.append(f"{seconds:.1f} s {named}")


def requests_of(openapi: Mapping[str, Any], seed: int, ids: Mapping[str, str]) -> Iterator[Hostile]:
    """Hostile requests without end, over all operations in turn; ``ids`` are sound values of path parameters."""
    chance = random.Random(seed)
    operations = [
        (method.upper(), path, details)
        for path, methods in sorted(openapi["paths"].items())
        for method, details in sorted(methods.items())
        if method in {"get", "put", "post", "delete", "patch"}
    ]
    makers = (_bad_path, _bad_query, _bad_header, _bad_field, _bad_body, _bad_form)
    while True:
        for method, path, details in operations:
            sound = _Sound(openapi, method, path, details, ids)
            yield chance.choice(makers)(sound, chance)


class _Sound:
    """A sound request of one operation, to be spoilt."""

    def __init__(
        self, openapi: Mapping[str, Any], method: str, path: str, details: Mapping[str, Any], ids: Mapping[str, str]
    ) -> None:
        self._openapi = openapi
        self.method, self.path = method, path
        self.names = [one["name"] for one in details.get("parameters", []) if one["in"] == "query"]
        self.needed = [o["name"] for o in details.get("parameters", []) if o["in"] == "query" and o.get("required")]
        self.places = [part[1:-1].split(":")[0] for part in path.split("/") if part.startswith("{")]
        self._ids = ids
        content = details.get("requestBody", {}).get("content", {})
        self.takes_form = "multipart/form-data" in content
        self.schema: Mapping[str, Any] = {}
        self.schema = self._resolved(content.get("application/json", {}).get("schema", {}))

    def target(self, spoilt: Mapping[str, bytes], query: Sequence[tuple[str, bytes]] = ()) -> bytes:
        """The path and query, some parts of the path replaced."""
        filled = self.path
        for name in self.places:
            raw = spoilt.get(name, self._ids.get(name, "none").encode())
            filled = filled.replace("{" + name + "}", quote_from_bytes(raw, safe=""))
        given = {name for name, _ in query}
        pairs = [*query, *((name, b"0") for name in self.needed if name not in given)]
        asked = "&".join(f"{quote(name)}={quote_from_bytes(value, safe='')}" for name, value in pairs)
        return (filled + ("?" + asked if asked else "")).encode()[:LONGEST_URL]

    def request(self, kind: str, target: bytes | None = None, **more: Any) -> Hostile:
        """It, with what is spoilt."""
        if "body" not in more and self.schema:
            more["body"] = json.dumps(self.example()).encode()
            more["headers"] = ((b"Content-Type", b"application/json"), *more.get("headers", ()))
        return Hostile(
            operation=f"{self.method} {self.path}", kind=kind, method=self.method,
            target=self.target({}) if target is None else target, **more,
        )  # fmt: skip

    def example(self) -> dict[str, Any]:
        """A sound body, as far as the schema tells."""
        return {name: self._value(self._resolved(one)) for name, one in self.schema.get("properties", {}).items()}

    def _value(self, schema: Mapping[str, Any]) -> Any:
        for choice in ("enum", "anyOf", "oneOf", "allOf"):
            if choice in schema:
                first = schema[choice][0]
                return first if choice == "enum" else self._value(self._resolved(first))
        if "const" in schema or "default" in schema:
            return schema.get("const", schema.get("default"))
        made: dict[str, Any] = {"string": "What is known?", "integer": 1, "number": 1.0, "boolean": False}
        if schema.get("type") == "array":
            return [self._value(self._resolved(schema.get("items", {})))]
        if schema.get("type") == "object":
            return {name: self._value(self._resolved(one)) for name, one in schema.get("properties", {}).items()}
        return made.get(str(schema.get("type")), "x")

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            schema = self._openapi["components"]["schemas"].get(name) or self.schema.get("$defs", {}).get(name, {})
        return schema


def _bad_path(sound: _Sound, chance: random.Random) -> Hostile:
    if not sound.places:
        return _bad_query(sound, chance)
    value = chance.choice((*TEXTS, *NUMBERS))
    return sound.request("path", sound.target({chance.choice(sound.places): value}))


def _bad_query(sound: _Sound, chance: random.Random) -> Hostile:
    name = chance.choice(sound.names or ["unknown"])
    value = chance.choice((*NUMBERS, *MOMENTS, *TEXTS, *(text.encode() for text in JSON_VALUES)))
    query = [(name, value)] * chance.choice((1, 1, 1, 200 if len(value) < 20 else 2))
    return sound.request("query", sound.target({}, query))


def _bad_header(sound: _Sound, chance: random.Random) -> Hostile:
    return sound.request("header", headers=(chance.choice(HEADERS),))


def _bad_field(sound: _Sound, chance: random.Random) -> Hostile:
    """One value of a sound body, at any depth, in place of which something else stands."""
    if not sound.schema:
        return _bad_query(sound, chance)
    body = json.dumps(_marked(sound.example(), chance)).replace('"\\u0001"', chance.choice(JSON_VALUES))
    return sound.request("field", body=body.encode(), headers=((b"Content-Type", b"application/json"),))


def _marked(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict) and value:
        name = chance.choice([*value, "unknown"])
        if chance.random() < 0.5 and value.get(name):
            return {**value, name: _marked(value[name], chance)}
        return {**value, name: "\x01"}
    if isinstance(value, list) and value and chance.random() < 0.8:
        return [_marked(value[0], chance), *value[1:]]
    return "\x01"


def _bad_body(sound: _Sound, chance: random.Random) -> Hostile:
    return sound.request("body", body=chance.choice(BODIES), headers=((b"Content-Type", b"application/json"),))


def _bad_form(sound: _Sound, chance: random.Random) -> Hostile:
    if not sound.takes_form:
        return _bad_field(sound, chance)
    text = chance.choice(TEXTS)
    name, value = chance.choice(("document_id", "title", "metadata", "file", "queries", "unknown")), chance.choice(
        (text, chance.choice(JSON_VALUES).encode(), b'{"a": ' + chance.choice(JSON_VALUES).encode() + b"}")
    )  # fmt: skip
    filename = chance.choice((b"a.txt", b"a.txt", text[:200].replace(b"\r\n", b""), b""))
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), value),
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\n\r\nText.\r\n' % filename,
        b"--b--\r\n",
    ]
    body = b"".join(parts) if chance.random() < 0.8 else b"".join(parts)[: chance.randrange(200)]
    return sound.request("form", body=body, headers=((b"Content-Type", b"multipart/form-data; boundary=b"),))


class Attacker:
    """Sends requests byte for byte over sockets: no client would write what these hold."""

    def __init__(self, host: str, port: int, key: str | None) -> None:
        self._host, self._port, self._key = host, port, key

    def send(self, request: Hostile) -> int | None:
        """The status; None where the connection was closed without an answer."""
        stream = "/events" in request.operation or b'"stream": true' in request.body
        with socket.create_connection((self._host, self._port), timeout=2 * SLOW_SECONDS) as connection:
            try:
                connection.sendall(self._bytes(request))
                return _status(connection, to_the_end=not stream)
            except (ConnectionError, TimeoutError):
                return None

    def _bytes(self, request: Hostile) -> bytes:
        named = {name.lower() for name, _ in request.headers}
        lines = [request.method.encode() + b" " + request.target + b" HTTP/1.1", b"Connection: close"]
        if b"host" not in named:
            lines.append(f"Host: {self._host}:{self._port}".encode())
        if self._key and b"authorization" not in named:
            lines.append(f"Authorization: Bearer {self._key}".encode())
        lines += [name + b": " + value for name, value in request.headers]
        lines.append(b"Content-Length: %d" % len(request.body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + request.body


def _status(connection: socket.socket, *, to_the_end: bool) -> int | None:
    head = connection.recv(65_536)
    while to_the_end and connection.recv(65_536):
        pass
    parts = head.split(b" ", 2)
    return int(parts[1]) if len(parts) > 2 and parts[1].isdigit() else None


def campaign(url: str, number: int, seed: int, key: str | None = None) -> Campaign:
    """Send so many hostile requests, one after the other."""
    address = httpx.URL(url)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=url, trust_env=False, timeout=120, headers=headers) as http:
        openapi = http.get("/openapi.json").raise_for_status().json()
        ids = _sound_ids(http)
    attacker, found = Attacker(address.host, address.port or 80, key), Campaign()
    for request, _ in zip(requests_of(openapi, seed, ids), range(number), strict=False):
        started = time.monotonic()
        found.note(request, attacker.send(request), time.monotonic() - started)
    return found


def _sound_ids(http: httpx.Client) -> dict[str, str]:
    """A document, a watch and a job that there are, so that what is spoilt is not always behind a 404."""
    put = {"documents": [{"text": "Ada Stone built the Hostile Mill in 1840.", "title": "Hostile Mill"}]}
    accepted = http.put("/v1/documents/hostile-mill", json=put).raise_for_status().json()["documents"][0]
    while http.get(f"/v1/jobs/{accepted['job_id']}").json()["state"] not in {"done", "failed"}:
        time.sleep(0.1)
    watch = http.post("/v1/watches", json={"question": "Who built the Hostile Mill?"}).raise_for_status().json()
    return {"document_id": "hostile-mill", "job_id": accepted["job_id"], "watch_id": watch["id"]}


def _resident_mib(pid: int | None) -> float | None:
    return round(psutil.Process(pid).memory_info().rss / 2**20, 1) if pid else None


def main() -> None:
    """Attack and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--requests", type=int, default=4_200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pid", type=int, help="of the service, to tell its memory")
    chosen = parser.parse_args()
    key = os.environ.get("QUIPU_API_KEY")
    before, started = _resident_mib(chosen.pid), time.monotonic()
    found = campaign(chosen.url, chosen.requests, chosen.seed, key)
    ready = httpx.get(f"{chosen.url}/readyz", trust_env=False, timeout=60)
    print(
        json.dumps(
            {
                "requests": chosen.requests, "seed": chosen.seed, "seconds": round(time.monotonic() - started, 1),
                "statuses": dict(sorted(found.statuses.items())), "5xx": found.broken, "slow": found.slow,
                "slowest_seconds": round(found.slowest, 2), "resident_mib": [before, _resident_mib(chosen.pid)],
                "ready": ready.status_code,
            },
            indent=2, ensure_ascii=False,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
