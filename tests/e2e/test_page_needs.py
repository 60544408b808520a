"""What the web page asks of the service beside what everybody asks: its files, who the caller is, and samples."""

from collections.abc import Iterator
from typing import get_args

import pytest
from service_process import QUICK, ServiceProcess

from retrieval.modes import AskedMode


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServiceProcess, dict[str, dict[str, str]]]]:
    """A service that needs keys, and what carries one of each role."""
    with ServiceProcess(tmp_path_factory.mktemp("page-needs") / "data", **QUICK).start() as service:
        admin = {"Authorization": f"Bearer {service.http.post('/v1/keys', json={'role': 'admin'}).json()['key']}"}
        headers = {"admin": admin}
        for role in ("ask", "write"):
            made = service.http.post("/v1/keys", json={"role": role, "workspace": "default"}, headers=admin).json()
            headers[role] = {"Authorization": f"Bearer {made['key']}"}
        yield service, headers


def test_the_page_itself_needs_no_key(guarded: tuple[ServiceProcess, dict[str, dict[str, str]]]) -> None:
    service, _ = guarded
    assert service.http.get("/").status_code in {200, 503}  # 503: not built, and it says so
    assert service.http.get("/assets/none.js").status_code == 404
    assert service.http.get("/v1/documents").status_code == 401
    assert service.http.get("/docs").status_code == 401


def test_callers_learn_what_they_may(guarded: tuple[ServiceProcess, dict[str, dict[str, str]]]) -> None:
    service, headers = guarded
    assert service.http.get("/v1/caller").status_code == 401
    told = {role: service.http.get("/v1/caller", headers=sent).json() for role, sent in headers.items()}
    assert {role: (one["role"], one["operator"]) for role, one in told.items()} == {
        "ask": ("ask", False), "write": ("write", False), "admin": ("admin", True),
    }  # fmt: skip
    assert {one["workspace"] for one in told.values()} == {"default"}


def test_callers_learn_how_they_may_ask(guarded: tuple[ServiceProcess, dict[str, dict[str, str]]]) -> None:
    """Every mode that is told is answered, and every other one is refused."""
    service, headers = guarded
    told = service.http.get("/v1/caller", headers=headers["ask"]).json()
    ended = {
        mode: service.http.post("/v1/ask", json={"question": "Who?", "mode": mode}, headers=headers["ask"]).status_code
        for mode in get_args(AskedMode)
    }
    assert {mode for mode, status in ended.items() if status == 200} == {*told["modes"], "auto"}
    assert set(ended.values()) <= {200, 400}
    assert told["mode"] in told["modes"]


def test_samples_are_loaded_once_and_answer_their_questions(
    guarded: tuple[ServiceProcess, dict[str, dict[str, str]]],
) -> None:
    service, headers = guarded
    samples = service.http.get("/v1/samples", headers=headers["ask"]).json()
    assert service.http.post("/v1/samples", headers=headers["ask"]).status_code == 403
    loaded = service.http.post("/v1/samples", params={"wait": 60}, headers=headers["write"]).json()["documents"]
    assert [one["id"] for one in loaded] == samples["documents"]
    again = service.http.post("/v1/samples", headers=headers["write"]).json()["documents"]
    assert all(one["deduplicated"] for one in again)
    question = next(one["text"] for one in samples["questions"] if one["language"] == "en")
    assert not service.http.post("/v1/ask", json={"question": question}, headers=headers["ask"]).json()["abstained"]
