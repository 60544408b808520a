"""SIGTERM amidst uploads, streams and followers of events: nobody who was let in is cut off, and nothing is lost."""

import signal
import threading
from pathlib import Path

import httpx
from service_process import PATIENCE_SECONDS, QUICK, ServiceProcess

QUESTION = "Who built Amber Bridge?"


class Clients:
    """Upload and ask in turn, until nobody is there any more; one follows events."""

    def __init__(self, service: ServiceProcess, watch: str, number: int) -> None:
        self._base = str(service.http.base_url).rstrip("/")
        self._watch = watch
        self.told = threading.Event()
        self.acknowledged: list[str] = []
        self.cut: list[str] = []
        self.terminals: list[int] = []
        self.followed: list[str] = []
        self.threads = [
            threading.Thread(target=self._follow),
            *(threading.Thread(target=self._work, args=(n,)) for n in range(number)),
        ]

    def _follow(self) -> None:
        with httpx.stream("GET", f"{self._base}/v1/watches/{self._watch}/events", timeout=PATIENCE_SECONDS) as events:
            self.followed += events.iter_lines()

    def _work(self, client: int) -> None:
        step = 0
        while self._one(f"h{client}-{step}"):
            step += 1

    def _one(self, name: str) -> bool:
        """One upload and one question; False once the service has gone."""
        begun_before = not self.told.is_set()
        try:
            body = {"documents": [{"text": f"Hill {name} is high."}]}
            if httpx.put(f"{self._base}/v1/documents/{name}", json=body, timeout=PATIENCE_SECONDS).status_code == 202:
                self.acknowledged.append(name)
            begun_before = not self.told.is_set()
            answer = httpx.post(
                f"{self._base}/v1/ask", json={"question": QUESTION, "stream": True}, timeout=PATIENCE_SECONDS
            )
            if answer.status_code == 200:
                self.terminals.append(answer.text.count("event: done"))
        except httpx.TransportError as error:
            if begun_before:
                self.cut.append(f"{name}: {error!r}")
            return not self.told.is_set()
        return True


def test_requests_in_hand_are_answered_when_it_is_told_to_stop(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path / "data", **QUICK).start() as service:
        service.put("bridge", "Amber Bridge was built by Tove Rask.")
        watch = service.http.post("/v1/watches", json={"question": QUESTION}).json()["id"]
        clients = Clients(service, watch, 6)
        for thread in clients.threads:
            thread.start()
        service.until(lambda: len(clients.terminals) > 6, "work is under way", seen=lambda: len(clients.terminals))
        clients.told.set()
        service.signal(signal.SIGTERM)
        assert service.stop() in {0, -signal.SIGTERM}
        for thread in clients.threads:
            thread.join()
        assert not clients.cut
        assert set(clients.terminals) == {1}
        assert any(line.startswith("data: ") for line in clients.followed), "a follower is told, and ends by itself"
        service.start()
        for name in clients.acknowledged:
            service.until(lambda name=name: service.http.get(f"/v1/documents/{name}").status_code == 200, name)
