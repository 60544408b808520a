"""Questions about a whole collection: ``global`` beside ``hybrid``, and what a change costs. Prints JSON lines.

python -m benchmarks.global_questions [--store FOLDER] [--set global/podcasts]
python -m benchmarks.global_questions answers [--mode hybrid] [--questions 40]
python -m benchmarks.global_questions changes [--documents 300] [--changes 200]
python -m benchmarks.global_questions names 20000

Without a word, all three are printed: every figure of docs/global.md. ``--store`` keeps the corpus, taken in, for the
next time. Passages are found by keywords unless ``--mode`` says otherwise.

``answers``: sentences, distinct documents and communities that are cited, for ``global``, for ``hybrid`` as it answers,
and for ``hybrid`` let say as many sentences; and the mean cosine (MiniLM) of all pairs of sentences of an answer.
``changes``: communities made anew by a change of one document, and those of them that have neither a name nor a passage
of the document; a question after each change, and whether its citations are of live texts; and how many communities
of names Leiden over the whole graph would change. ``names``: seconds to cluster a graph of so many names.
"""

import argparse
import json
import random
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean, median

import anyio
import numpy as np
from graspologic_native import hierarchical_leiden

from benchmarks.workbench import CachingEmbedder, IngestedCorpus, hashing_embedder, ingested, shared_data
from evals.dataset import CorpusDocument
from graph.algorithms.communities import NameGraph, communities
from graph.audience import UNRESTRICTED
from graph.embedders.choosing import build_embedder
from graph.model import DEFAULT_WORKSPACE
from graph.ports.models import Embedder
from graph.stores.sqlite.store import SqliteGraphStore
from ingest.extraction.light_extractor import LightExtractor
from retrieval.answer import Answer
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.answering.weights import ANSWER_WEIGHTS, AnswerWeights
from retrieval.communities.co_mentions import LEAST, co_mentions
from retrieval.communities.mode import GlobalMode
from retrieval.communities.model import Community
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question
from retrieval.modes import SearchMode
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnsweringMode

EVERYTHING = "What is all this about?"
Partition = frozenset[frozenset[str]]
_CITED = re.compile(r"(?:\[\d+\]\s*)+")


@contextmanager
def corpus_in(
    dataset: Sequence[CorpusDocument], mode: SearchMode, kept: Path | None, *, changing: bool = False
) -> Iterator[IngestedCorpus]:
    """The documents in a store, from ``kept`` where they are there; a copy of it, where they are going to change.

    By keywords, vectors are of no account and made of hashes.
    """
    embedder = hashing_embedder() if mode == "keyword" else build_embedder("minilm", offline=True)
    with tempfile.TemporaryDirectory(prefix="quipu-bench-") as scratch:
        here = (kept or Path(scratch)) / f"{mode}-{len(dataset)}.sqlite"
        if not here.exists():
            here.parent.mkdir(parents=True, exist_ok=True)
            begun = here.with_suffix(".begun")
            with ingested(dataset, LightExtractor(), CachingEmbedder(embedder), SqliteGraphStore(begun)):
                pass
            begun.rename(here)
        copied = Path(shutil.copy(here, Path(scratch) / "changing.sqlite")) if changing else here
        with ingested((), LightExtractor(), CachingEmbedder(embedder), SqliteGraphStore(copied)) as bench:
            yield bench


def asking(bench: IngestedCorpus, sentences: int = ANSWER_WEIGHTS.sentences) -> tuple[QuestionPipeline, GlobalMode]:
    """Hybrid that says at most so many sentences, and the mode over it; both by rule."""
    limiter = anyio.CapacityLimiter(2)
    pipeline = QuestionPipeline(
        views=bench.views, retriever=PassageRetriever(bench.embedder), limiter=limiter,
        generator=ExtractiveGenerator(_saying(sentences)),
    )  # fmt: skip
    return pipeline, GlobalMode(pipeline, bench.views, limiter)


def _saying(sentences: int) -> AnswerWeights:
    """Weights by which answers have so many sentences, if these are more than usual."""
    if sentences <= ANSWER_WEIGHTS.sentences:
        return ANSWER_WEIGHTS
    all_of_them = replace(ANSWER_WEIGHTS.likelihood, sure=2.0, sentences=sentences)
    return replace(ANSWER_WEIGHTS, sentences=sentences, least=-10.0, likelihood=all_of_them)


async def answer_of(mode: AnsweringMode, question: Question) -> Answer:
    """The last event of an answer."""
    last = None
    async for event in mode.stream(question):
        last = event
    assert isinstance(last, Answer)
    return last


