"""Evaluations as users start them: on the command line and over REST, killed, resumed, compared."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import processes
import pytest
from progress import wait_until
from service_process import QUICK, ROOT, ServiceProcess

MANY = 5
"""Times that each sample question is asked, so that there is a middle to be killed in."""


@pytest.fixture(scope="module")
def sample_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample documents and questions as a data set."""
    folder = tmp_path_factory.mktemp("sets") / "samples"
    folder.mkdir()
    documents = sorted(path for path in (ROOT / "samples" / "documents").iterdir() if path.suffix in {".md", ".txt"})
    corpus = [{"_id": path.name, "title": path.stem, "text": path.read_text()} for path in documents]
    known = {path.name for path in documents}
    lines = (ROOT / "samples" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [row for line in lines if set((row := json.loads(line))["documents"]) <= known]
    queries, qrels = [], ["query-id\tcorpus-id\tscore"]
    for row in questions:
        for copy in range(MANY):
            identity = f"{row['_id']}-{copy}"
            metadata = {"answerable": bool(row["answers"])}
            queries.append({"_id": identity, "text": row["text"], "answers": row["answers"], "metadata": metadata})
            qrels += [f"{identity}\t{document}\t1" for document in row["documents"]]
    assert len(queries) >= 5 * MANY
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)))
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)))
    (folder / "qrels.tsv").write_text("\n".join(qrels) + "\n")
    return folder


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[ServiceProcess]:
    """Commands beside which no service runs."""
    with ServiceProcess(tmp_path / "unused", **QUICK) as nowhere:
        nowhere.port = 9  # nobody listens there
        yield nowhere


