"""Measures how follow-up questions are understood by rule. Prints JSON.

python -m benchmarks.follow_ups mtrag steps chinese written --mode keyword
python -m benchmarks.follow_ups mtrag --mode hybrid          (embeds dialogue/mtrag first: minutes)

``mtrag``: conversations of people, recall@5 of answerable turns by what was searched; how often is asked back.
``steps``: follow-ups made of the steps of ``metadata.decomposition``: "#1" becomes "he", "there" or "it"; the answers
before are Quipu's own, and the recorded ones beside them. ``chinese``: questions on one passage that name its title,
the second without it. ``written``: 60 dialogues over the samples (``follow_ups.tsv``), whose last answer must hold
what stands there; answers are Quipu's own. ``alone``: questions that stand alone after another question and answer.
"""

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any, cast

import anyio

from benchmarks.workbench import CachingEmbedder, IngestedCorpus, ingested, shared_data
from evals.dataset import CorpusDocument, load_dataset
from evals.metrics import recall_at
from graph.embedders.choosing import build_embedder
from graph.model import DEFAULT_WORKSPACE
from graph.ports.models import Embedder
from ingest.extraction.light_extractor import LightExtractor
from retrieval.answer import StandaloneQuestion
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.asking import Questions
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question, Utterance
from retrieval.modes import SearchMode
from retrieval.pipeline import QuestionPipeline
from retrieval.questions.question_words import answer_type
from retrieval.readings import MOST_TOLD, SeveralReadings
from retrieval.rewriting.rule_rewriter import RuleRewriter
from retrieval.rewriting.topics import is_person

WRITTEN = Path(__file__).with_suffix(".tsv")
SAMPLES = Path(__file__).parents[1] / "samples" / "documents"
DEPTH = 5
_REFERENCE = re.compile(r"#(\d)")
_PRONOUNS = ("它", "其", "")


@dataclass(slots=True)
class Figures:
    """Recalls of one set, by what was searched."""

    of: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, value: float) -> None:
        """One more question."""
        self.of.setdefault(name, []).append(value)

    def means(self) -> dict[str, object]:
        """Means, and how many there are of each."""
        return {name: {"mean": round(mean(values), 4), "questions": len(values)} for name, values in self.of.items()}


class Bench:
    """Questions over one corpus."""

    def __init__(self, corpus: IngestedCorpus, mode: SearchMode) -> None:
        limiter = anyio.CapacityLimiter(4)
        self._mode = mode
        self._retriever = PassageRetriever(corpus.embedder)
        self._snapshot = corpus.views.snapshot(DEFAULT_WORKSPACE)
        self.rewriter = RuleRewriter(corpus.views, limiter)
        pipeline = QuestionPipeline(
            views=corpus.views, retriever=self._retriever, generator=ExtractiveGenerator(), limiter=limiter
        )
        self._several = SeveralReadings(pipeline)
        self._questions = Questions(pipeline=pipeline, modes={}, rewriter=self.rewriter)

    def question(self, text: str, history: Sequence[Utterance] = ()) -> Question:
        """A question after what was said."""
        return Question(text=text[:9000], workspace=DEFAULT_WORKSPACE, mode=self._mode, k=20, history=tuple(history))

    def recall(self, text: str, gold: dict[str, int]) -> float:
        """Of the gold documents, the share among the first five."""
        hits = self._retriever.search(self._retriever.read(self.question(text)), self._snapshot)
        return recall_at(list(dict.fromkeys(hit.document_id for hit in hits)), gold, DEPTH)

    async def recall_of(self, meant: StandaloneQuestion, gold: dict[str, int]) -> float:
        """The same of a question as it was understood: all of its readings are sought."""
        if not meant.readings:
            return self.recall(meant.question.text, gold)
        found = await self._several.find(meant.question, meant.readings)
        return recall_at(list(dict.fromkeys(hit.document_id for hit in found.hits)), gold, DEPTH)

    async def meant(self, text: str, history: Sequence[Utterance]) -> StandaloneQuestion:
        """The question as it was understood."""
        return await self.rewriter.rewrite(self.question(text, history))

    async def answered(self, text: str, history: Sequence[Utterance] = ()) -> str:
        """Quipu's own answer."""
        return (await self._questions.ask(self.question(text, history))).text