def read_set(name: str) -> tuple[list[CorpusDocument], list[str]]:
    """Documents and questions; sets about a whole collection say nothing of which documents answer."""

    def rows(file: str) -> list[dict[str, str]]:
        return [json.loads(line) for line in (shared_data() / name / file).read_text(encoding="utf-8").splitlines()]

    corpus = [CorpusDocument(id=row["_id"], title=row["title"], text=row["text"]) for row in rows("corpus.jsonl")]
    return corpus, [row["text"] for row in rows("queries.jsonl")]


def answers(bench: IngestedCorpus, questions: Sequence[str], mode: SearchMode) -> None:
    """Prints the figures of each way to answer, over the same questions."""
    plain, whole = asking(bench)
    made = anyio.run(whole.communities, bench.views.snapshot(DEFAULT_WORKSPACE))
    ways: dict[str, list[Answer]] = {"global": [], "hybrid": [], "hybrid, as many sentences": []}
    for text in questions:
        asked = Question(text=text, workspace=DEFAULT_WORKSPACE, mode="global", search_mode=mode, audience=UNRESTRICTED)
        found = anyio.run(answer_of, whole, asked)
        ways["global"].append(found)
        ways["hybrid"].append(anyio.run(answer_of, plain, replace(asked, mode=mode)))
        wider, _ = asking(bench, max(said(found), 1))
        ways["hybrid, as many sentences"].append(anyio.run(answer_of, wider, replace(asked, mode=mode)))
    embedder = CachingEmbedder(build_embedder("minilm", offline=True))
    for way, given in ways.items():
        print(json.dumps({"way": way, "questions": len(given), **figures(given, made.of_chunk, embedder)}))


def said(answer: Answer) -> int:
    """Sentences of an answer: each cites in one place, its passages side by side."""
    return len(_CITED.findall(answer.text))


def figures(given: Sequence[Answer], of_chunk: Mapping[str, int], embedder: Embedder) -> dict[str, object]:
    """Means over the answers that say something."""
    telling = [answer for answer in given if answer.citations]
    pairs = [pair for answer in telling for pair in _cosines([one.quote for one in answer.citations], embedder)]
    sentences = mean(map(said, telling))
    documents = mean(len({one.document_id for one in answer.citations}) for answer in telling)
    parts = mean(len({of_chunk.get(one.chunk_id, -1) for one in answer.citations}) for answer in telling)
    return {
        "answered": len(telling), "sentences": round(sentences, 2),
        "citations": round(mean(len(answer.citations) for answer in telling), 2),
        "documents": round(documents, 2), "documents_a_sentence": round(documents / sentences, 3),
        "communities": round(parts, 2), "communities_a_sentence": round(parts / sentences, 3),
        "dropped_sentences": sum(answer.dropped_sentences for answer in given),
        "mean_cosine": round(mean(pairs), 3) if pairs else None,
        "seconds_p50": round(median(sum(step.seconds for step in answer.steps) for answer in given), 2),
    }  # fmt: skip


def _cosines(sentences: Sequence[str], embedder: Embedder) -> Iterator[float]:
    vectors = embedder.embed_passages(list(sentences))
    for one, other in zip(*np.triu_indices(len(sentences), 1), strict=True):
        yield float(vectors[one] @ vectors[other])


