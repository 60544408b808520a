"""Measures retrieval on data sets: recall of documents over all questions and over both halves. Prints JSON.

python -m benchmarks.retrieval_quality multihop/musique chinese/cmrc --modes hybrid vector
python -m benchmarks.retrieval_quality multihop/musique multihop/twowiki --merge
python -m benchmarks.retrieval_quality multihop/musique --without bridge coverage  (each by itself switched off)
"""

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from statistics import mean, median

from benchmarks.workbench import (
    CachingEmbedder,
    IngestedCorpus,
    TitleBlind,
    ingested,
    recorded_extractor,
    shared_data,
)
from evals.dataset import CorpusDocument, Dataset, load_dataset
from evals.metrics import all_at, recall_at
from evals.scoring import DEPTHS
from graph.embedders.choosing import build_embedder
from graph.model import DEFAULT_WORKSPACE
from ingest.extraction.light_extractor import LightExtractor
from ingest.ports import Extractor
from retrieval.finding.search import PassageRetriever
from retrieval.finding.weights import WEIGHTS, Weights
from retrieval.model import Question

Row = tuple[bool, list[str], frozenset[str]]


TERMS = [term.name for term in fields(Weights) if term.type is float and term.name != "least_mass"]
"""Weights that can be switched off by themselves; the others are numbers of passages and the like."""


def measure(
    bench: IngestedCorpus, dataset: Dataset, mode: str, most: int, weights: Weights = WEIGHTS
) -> dict[str, object]:
    """The figures of one data set in one mode."""
    retriever = PassageRetriever(bench.embedder, weights)
    snapshot = bench.views.snapshot(DEFAULT_WORKSPACE)
    rows: list[Row] = []
    seconds: list[float] = []
    for query in [query for query in dataset.queries if query.id in dataset.qrels][:most]:
        question = Question(text=query.text, workspace=DEFAULT_WORKSPACE, mode=mode, k=60)  # type: ignore[arg-type]
        bench.embedder.embed_question(query.text)
        started = time.perf_counter()
        hits = retriever.search(retriever.read(question), snapshot)
        seconds.append(time.perf_counter() - started)
        ranking = list(dict.fromkeys(hit.document_id for hit in hits))
        rows.append((query.even, ranking, dataset.qrels[query.id]))
    halves = {
        "all": rows, "even (tuned on)": [row for row in rows if row[0]], "odd": [row for row in rows if not row[0]],
    }  # fmt: skip
    return {
        "dataset": dataset.name,
        "mode": mode,
        "questions": len(rows),
        **{name: _figures(half) for name, half in halves.items() if half},
        "search_ms_p50": round(1000 * median(seconds), 2),
    }


def _figures(rows: Sequence[Row]) -> dict[str, float]:
    figures = {f"recall@{k}": round(mean(recall_at(r, gold, k) for _, r, gold in rows), 4) for k in (1, *DEPTHS)}
    figures["all@5"] = round(mean(all_at(r, gold, 5) for _, r, gold in rows), 4)
    return figures


def _part(dataset: Dataset, most: int) -> Dataset:
    """The first documents of a data set, and the questions whose gold is all among them."""
    corpus = dataset.corpus[:most]
    held = {document.id for document in corpus}
    return replace(dataset, corpus=corpus, qrels={q: gold for q, gold in dataset.qrels.items() if gold.keys() <= held})


@contextmanager
def _extractor(arguments: argparse.Namespace, folder: Path) -> Iterator[Extractor]:
    if arguments.extraction == "recorded":
        with recorded_extractor(folder) as (extractor, _):
            yield extractor
        return
    yield TitleBlind(LightExtractor()) if arguments.hide_titles else LightExtractor()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", help="folders, or names below QUIPU_SHARED_DATA")
    parser.add_argument("--modes", nargs="+", default=["hybrid"])
    parser.add_argument("--extraction", choices=["rules", "recorded"], default="rules")
    parser.add_argument("--embedder", default="minilm", help="as QUIPU_EMBEDDER")
    parser.add_argument("--hide-titles", action="store_true", help="from the name rules")
    parser.add_argument("--merge", action="store_true", help="all corpora in one")
    parser.add_argument(
        "--without", nargs="+", default=[], choices=TERMS, metavar="TERM", help="once more without each of these terms"
    )
    parser.add_argument("--questions", type=int, default=100_000, help="at most so many of each set")
    parser.add_argument("--documents", type=int, default=1_000_000, help="at most so many, and questions on them alone")
    arguments = parser.parse_args()
    folders = [Path(name) if Path(name).is_dir() else shared_data() / name for name in arguments.sets]
    datasets = [_part(load_dataset(folder), arguments.documents) for folder in folders]
    embedder = CachingEmbedder(build_embedder(arguments.embedder))
    results: list[dict[str, object]] = []
    groups = [datasets] if arguments.merge else [[dataset] for dataset in datasets]
    for group, folder in zip(groups, folders, strict=False):
        corpus: dict[str, CorpusDocument] = {document.id: document for dataset in group for document in dataset.corpus}
        with (
            _extractor(arguments, folder) as extractor,
            ingested(list(corpus.values()), extractor, embedder) as bench,
        ):
            size = bench.views.snapshot(DEFAULT_WORKSPACE).size
            for dataset in group:
                for mode in arguments.modes:
                    for term in (None, *arguments.without):
                        weights = replace(WEIGHTS, **{term: 0.0}) if term else WEIGHTS
                        figures = measure(bench, dataset, mode, arguments.questions, weights)
                        results.append({"without": term, **figures, "documents": len(corpus), "chunks": size})
    settings = {"embedder": embedder.identity, "extraction": arguments.extraction, "hide_titles": arguments.hide_titles,
                "weights": asdict(WEIGHTS)}  # fmt: skip
    print(json.dumps({"settings": settings, "results": results}, indent=2))


if __name__ == "__main__":
    main()
