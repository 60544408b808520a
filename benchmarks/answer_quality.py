"""Measures answers without a model: whether they hold the gold answer, refuse, differ, and how long they are. JSON.

What counts is what is answered: the text without markers and without what is told of sources that differ. Where the
gold is yes or no, the short answer counts alone. ``literal`` are sentences that are quotes of the text of a document
at the offsets that their citations name.

python -m benchmarks.answer_quality multihop/musique multihop/hotpotqa chinese/cmrc
python -m benchmarks.answer_quality dialogue/lihua time/time_sensitive_qa    (they have unanswerable questions)
python -m benchmarks.answer_quality multihop/musique --of multihop/hotpotqa  (questions of another set, as unanswerable)
python -m benchmarks.answer_quality chinese/cmrc --without staying bridge    (and again without each of these weights)
python -m benchmarks.answer_quality chinese/cmrc --search keyword --without likelihood.rest likelihood.best
"""

import argparse
import asyncio
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from statistics import mean

import anyio
from typing_extensions import override

from benchmarks.workbench import CachingEmbedder, IngestedCorpus, ingested, shared_data
from evals.dataset import Dataset, Query, load_dataset
from evals.metrics import contains_answer, exact_match, verdict_right, yes_or_no
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.model import DEFAULT_WORKSPACE
from graph.ports.reading import DocumentReader
from graph.text.inert import inert_markdown
from graph.view.snapshot import Snapshot
from ingest.extraction.light_extractor import LightExtractor
from retrieval.answer import Answer
from retrieval.answering.answer_texts import before_conflict
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.answering.weights import ANSWER_WEIGHTS, AnswerWeights, LikelihoodWeights
from retrieval.finding.search import PassageRetriever
from retrieval.model import Hit, Question
from retrieval.modes import SEARCH_MODES, SearchMode
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import Retriever
from retrieval.questions.read_question import ReadQuestion

