"""Measures reasoning on data sets whose questions have recorded steps: is every gold document in the evidence?

The mode ``reason`` as the service has it, against one search for the question, with as many passages. Prints JSON.

python -m benchmarks.reasoning multihop/musique multihop/musique200 --searches keyword
python -m benchmarks.reasoning multihop/twowiki --searches hybrid --questions 100

The rows are: ``one search``; ``recorded answers``: a language model's part is played by what the data set records, its
plan and each earlier answer, which has to stand in a passage that was found; ``own answers``: the recorded plan, read
by rule; ``by rule``: no model at all.
"""

import argparse
import json
import re
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median
from typing import Any

import anyio

from benchmarks.workbench import CachingEmbedder, IngestedCorpus, ingested, shared_data
from evals.dataset import Dataset, load_dataset
from graph.embedders.choosing import build_embedder
from graph.model import DEFAULT_WORKSPACE, Span
from graph.ports.models import LanguageModel
from graph.prompting import Completion, Prompt
from graph.text.held_names import holds_name, norm_text
from graph.text.names import find_names, norm
from ingest.extraction.light_extractor import LightExtractor
from retrieval.answer import EvidenceFound
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question
from retrieval.modes import SearchMode
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnsweringMode
from retrieval.reasoning.mode import ReasoningMode

