"""Measures questions in another language than the documents that answer them, by both embedders. Prints JSON.

python -m benchmarks.across_languages

One knowledge base holds 48 documents of ``chinese/cmrc`` and 48 of ``multihop/hotpotqa``. The questions on the Chinese
ones are English and the other way round, twenty each (``across_languages.tsv``: id of the document, question), written
by a founder for this, since the shared data hold none; a hundred of ``cmrc``'s own on its documents stand beside them.
"""

import json
from dataclasses import replace
from pathlib import Path

from benchmarks.retrieval_quality import measure
from benchmarks.workbench import CachingEmbedder, ingested, shared_data
from evals.dataset import CorpusDocument, Dataset, Query, load_dataset
from graph.embedders.choosing import build_embedder
from ingest.extraction.light_extractor import LightExtractor

DOCUMENTS, QUESTIONS = 48, 100
WRITTEN = Path(__file__).with_suffix(".tsv")


def _part(name: str, wanted: set[str]) -> tuple[CorpusDocument, ...]:
    """The documents that are asked about, and the first of the others."""
    corpus = load_dataset(shared_data() / name).corpus
    asked = [document for document in corpus if document.id in wanted]
    return (*asked, *[document for document in corpus if document.id not in wanted][: DOCUMENTS - len(asked)])


def _set(name: str, written: dict[str, str], corpus: tuple[CorpusDocument, ...]) -> Dataset:
    held = {document.id for document in corpus}
    queries = tuple(
        Query(id=gold, text=text, answers=(), answerable=True, hops=None, steps=(), passages={})
        for gold, text in written.items()
        if gold in held
    )
    return Dataset(name=name, corpus=corpus, queries=queries, qrels={one.id: {one.id: 1} for one in queries}, digest="")


def main() -> None:
    """Measure and print."""
    lines = (line.split("\t") for line in WRITTEN.read_text(encoding="utf-8").splitlines())
    written = {gold: text for gold, text in lines}
    chinese, english = (_part(name, set(written)) for name in ("chinese/cmrc", "multihop/hotpotqa"))
    own = replace(load_dataset(shared_data() / "chinese/cmrc"), name="Chinese on Chinese")
    held = {document.id for document in chinese}
    own = replace(own, qrels={query: gold for query, gold in own.qrels.items() if gold.keys() <= held})
    sets = [own, _set("English on Chinese", written, chinese), _set("Chinese on English", written, english)]
    found = []
    for name in ("minilm", "e5"):
        embedder = CachingEmbedder(build_embedder(name))
        with ingested([*chinese, *english], LightExtractor(), embedder) as bench:
            found += [
                {"embedder": embedder.identity, **measure(bench, one, mode, QUESTIONS)}
                for one in sets
                for mode in ("hybrid", "vector")
            ]
    print(json.dumps(found, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
