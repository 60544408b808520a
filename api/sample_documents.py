"""The sample documents that come with Quipu, and questions that they answer."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.model import NewDocument, Source

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleQuestion:
    """A question that the samples answer, and its language."""

    text: str
    language: str


def samples_folder() -> Path:
    """The folder that holds ``documents/`` and ``questions.jsonl``: of a wheel inside the package, else at the top of
    the checkout.
    """
    installed = _PACKAGE / "samples"
    return installed if installed.is_dir() else _PACKAGE.parent / "samples"


def sample_documents() -> list[NewDocument]:
    """The samples, under the ids that ``quipu demo`` gives them, too."""
    folder = samples_folder() / "documents"
    return [
        NewDocument(
            source=Source(name=path.name, media_type="", data=path.read_bytes()), document_id=path.name,
            metadata={"root": folder.name, "path": path.name},
        )
        for path in sorted(folder.iterdir())
    ]  # fmt: skip


@cache
def sample_questions() -> tuple[SampleQuestion, ...]:
    """The questions, in the order in which they may be offered."""
    lines = (samples_folder() / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(
        SampleQuestion(text=one["text"], language=one["metadata"]["language"]) for one in map(json.loads, lines)
    )
