"""Questions about a whole collection: ``global`` beside ``hybrid``, and what a change costs. Prints JSON.

python -m benchmarks.global_questions answers [--set global/podcasts] [--mode hybrid] [--questions 40] [--cosine]
python -m benchmarks.global_questions changes [--documents 300] [--changes 200] [--asked]
python -m benchmarks.global_questions names 20000

``answers``: sentences, distinct documents and communities that are cited, for ``global``, for ``hybrid`` as it answers,
and for ``hybrid`` let say as many sentences; with ``--cosine`` the mean cosine of all pairs of sentences of an answer
by MiniLM. ``changes``: communities and regions made anew by a change of one document, and how many communities have
other names, here and by Leiden over the whole graph; with ``--asked`` a question after each change, and whether its
citations are of live texts. ``names``: seconds to cluster a graph of so many names. Passages are found by keywords
unless ``--mode`` says otherwise.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from statistics import mean, median

import anyio
import numpy as np
from graspologic_native import leiden

from benchmarks.workbench import CachingEmbedder, IngestedCorpus, hashing_embedder, ingested, shared_data
from evals.dataset import CorpusDocument
from graph.algorithms.communities import SEED, NameGraph, communities, regions
from graph.audience import UNRESTRICTED
from graph.embedders.choosing import build_embedder
from graph.model import DEFAULT_WORKSPACE
from graph.ports.models import Embedder
from ingest.extraction.light_extractor import LightExtractor
from retrieval.answer import Answer
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.answering.weights import ANSWER_WEIGHTS
from retrieval.communities.co_mentions import co_mentions
from retrieval.communities.mode import GlobalMode
from retrieval.communities.model import Communities
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question
from retrieval.modes import SearchMode
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnsweringMode

EVERYTHING = "What is all this about?"
Partition = frozenset[frozenset[str]]


@contextmanager
def corpus_in(dataset: Sequence[CorpusDocument], mode: SearchMode) -> Iterator[IngestedCorpus]:
    """The documents in a store; by keywords, vectors are of no account and made of hashes."""
    embedder = hashing_embedder() if mode == "keyword" else build_embedder("minilm", offline=True)
    with ingested(dataset, LightExtractor(), CachingEmbedder(embedder)) as bench:
        yield bench


def asking(bench: IngestedCorpus, sentences: int = ANSWER_WEIGHTS.sentences) -> tuple[QuestionPipeline, GlobalMode]:
    """Hybrid that says at most so many sentences, and the mode over it; both by rule."""
    limiter = anyio.CapacityLimiter(2)
    pipeline = QuestionPipeline(
        views=bench.views, retriever=PassageRetriever(bench.embedder), limiter=limiter,
        generator=ExtractiveGenerator(replace(ANSWER_WEIGHTS, sentences=sentences, least=-10.0)
                                      if sentences > ANSWER_WEIGHTS.sentences else ANSWER_WEIGHTS),
    )  # fmt: skip
    return pipeline, GlobalMode(pipeline, bench.views, limiter)


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


def answers(bench: IngestedCorpus, questions: Sequence[str], mode: SearchMode, *, cosine: bool) -> None:
    """Prints the figures of each way to answer, over the same questions."""
    plain, whole = asking(bench)
    made = anyio.run(whole.communities, bench.views.snapshot(DEFAULT_WORKSPACE))
    ways: dict[str, list[Answer]] = {"global": [], "hybrid": [], "hybrid, as many sentences": []}
    for text in questions:
        asked = Question(text=text, workspace=DEFAULT_WORKSPACE, mode="global", search_mode=mode, audience=UNRESTRICTED)
        found = anyio.run(answer_of, whole, asked)
        ways["global"].append(found)
        ways["hybrid"].append(anyio.run(answer_of, plain, replace(asked, mode=mode)))
        wider, _ = asking(bench, max(len(found.citations), 1))
        ways["hybrid, as many sentences"].append(anyio.run(answer_of, wider, replace(asked, mode=mode)))
    embedder = CachingEmbedder(build_embedder("minilm", offline=True)) if cosine else None
    for way, given in ways.items():
        print(json.dumps({"way": way, "questions": len(given), **figures(given, made.of_chunk, embedder)}))


def figures(given: Sequence[Answer], of_chunk: "dict[str, int]", embedder: Embedder | None) -> dict[str, object]:
    """Means over the answers that say something."""
    said = [answer for answer in given if answer.citations]
    pairs = [pair for answer in said if embedder for pair in _cosines([c.quote for c in answer.citations], embedder)]
    return {
        "answered": len(said),
        "sentences": round(mean(len(answer.citations) for answer in said), 2),
        "documents": round(mean(len({one.document_id for one in answer.citations}) for answer in said), 2),
        "communities": round(mean(len({of_chunk.get(one.chunk_id, -1) for one in a.citations}) for a in said), 2),
        "dropped_sentences": sum(answer.dropped_sentences for answer in given),
        "mean_cosine": round(mean(pairs), 3) if pairs else None,
        "seconds_p50": round(median(sum(step.seconds for step in answer.steps) for answer in given), 2),
    }


def _cosines(sentences: Sequence[str], embedder: Embedder) -> Iterator[float]:
    vectors = embedder.embed_passages(list(sentences))
    for one, other in zip(*np.triu_indices(len(sentences), 1), strict=True):
        yield float(vectors[one] @ vectors[other])


def changes(bench: IngestedCorpus, corpus: Sequence[CorpusDocument], count: int, *, asked: bool) -> None:
    """Prints what random changes of one document each make anew; texts come from other documents, cut by chance."""
    chance = random.Random(19)
    _, whole = asking(bench)
    texts = {document.id: document.text for document in corpus}
    rows: list[tuple[int, int, int, int, int]] = []
    stale = 0
    before = anyio.run(whole.communities, bench.views.snapshot(DEFAULT_WORKSPACE))
    flat = leiden_of(bench)
    for number in range(2, count + 2):
        document = chance.choice(corpus)
        text = texts[document.id] + " " + chance.choice(corpus).text[: chance.randint(200, 1500)]
        texts[document.id] = text if chance.random() < 0.7 else text[: chance.randint(100, len(text))]
        bench.put(CorpusDocument(id=document.id, title=document.title, text=texts[document.id]), number)
        after = anyio.run(whole.communities, bench.views.snapshot(DEFAULT_WORKSPACE))
        known, fresh = {one.id for one in before.all}, leiden_of(bench)
        rows.append((sum(one.id not in known for one in after.all), len(after.all), after.clustered, len(fresh - flat),
                     len(_named(after) - _named(before))))  # fmt: skip
        before, flat = after, fresh
        if asked:
            question = Question(text=EVERYTHING, workspace=DEFAULT_WORKSPACE, mode="global", search_mode="keyword")
            told = anyio.run(answer_of, whole, replace(question, audience=UNRESTRICTED))
            stale += sum(one.quote not in texts[one.document_id] for one in told.citations)
    made, of, clustered, moved, renamed = (list(column) for column in zip(*rows, strict=True))
    print(json.dumps({
        "changes": count, "communities": of[-1], "regions": before.regions,
        "communities made anew, median and most": (median(made), max(made)),
        "regions clustered anew, median and most": (median(clustered), max(clustered)),
        "of which with other names, median and most": (median(renamed), max(renamed)),
        "communities that Leiden over all would change, median and most": (median(moved), max(moved)),
        "citations of what is gone": stale if asked else None, "reports made": whole.made["rule"],
    }))  # fmt: skip


def _named(found: Communities) -> Partition:
    return frozenset(frozenset(one.names) for one in found.all)


def leiden_of(bench: IngestedCorpus) -> Partition:
    """Leiden over the whole graph, edges sorted, one seed: for comparison."""
    graph = co_mentions(bench.views.snapshot(DEFAULT_WORKSPACE)).graph
    ties = zip(graph.sources.tolist(), graph.targets.tolist(), graph.weights.tolist(), strict=True)
    _, found = leiden([(graph.keys[one], graph.keys[other], float(w)) for one, other, w in sorted(ties)], seed=SEED)
    members: dict[int, set[str]] = {}
    for name, number in found.items():
        members.setdefault(number, set()).add(name)
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
                ties[min(one, other), max(one, other)] = chance.randint(50, 500)
    columns = np.array([(*pair, weight) for pair, weight in ties.items()], dtype=np.int64).T
    keys = tuple(f"name {number:07}" for number in range(count))
    graph = NameGraph(keys=keys, sources=columns[0], targets=columns[1], weights=columns[2])
    started = time.perf_counter()
    found = [communities(region) for region in regions(graph)]
    seconds = round(time.perf_counter() - started, 2)
    print(json.dumps({"names": count, "ties": len(ties), "regions": len(found), "communities": sum(map(len, found)),
                      "seconds": seconds}))  # fmt: skip


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("answers", "changes", "names"))
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("--set", default="global/podcasts")
    parser.add_argument("--mode", choices=("keyword", "hybrid"), default="keyword")
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--cosine", action="store_true")
    parser.add_argument("--asked", action="store_true")
    given = parser.parse_args()
    if given.what == "names":
        names(given.count)
        return
    corpus, questions = read_set(given.set)
    corpus = corpus[: given.documents]
    with corpus_in(corpus, given.mode) as bench:
        if given.what == "answers":
            answers(bench, questions[: given.questions], given.mode, cosine=given.cosine)
        else:
            changes(bench, corpus, given.changes, asked=given.asked)


if __name__ == "__main__":
    main()
