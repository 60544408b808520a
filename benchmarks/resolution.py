"""Measures how well names are resolved to entities. Prints JSON.

    python -m benchmarks.resolution magellan    pairs of records, by their names alone
    python -m benchmarks.resolution redocred    pairs of names within one page

``magellan``: a pair counts as one entity where the service would merge two entities of these names. Prices, makers and
addresses are not compared, so a difference in these alone is missed. ``redocred``: the service resolves
the entities of a page as a model that finds every mention would give them (names and types of the gold, without dates
and numbers). For each pair of different names of a page the figures compare whether they mean one entity by the gold
and by the service. ``renamed`` leaves out pairs that normalisation alone decides.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.workbench import CachingEmbedder, shared_data
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.identity import entity_id
from graph.text.names import norm
from ingest.extraction.answer_parser import ModelAnswer, ModelEntity
from ingest.extraction.grounding import add_names, ground
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.sentences import split_sentences
from ingest.model import ChunkText, Extraction
from ingest.model_reading import ExtractionSchema
from ingest.resolving.resolution import resolve
from ingest.resolving.similar_names import ALIKE, NamedThing, likeness, same_thing

NAMES = {
    "abt-buy": "name", "amazon-google": "title", "beer": "Beer_Name", "dblp-acm": "title", "fodors-zagats": "name",
    "walmart-amazon": "title",
}  # fmt: skip
TYPES = {"PER": "person", "ORG": "organization", "LOC": "place", "MISC": "other"}
WORKSPACE = "w"


def magellan() -> dict[str, object]:
    """The decisions on pairs of records."""
    embedder = CachingEmbedder(SentenceEmbedder())
    counts = {domain: [0, 0, 0, 0] for domain in [*NAMES, "all"]}
    for row in _rows(shared_data() / "resolution" / "magellan" / "pairs.jsonl"):
        names = [str(row[side].get(NAMES[row["domain"]], "")).strip(" '`") for side in ("left", "right")]
        merged = _merged(names, embedder)
        for domain in (row["domain"], "all"):
            _count(counts[domain], merged=merged, same=bool(row["match"]))
    return {domain: _figures(count) for domain, count in counts.items()}


def _merged(names: list[str], embedder: CachingEmbedder) -> bool:
    if norm(names[0]) == norm(names[1]):
        return bool(norm(names[0]))
    if likeness(*names) < ALIKE:
        return False
    first, second = (NamedThing(name=n, type="", vector=embedder.embed_question(n)) for n in names)
    return same_thing(first, second) is not None


def redocred() -> dict[str, object]:
    """The decisions on pairs of names of a page."""
    folder = shared_data() / "extraction" / "redocred"
    gold = {row["_id"]: row["entities"] for row in _rows(folder / "gold.jsonl")}
    embedder = CachingEmbedder(SentenceEmbedder())
    every, renamed = [0, 0, 0, 0], [0, 0, 0, 0]
    for page in _rows(folder / "corpus.jsonl"):
        entities = [entity for entity in gold[page["_id"]] if entity["type"] in TYPES]
        thing_of = _things(page, entities)
        names = [(name, n, e["type"]) for n, e in enumerate(entities) for name in dict.fromkeys(e["mentions"])]
        for one, other in combinations(names, 2):
            first, second = (thing_of.get(norm(name[0]), norm(name[0])) for name in (one, other))
            merged = first == second or _alike(one, other, embedder)
            _count(every, merged=merged, same=one[1] == other[1])
            if norm(one[0]) != norm(other[0]):
                _count(renamed, merged=merged, same=one[1] == other[1])
    return {"pages": len(gold), "all": _figures(every), "renamed": _figures(renamed)}


def _alike(one: tuple[str, int, str], other: tuple[str, int, str], embedder: CachingEmbedder) -> bool:
    if one[2] != other[2] or likeness(one[0], other[0], person=one[2] == "PER") < ALIKE:
        return False
    first, second = (
        NamedThing(name=n[0], type=TYPES[n[2]], vector=embedder.embed_question(n[0])) for n in (one, other)
    )
    return same_thing(first, second) is not None


def _things(page: dict[str, Any], entities: list[dict[str, Any]]) -> dict[str, str]:
    """Maps each normalised name to the entity it means, as the service resolves the whole page."""
    text = page["text"]
    chunk = ChunkText(start=0, end=len(text), text=text, headings=(), page=None, sentences=tuple(split_sentences(text)))
    answer = ModelAnswer(
        entities=tuple(
            ModelEntity(name=name, type=TYPES[entity["type"]]) for entity in entities for name in entity["mentions"]
        ),
        relations=(),
        understood=True,
    )
    rules = LightExtractor().read(page["title"], chunk)
    names, _ = add_names(rules.names, ground(answer, chunk, page["title"], ExtractionSchema()), "gold")
    extraction = Extraction(extractor="gold", names=names, relations=(), aliases=rules.aliases)
    mentions, _, aliases = resolve(WORKSPACE, page["title"], "chunk", extraction)
    root = {mention.entity_id: mention.entity_id for mention in mentions}
    for alias in aliases:
        joined = root[alias.first_id], root[alias.second_id]
        root = {entity: min(joined) if thing in joined else thing for entity, thing in root.items()}
    return {mention.key: root.get(mention.entity_id, entity_id(WORKSPACE, mention.key)) for mention in mentions}


def _count(counts: list[int], *, merged: bool, same: bool) -> None:
    for place, happened in enumerate((merged and same, merged, same, True)):
        counts[place] += happened


def _figures(counts: list[int]) -> dict[str, float]:
    right, merged, same, pairs = counts
    precision, recall = right / max(merged, 1), right / max(same, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {
        "pairs": pairs, "same": same, "merged": merged, "precision": round(precision, 3), "recall": round(recall, 3),
        "f1": round(f1, 3),
    }  # fmt: skip


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["magellan", "redocred"])
    found = magellan() if parser.parse_args().what == "magellan" else redocred()
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
