"""The contracts of ``.importlinter`` hold, and refuse what they are there to refuse: it is planted in a copy."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "evals", "graph", "ingest", "retrieval")
PLANTED = {
    "graph/model.py": "import neo4j",
    "graph/view/verification.py": "import apsw",
    "graph/view/walked_snapshot.py": "import faiss",
    "retrieval/standing/runner.py": "import llama_index",
    "graph/text/names.py": "import graph.stores",
    "ingest/intake.py": "import ingest.tables.uploads",
    "ingest/upkeep/retention.py": "import ingest.blobs.folder",
    "api/service.py": "import retrieval.tables.watches",
    "graph/text/tokens.py": "import graph.text.names_chinese",
    **{f"{room}/unplaced.py": "" for room in ROOMS},
    "graph/view/unplaced.py": "import neo4j.exceptions",
    "retrieval/finding/unplaced.py": "from llama_index.core.llms import LLM",
    "evals/reporting/unplaced.py": "import fastapi",
}
REFUSED = {
    "a driver among the values": r"- graph\.model -> neo4j \(",
    "a database in the view": r"- graph\.view\.verification -> apsw \(",
    "an index library outside the indexes": r"- graph\.view\.walked_snapshot -> faiss \(",
    "a framework in a way of its own": r"- retrieval\.standing\.runner -> llama_index \(",
    "a store in a pure function": r"- graph\.text\.names -> graph\.stores \(",
    "a table in a use case": r"- ingest\.intake -> ingest\.tables\.uploads \(",
    "a folder of bytes in upkeep": r"- ingest\.upkeep\.retention -> ingest\.blobs\.folder \(",
    "a table in the running system": r"- api\.service -> retrieval\.tables\.watches \(",
    "a circle of files": r"No cycles are allowed in graph\.text\.",
    **{f"a new file at the top of {room}": rf"not listed as layers:\n\n- {room}\.unplaced\n" for room in ROOMS},
    "a driver in a new file": r"- graph\.view\.unplaced -> neo4j \(",
    "a framework in a new file": r"- retrieval\.finding\.unplaced -> llama_index \(",
    "a web framework in a new file": r"- evals\.reporting\.unplaced -> fastapi \(",
}


def lint_imports(folder: Path) -> tuple[int, str]:
    ran = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=folder, capture_output=True, text=True, check=False, env={"COLUMNS": "1000"},
    )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


def copied(folder: Path) -> Path:
    """The sources alone, and the contracts."""
    for file in [ROOT / ".importlinter", *(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))]:
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    return folder


def test_a_copy_in_which_nothing_is_planted_passes(tmp_path: Path) -> None:
    status, output = lint_imports(copied(tmp_path))
    assert status == 0, output


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = copied(tmp_path_factory.mktemp("planted"))
    for name, line in PLANTED.items():
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    status, output = lint_imports(folder)
    assert status == 1, output
    return output


@pytest.mark.parametrize("what", REFUSED)
def test_what_must_be_refused_is(what: str, refusals: str) -> None:
    assert re.search(REFUSED[what], refusals), refusals
