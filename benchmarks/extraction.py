"""Measures how extraction is asked for, read and filtered, on recorded answers of real models. Prints JSON.

    python -m benchmarks.extraction cost         calls and prompt tokens per passage, through the real path
    python -m benchmarks.extraction parsing      literal answers of real models, read by the tolerant parser
    python -m benchmarks.extraction filtering    LLaMA-3-8B's triples against gold, filtered and not
    python -m benchmarks.extraction rules        relations by rule against the gold of redocred, by pairs of names
    python -m benchmarks.extraction sample       relations by rule with their sentences, to be read by people

Filtering is measured by exact triples, case and punctuation folded, against ``gold.jsonl``. Each sentence is a chunk of
its own, and the relations and concepts of its ontology are the schema. The sentences come without the title of their
page, though half of them rely on it ("The film was directed by …"). The subject that the model names most often without
its being in the sentence stands in for the title. ``without_titles`` gives the figures without that stand-in.
"""

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.workbench import CachingEmbedder, ingested, recorded_extractor, shared_data
from evals.dataset import load_dataset
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.text.names import norm
from ingest.chunking import split_document
from ingest.extraction.answer_parser import ModelAnswer, parse_answer
from ingest.extraction.grounding import ground, total
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.sentences import split_sentences
from ingest.model import ChunkText, LoadedDocument, Section
from ingest.model_reading import ExtractionSchema

LITERAL = (
    "extraction/llama3_tekgen/extractions-vicuna-13b.jsonl",
    "extraction/llama3_tekgen/extractions-alpaca-lora-13b.jsonl",
    "extraction/llama31_raw/extractions.jsonl",
)
Triple = tuple[str, str, str]


def cost(name: str) -> dict[str, object]:
    """Ingest a data set with its recorded extraction, over HTTP, and count what the model server received."""
    from llama_index.core.utils import get_tokenizer

    count = get_tokenizer()
    folder = shared_data() / name
    corpus = load_dataset(folder).corpus
    with (
        recorded_extractor(folder) as (extractor, asked),
        ingested(corpus, extractor, CachingEmbedder(SentenceEmbedder())) as bench,
    ):
        counts = bench.store.counts("default", bench.store.revision("default"))
        prefixes = Counter(one.system for one in asked)
        prefix = len(count(prefixes.most_common(1)[0][0]))
        prompts = [len(count(one.system)) + len(count(one.user)) for one in asked]
    return {
        "set": name, "passages": len(corpus), "chunks": counts.chunks, "calls": len(asked),
        "calls_per_chunk": round(len(asked) / counts.chunks, 3),
        "calls_per_passage": round(len(asked) / len(corpus), 3),
        "prompt_tokens_per_passage": round(sum(prompts) / len(corpus), 1),
        "prompt_tokens_per_call": round(sum(prompts) / len(prompts), 1), "shared_prefix_tokens": prefix,
        "shared_share": round(prefix * len(prompts) / sum(prompts), 3), "distinct_prefixes": len(prefixes),
        "entities": counts.entities, "relations": counts.relations,
    }  # fmt: skip


def parsing() -> list[dict[str, object]]:
    """The share of answers we find a triple in, among the literal answers in which the data's own parser found one."""
    results: list[dict[str, object]] = []
    for name in LITERAL:
        holding, read = 0, 0
        for row in _rows(shared_data() / name):
            raw = row.get("raw") or []
            answers = [parse_answer(text) for text in ([raw] if isinstance(raw, str) else raw)]
            if raw and row.get("relations"):
                holding += 1
                read += any(answer.relations for answer in answers)
        results.append({"answers": name, "with_a_triple": holding, "read": read, "share": round(read / holding, 4)})
    return results


def filtering(answers: str) -> dict[str, object]:
    """Precision and recall of recorded triples, before and after they are compared with sentence and ontology."""
    folder = shared_data() / "extraction" / "llama3_tekgen"
    corpus = {row["_id"]: row for row in _rows(folder / "corpus.jsonl")}
    gold = {row["_id"]: _triples(row) for row in _rows(folder / "gold.jsonl")}
    said = {row["_id"]: row.get("relations", []) for row in _rows(folder / answers)}
    schemas = {
        row["_id"]: ExtractionSchema(
            entity_types=tuple(row["concepts"]), relation_types=tuple(each["name"] for each in row["relations"])
        )
        for row in _rows(folder / "ontology.jsonl")
    }
    rejected: list[dict[str, int]] = []

    def kept(identity: str, *, titled: bool) -> set[Triple]:
        row = corpus[identity]
        chunk, answer = _chunk(row["text"]), _answer(said[identity])
        title = _subject(answer, row["text"]) if titled else ""
        found = ground(answer, chunk, title, schemas[row["metadata"]["ontology"]])
        if titled:
            rejected.append(found.rejected)
        names = found.names
        return {_fold(names[r.source].name, r.predicate, names[r.target].name) for r in found.relations}

    before = _against(gold, {i: _triples({"relations": relations}) for i, relations in said.items()})
    after = _against(gold, {i: kept(i, titled=True) for i in said})
    return {
        "answers": answers, "sentences": len(said), "unfiltered": before, "filtered": after,
        "without_titles": _against(gold, {i: kept(i, titled=False) for i in said}),
        "precision_gain": round(after["precision"] - before["precision"], 3),
        "recall_loss": round(before["recall"] - after["recall"], 3), "rejected": total(rejected),
    }  # fmt: skip


