"""The replaying server gives back what a real model read in the passage that a prompt holds."""

import json
from pathlib import Path

import anyio
from model_server import ModelServer
from replay import Recording
from served_model import served_model

from graph.prompting import Prompt


def ask(server: ModelServer, protocol: str, user: str) -> str:
    made = served_model(server, protocol=protocol)
    return anyio.run(made.complete, Prompt(system="Read this.", user=user, max_tokens=2000)).text


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_recorded_extraction_as_the_contract_has_it(shared_data: Path) -> None:
    folder = shared_data / "multihop" / "musique"
    passages, recorded = rows(folder / "corpus.jsonl")[:8], rows(folder / "extractions.jsonl")[:8]
    with ModelServer(Recording(folder)) as server:
        for number, (passage, record) in enumerate(zip(passages, recorded, strict=True)):
            protocol = "ollama" if number % 2 else "openai"
            answer = json.loads(ask(server, protocol, f"Title: {passage['title']}\n\n{passage['text']}\n\nNow read."))
            assert answer["relations"] == record["relations"]
            assert [entity["name"] for entity in answer["entities"]] == [
                entity["name"]
                for entity in record["entities"]  # type: ignore[attr-defined]
            ]


def test_literal_answers_of_real_models(shared_data: Path) -> None:
    folder = shared_data / "extraction" / "llama3_tekgen"
    recording = Recording(folder, extractions="extractions-vicuna-13b.jsonl", literal=True)
    wanted = rows(folder / "extractions-vicuna-13b.jsonl")[1]
    text = next(str(row["text"]) for row in rows(folder / "corpus.jsonl") if row["_id"] == wanted["_id"])
    with ModelServer(recording) as server:
        assert ask(server, "ollama", text) == wanted["raw"]
        assert json.loads(ask(server, "ollama", "Nothing known.")) == {"entities": [], "relations": []}
    assert recording.unknown == 1
