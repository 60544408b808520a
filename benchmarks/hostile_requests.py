"""Sends thousands of hostile requests to every operation of a running service. Prints JSON.

    python -m benchmarks.hostile_requests --url http://127.0.0.1:8000 --requests 4200 --seed 1

The operations come from ``/openapi.json``; each request spoils one thing of a sound one: a part of its path, a
parameter, a header, a field of its body, or the body as a whole. Nothing may answer with 5xx or hang, and the service
must be ready afterwards. The service has an operator's key, which is read from QUIPU_API_KEY.
"""

import argparse
import itertools
import json
import os
import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil

from benchmarks.hostile_values import BODIES, HEADERS, JSON_VALUES, MOMENTS, NUMBERS, TEXTS
from benchmarks.sound_requests import MCP, Hostile, Sound, sound_ids

SLOW_SECONDS = 30.0


@dataclass(slots=True, kw_only=True)
class Campaign:
    """What came of the requests."""

    statuses: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def note(self, request: Hostile, status: int | None, seconds: float) -> None:
        """Count an answer; None where the connection was closed without one."""
        self.statuses[str(status or "closed")] += 1
        self.operations[request.operation] += 1
        if status is not None and status < 300:
            self.reached.add(request.operation)
        self.slowest = max(self.slowest, seconds)
        named = f"{request.operation} [{request.kind}] {request.target[:120]!r} {request.body[:120]!r}"
        if status is not None and status >= 500:
            self.broken.append(f"{status} {named}")
        if seconds > SLOW_SECONDS:
            self.slow.append(f"{seconds:.1f} s {named}")


def requests_of(openapi: Mapping[str, Any], seed: int, ids: Callable[[], Mapping[str, str]]) -> Iterator[Hostile]:
    """Hostile requests without end, over all operations in turn; ``ids`` makes anew what requests deleted."""
    chance = random.Random(seed)
    operations = [
        (method.upper(), path, details)
        for path, methods in sorted([*openapi["paths"].items(), MCP])
        for method, details in sorted(methods.items())
        if method in {"get", "put", "post", "delete", "patch"}
    ]
    operations.sort(key=lambda operation: operation[0] == "DELETE")  # last: others want what it takes away
    makers = (_bad_path, _bad_query, _bad_header, _bad_field, _bad_body, _bad_form, _sound)
    while True:
        there = ids()
        for operation in operations:
            yield chance.choice(makers)(Sound(openapi, operation, there, chance), chance)


def _sound(sound: Sound, _: random.Random) -> Hostile:
    """Nothing is spoilt: that all operations are reached at all is seen in this."""
    return sound.request("sound")


def _bad_path(sound: Sound, chance: random.Random) -> Hostile:
    if not sound.places:
        return _bad_query(sound, chance)
    value = chance.choice((*TEXTS, *NUMBERS))
    return sound.request("path", sound.target({chance.choice(sound.places): value}))


def _bad_query(sound: Sound, chance: random.Random) -> Hostile:
    name = chance.choice(sound.names or ["unknown"])
    value = chance.choice((*NUMBERS, *MOMENTS, *TEXTS, *(text.encode() for text in JSON_VALUES)))
    query = [(name, value)] * chance.choice((1, 1, 1, 200 if len(value) < 20 else 2))
    return sound.request("query", sound.target({}, query))


def _bad_header(sound: Sound, chance: random.Random) -> Hostile:
    return sound.request("header", headers=(chance.choice(HEADERS),))


def _bad_field(sound: Sound, chance: random.Random) -> Hostile:
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


def _bad_body(sound: Sound, chance: random.Random) -> Hostile:
    return sound.request("body", body=chance.choice(BODIES), headers=((b"Content-Type", b"application/json"),))


def _bad_form(sound: Sound, chance: random.Random) -> Hostile:
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

    def __init__(self, host: str, port: int, key: str) -> None:
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
        if b"authorization" not in named:
            lines.append(f"Authorization: Bearer {self._key}".encode())
        if b"accept" not in named:
            lines.append(b"Accept: application/json, text/event-stream")
        lines += [name + b": " + value for name, value in request.headers]
        lines.append(b"Content-Length: %d" % len(request.body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + request.body


def _status(connection: socket.socket, *, to_the_end: bool) -> int | None:
    head = connection.recv(65_536)
    while to_the_end and connection.recv(65_536):
        pass
    parts = head.split(b" ", 2)
    return int(parts[1]) if len(parts) > 2 and parts[1].isdigit() else None


def campaign(url: str, number: int, seed: int, key: str) -> Campaign:
    """Send so many hostile requests, one after the other, to a service that has this operator's key.

    Without a key the first one that a request makes would close the door to all that follow.
    """
    address = httpx.URL(url)
    with httpx.Client(base_url=url, trust_env=False, timeout=120, headers={"Authorization": f"Bearer {key}"}) as http:
        openapi = http.get("/openapi.json").raise_for_status().json()
        attacker, found = Attacker(address.host, address.port or 80, key), Campaign()
        hostile = requests_of(openapi, seed, lambda: sound_ids(http))
        for request in itertools.islice(hostile, number):
            started = time.monotonic()
            found.note(request, attacker.send(request), time.monotonic() - started)
    return found


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
    key = os.environ["QUIPU_API_KEY"]
    before, started = _resident_mib(chosen.pid), time.monotonic()
    found = campaign(chosen.url, chosen.requests, chosen.seed, key)
    ready = httpx.get(f"{chosen.url}/readyz", trust_env=False, timeout=60)
    print(
        json.dumps(
            {
                "requests": chosen.requests, "seed": chosen.seed, "seconds": round(time.monotonic() - started, 1),
                "operations": len(found.operations), "never_2xx": sorted(found.operations.keys() - found.reached),
                "statuses": dict(sorted(found.statuses.items())), "5xx": found.broken, "slow": found.slow,
                "slowest_seconds": round(found.slowest, 2), "resident_mib": [before, _resident_mib(chosen.pid)],
                "ready": ready.status_code,
            },
            indent=2, ensure_ascii=False,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