def rules() -> dict[str, object]:
    """Pairs of names that relations by rule join, among the names that gold knows on the page."""
    folder = shared_data() / "extraction" / "redocred"
    gold = {row["_id"]: row for row in _rows(folder / "gold.jsonl")}
    found: dict[str, set[Triple]] = {}
    wanted: dict[str, set[Triple]] = {}
    for page in _rows(folder / "corpus.jsonl"):
        known = gold[page["_id"]]
        number = {
            norm(mention): str(place)
            for place, entity in reversed(list(enumerate(known["entities"]))) for mention in entity["mentions"]
        }  # fmt: skip
        wanted[page["_id"]] = {(str(one["head"]), "", str(one["tail"])) for one in known["relations"]}
        ends = [(number.get(norm(one[0])), number.get(norm(one[2]))) for one in _stated(page["title"], page["text"])]
        found[page["_id"]] = {(first, "", last) for first, last in ends if first and last and first != last}
    return {
        "pages": len(found), "pairs": _against(_unordered(wanted), _unordered(found)),
        "with_direction": _against(wanted, found),
    }  # fmt: skip


def sample(name: str, count: int = 200, seed: int = 15) -> list[str]:
    """Relations drawn at random, each with the text that it rests on."""
    pages = _rows(shared_data() / name / "corpus.jsonl")
    told = [
        f"{one[3]} ## {one[0]} – {one[1]} → {one[2]}" for page in pages for one in _stated(page["title"], page["text"])
    ]
    return random.Random(seed).sample(told, count)


def _stated(title: str, text: str) -> Iterator[tuple[str, str, str, str]]:
    for chunk in split_document(LoadedDocument(text=text, sections=(Section(start=0, end=len(text)),))):
        read = LightExtractor().read(title, chunk)
        for one in read.relations:
            ends = read.names[one.source].name, read.names[one.target].name
            yield ends[0], one.predicate, ends[1], chunk.text[one.start : one.end]


def _unordered(pairs: dict[str, set[Triple]]) -> dict[str, set[Triple]]:
    return {page: {(min(a, b), "", max(a, b)) for a, _, b in found} for page, found in pairs.items()}


def _against(gold: dict[str, set[Triple]], found: dict[str, set[Triple]]) -> dict[str, Any]:
    hits = sum(len(gold[identity] & triples) for identity, triples in found.items())
    proposed = sum(map(len, found.values()))
    wanted = sum(len(gold[identity]) for identity in found)
    return {"precision": round(hits / proposed, 3), "recall": round(hits / wanted, 3), "proposed": proposed}


def _subject(answer: ModelAnswer, text: str) -> str:
    held = f" {_folded(text)} "
    absent = Counter(r.source for r in answer.relations if f" {_folded(r.source)} " not in held)
    return min(absent, key=lambda name: (-absent[name], name), default="")


def _answer(relations: list[dict[str, str]]) -> ModelAnswer:
    """The triples as our parser reads them; it removes underscores and stray commas of the recording."""
    return parse_answer(json.dumps({"relations": relations}))


def _chunk(text: str) -> ChunkText:
    return ChunkText(start=0, end=len(text), text=text, headings=(), page=None, sentences=tuple(split_sentences(text)))


def _triples(row: dict[str, Any]) -> set[Triple]:
    return {_fold(one["source"], one["relation"], one["target"]) for one in row.get("relations", [])}


def _fold(source: str, relation: str, target: str) -> Triple:
    return _folded(source), _folded(relation), _folded(target)


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["cost", "parsing", "filtering", "rules", "sample"])
    parser.add_argument("--set", default="multihop/musique", help="whose recorded extraction is replayed")
    parser.add_argument("--answers", default="extractions.jsonl", help="of extraction/llama3_tekgen")
    arguments = parser.parse_args()
    work: dict[str, Callable[[], object]] = {
        "cost": lambda: cost(arguments.set), "parsing": parsing, "filtering": lambda: filtering(arguments.answers),
        "rules": rules, "sample": lambda: sample(arguments.set),
    }  # fmt: skip
    sys.stdout.write(json.dumps(work[arguments.what](), indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
