"""Workspaces end with every byte: quietly, while they are worked in, and across kills."""

import json
import threading
from pathlib import Path
from typing import Any

import httpx
from misbehaving import honest
from model_server import Asked, ModelServer, Reply, words
from service_process import PATIENCE_SECONDS, QUICK, ServiceProcess

SECRET = "Zyxqorvanterium"
TEXT = f"The {SECRET} mine of Kopp was sold by Bela Quohn. It yields ore."
SHARED = "The harbour of Lunn is closed."
IN = {"X-Quipu-Workspace": "secret"}
NEEDLES = [SECRET.encode(), b"Bela Quohn", b"Quoin-label"]


def reads_and_answers(asked: Asked) -> Reply:
    if "<passage" in asked.user:
        return honest(asked)
    names = [name for name in (SECRET, "Bela Quohn", "Kopp") if name in asked.user]
    return words(json.dumps({"entities": [{"name": name, "type": "thing"} for name in names], "relations": []}))


def holding(folder: Path) -> set[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)) for path in files if any(n in path.read_bytes() for n in NEEDLES)}


def create(service: ServiceProcess, name: str = "secret") -> None:
    answer = service.http.post("/v1/workspaces", json={"name": name})
    assert answer.status_code == 201, answer.text


def upload(service: ServiceProcess, count: int = 1) -> list[str]:
    documents = [{"id": f"mine-{number}", "text": f"{TEXT} Number {number}."} for number in range(count)]
    answer = service.http.post("/v1/documents", json={"documents": documents}, headers=IN)
    assert answer.status_code == 202, answer.text
    return [one["job_id"] for one in answer.json()["documents"]]


def until_read(service: ServiceProcess, jobs: list[str]) -> None:
    def done() -> bool:
        states = {service.http.get(f"/v1/jobs/{job}", headers=IN).json()["state"] for job in jobs}
        assert states <= {"queued", "running", "done"}, states
        return states == {"done"}

    service.until(done, "the documents are read")


def until_gone(service: ServiceProcess, name: str = "secret") -> None:
    service.until(lambda: service.http.get(f"/v1/workspaces/{name}").status_code == 404, "nothing is left of it")


def test_a_deleted_workspace_leaves_no_byte(tmp_path: Path, store_settings: dict[str, str]) -> None:
    with (
        ModelServer(reads_and_answers) as model,
        ServiceProcess(
            tmp_path / "data", **QUICK, QUIPU_LLM="openai/test", QUIPU_LLM_URL=model.url, **store_settings
        ).start() as service,
    ):  # fmt: skip
        create(service)
        service.put("shared", SHARED)
        job = service.http.put("/v1/documents/shared", json={"documents": [{"text": SHARED}]}, headers=IN).json()
        until_read(service, [job["documents"][0]["job_id"], *upload(service, 3)])
        ask = {"question": f"Who sold the {SECRET} mine?"}
        assert SECRET in service.http.post("/v1/ask", json=ask, headers=IN).text
        watch = service.http.post("/v1/watches", json={"question": "Who sold the mine of Kopp?"}, headers=IN).json()
        service.until(
            lambda: service.http.get(f"/v1/watches/{watch['id']}", headers=IN).json()["answer"], "the watch's answer"
        )
        files = {
            "queries": json.dumps({"_id": "q", "text": ask["question"]}).encode(),
            "qrels": b"q\tmine-1\t1\n",
        }  # fmt: skip
        run = service.http.post("/v1/evals", files=files, headers=IN).json()
        service.until(
            lambda: service.http.get(f"/v1/evals/{run['id']}", headers=IN).json()["state"] == "done", "the evaluation"
        )
        operator = service.http.post("/v1/keys", json={"role": "admin"}).json()["key"]
        service.http.headers["Authorization"] = f"Bearer {operator}"
        key = service.http.post("/v1/keys", json={"role": "ask", "label": "Quoin-label"}, headers=IN).json()
        places = {name.split("/")[0].removesuffix("-wal") for name in holding(service.data_dir)}
        assert places >= {"operations.sqlite", "blobs", "evals"}
        assert service.http.delete("/v1/workspaces/default").status_code == 409
        gone = service.http.delete("/v1/workspaces/secret")
        assert (gone.status_code, gone.json()) == (200, {"name": "secret", "gone": True})
        assert holding(service.data_dir) == set()
        assert service.http.get("/v1/documents", headers=IN).status_code == 404
        assert service.http.get("/v1/documents", headers={"Authorization": f"Bearer {key['key']}"}).status_code == 401
        assert service.http.get(f"/v1/keys/{key['id']}").status_code == 404
        assert service.http.get("/v1/documents/shared/content").text == SHARED
        assert service.http.delete("/v1/workspaces/secret").status_code == 404
        create(service)
        empty = service.read("/v1/workspaces/secret")
        assert (empty["revision"], set(empty["counts"].values())) == (0, {0})
        until_read(service, upload(service))
        assert service.read("/v1/workspaces/secret")["revision"] in {1, 2}
        service.check()
        assert service.http.delete("/v1/workspaces/secret").json()["gone"]
        service.stop()
        assert holding(service.data_dir) == set()


