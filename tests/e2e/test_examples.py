"""The examples, run as they stand against a real service: each prints what it promises."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import processes
import pytest
from misbehaving import honest
from model_server import Asked, ModelServer, Reply, words
from neo4j_server import Neo4jServer
from service_process import PATIENT, QUICK, ROOT, ServiceProcess

EXAMPLES = ROOT / "examples"
RUN = {"quick_start", "own_llama", "freshness", "llamaindex_retriever", "cypher"}


def run(service: ServiceProcess, *command: str, folder: Path) -> str:
    """What a program prints that is told where the service is; it keeps what it keeps in a folder of the test."""
    told = {"QUIPU_URL": str(service.http.base_url), "HOME": str(folder), "IPYTHONDIR": str(folder / "ipython")}
    ran = processes.run([sys.executable, *command], env={**service.environment(), **told}, cwd=folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def example(service: ServiceProcess, name: str, folder: Path) -> list[str]:
    return run(service, str(EXAMPLES / f"{name}.py"), folder=folder).splitlines()


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceProcess]:
    with ServiceProcess(tmp_path_factory.mktemp("examples") / "data", **QUICK, QUIPU_GRAPH_URL="sqlite") as service:
        yield service.start()


def test_every_example_is_run_here() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == RUN
    assert [path.name for path in EXAMPLES.glob("*.ipynb")] == ["freshness.ipynb"]


def test_quick_start(serving: ServiceProcess, tmp_path: Path) -> None:
    first, cited, changed, gone = example(serving, "quick_start", tmp_path)
    assert "built by Tove Rask. [1]" in first
    assert cited == "  [1] example-bridge, version 1: “Amber Bridge was built by Tove Rask.”"
    assert "built by Nils Orr. [1]" in changed
    assert gone.endswith("abstained: True")


def test_freshness(serving: ServiceProcess, tmp_path: Path) -> None:
    printed = example(serving, "freshness", tmp_path)
    assert [line.split(":")[0].strip() for line in printed] == [
        "at first", "asked", "watched", "asked", "watched", "back then", "since then",
        "purged, and gone from the past as well",
    ]  # fmt: skip
    for line, name in zip(printed, ["Edda Brink", *["Nils Orr"] * 2, *["Tove Rask"] * 2, "Edda Brink"], strict=False):
        assert f"is {name}." in line
    assert printed[2].endswith("no longer said: ['The warden of Selm Tower is Edda Brink.']")
    assert printed[6] == "since then: example-rota went from version 1 to 3"
    assert printed[7].endswith("True")


def test_llamaindex_retriever(serving: ServiceProcess, tmp_path: Path) -> None:
    printed = example(serving, "llamaindex_retriever", tmp_path)
    assert "example-lighthouse, version 1: The lighthouse of Skarn was designed by Edda Brink." in printed[0]


def test_the_notebook(serving: ServiceProcess, tmp_path: Path) -> None:
    kept = EXAMPLES / "freshness.ipynb"
    cells = [cell for cell in json.loads(kept.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells), "strip its outputs"
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    run(serving, "-m", "jupyter", "execute", "--inplace", str(tmp_path / kept.name), folder=tmp_path)
    ran = json.loads((tmp_path / kept.name).read_text(encoding="utf-8"))
    shown = [
        "".join(output["data"]["text/plain"])
        for cell in ran["cells"] for output in cell.get("outputs", ()) if output["output_type"] == "execute_result"
    ]  # fmt: skip
    assert shown == [
        "'ready'", "'The warden of Selm Tower is Edda Brink. [1]'", "('The warden of Selm Tower is Edda Brink.', 1)",
        "'The warden of Selm Tower is Nils Orr. [1]'", "'The warden of Selm Tower is Edda Brink. [1]'", "[(1, 2)]",
        "True",
    ]  # fmt: skip


def reads_and_answers(asked: Asked) -> Reply:
    if "<passage" in asked.user:
        return honest(asked)
    entities = [{"name": name, "type": "person"} for name in ("Ada Stone", "Cleo Marsh") if name in asked.user]
    relations = [{"source": "Ada Stone", "predicate": "paid for", "target": "the quay of Brennick"}]
    return words(json.dumps({"entities": entities, "relations": relations if "quay" in asked.user else []}))


def test_own_llama(tmp_path: Path) -> None:
    settings = {**QUICK, "QUIPU_LLM": "openai/llama", "QUIPU_GRAPH_URL": "sqlite"}
    with (
        ModelServer(reads_and_answers) as model,
        ServiceProcess(tmp_path / "data", QUIPU_LLM_URL=model.url, **settings).start() as service,
    ):
        printed = example(service, "own_llama", tmp_path)
        assert printed[0] == "read by openai/llama"
        assert any("Ada Stone" in line and "(openai/llama" in line for line in printed), printed
        assert "  [1] example-mill: “The mill on the Aune was built by Ada St”" in "\n".join(printed)
        assert "… search" in printed
        assert any("built by Ada Stone" in asked.user and "<passage" in asked.user for asked in model.asked)


def test_cypher(neo4j_server: Neo4jServer, tmp_path: Path) -> None:
    neo4j_server.empty()
    with ServiceProcess(tmp_path / "data", **QUICK, **PATIENT, **neo4j_server.settings()).start() as service:
        printed = example(service, "cypher", tmp_path)
    assert "Tove Rask — built → Aune Mill   “The Aune Mill was built by Tove Rask”" in printed
    assert "Nils Orr — built → Aune Mill   “The Aune Mill was built by Nils Orr”" in printed
    assert printed[-1] == "left after the purge: 0"