@dataclass
class Changed:
    """What changes made anew, a number for each change."""

    anew: list[int] = field(default_factory=list)
    with_other_names: list[int] = field(default_factory=list)
    untouched: list[int] = field(default_factory=list)
    leiden: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, before: "Seen", after: "Seen") -> None:
        """One more change."""
        known, named = {one.id for one in before.all}, {frozenset(one.names) for one in before.all}
        anew = [one for one in after.all if one.id not in known]
        names, chunks = before.names | after.names, before.chunks | after.chunks
        self.anew.append(len(anew))
        self.with_other_names.append(sum(frozenset(one.names) not in named for one in anew))
        self.untouched.append(
            sum(names.isdisjoint(one.names) and chunks.isdisjoint(one.chunk_ids) for one in anew)
        )  # fmt: skip
        self.leiden.append(len(after.leiden - before.leiden))
        self.seconds.append(after.seconds)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The communities of a moment, and what a document has."""

    all: Sequence[Community]
    names: "set[str]"
    chunks: "set[str]"
    leiden: Partition
    seconds: float


def seen(bench: IngestedCorpus, whole: GlobalMode, document: str, known: Partition | None = None) -> Seen:
    """Now, by Leiden as well, unless that is ``known``."""
    snapshot = bench.views.snapshot(DEFAULT_WORKSPACE)
    began = time.perf_counter()
    found = anyio.run(whole.communities, snapshot)
    seconds = time.perf_counter() - began
    chunks = {placed.chunk.id for placed in snapshot.document_chunks(document)}
    rows = [row for chunk in chunks if (row := snapshot.row(chunk)) is not None]
    names = {snapshot.name_key(name) for row in rows for name in snapshot.row_names(row)[0].tolist()}
    leiden = known or leiden_of(co_mentions(snapshot).graph)
    return Seen(all=found.all, names=names, chunks=chunks, leiden=leiden, seconds=seconds)


def changes(bench: IngestedCorpus, corpus: Sequence[CorpusDocument], count: int) -> None:
    """Prints what random changes of one document each make anew; texts come from other documents, cut by chance."""
    chance = random.Random(19)
    _, whole = asking(bench)
    texts = {document.id: document.text for document in corpus}
    made, stale, cited, leiden = Changed(), 0, 0, None
    for number in range(2, count + 2):
        document = chance.choice(corpus)
        before = seen(bench, whole, document.id, leiden)
        text = texts[document.id] + " " + chance.choice(corpus).text[: chance.randint(200, 1500)]
        texts[document.id] = text if chance.random() < 0.7 else text[: chance.randint(100, len(text))]
        bench.put(CorpusDocument(id=document.id, title=document.title, text=texts[document.id]), number)
        after = seen(bench, whole, document.id)
        made.add(before, after)
        leiden = after.leiden
        question = Question(text=EVERYTHING, workspace=DEFAULT_WORKSPACE, mode="global", search_mode="keyword")
        told = anyio.run(answer_of, whole, replace(question, audience=UNRESTRICTED))
        cited += len(told.citations)
        stale += sum(one.quote not in texts[one.document_id] for one in told.citations)
    print(json.dumps({
        "changes": count, "communities": len(after.all), "communities made anew": spread(made.anew),
        "with other names": spread(made.with_other_names), "untouched by the change": spread(made.untouched),
        "communities that hierarchical Leiden would change": spread(made.leiden),
        "seconds to cluster": round(median(made.seconds), 2),
        "citations": cited, "citations of what is gone": stale, "reports made": whole.made["rule"],
    }))  # fmt: skip


def spread(numbers: Sequence[int]) -> dict[str, float]:
    """How numbers are spread."""
    ordered = sorted(numbers)
    late = ordered[int(0.95 * len(ordered))]
    return {"median": median(ordered), "p95": late, "most": ordered[-1], "sum": sum(ordered)}


def leiden_of(graph: NameGraph) -> Partition:
    """Hierarchical Leiden over the whole graph, edges sorted, one seed: for comparison."""
    ties = zip(graph.sources.tolist(), graph.targets.tolist(), graph.weights.tolist(), strict=True)
    edges = [(graph.keys[one], graph.keys[other], float(weight)) for one, other, weight in sorted(ties)]
    members: dict[int, set[str]] = {}
    for entry in hierarchical_leiden(edges, max_cluster_size=32, seed=19):
        if entry.is_final_cluster:
            members.setdefault(entry.cluster, set()).add(entry.node)
    return frozenset(map(frozenset, members.values()))


def names(count: int) -> None:
    """Prints the time to cluster a graph of chance: five ties a name, most of them near."""
    chance = random.Random(19)
    ties = {}
    for one in range(count):
        for _ in range(5):
            other = min(max(one + round(chance.gauss(0, 40)), 0), count - 1)
            other = other if chance.random() < 0.9 else chance.randrange(count)
            if one != other:
                ties[min(one, other), max(one, other)] = chance.randint(800, 8000)
    columns = np.array([(*pair, weight) for pair, weight in ties.items()], dtype=np.int64).T
    keys = tuple(f"name {number:07}" for number in range(count))
    graph = NameGraph(keys=keys, sources=columns[0], targets=columns[1], weights=columns[2])
    started = time.perf_counter()
    found = communities(graph, LEAST)
    seconds = round(time.perf_counter() - started, 2)
    print(json.dumps({"names": count, "ties": len(ties), "communities": len(found), "seconds": seconds}))


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("answers", "changes", "names", "all"), nargs="?", default="all")
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("--set", default="global/podcasts")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--mode", choices=("keyword", "hybrid"), default="keyword")
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=200)
    given = parser.parse_args()
    if given.what in {"names", "all"}:
        names(given.count)
    if given.what == "names":
        return
    corpus, questions = read_set(given.set)
    corpus = corpus[: given.documents]
    if given.what in {"answers", "all"}:
        with corpus_in(corpus, given.mode, given.store) as bench:
            answers(bench, questions[: given.questions], given.mode)
    if given.what in {"changes", "all"}:
        with corpus_in(corpus, "keyword", given.store, changing=True) as bench:
            changes(bench, corpus, given.changes)


if __name__ == "__main__":
    main()
