"""Names in different documents that are alike enough to be one thing, found without a call of a language model.

What is found is recorded as verdicts with their reason: it lives while both names do, can be undone, and is never found
again once a person has decided otherwise. It depends on what is live, not on the order it came in.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from graph.model import Verdict
from graph.ports.models import Embedder
from graph.ports.reading import AliasReader, ChangeReader
from graph.ports.writing import GraphMaintenance
from ingest.resolving.similar_names import ALIKE, NamedThing, blocks, is_person, likeness, same_thing, types_agree

MAX_BLOCK = 30
"""Names that share a key are compared, unless more than this share it: then the key says nothing."""


class MergingStore(ChangeReader, AliasReader, GraphMaintenance, Protocol):
    """A store whose names can be read and merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeReport:
    """What a pass did: names seen, pairs of them compared, merged now, and where that can be read."""

    names: int
    compared: int
    merged: int
    revision: int


@dataclass(frozen=True, slots=True)
class _Name:
    name: str
    type: str


def merge_alike(store: MergingStore, embedder: Embedder, workspace: str) -> MergeReport:
    """One pass over the names of a workspace."""
    revision = store.revision(workspace)
    names = _names(store, workspace, revision)
    decided = {(verdict.first_id, verdict.second_id) for verdict in store.verdicts(workspace, revision)}
    compared = sorted(set(_pairs(names)) - decided)
    alike = [pair for pair in compared if _alike(names[pair[0]], names[pair[1]])]
    verdicts = list(_verdicts(alike, names, embedder))
    if verdicts:
        revision = store.decide(workspace, verdicts)
    return MergeReport(names=len(names), compared=len(compared), merged=len(verdicts), revision=revision)


def _names(store: MergingStore, workspace: str, revision: int) -> dict[str, _Name]:
    """Entity id → most frequent literal and type of what may be a name."""
    literals: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for row in store.rows(workspace, revision):
        for mention in row.mentions:
            if mention.is_name:
                literals[mention.entity_id][mention.name, mention.type] += 1
    return {
        entity: _Name(*min(counts, key=lambda pair: (-counts[pair], pair))) for entity, counts in literals.items()
    }  # fmt: skip


def _pairs(names: Mapping[str, _Name]) -> Iterator[tuple[str, str]]:
    shared: defaultdict[str, list[str]] = defaultdict(list)
    for entity, name in names.items():
        for key in set(blocks(name.name)):
            shared[key].append(entity)
    for entities in shared.values():
        if len(entities) <= MAX_BLOCK:
            yield from combinations(sorted(entities), 2)


def _alike(one: _Name, other: _Name) -> bool:
    person = is_person(one.type) or is_person(other.type)
    return types_agree(one.type, other.type) and likeness(one.name, other.name, person=person) >= ALIKE


def _verdicts(
    pairs: list[tuple[str, str]], names: Mapping[str, _Name], embedder: Embedder
) -> Iterator[Verdict]:  # fmt: skip
    entities = sorted({entity for pair in pairs for entity in pair})
    if not entities:
        return
    vectors = embedder.embed_passages([names[entity].name for entity in entities])
    things = {
        entity: NamedThing(name=names[entity].name, type=names[entity].type, vector=vector)
        for entity, vector in zip(entities, vectors, strict=True)
    }
    for first, second in pairs:
        score = same_thing(things[first], things[second])
        if score is not None:
            yield Verdict(first_id=first, second_id=second, same=True, reason=f"alike names ({score:.2f})")
