"""Loads a real service as its users do, then four times as much, then stops it amidst that. Prints JSON.

python -m benchmarks.load --minutes 10
python -m benchmarks.load --minutes 2 --overload-seconds 20

Counts answers by status, streams by their terminal events, memory and open handles over time, the slowest health check;
whether it answers as before ten seconds after the overload; and, after SIGTERM amidst requests, whether those in hand
were answered and everything that was acknowledged is there at the next start.
"""

import argparse
import http.client
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from service_process import ServiceProcess

IDS_PER_UPLOADER = 25
RECOVERY_SECONDS = 10.0
STRETCH_SECONDS = 20.0
HEADERS = {"Content-Type": "application/json"}
QUESTIONS = (
    "Who opened station 3 of line 2?", "When was station 7 opened?", "Which stations did Person4 open?",
    "Who is the master of Line 5?",
)  # fmt: skip


def text_of(document_id: str, version: int) -> str:
    number = sum(map(ord, document_id)) % 97
    lines = [f"Station {number} of Line {n} was opened by Person{n} Of{number} in {1800 + n}." for n in range(8)]
    return f"Version {version} of {document_id}. " + " ".join(lines)


def figures(service: ServiceProcess) -> tuple[float, int]:
    """Resident MiB of the server itself; open handles."""
    found = psutil.Process(service.pid)
    return found.memory_info().rss / 2**20, found.num_fds()


@dataclass
class Seen:
    """What clients saw; one lock for all."""

    statuses: Counter[str] = field(default_factory=Counter)
    terminals: Counter[str] = field(default_factory=Counter)
    cut: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    history: dict[str, str | None] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, status: int) -> None:
        with self.lock:
            self.statuses[f"{kind} {status}"] += 1

    def shown(self, figure: list[float]) -> dict[str, float]:
        return {"p50": round(float(np.median(figure)), 3), "max": round(max(figure), 3)} if figure else {}


class Load:
    """So many clients of each kind, until told to stop."""

    def __init__(self, service: ServiceProcess, seen: Seen, clients: tuple[int, int, int], prefix: str) -> None:
        self._service = service
        self._seen = seen
        self._stop = threading.Event()
        self.signalled_at = float("inf")
        askers, uploaders, deleters = clients
        ids = [[f"{prefix}{u}-{n}" for n in range(IDS_PER_UPLOADER)] for u in range(uploaders)]
        # an id belongs to one client, so that what was acknowledged last is known
        self._threads = [
            *(threading.Thread(target=self._asker, args=(n,)) for n in range(askers)),
            *(threading.Thread(target=self._uploader, args=(mine,)) for mine in ids),
            *(threading.Thread(target=self._deleter, args=(f"{prefix}x{n}",)) for n in range(deleters)),
            threading.Thread(target=self._watch, args=("/healthz", seen.health)),
            threading.Thread(target=self._watch, args=("/readyz", seen.ready)),
        ]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _request(self, kind: str, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._service.port, timeout=90)
        started = time.monotonic()
        try:
            connection.request(method, path, None if body is None else json.dumps(body), HEADERS)
            answer = connection.getresponse()
            raw = answer.read()
            self._seen.note(kind, answer.status)
            return answer.status, raw
        except (OSError, http.client.HTTPException) as error:
            if time.monotonic() < self.signalled_at or started < self.signalled_at - 0.2:
                with self._seen.lock:
                    self._seen.cut.append(f"{kind} after {time.monotonic() - started:.2f} s: {error!r}")
            else:
                self._seen.note(kind, 0)
            return 0, b""
        finally:
            connection.close()

    def _asker(self, number: int) -> None:
        chance = random.Random(number)
        while not self._stop.is_set():
            started = time.monotonic()
            status, raw = self._request(
                "ask", "POST", "/v1/ask", {"question": chance.choice(QUESTIONS), "stream": True}
            )
            if status == 200:
                ends = sum(raw.count(f"event: {name}\n".encode()) for name in ("done", "error"))
                with self._seen.lock:
                    self._seen.terminals[str(ends)] += 1
                    self._seen.seconds.append(time.monotonic() - started)
            self._stop.wait(0.05 if status == 200 else 0.5)

    def _uploader(self, mine: list[str]) -> None:
        version = 0
        while not self._stop.is_set():
            document_id, version = mine[version % len(mine)], version + 1
            self._put(document_id, version)
            self._stop.wait(0.2)

    def _put(self, document_id: str, version: int) -> None:
        text = text_of(document_id, version)
        status, _ = self._request("put", "PUT", f"/v1/documents/{document_id}", {"documents": [{"text": text}]})
        if status == 202:
            self._seen.history[document_id] = text
        elif status == 0:
            self._seen.history.pop(document_id, None)  # nobody knows whether it was taken

    def _deleter(self, document_id: str) -> None:
        version = 0
        while not self._stop.is_set():
            version += 1
            self._put(document_id, version)
            status, _ = self._request("delete", "DELETE", f"/v1/documents/{document_id}?purge={version % 2 == 0}")
            if status == 200:
                self._seen.history[document_id] = None
            elif status == 0:
                self._seen.history.pop(document_id, None)
            self._stop.wait(0.2)

    def _watch(self, path: str, times: list[float]) -> None:
        while not self._stop.is_set():
            started = time.monotonic()
            if self._request(path, "GET", path)[0]:
                times.append(time.monotonic() - started)
            self._stop.wait(0.1)


