"""Conversations on a running service: over REST, with keys, at the command line, and when the process is killed."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import apsw
import httpx
import processes
import pytest
from service_process import PATIENCE_SECONDS, QUICK, ROOT, ServiceProcess

KEEPER = "Who keeps the lighthouse of Norvik?"
OPENS = "诺维克的面包房几点开门？"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path_factory.mktemp("sessions") / "data", **QUICK, QUIPU_API_KEY="boss") as running:
        running.http.headers["Authorization"] = "Bearer boss"
        running.start()
        running.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
        running.put("bakery", "诺维克的面包房七点开门。")
        yield running
        running.check()


def opened(service: ServiceProcess, **more: Any) -> str:
    answer = service.http.post("/v1/sessions", **more)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/sessions/{answer.json()['id']}"
    return str(answer.json()["id"])


def test_a_conversation_knows_what_no_longer_holds(service: ServiceProcess) -> None:
    session = opened(service)
    first = service.ask(KEEPER, session_id=session)
    assert (first["changed_since"], "Mara Voss" in first["answer"]) == ([], True)
    service.ask(OPENS, session_id=session)
    service.put("keeper", "Nils Krogh keeps the lighthouse of Norvik.")
    body = {"question": OPENS, "session_id": session, "stream": True, "after": "now"}
    with service.http.stream("POST", "/v1/ask", json=body) as answer:
        lines = [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith("data: ")]
    (told,) = lines[-1]["changed_since"]
    assert (told["turn"], told["question"], "Mara Voss" in told["was"], "Nils Krogh" in told["now"]) == (
        1, KEEPER, True, True,
    )  # fmt: skip
    assert lines[0]["name"] == "earlier answers"
    held = service.read(f"/v1/sessions/{session}")
    assert [one["question"] for one in held["turns"]] == [KEEPER, OPENS, OPENS]
    assert [one["holds"] for one in held["turns"]] == [False, True, True]
    assert "Nils Krogh" in held["turns"][0]["now"]["answer"]
    assert held["turns"][0]["answer"]["citations"][0]["quote"] == "Mara Voss keeps the lighthouse of Norvik."
    assert service.ask(OPENS, session_id=session)["changed_since"] == []
    listed = service.read("/v1/sessions", params={"limit": 1})
    assert [(one["id"], one["turns"], one["question"]) for one in listed["sessions"]] == [(session, 4, KEEPER)]
    service.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    service.delete(f"/v1/sessions/{session}")
    for ask in (
        service.http.get(f"/v1/sessions/{session}"), service.http.delete(f"/v1/sessions/{session}"),
        service.http.post("/v1/ask", json={"question": KEEPER, "session_id": session}),
    ):  # fmt: skip
        assert ask.status_code == 404, ask.text
    both = {"question": KEEPER, "session_id": session, "history": [{"speaker": "user", "text": "Hello"}]}
    assert service.http.post("/v1/ask", json=both).status_code == 400


def test_a_session_is_its_keys_alone_and_goes_with_it(service: ServiceProcess) -> None:
    mine, other = (service.http.post("/v1/keys", json={"role": "ask", "workspace": "default"}).json() for _ in range(2))

    def call(key: str, method: str, path: str, **more: Any) -> httpx.Response:
        return service.http.request(method, path, headers={"Authorization": f"Bearer {key}"}, **more)

    session = call(mine["key"], "POST", "/v1/sessions").json()["id"]
    asked = {"question": KEEPER, "session_id": session}
    assert call(mine["key"], "POST", "/v1/ask", json=asked).status_code == 200
    for key in (other["key"], "boss"):
        theirs, none = (call(key, "GET", f"/v1/sessions/{one}") for one in (session, "0" * 32))
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert theirs.text.replace(session, "0" * 32) == none.text, "that it is somebody's is not to be seen"
        assert call(key, "DELETE", f"/v1/sessions/{session}").status_code == 404
        assert call(key, "POST", "/v1/ask", json=asked).status_code == 404
        listed = call(key, "GET", "/v1/sessions").json()["sessions"]
        assert session not in [one["id"] for one in listed]
    assert len(call(mine["key"], "GET", f"/v1/sessions/{session}").json()["turns"]) == 1
    service.delete(f"/v1/keys/{mine['id']}")
    assert kept(service.data_dir, session) == 0


def kept(data_dir: Path, session: str) -> int:
    """Rows of a session in the operational database."""
    connection = apsw.Connection(str(data_dir / "operations.sqlite"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM sessions WHERE id=?)"
            " + (SELECT count(*) FROM session_turns WHERE session_id=?)"
            " + (SELECT count(*) FROM session_sources WHERE session_id=?)",
            (session,) * 3,
        ).fetchone()
    finally:
        connection.close()
    assert found is not None
    return int(found[0])


def test_a_turn_is_whole_or_not_there_after_a_kill(service: ServiceProcess) -> None:
    session = opened(service)
    answered = [service.ask(KEEPER, session_id=session)["answer"] for _ in range(2)]
    url, body = f"{service.http.base_url}/v1/ask", {"question": KEEPER, "session_id": session}

    def ask() -> None:
        headers = {"Authorization": "Bearer boss"}
        with suppress(httpx.TransportError):
            while True:
                answer = httpx.post(url, json=body, headers=headers, timeout=PATIENCE_SECONDS, trust_env=False)
                answered.append(answer.json()["answer"])

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        service.until(lambda: len(answered) > 2, "an answer to one of those that ask at once")
    finally:
        service.kill()  # while the others, at least, are answered
    for asker in askers:
        asker.join()
    service.start()
    turns = service.read(f"/v1/sessions/{session}")["turns"]
    assert len(answered) <= len(turns) <= len(answered) + len(askers)
    assert all(one["question"] == KEEPER and "Mara Voss" in one["answer"]["answer"] for one in turns)
    service.ask(KEEPER, session_id=session)


def test_chat_goes_on_with_its_conversation_and_says_what_changed(service: ServiceProcess, tmp_path: Path) -> None:
    script = tmp_path / "said.txt"
    environment = {**service.environment(), "QUIPU_URL": service.origin, "SAID": str(script)}

    def chat(said: str, *options: str) -> "subprocess.CompletedProcess[str]":
        script.write_text(said, encoding="utf-8")
        command = ["sh", "-c", 'exec "$0" -m api chat "$@" < "$SAID"', sys.executable, *options]
        return processes.run(command, env=environment, cwd=ROOT)

    first = chat(f"{KEEPER}\n{OPENS}\n")
    assert first.returncode == 0, first.stderr
    assert "七点开门" in first.stdout
    session = first.stdout.split()[-1]
    service.put("keeper", "Nils Krogh keeps the lighthouse of Norvik.")
    second = chat(f"{OPENS}\n", "--session", session)
    assert f"no longer holds: answer 1 to “{KEEPER}”: a passage that it cited was changed" in second.stdout
    assert "  now: Nils Krogh keeps the lighthouse of Norvik. [1]" in second.stdout
    shown = service.quipu("sessions", "show", session)
    assert "this no longer holds" in shown.stdout, shown.stderr
    asked = service.quipu("ask", "--session", session, "--json", KEEPER)
    assert json.loads(asked.stdout)["changed_since"] == []