WEIGHTS = tuple(
    one.name
    for one in fields(AnswerWeights)
    if one.type in (float, "float") and one.name not in {"one_hop", "two_hops", "character", "short_coverage"}
)
"""Weights of chosen sentences that can be left out: those that mean nothing where they are 0."""
LIKELIHOODS = tuple(f"likelihood.{one.name}" for one in fields(LikelihoodWeights) if one.type in (float, "float"))
"""The same of the likeliest sentence; without ``sure`` every answer to a question of one hop is one sentence."""
_MARKER = re.compile(r"\s*\[\d+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question and its answer. ``literal`` are sentences that are quotes, ``sentences`` all of them."""

    query: Query
    answer: Answer
    answerable: bool
    literal: int
    sentences: int

    @property
    def said(self) -> str:
        """What is answered."""
        return "" if self.answer.abstained else before_conflict(self.answer.text)

    @property
    def short(self) -> str | None:
        """The short answer, if there is one."""
        found = getattr(self.answer, "short_answer", None)
        return None if found is None else str(found.text)

    @property
    def verdict(self) -> bool:
        """Whether the question is answered by yes or no."""
        return yes_or_no(self.query.answers) is not None

    @property
    def contained(self) -> bool:
        """Whether a gold answer stands in what was answered."""
        if self.verdict:
            return verdict_right(self.short, self.query.answers) == 1.0
        return contains_answer(self.said, self.query.answers) == 1.0


class Remembering(Retriever):
    """Searches once for each question, of knowledge that stays as it is: weights of answers change nothing of that."""

    def __init__(self, inner: Retriever) -> None:
        self._inner = inner
        self._found: dict[str, tuple[ReadQuestion, tuple[Hit, ...]]] = {}

    @override
    def read(self, question: Question) -> ReadQuestion:
        known = self._found.get(question.text)
        return known[0] if known else self._inner.read(question)

    @override
    def search(self, read: ReadQuestion, snapshot: Snapshot) -> tuple[Hit, ...]:
        if read.text not in self._found:
            self._found[read.text] = read, self._inner.search(read, snapshot)
        return self._found[read.text][1]


async def answers(
    bench: IngestedCorpus, queries: Sequence[Query], *, foreign: bool, retriever: Retriever,
    weights: AnswerWeights = ANSWER_WEIGHTS, search: SearchMode = "hybrid",
) -> list[Row]:  # fmt: skip
    """Every question asked, one after the other. ``foreign``: the documents do not answer them."""
    pipeline = QuestionPipeline(
        views=bench.views, retriever=retriever, generator=ExtractiveGenerator(weights),
        limiter=anyio.CapacityLimiter(1),
    )  # fmt: skip
    rows: list[Row] = []
    for query in queries:
        answer = await pipeline.ask(Question(text=query.text, workspace=DEFAULT_WORKSPACE, mode=search))
        literal, sentences = _quoted(answer, bench.store)
        rows.append(
            Row(
                query=query, answer=answer, answerable=query.answerable and not foreign, literal=literal,
                sentences=sentences,
            )
        )  # fmt: skip
    return rows


def _quoted(answer: Answer, store: DocumentReader) -> tuple[int, int]:
    """How many sentences of an answer are literal quotes, and how many there are, a verdict before them aside."""
    if answer.abstained:
        return 0, 0
    quotes: list[str] = []
    for one in answer.citations:
        text = store.text(DEFAULT_WORKSPACE, one.document_id, answer.revision)
        if text[one.start : one.end] == one.quote:
            quotes.append(inert_markdown(one.quote).strip())
    said = [piece.strip() for piece in _MARKER.split(before_conflict(answer.text)) if piece.strip()]
    return sum(any(piece.endswith(quote) for quote in quotes) for piece in said), len(said)


def figures(rows: Sequence[Row]) -> dict[str, object]:
    """The figures of some questions."""
    gold = [row for row in rows if row.answerable and row.query.answers]
    without = [row for row in rows if not row.answerable]
    answered = [row for row in rows if not row.answer.abstained]
    short = [row for row in gold if row.short is not None]
    sentences = sum(row.sentences for row in answered)
    return {
        "answerable": len(gold),
        "contained": _share(gold, lambda row: row.contained),
        "contained_in_one_sentence": _share(gold, lambda row: row.contained and row.sentences == 1),
        "wrong_refusals": _share(gold, lambda row: row.answer.abstained),
        "unanswerable": len(without),
        "right_refusals": _share(without, lambda row: row.answer.abstained),
        "verdicts": sum(row.verdict for row in gold),
        "verdicts_right": _share([row for row in gold if row.verdict], lambda row: row.contained),
        "short_answers": _share(gold, lambda row: row.short is not None),
        "short_answers_right": _share(short, _exact),
        "contained_by_sufficiency": _by_sufficiency(gold),
        "sources_differ": _share(rows, lambda row: row.answer.conflict is not None),
        "sentences": round(mean(row.sentences for row in answered), 2) if answered else None,
        "one_sentence": _share(answered, lambda row: row.sentences == 1),
        "literal": round(sum(row.literal for row in answered) / sentences, 4) if sentences else None,
    }


def _by_sufficiency(rows: Sequence[Row]) -> dict[str, tuple[int, float | None]]:
    """For each rung of the ladder how many answers stand on it, and the share of them that hold the gold answer."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.answer.sufficiency.kind if row.answer.sufficiency else "not told", []).append(row)
    return {kind: (len(group), _share(group, lambda row: row.contained)) for kind, group in sorted(groups.items())}


def _exact(row: Row) -> bool:
    return exact_match(row.short or "", row.query.answers) == 1.0 or (row.verdict and row.contained)


def _share(rows: Sequence[Row], holds: Callable[[Row], bool]) -> float | None:
    return round(mean(holds(row) for row in rows), 4) if rows else None


def report(dataset: str, corpus: str, rows: Sequence[Row], *, without: str | None) -> dict[str, object]:
    """All questions of a set, both halves, and each number of hops by itself. ``without``: a weight left out."""
    hops = sorted({row.query.hops for row in rows if row.query.hops})
    groups = {
        "all": list(rows),
        "even (tuned on)": [row for row in rows if row.query.even],
        "odd": [row for row in rows if not row.query.even],
        **{f"{count} hops": [row for row in rows if row.query.hops == count] for count in hops},
    }
    return {
        "questions of": dataset, "documents of": corpus, **({"without": without} if without else {}),
        **{name: figures(of) for name, of in groups.items() if of},
    }  # fmt: skip


def _left_out(weight: str) -> AnswerWeights:
    kind, _, name = weight.rpartition(".")
    if not kind:
        return replace(ANSWER_WEIGHTS, **{name: 0.0})
    return replace(ANSWER_WEIGHTS, likelihood=replace(ANSWER_WEIGHTS.likelihood, **{name: 0.0}))


def _asked(dataset: Dataset, most: int) -> Sequence[Query]:
    return [query for query in dataset.queries if query.answers or not query.answerable][:most]


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", help="folders, or names below QUIPU_SHARED_DATA")
    parser.add_argument("--of", nargs="+", default=[], help="ask the questions of these sets too, as unanswerable")
    parser.add_argument(
        "--without", nargs="+", default=[], choices=(*WEIGHTS, *LIKELIHOODS), metavar="WEIGHT",
        help="weights that are set to 0 in turn",
    )  # fmt: skip
    parser.add_argument("--search", default="hybrid", choices=SEARCH_MODES)
    parser.add_argument("--questions", type=int, default=100_000, help="at most so many of each set")
    arguments = parser.parse_args()
    embedder = CachingEmbedder(SentenceEmbedder())
    results: list[dict[str, object]] = []
    for name in arguments.sets:
        dataset = _load(name)
        with ingested(list(dataset.corpus), LightExtractor(), embedder) as bench:
            retriever = Remembering(PassageRetriever(bench.embedder))
            for asked in (dataset, *map(_load, arguments.of)):
                queries = _asked(asked, arguments.questions)
                for without in (None, *arguments.without):
                    weights = _left_out(without) if without else ANSWER_WEIGHTS
                    foreign = asked is not dataset
                    rows = asyncio.run(
                        answers(
                            bench, queries, foreign=foreign, retriever=retriever, weights=weights,
                            search=arguments.search,
                        )
                    )  # fmt: skip
                    results.append(report(asked.name, dataset.name, rows, without=without))
    print(json.dumps({"embedder": embedder.identity, "results": results}, indent=2, ensure_ascii=False))


def _load(name: str) -> Dataset:
    return load_dataset(Path(name) if Path(name).is_dir() else shared_data() / name)


if __name__ == "__main__":
    main()
