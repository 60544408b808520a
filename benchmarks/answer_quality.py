"""Measures answers without a model: whether they hold the gold answer, refuse, differ, and how long they are. JSON.

python -m benchmarks.answer_quality multihop/musique multihop/hotpotqa chinese/cmrc
python -m benchmarks.answer_quality multihop/musique --of multihop/hotpotqa  (questions of one set, documents of another)
"""

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import anyio

from benchmarks.workbench import CachingEmbedder, IngestedCorpus, ingested, shared_data
from evals.dataset import Dataset, Query, load_dataset
from evals.metrics import contains_answer
from graph.model import DEFAULT_WORKSPACE
from graph.sentence_embedder import SentenceEmbedder
from ingest.extraction.light_extractor import LightExtractor
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.finding.search import PassageRetriever
from retrieval.model import Answer, Question
from retrieval.pipeline import QuestionPipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question and its answer."""

    query: Query
    answer: Answer
    answerable: bool

    @property
    def contained(self) -> bool:
        """Whether a gold answer stands in what was answered."""
        return not self.answer.abstained and contains_answer(self.answer.text, self.query.answers) == 1.0


async def answers(bench: IngestedCorpus, queries: Sequence[Query], *, foreign: bool) -> list[Row]:
    """Every question asked, one after the other. ``foreign``: the documents do not answer them."""
    pipeline = QuestionPipeline(
        views=bench.views, retriever=PassageRetriever(bench.embedder), generator=ExtractiveGenerator(),
        limiter=anyio.CapacityLimiter(1),
    )  # fmt: skip
    return [
        Row(
            query=query, answer=await pipeline.ask(Question(text=query.text, workspace=DEFAULT_WORKSPACE)),
            answerable=query.answerable and not foreign,
        )
        for query in queries
    ]  # fmt: skip


def figures(rows: Sequence[Row]) -> dict[str, object]:
    """The figures of some questions."""
    gold = [row for row in rows if row.answerable and row.query.answers]
    without = [row for row in rows if not row.answerable]
    return {
        "answerable": len(gold),
        "contained": _share(gold, lambda row: row.contained),
        "wrong_refusals": _share(gold, lambda row: row.answer.abstained),
        "unanswerable": len(without),
        "right_refusals": _share(without, lambda row: row.answer.abstained),
        "sources_differ": _share(rows, lambda row: row.answer.conflict is not None),
        "citations": round(mean(len(row.answer.citations) for row in rows), 2),
    }


def _share(rows: Sequence[Row], holds: Callable[[Row], bool]) -> float | None:
    return round(mean(holds(row) for row in rows), 4) if rows else None


def report(dataset: str, corpus: str, rows: Sequence[Row]) -> dict[str, object]:
    """All questions of a set, both halves, and each number of hops by itself."""
    hops = sorted({row.query.hops for row in rows if row.query.hops})
    groups = {
        "all": list(rows),
        "even (tuned on)": [row for row in rows if row.query.even],
        "odd": [row for row in rows if not row.query.even],
        **{f"{count} hops": [row for row in rows if row.query.hops == count] for count in hops},
    }
    return {
        "questions of": dataset, "documents of": corpus, **{name: figures(of) for name, of in groups.items() if of}
    }  # fmt: skip


def _asked(dataset: Dataset, most: int) -> Sequence[Query]:
    return [query for query in dataset.queries if query.answers or not query.answerable][:most]


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", help="folders, or names below QUIPU_SHARED_DATA")
    parser.add_argument("--of", nargs="+", default=[], help="ask the questions of these sets too, as unanswerable")
    parser.add_argument("--questions", type=int, default=100_000, help="at most so many of each set")
    arguments = parser.parse_args()
    embedder = CachingEmbedder(SentenceEmbedder())
    results: list[dict[str, object]] = []
    for name in arguments.sets:
        dataset = _load(name)
        with ingested(list(dataset.corpus), LightExtractor(), embedder) as bench:
            for asked in (dataset, *map(_load, arguments.of)):
                queries = _asked(asked, arguments.questions)
                rows = asyncio.run(answers(bench, queries, foreign=asked is not dataset))
                results.append(report(asked.name, dataset.name, rows))
    print(json.dumps({"embedder": embedder.identity, "results": results}, indent=2, ensure_ascii=False))


def _load(name: str) -> Dataset:
    return load_dataset(Path(name) if Path(name).is_dir() else shared_data() / name)


if __name__ == "__main__":
    main()