def evaluated(service: ServiceProcess, *arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return service.quipu("eval", *arguments, running=False, **settings)


def rows(folder: Path) -> int:
    path = folder / "rows.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def test_killed_resumed_repeated_compared(alone: ServiceProcess, sample_set: Path, tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    command = ("eval", "answers", str(sample_set), "--out", str(killed))
    with alone.log.open("ab") as log:
        said = {"stdout": log.fileno(), "stderr": log.fileno()}
        process = alone.begin(*command, env=alone.environment(), cwd=ROOT, **said)
    try:
        wait_until(
            lambda: rows(killed) >= 10 or process.poll() is not None, "ten answers",
            seen=lambda: (rows(killed), processes.work()),
        )  # fmt: skip
    finally:
        processes.end(process)
    done = rows(killed)
    first = (killed / "rows.jsonl").read_bytes().split(b"\n")[:done]
    assert 10 <= done < len((sample_set / "queries.jsonl").read_text().splitlines())

    resumed = evaluated(alone, "answers", str(sample_set), "--out", str(killed), "--json")
    assert resumed.returncode == 0, resumed.stderr
    assert (killed / "rows.jsonl").read_bytes().split(b"\n")[:done] == first
    assert not (killed / "knowledge").exists()
    figures = json.loads(resumed.stdout)
    assert figures["metrics"]["recall@5"]["mean"] > 0.9
    assert figures["metrics"]["literal"]["mean"] == 1.0
    assert "<html" in (killed / "report.html").read_text(encoding="utf-8")

    least = tmp_path / "least.json"
    least.write_text('{"recall@5": 0.9, "precision@5": 0.99}')
    again = evaluated(
        alone, "answers", str(sample_set), "--out", str(tmp_path / "again"), "--data-dir", str(tmp_path / "kept"),
        "--fail-under", str(least), "--json",
    )  # fmt: skip
    assert again.returncode == 1, again.stderr
    assert json.loads(again.stdout)["missed"] == [
        f"precision@5 is {figures['metrics']['precision@5']['mean']:.4g}; asked for at least 0.99"
    ]
    assert (tmp_path / "kept" / "graph.sqlite").exists()

    compared = evaluated(alone, "compare", str(killed), str(tmp_path / "again"), "--fail-if-worse", "--json")
    assert compared.returncode == 0, compared.stderr
    changes = json.loads(compared.stdout)["changes"]
    assert len(changes) > 10
    assert not any(change["difference"]["mean"] or change["wins"] or change["losses"] for change in changes)


def test_a_malformed_set_is_one_line(alone: ServiceProcess, sample_set: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("corpus.jsonl", "queries.jsonl"):
        (broken / name).write_text((sample_set / name).read_text())
    (broken / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nnobody\tx\t1\n")
    ran = evaluated(alone, "retrieval", str(broken), "--out", str(tmp_path / "out"))
    assert ran.returncode == 2
    assert ran.stderr.strip().splitlines() == [f"error: {broken}/qrels.tsv:2: unknown query 'nobody'"]


@pytest.fixture(scope="module")
def own(sample_set: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    """A service that holds the samples and may be asked for the sample set by name."""
    folder = tmp_path_factory.mktemp("own")
    with ServiceProcess(folder / "data", **QUICK, QUIPU_DATASETS_DIR=str(sample_set.parent)).start() as process:
        rows = [json.loads(line) for line in (sample_set / "corpus.jsonl").read_text().splitlines()]
        entries = process.upload(*({"id": row["_id"], "title": row["title"], "text": row["text"]} for row in rows))
        for entry in entries:
            process.job(entry["job_id"])
        yield process
        assert "NETGUARD" not in process.log.read_text()


def state(service: ServiceProcess, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = service.read(f"/v1/evals/{identity}")
    return found


def ended(service: ServiceProcess, identity: str) -> dict[str, Any]:
    return once(service, identity, lambda found: found["state"] in {"done", "failed", "cancelled"})


def once(service: ServiceProcess, identity: str, far: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """An evaluation once it is so far."""
    service.until(
        lambda: far(state(service, identity)), f"evaluation {identity}", seen=lambda: state(service, identity)
    )
    return state(service, identity)


def test_uploaded_questions_over_rest(own: ServiceProcess, sample_set: Path) -> None:
    files = {
        name: (sample_set / f"{name}{end}").read_bytes() for name, end in (("queries", ".jsonl"), ("qrels", ".tsv"))
    }
    begun = own.http.post("/v1/evals", files=files, data={"kind": "answers", "questions": "20", "seed": "3"})
    assert begun.status_code == 202, begun.text
    found = ended(own, begun.json()["id"])
    assert (found["state"], found["questions_done"], found["questions_total"]) == ("done", 20, 20), found
    assert found["metrics"]["recall@5"]["n"] <= 20
    report = own.http.get(f"/v1/evals/{found['id']}/report")
    assert report.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in report.headers["content-security-policy"]
    assert "answers and retrieval" in report.text
    data = own.read(f"/v1/evals/{found['id']}/report", params={"format": "json"})
    assert data["sections"][0]["key"] == "retrieval"


def test_evaluations_are_listed_and_compared(own: ServiceProcess, sample_set: Path) -> None:
    def run(mode: str) -> str:
        files = {
            name: (sample_set / f"{name}.{end}").read_bytes() for name, end in (("queries", "jsonl"), ("qrels", "tsv"))
        }
        sent = {"kind": "retrieval", "mode": mode, "questions": "10"}
        return str(ended(own, own.http.post("/v1/evals", files=files, data=sent).json()["id"])["id"])

    one, other = run("hybrid"), run("vector")
    first = own.read("/v1/evals", params={"limit": 1})
    assert [found["id"] for found in first["evaluations"]] == [other]
    assert first["evaluations"][0]["metrics"]["recall@5"]["n"] == 10
    second = own.read("/v1/evals", params={"limit": 1, "cursor": first["next_cursor"]})
    assert [found["id"] for found in second["evaluations"]] == [one]

    compared = own.read(f"/v1/evals/{other}/comparison", params={"before": one})
    assert (compared["shared"], compared["only_before"], compared["only_after"]) == (10, 0, 0)
    assert {"name": "mode", "before": "hybrid", "after": "vector"} in compared["settings"]
    recall = next(figure for figure in compared["figures"] if figure["metric"] == "recall@5")
    assert recall["after"] == first["evaluations"][0]["metrics"]["recall@5"]["mean"]
    assert own.http.get(f"/v1/evals/{other}/comparison", params={"before": "unknown"}).status_code == 404


def test_a_purged_document_takes_the_runs_that_quote_it_along(own: ServiceProcess) -> None:
    own.put("secret-note", "The Velvet Ledger was written by Ilse Quorn.")
    files = {
        "queries": b'{"_id": "q", "text": "Who wrote the Velvet Ledger?", "answers": ["Ilse Quorn"]}',
        "qrels": b"q\tsecret-note\t1\n",
    }
    found = ended(own, own.http.post("/v1/evals", files=files).json()["id"])
    assert found["metrics"]["right"]["mean"] == 1.0
    assert quoting(own, b"Ilse Quorn")
    own.delete("/v1/documents/secret-note", params={"purge": "true"})
    assert own.http.get(f"/v1/evals/{found['id']}/report").status_code == 404
    assert own.http.get(f"/v1/evals/{found['id']}").status_code == 200
    assert not quoting(own, b"Ilse Quorn")


def quoting(service: ServiceProcess, text: bytes) -> list[Path]:
    """The files of evaluations that hold a text."""
    files = [path for path in (service.data_dir / "evals").rglob("*") if path.is_file()]
    return [path for path in files if text in path.read_bytes()]


@pytest.mark.parametrize("name", ["../samples", "/etc", "samples/../..", "", ".", "samples/.", "nothing", "a\\b"])
def test_no_path_of_the_server_can_be_named(own: ServiceProcess, name: str) -> None:
    refused = own.http.post("/v1/evals", json={"dataset": name})
    assert refused.status_code == 400
    assert "there is no data set" in refused.json()["detail"]


def test_a_link_out_of_the_folder_is_not_followed(own: ServiceProcess, sample_set: Path, tmp_path: Path) -> None:
    (sample_set.parent / "link").symlink_to(tmp_path)
    assert own.http.post("/v1/evals", json={"dataset": "link"}).status_code == 400


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        ({"json": {"dataset": "samples", "kind": "guess"}}, 400, "kind"),
        ({"json": {"dataset": "samples", "path": "/etc"}}, 400, "path"),
        ({"json": [1]}, 400, ""),
        ({"content": b"x", "headers": {"content-type": "text/plain"}}, 415, "multipart"),
        ({"files": {"queries": b"{}"}}, 400, "two files"),
        ({"files": {"queries": b'{"_id": "q", "text": "?", "answers": ["x"]}\n{', "qrels": b""}}, 400,
         "upload/queries.jsonl:2"),
    ],
)  # fmt: skip
def test_bad_requests(own: ServiceProcess, sent: dict[str, Any], status: int, says: str) -> None:
    refused = own.http.post("/v1/evals", **sent)
    assert refused.status_code == status, refused.text
    assert says in refused.json()["detail"]


def test_questions_about_other_documents_fail_with_the_reason(own: ServiceProcess) -> None:
    files = {"queries": b'{"_id": "q", "text": "Who?"}', "qrels": b"q\tstranger\t1\n"}
    found = ended(own, own.http.post("/v1/evals", files=files).json()["id"])
    assert found["state"] == "failed"
    assert "none of the 1 documents" in found["error"]["detail"]
    assert own.http.get(f"/v1/evals/{found['id']}/report").status_code == 409
    assert own.http.get("/v1/evals/unknown").status_code == 404
    assert own.http.get(f"/v1/evals/{own.put('x', 'One more.')['id']}").status_code == 404


def test_killed_in_the_middle_a_job_goes_on(own: ServiceProcess) -> None:
    begun = own.http.post("/v1/evals", json={"dataset": "samples"}).json()
    once(own, begun["id"], lambda found: found["questions_done"] >= 5)
    own.kill()
    own.start()
    found = ended(own, begun["id"])
    assert found["state"] == "done", found
    runs = [path for path in (own.data_dir / "evals").glob("*/*") if rows(path) == found["questions_total"]]
    assert len(runs) == 1
    ids = [json.loads(line)["id"] for line in (runs[0] / "rows.jsonl").read_text().splitlines()]
    assert len(ids) == len(set(ids))


def test_cancelled_and_tried_again(own: ServiceProcess) -> None:
    for _ in range(20):  # one that ends before its cancellation arrives shows nothing
        begun = own.http.post("/v1/evals", json={"dataset": "samples", "mode": "keyword"}).json()
        once(own, begun["id"], lambda found: found["questions_done"] >= 1)
        own.http.post(f"/v1/jobs/{begun['id']}/cancel")
        if ended(own, begun["id"])["state"] == "cancelled":
            break
    assert state(own, begun["id"])["state"] == "cancelled"
    assert own.http.post(f"/v1/jobs/{begun['id']}/retry").status_code == 200
    assert ended(own, begun["id"])["state"] == "done"


def test_the_running_knowledge_base_is_asked(
    own: ServiceProcess, alone: ServiceProcess, sample_set: Path, tmp_path: Path
) -> None:
    questions = tmp_path / "mine"
    questions.mkdir()
    for name in ("queries.jsonl", "qrels.tsv"):
        (questions / name).write_text((sample_set / name).read_text())
    asked = ("retrieval", str(questions), "--running")
    ran = evaluated(alone, *asked, "--out", str(tmp_path / "run"), "--json", QUIPU_URL=str(own.http.base_url))
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["metrics"]["recall@5"]["mean"] > 0.9
    nobody = evaluated(alone, *asked, "--out", str(tmp_path / "none"))
    assert nobody.returncode == 2
    assert "no service runs" in nobody.stderr
