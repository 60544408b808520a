"""Recorded extraction, replayed: the passage is found in the prompt, and what a real model read in it is the answer."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from model_server import Asked, Reply, words

_NUMBER = re.compile(r"\A\d{1,3} ")
_KEY = 48
"""Leading characters of a sentence by which the passage it belongs to is found."""


class Recording:
    """Answers for a :class:`model_server.ModelServer`, from a folder with ``corpus.jsonl`` and recorded extraction."""

    def __init__(self, folder: Path, *, extractions: str = "extractions.jsonl", literal: bool = False) -> None:
        """``literal``: answer with the model's own words where they were kept (``raw``)."""
        corpus = {row["_id"]: row["text"] for row in _rows(folder / "corpus.jsonl")}
        self._recorded = {row["_id"]: row for row in _rows(folder / extractions)}
        self._literal = literal
        self._starts: dict[str, str] = {}
        for passage, text in corpus.items():
            for sentence in _sentences(text):
                self._starts.setdefault(sentence[:_KEY], passage)
        self.unknown = 0
        """Prompts in which no passage was found."""

    def __call__(self, asked: Asked) -> Reply:
        """The recorded reading of the passage in the prompt; nothing read where there is none."""
        record = self.find(asked.user)
        if record is None:
            self.unknown += 1
            return words('{"entities": [], "relations": []}')
        if self._literal and "raw" in record:
            raw = record["raw"]
            return words(raw if isinstance(raw, str) else raw[0])
        return words(json.dumps(contract(record), ensure_ascii=False))

    def find(self, prompt: str) -> dict[str, Any] | None:
        """The record of the passage that most sentences of a prompt belong to."""
        votes = Counter(
            self._starts[key] for sentence in _sentences(prompt) if (key := sentence[:_KEY]) in self._starts
        )
        best = votes.most_common(1)
        return self._recorded.get(best[0][0]) if best else None


def contract(record: dict[str, Any]) -> dict[str, Any]:
    """A record in the form that the extraction contract asks for; there is no evidence in it."""
    return {
        "entities": [
            {"name": entity["name"], "type": entity.get("type", ""), "description": ""}
            for entity in record.get("entities", ())
        ],
        "relations": record.get("relations", []),
    }


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _sentences(text: str) -> list[str]:
    """Rough, but the same for a passage and for a prompt that holds it, its sentences after their numbers."""
    marked = text.replace(". ", ".\n").replace("? ", "?\n").replace("! ", "!\n").replace("。", "。\n")
    return [_NUMBER.sub("", sentence.strip()) for sentence in marked.split("\n") if sentence.strip()]
