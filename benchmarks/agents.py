"""Compares modes of answering over questions with gold answers: what is said, what it rests on, what it costs. JSON.

``contained``: a gold answer stands in what was answered (of yes and no, the short answer says it). ``short_right``: the
short answer is a gold answer, of all questions. ``all_gold``: every gold passage is in the evidence; ``recall`` is the
mean share of them. ``passages`` is the mean size of the evidence, which is bounded alike in all modes. ``lost`` and
``won`` count questions, against the first mode: contained there and not here, and the other way round. No model is
asked unless one is named (``--llm``); ``calls`` and ``tokens`` are means.

python -m benchmarks.agents multihop/musique multihop/twowiki --modes hybrid reason agents
python -m benchmarks.agents chinese/cmrc multihop/hotpotqa --modes hybrid auto --questions 200
python -m benchmarks.agents multihop/musique --modes hybrid agents --llm openai/<model> --llm-url http://127.0.0.1:8001
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from typing import cast

import anyio

from api.language_models import build_language_model
from api.parts.agents import open_agents
from api.settings import Settings
from benchmarks.workbench import CachingEmbedder, IngestedCorpus, ingested, shared_data
from evals.dataset import Query, load_dataset
from evals.metrics import contains_answer, exact_match, verdict_right, yes_or_no
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.model import DEFAULT_WORKSPACE
from graph.ports.models import Embedder, LanguageModel
from ingest.extraction.light_extractor import LightExtractor
from retrieval.answer import Answer, EvidenceFound
from retrieval.answering.answer_texts import before_conflict
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.answering.generation_cache import GenerationCache
from retrieval.answering.llm_generator import LlmGenerator
from retrieval.asking import Questions
from retrieval.facts.mode import FactsMode
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question
from retrieval.modes import AskedMode, Effort, Mode, SearchMode
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnsweringMode
from retrieval.reasoning.mode import ReasoningMode


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question and what came of it in one mode."""

    query: Query
    answer: Answer
    documents: tuple[str, ...]
    seconds: float
    recall: float

    @property
    def contained(self) -> bool:
        """Whether a gold answer was given."""
        short = self.answer.short_answer.text if self.answer.short_answer else None
        if yes_or_no(self.query.answers) is not None:
            return verdict_right(short, self.query.answers) == 1.0
        said = "" if self.answer.abstained else before_conflict(self.answer.text)
        return contains_answer(said, self.query.answers) == 1.0

    @property
    def short_right(self) -> bool:
        """Whether the short answer is a gold answer."""
        short = self.answer.short_answer
        return short is not None and exact_match(short.text, self.query.answers) == 1.0


def asking(bench: IngestedCorpus, model: LanguageModel | None) -> Questions:
    """The use case of asking, with the modes that are compared."""
    limiter, answers = anyio.CapacityLimiter(4), GenerationCache()
    writer = LlmGenerator(model, answers) if model else None
    pipeline = QuestionPipeline(
        views=bench.views, retriever=PassageRetriever(bench.embedder), limiter=limiter,
        generator=writer or ExtractiveGenerator(),
    )  # fmt: skip
    modes: Mapping[Mode, AnsweringMode] = {
        "agents": open_agents(pipeline, bench.store, limiter, model, answers),
        "reason": ReasoningMode(pipeline, limiter, model=model, writing=lambda model: LlmGenerator(model, answers)),
        "facts": FactsMode(pipeline),
    }
    return Questions(pipeline=pipeline, modes=modes, by_model=model is not None)


async def rows(
    questions: Questions, queries: Sequence[Query], qrels: Mapping[str, Mapping[str, int]], question: Question
) -> list[Row]:
    """Every question asked in one mode, one after the other."""
    found: list[Row] = []
    for query in queries:
        started, answer, documents = time.perf_counter(), None, tuple[str, ...]()
        async for event in questions.stream(replace(question, text=query.text)):
            if isinstance(event, EvidenceFound):
                documents = tuple(item.placed.document.id for item in event.evidence)
            elif isinstance(event, Answer):
                answer = event
        gold = qrels.get(query.id, {})
        recall = len(gold.keys() & set(documents)) / len(gold) if gold else 0.0
        assert answer is not None
        spent = time.perf_counter() - started
        found.append(Row(query=query, answer=answer, documents=documents, seconds=spent, recall=recall))
    return found


def figures(found: Sequence[Row], first: Sequence[Row]) -> dict[str, object]:
    """The figures of one mode."""
    pairs = list(zip(found, first, strict=True))
    return {
        "questions": len(found),
        "contained": round(mean(row.contained for row in found), 4),
        "short_right": round(mean(row.short_right for row in found), 4),
        "refused": round(mean(row.answer.abstained for row in found), 4),
        "all_gold": round(mean(row.recall == 1.0 for row in found), 4),
        "recall": round(mean(row.recall for row in found), 4),
        "passages": round(mean(len(row.documents) for row in found), 2),
        "lost": sum(other.contained and not row.contained for row, other in pairs),
        "won": sum(row.contained and not other.contained for row, other in pairs),
        "calls": round(mean(row.answer.calls for row in found), 2),
        "tokens": round(mean(row.answer.tokens for row in found)),
        "milliseconds": round(1000 * mean(row.seconds for row in found)),
        "chosen": Counter(row.answer.mode for row in found),
    }


def _embedder(name: str) -> Embedder:
    """MiniLM, or, to measure without vectors, words hashed into buckets that no question is asked by."""
    if name == "minilm":
        return SentenceEmbedder("minilm")
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
    from hashing_embedder import HashingEmbedder

    class Unread(HashingEmbedder):
        """Reads nothing: names, words and the graph find everything."""

        def reads(self, text: str) -> bool:
            return not text

    return cast(Embedder, Unread())


def main() -> None:
    """Print one JSON object a line: a data set and a mode."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("datasets", nargs="+")
    parser.add_argument("--modes", nargs="+", default=["hybrid", "reason", "agents"])
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--search", default="hybrid", help="how passages are looked for in modes that are no search")
    parser.add_argument("--effort", default="medium")
    parser.add_argument("--embedder", default="none", choices=["none", "minilm"])
    parser.add_argument("--llm", default="none")
    parser.add_argument("--llm-url")
    given = parser.parse_args()
    model = build_language_model(given.llm, Settings(llm=given.llm, llm_url=given.llm_url))
    for name in given.datasets:
        dataset = load_dataset(shared_data() / name)
        queries = [one for one in dataset.queries if one.answers][: given.questions]
        with ingested(dataset.corpus, LightExtractor(), CachingEmbedder(_embedder(given.embedder))) as bench:
            first: Sequence[Row] = ()
            for mode in given.modes:
                question = Question(
                    text="", workspace=DEFAULT_WORKSPACE, mode=cast(AskedMode, mode),
                    search_mode=cast(SearchMode, given.search), effort=cast(Effort, given.effort),
                )  # fmt: skip
                found = asyncio.run(rows(asking(bench, model), queries, dataset.qrels, question))
                first = first or found
                print(json.dumps({"data": name, "mode": mode, **figures(found, first)}), flush=True)


if __name__ == "__main__":
    main()