def _rows(name: str) -> list[dict[str, Any]]:
    lines = (shared_data() / name / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


async def mtrag(bench: Bench) -> dict[str, object]:
    """Conversations of people with an assistant."""
    figures, dataset = Figures(), load_dataset(shared_data() / "dialogue/mtrag")
    for row, query in zip(_rows("dialogue/mtrag"), dataset.queries, strict=True):
        kind, history = row["metadata"]["answerability"], query.history
        meant = await bench.meant(query.text, history)
        who = "under-specified" if kind == "underspecified" else "others"
        figures.add(f"asked back: {who}", float(meant.clarification is not None))
        figures.add(f"two readings answered: {who}", float(len(meant.readings) == MOST_TOLD))
        if kind not in {"answerable", "partial"} or query.id not in dataset.qrels or not history:
            continue
        gold, before = dict(dataset.qrels[query.id]), [one.text for one in history if one.speaker == "user"]
        left = "alone" if meant.question.text == query.text else "rewritten"
        by_rule = await bench.recall_of(meant, gold)
        figures.add("last words", bench.recall(query.text, gold))
        figures.add("after the previous question", bench.recall(f"{before[-1]} {query.text}", gold))
        figures.add("by rule", by_rule)
        figures.add(f"by rule: {left}", by_rule)
        figures.add(f"last words: {left}", bench.recall(query.text, gold))
    return figures.means()


async def steps(bench: Bench, name: str) -> dict[str, object]:
    """Follow-ups made of the steps of a question."""
    figures = Figures()
    for row in _rows(name):
        own: list[Utterance] = []
        recorded: list[Utterance] = []
        done = row["metadata"].get("decomposition") or []
        for number, step in enumerate(done):
            earlier = [int(one) for one in _REFERENCE.findall(step["question"]) if int(one) <= number]
            text = perfect = step["question"].strip().rstrip("?").rstrip() + "?"
            for one in earlier:
                text = _with_pronoun(text, one, done[one - 1])
                perfect = perfect.replace(f"#{one}", done[one - 1]["answer"])
            if earlier and step.get("support"):
                gold = {step["support"]: 1}
                figures.add("last words", bench.recall(text, gold))
                figures.add("by rule, own answers before", await bench.recall_of(await bench.meant(text, own), gold))
                figures.add(
                    "by rule, recorded answers before", await bench.recall_of(await bench.meant(text, recorded), gold)
                )
                figures.add("perfect", bench.recall(perfect, gold))
            asked = Utterance(speaker="user", text=text)
            own += [asked, Utterance(speaker="agent", text=await bench.answered(text, own))]
            recorded += [asked, Utterance(speaker="agent", text=step["answer"])]
    return figures.means()


def _with_pronoun(text: str, number: int, step: dict[str, str]) -> str:
    """ "#1" as people would say it who know the answer."""
    kind = answer_type(step["question"])
    person = is_person(step["answer"]) and kind in {"person", "any", "definition"}
    text = re.sub(rf"#{number}\s*'s\b", "his" if person else "its", text)
    if kind == "place":
        text = re.sub(rf"\b(?:in|at) #{number}(?!\w)", "there", text)
    if person:
        text = re.sub(rf"\b(by|to|with|of|for|from|about|than|and) #{number}", r"\1 him", text)
    return text.replace(f"#{number}", "he" if person else "it")


def _chinese_pairs(name: str) -> Iterator[tuple[str, str, str, str, dict[str, int]]]:
    """(question before, question, the same without the title, pronoun, gold) on one passage, both of its title."""
    dataset = load_dataset(shared_data() / name)
    titles = {document.id: document.title for document in dataset.corpus}
    by_passage: dict[str, list[str]] = {}
    for query in dataset.queries:
        passage = next(iter(dataset.qrels.get(query.id, {})), "")
        if len(titles.get(passage, "")) > 1 and query.text.startswith(titles[passage]):
            by_passage.setdefault(passage, []).append(query.text)
    number = 0
    for passage, asked in sorted(by_passage.items()):
        for before, text in pairwise(asked):
            rest = text.removeprefix(titles[passage])
            pronoun = _PRONOUNS[number % len(_PRONOUNS)]
            number += 1
            owned = rest.startswith("的")
            pronoun = "它" if pronoun == "其" and not owned else pronoun
            without = pronoun + (rest[1:] if owned and pronoun in {"其", ""} else rest)
            yield before, text, without, pronoun or "nothing", {passage: 1}


async def chinese(bench: Bench, name: str) -> dict[str, object]:
    """A second question on a passage, without the title that the first one names."""
    figures = Figures()
    for before, whole, text, pronoun, gold in _chinese_pairs(name):
        answer = await bench.answered(before)
        history = [Utterance(speaker="user", text=before), Utterance(speaker="agent", text=answer)]
        found = await bench.recall_of(await bench.meant(text, history), gold)
        figures.add("by rule, own answers before", found)
        figures.add(f"by rule: {pronoun}", found)
        figures.add("last words", bench.recall(text, gold))
        figures.add("perfect", bench.recall(whole, gold))
    return figures.means()


async def alone(bench: Bench, name: str) -> dict[str, object]:
    """Questions that stand alone, each after the question before it and an answer to that."""
    figures, dataset = Figures(), load_dataset(shared_data() / name)
    for before, query in pairwise(query for query in dataset.queries if query.id in dataset.qrels):
        history = [
            Utterance(speaker="user", text=before.text),
            Utterance(speaker="agent", text=(before.answers or ("",))[0]),
        ]
        meant = await bench.meant(query.text, history)
        gold = dict(dataset.qrels[query.id])
        own = bench.recall(query.text, gold)
        figures.add("last words", own)
        figures.add("by rule", own if meant.question.text == query.text else await bench.recall_of(meant, gold))
        figures.add("left byte for byte", float(meant.question.text == query.text))
        figures.add("asked back", float(meant.clarification is not None))
        unasked = await bench.meant(query.text, ())
        figures.add("asked back, with nothing said before", float(unasked.clarification is not None))
    return figures.means()


async def written(bench: Bench) -> dict[str, object]:
    """Dialogues over the samples: whether the last answer holds what is asked for."""
    figures, wrong = Figures(), []
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        language, turns, expected = line.split("\t")
        history: list[Utterance] = []
        for text in turns.split(" / "):
            answer = await bench.answered(text, history)
            history += [Utterance(speaker="user", text=text), Utterance(speaker="agent", text=answer)]
        right = expected in history[-1].text
        figures.add(language, float(right))
        wrong += [] if right else [turns]
    return {**figures.means(), "wrong": wrong}


def samples() -> list[CorpusDocument]:
    """The sample documents as plain text: their first line is the title."""
    found = []
    for path in sorted(SAMPLES.iterdir()):
        text = re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))
        lines = [line.strip("# ").strip() for line in text.strip().splitlines()]
        found.append(CorpusDocument(id=path.name, title=path.stem.replace("-", " "), text="\n".join(lines)))
    return found


