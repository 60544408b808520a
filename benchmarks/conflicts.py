"""Measures how often contradicting sources are shown as a conflict, and how often other sources are. Prints JSON.

python -m benchmarks.conflicts                                        # freshness/ramdocs, by its labels
python -m benchmarks.conflicts --others multihop/musique chinese/cmrc  # also counts conflicts shown where none is known

Each label says which answer a document speaks for. A conflict, of either kind, is *true* if two of its sides are of
documents labelled with different answers to this question: right ones for different things, or a right and a
misinforming one. A side of a document that is labelled noise or belongs to another question counts for nothing, so that
a conflict may be called wrong though its sides contradict each other. *Shown* counts the questions for which both the
evidence and the cited sources speak for several answers.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import anyio

from benchmarks.workbench import CachingEmbedder, ingested, shared_data
from evals.dataset import Dataset, Query, load_dataset
from graph.audience import UNRESTRICTED
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.model import DEFAULT_WORKSPACE
from ingest.extraction.light_extractor import LightExtractor
from retrieval.answer import Answer, EvidenceFound
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.finding.search import PassageRetriever
from retrieval.model import Evidence, Question
from retrieval.pipeline import QuestionPipeline


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredQuery:
    """A question with its evidence and answer."""

    query: Query
    evidence: tuple[Evidence, ...]
    answer: Answer


def asked(dataset: Dataset) -> Iterator[AnsweredQuery]:
    """Every question of a data set, asked of its corpus."""
    embedder = CachingEmbedder(SentenceEmbedder())
    with ingested(dataset.corpus, LightExtractor(), embedder) as bench:
        pipeline = QuestionPipeline(
            views=bench.views, retriever=PassageRetriever(embedder), generator=ExtractiveGenerator(),
            limiter=anyio.CapacityLimiter(1),
        )  # fmt: skip
        for query in dataset.queries:
            yield anyio.run(ask, pipeline, query)


async def ask(pipeline: QuestionPipeline, query: Query) -> AnsweredQuery:
    """One question."""
    evidence: tuple[Evidence, ...] = ()
    async for event in pipeline.stream(Question(text=query.text, workspace=DEFAULT_WORKSPACE, audience=UNRESTRICTED)):
        if isinstance(event, EvidenceFound):
            evidence = event.evidence
        elif isinstance(event, Answer):
            return AnsweredQuery(query=query, evidence=evidence, answer=event)
    raise AssertionError("a stream ends with its answer")


def on_labels(name: str) -> dict[str, Any]:
    """Compare the conflicts that are shown with the labels, which say what each document speaks for."""
    lines = (shared_data() / name / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    labels = {label["_id"]: label for label in map(json.loads, lines)}

    def spoken_for(query: Query, documents: list[str]) -> int:
        mine = [labels[document] for document in documents if labels[document]["query"] == query.id]
        return len({label["answer"] for label in mine if label["type"] != "noise"})

    counts = {"questions": 0, "several answers in the evidence": 0, "shown": 0, "conflicts": 0, "true": 0}
    for one in asked(load_dataset(shared_data() / name)):
        several = spoken_for(one.query, [item.placed.document.id for item in one.evidence]) > 1
        cited = spoken_for(one.query, [citation.document_id for citation in one.answer.citations]) > 1
        counts["questions"] += 1
        counts["several answers in the evidence"] += several
        counts["shown"] += several and cited
        if one.answer.conflict is not None:
            sides = [side.citation.document_id for side in one.answer.conflict.sides]
            counts["conflicts"] += 1
            counts["true"] += spoken_for(one.query, sides) > 1
    return {
        "dataset": name, **counts, "precision": round(counts["true"] / max(counts["conflicts"], 1), 3),
        "recall": round(counts["shown"] / max(counts["several answers in the evidence"], 1), 3),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", default="freshness/ramdocs")
    parser.add_argument("--others", nargs="*", default=[])
    arguments = parser.parse_args()
    result: list[dict[str, Any]] = [on_labels(arguments.set)]
    for name in arguments.others:
        answers = [one.answer for one in asked(load_dataset(shared_data() / name))]
        shown = sum(answer.conflict is not None for answer in answers)
        result.append({"dataset": name, "questions": len(answers), "conflicts": shown})
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