def test_a_workspace_ends_while_it_is_worked_in(tmp_path: Path, store_settings: dict[str, str]) -> None:
    with ServiceProcess(tmp_path / "data", **QUICK, **store_settings).start() as service:
        create(service)
        watch = service.http.post("/v1/watches", json={"question": "Who sold it?"}, headers=IN).json()["id"]
        ended, statuses, stop = threading.Event(), set[int](), threading.Event()

        def client() -> httpx.Client:
            url = f"http://127.0.0.1:{service.port}"
            return httpx.Client(base_url=url, headers=IN, timeout=PATIENCE_SECONDS, trust_env=False)

        def follow() -> None:
            with (
                client() as http,
                http.stream("GET", f"/v1/watches/{watch}/events") as answer,
            ):
                statuses.add(answer.status_code)
                for _ in answer.iter_lines():
                    pass
            ended.set()

        def write(number: int) -> None:
            with client() as http:
                while not stop.is_set():
                    body = {"documents": [{"text": f"{TEXT} By {number}, {len(statuses)}."}]}
                    statuses.add(http.put(f"/v1/documents/mine-{number}", json=body).status_code)
                    statuses.add(http.post("/v1/search", json={"query": SECRET}).status_code)

        threads = [threading.Thread(target=follow), *(threading.Thread(target=write, args=(n,)) for n in range(4))]
        upload(service, 300)
        for thread in threads:
            thread.start()
        service.until(lambda: {200, 202} <= statuses, "writers and askers are at work")
        answer = service.http.delete("/v1/workspaces/secret", params={"wait": 60})
        assert answer.status_code in {200, 202}, answer.text
        until_gone(service)
        service.until(ended.is_set, "the stream ends")
        service.until(lambda: 404 in statuses, "everybody is told")
        stop.set()
        for thread in threads:
            thread.join()
        assert statuses <= {200, 202, 404}, statuses
        assert holding(service.data_dir) == set()
        service.put("other", SHARED)
        service.check()


def test_a_kill_in_between_leaves_nothing_either(tmp_path: Path) -> None:
    with ServiceProcess(tmp_path / "data", **QUICK).start() as service:
        service.put("kept", SHARED)
        for moment in (0.0, 0.05, 0.3):
            killed_in_between(service, moment)
        assert service.http.get("/v1/documents/kept/content").text == SHARED
        service.check()


def killed_in_between(service: ServiceProcess, moment: float) -> None:
    create(service)
    until_read(service, upload(service, 60))
    started: Any = service.http.delete("/v1/workspaces/secret", params={"wait": moment})
    assert started.status_code in {200, 202}
    service.kill()
    service.start()
    until_gone(service)
    assert holding(service.data_dir) == set()