def _embedder(mode: str) -> Embedder:
    """By keywords alone no vector is asked for: words hashed into buckets take no time."""
    if mode != "keyword":
        return build_embedder("minilm")
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
    from hashing_embedder import HashingEmbedder

    return cast(Embedder, HashingEmbedder())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", choices=["mtrag", "steps", "chinese", "written", "alone"])
    parser.add_argument("--mode", choices=["keyword", "hybrid", "vector"], default="keyword")
    arguments = parser.parse_args()
    embedder = CachingEmbedder(_embedder(arguments.mode))
    sets = {
        "mtrag": ["dialogue/mtrag"], "steps": ["multihop/musique", "multihop/musique200"], "written": ["samples"],
        "chinese": ["chinese/cmrc", "chinese/drcd"], "alone": ["multihop/musique", "chinese/cmrc"],
    }  # fmt: skip
    calls = {"steps": steps, "chinese": chinese, "alone": alone}
    found: dict[str, object] = {}
    for part in arguments.parts:
        for name in sets[part]:
            corpus = samples() if name == "samples" else list(load_dataset(shared_data() / name).corpus)
            with ingested(corpus, LightExtractor(), embedder) as made:
                bench = Bench(made, arguments.mode)
                run = calls[part](bench, name) if part in calls else (mtrag if part == "mtrag" else written)(bench)
                found[f"{part} {name}"] = asyncio.run(run)
    print(json.dumps({"mode": arguments.mode, "results": found}, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