def slope(samples: list[tuple[float, float]]) -> float:
    """MiB a minute, over the second half: the first one warms up."""
    late = samples[len(samples) // 2 :]
    minutes, sizes = np.array([at / 60 for at, _ in late]), np.array([size for _, size in late])
    return round(float(np.polyfit(minutes, sizes, 1)[0]), 2) if len(late) > 2 else 0.0


def floor(samples: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The least of each stretch: what is held once freed memory has been given back, as every five seconds."""
    least: dict[int, tuple[float, float]] = {}
    for at, size in samples:
        stretch = int(at / STRETCH_SECONDS)
        least[stretch] = min(least.get(stretch, (at, size)), (at, size), key=lambda one: one[1])
    return list(least.values())


def held(service: ServiceProcess) -> int:
    """Passages that can be read; -1 where it is too busy to say."""
    answer = service.http.get("/readyz")
    return int(answer.json()["counts"]["chunks"]) if answer.status_code == 200 else -1


def phase(
    service: ServiceProcess, clients: tuple[int, int, int], seconds: float, prefix: str
) -> tuple[dict[str, Any], Seen]:
    """A load for so long; what was seen of it."""
    seen, sizes, handles = Seen(), [], []
    started, before, half = time.monotonic(), held(service), 0
    with Load(service, seen, clients, prefix):
        while (passed := time.monotonic() - started) < seconds:
            size, open_handles = figures(service)
            sizes.append((passed, size))
            handles.append(open_handles)
            if not half and passed >= seconds / 2:
                half = held(service)
            time.sleep(1.0)
    shown = {
        "statuses": dict(sorted(seen.statuses.items())), "terminal_events_per_stream": dict(seen.terminals),
        "cut": seen.cut[:10], "ask_seconds": seen.shown(seen.seconds), "healthz_seconds": seen.shown(seen.health),
        "readyz_seconds": seen.shown(seen.ready),
        "resident_mib": [round(size) for _, size in sizes[:: max(1, len(sizes) // 24)]],
        "resident_mib_per_minute": slope(sizes), "resident_floor_mib_per_minute": slope(floor(sizes)),
        "passages": [before, half, held(service)],
        "handles": [handles[0], max(handles), handles[-1]],
    }  # fmt: skip
    return shown, seen


def stopped_amidst(service: ServiceProcess, clients: tuple[int, int, int], prefix: str) -> tuple[dict[str, Any], Seen]:
    """SIGTERM under load; what became of the requests in hand."""
    seen = Seen()
    load = Load(service, seen, clients, prefix)
    with load:
        time.sleep(5.0)
        load.signalled_at = time.monotonic()
        code = service.stop()
        ended = time.monotonic() - load.signalled_at
    return {
        "seconds_to_end": round(ended, 2), "exit": code, "cut": seen.cut[:10],
        "statuses": dict(sorted(seen.statuses.items())), "terminal_events_per_stream": dict(seen.terminals),
    }, seen  # fmt: skip


def lost(service: ServiceProcess, history: dict[str, str | None]) -> list[str]:
    """Documents that are not as they were acknowledged last, once the queue is empty."""
    while any(service.read(f"/v1/jobs?state={state}")["jobs"] for state in ("queued", "running", "waiting")):
        time.sleep(0.2)
    wrong = []
    for document_id, text in history.items():
        found = service.http.get(f"/v1/documents/{document_id}/content")
        if (found.status_code, found.text if found.is_success else None) != (200 if text else 404, text):
            wrong.append(document_id)
    return wrong


def measure(minutes: float, overload_seconds: float, clients: tuple[int, int, int]) -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="quipu-load-") as folder,
        ServiceProcess(Path(folder) / "data").start() as service,
    ):
        found: dict[str, Any] = {"clients": dict(zip(("askers", "uploaders", "deleters"), clients, strict=True))}
        found["normal"], normal = phase(service, clients, minutes * 60, "n")
        more = (4 * clients[0], 4 * clients[1], 4 * clients[2])
        found["four_times"], over = phase(service, more, overload_seconds, "o")
        time.sleep(RECOVERY_SECONDS)
        found["ten_seconds_later"], later = phase(service, clients, 10.0, "l")
        found["sigterm"], last = stopped_amidst(service, clients, "s")
        service.start()
        history = {**normal.history, **over.history, **later.history, **last.history}
        found["acknowledged"], found["lost"] = len(history), lost(service, history)
        found["log_lines"] = service.log.read_text().splitlines()[:20]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--overload-seconds", type=float, default=60.0)
    parser.add_argument("--askers", type=int, default=24)
    parser.add_argument("--uploaders", type=int, default=6)
    parser.add_argument("--deleters", type=int, default=2)
    given = parser.parse_args()
    found = measure(given.minutes, given.overload_seconds, (given.askers, given.uploaders, given.deleters))
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
