"""Names in the examples of prompts: what a model copies from them must not pass for something that a text says."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMES = {
    "ingest/extraction/prompts/extraction.txt": ("Veld Lock", "Ilva Morn"),
    "ingest/extraction/prompts/extraction.zh.txt": ("青榆闸", "沈砚秋"),
    "retrieval/answering/prompts/answer.txt": ("Ada Quist", "Low Mill", "Jon Berg"),
    "retrieval/answering/prompts/answer.zh.txt": ("阮青禾", "石坞磨坊", "孟书闲"),
    "evals/prompts/claims.md": ("Pell Sarn", "Dray Inn"),
    "evals/prompts/claims.zh.md": ("裴桑若", "柳汀客栈"),
    "evals/prompts/labels.md": ("Pell Sarn", "Dray Inn"),
    "evals/prompts/labels.zh.md": ("裴桑若", "柳汀客栈"),
}


@pytest.fixture(scope="module")
def held() -> set[str]:
    """Those of the names that stand in a sample, an example or the shared data."""
    shared = Path(os.environ.get("QUIPU_SHARED_DATA", ROOT / "shared" / "data"))
    folders = [ROOT / "samples", ROOT / "examples", shared]
    wanted = {name: name.encode() for names in NAMES.values() for name in names}
    found: set[str] = set()
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        found.update(name for name, written in wanted.items() if written in data)
    return found


@pytest.mark.parametrize("prompt", NAMES)
def test_names_of_an_example_stand_nowhere_else(prompt: str, held: set[str]) -> None:
    text = (ROOT / prompt).read_text(encoding="utf-8")
    assert all(name in text for name in NAMES[prompt])
    assert held.isdisjoint(NAMES[prompt])