_PASSAGE = re.compile(r"<passage (\w+)>\n(.*?)\n</passage \1>", re.DOTALL)
_SENTENCE = re.compile(r"(?<=[.!?。])\s+")
_UNUSABLE = "no JSON"
ROWS = ("one search", "recorded answers", "own answers", "by rule")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The steps of one question as a model would have written them, and their answers."""

    texts: tuple[str, ...]
    answers: tuple[str, ...]


class Replayed(LanguageModel):
    """A language model whose replies are what a data set records for one question."""

    identity = "recorded"
    context_tokens = 16_384
    sees = False

    def __init__(self, recorded: Recorded, *, reads: bool) -> None:
        """``reads``: whether it gives the recorded answers; else what it says to a reading cannot be used."""
        self._recorded = recorded
        self._reads = reads
        self._begun: list[str] = []

    def count_tokens(self, text: str) -> int:
        return len(text) // 4

    async def complete(self, prompt: Prompt) -> Completion:
        fields = prompt.schema["properties"] if prompt.schema else {}
        assert isinstance(fields, Mapping)
        if "decision" in fields:
            text = json.dumps({"decision": "enough", "missing": "", "steps": []})
        elif "answer" in fields:
            text = self._reading(prompt.user) if self._reads else _UNUSABLE
        else:
            text = json.dumps({"steps": self._recorded.texts})
        return Completion(text=text, prompt_tokens=0, completion_tokens=0, calls=1, seconds=0.0, cut=False)

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        yield await self.complete(prompt)

    def _reading(self, user: str) -> str:
        """The recorded answer, out of the first sentence that holds it; nothing where none does."""
        asked = user.rsplit("<question>", 1)[-1]
        if asked not in self._begun:
            self._begun.append(asked)
        answer = self._recorded.answers[len(self._begun) - 1]
        for handle, passage in _PASSAGE.findall(user):
            for sentence in _SENTENCE.split(passage.split("\n\n", 1)[-1]):
                if norm(answer) and holds_name(norm_text(sentence), norm(answer)):
                    return json.dumps({"answer": answer, "passage": handle, "quote": sentence[:500]})
        return json.dumps({"answer": "", "passage": "", "quote": ""})


def recorded_steps(query: Mapping[str, Any]) -> Recorded:
    """The recorded steps. Where a later step names an earlier answer itself, a placeholder stands for it."""
    steps = query["metadata"]["decomposition"]
    texts = [step["question"].replace(">>", " ") for step in steps]
    answers = [step["answer"] for step in steps]
    if not any("#" in text for text in texts):
        for later in range(len(texts)):
            for name in _names(texts[later]):
                found = [n for n in range(later) if name in answers[n] and name not in query["text"]]
                if found and name not in texts[found[0]]:
                    answers[found[0]] = name
                    texts[later] = texts[later].replace(name, f"#{found[0] + 1}")
    return Recorded(texts=tuple(texts), answers=tuple(answers))


def _names(text: str) -> Sequence[str]:
    found = {one.name for one in find_names(text, [Span(start=0, end=len(text))]) if one.kind in {"name", "word"}}
    return sorted(found, key=len, reverse=True)


def measure(
    bench: IngestedCorpus, dataset: Dataset, rows: Mapping[str, Mapping[str, Any]], search: SearchMode, most: int
) -> dict[str, object]:
    """The figures of one data set with one way to search."""
    limiter = anyio.CapacityLimiter(2)
    pipeline = QuestionPipeline(
        views=bench.views, retriever=PassageRetriever(bench.embedder), generator=ExtractiveGenerator(), limiter=limiter
    )
    whole: dict[str, list[bool]] = {name: [] for name in ROWS}
    kinds: list[str] = []
    seconds: list[float] = []
    for query in [query for query in dataset.queries if query.id in dataset.qrels][:most]:
        recorded = recorded_steps(rows[query.id])
        metadata = rows[query.id]["metadata"]
        kinds.append(metadata.get("type") or f"{metadata['hops']} hops")
        modes: tuple[AnsweringMode, ...] = (
            pipeline,
            ReasoningMode(pipeline, limiter, model=Replayed(recorded, reads=True)),
            ReasoningMode(pipeline, limiter, model=Replayed(recorded, reads=False)),
            ReasoningMode(pipeline, limiter),
        )
        question = Question(text=query.text, workspace=DEFAULT_WORKSPACE, mode=search, search_mode=search)
        for name, mode in zip(ROWS, modes, strict=True):
            started = time.perf_counter()
            found = anyio.run(partial(evidence, mode, question))
            whole[name].append(dataset.qrels[query.id].keys() <= found)
            if name == "by rule":
                seconds.append(time.perf_counter() - started)
    figures = {name: _figures(held, whole["one search"], kinds) for name, held in whole.items()}
    return {
        "dataset": dataset.name, "search": search, "questions": len(kinds),
        "all gold documents in the evidence": figures,
        "seconds_by_rule_p50": round(median(seconds), 3),
    }  # fmt: skip


async def evidence(mode: AnsweringMode, question: Question) -> frozenset[str]:
    """The documents that an answer may rest on."""
    async with aclosing(mode.stream(question)) as events:  # type: ignore[type-var]
        async for event in events:
            if isinstance(event, EvidenceFound):
                return frozenset(item.placed.document.id for item in event.evidence)
    raise AssertionError("an answer tells its evidence")


def _figures(held: Sequence[bool], before: Sequence[bool], kinds: Sequence[str]) -> dict[str, object]:
    shares = {
        kind: round(mean(one for one, its in zip(held, kinds, strict=True) if its == kind), 3)
        for kind in sorted(set(kinds))
    }
    pairs = list(zip(held, before, strict=True))
    return {
        "all": round(mean(held), 3), **shares,
        "gained": sum(now and not was for now, was in pairs), "lost": sum(was and not now for now, was in pairs),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", help="folders, or names below QUIPU_SHARED_DATA")
    parser.add_argument("--searches", nargs="+", default=["keyword", "hybrid"])
    parser.add_argument("--embedder", default="minilm", help="as QUIPU_EMBEDDER")
    parser.add_argument("--questions", type=int, default=100_000, help="at most so many of each set")
    arguments = parser.parse_args()
    embedder = CachingEmbedder(build_embedder(arguments.embedder))
    for name in arguments.sets:
        folder = Path(name) if Path(name).is_dir() else shared_data() / name
        dataset = load_dataset(folder)
        lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        rows = {row["_id"]: row for row in map(json.loads, lines)}
        with ingested(dataset.corpus, LightExtractor(), embedder) as bench:
            for search in arguments.searches:
                print(json.dumps(measure(bench, dataset, rows, search, arguments.questions), indent=2), flush=True)


if __name__ == "__main__":
    main()
