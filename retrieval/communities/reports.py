"""Reports on communities by rule: their central names, and the sentences that cover most of what is said there.

What is kept is where the sentences stand, by the passages that they were chosen from. A report is put together from
the passages as the snapshot has them, so that it cannot say what is gone.
"""

import re
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log

import numpy as np
from numpy.typing import NDArray

from graph.model import PlacedChunk
from graph.text.held_names import holds_name
from graph.view.snapshot import Snapshot
from retrieval.answer import Claim
from retrieval.communities.model import Community, Report
from retrieval.communities.sentences import Said, repeats, telling_sentences
from retrieval.communities.weights import REPORT_LIMITS as LIMITS
from retrieval.model import Evidence, Hit, PathStep, Why

KEPT = 5_000
"""Reports whose sentences are kept, of all workspaces together."""

_SAID = re.compile(r"[.,;:!?。，；：！？…]$")
"""How a name ends that is something said: quoted sentences are names as well, and stand for no community."""

_Key = tuple[str, str, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sketch:
    """Where the sentences of a report stand: chunk, start and end in it; and the labels."""

    labels: tuple[str, ...]
    sentences: tuple[tuple[str, int, int], ...]


class ReportsByRule:
    """Reports, made when they are first asked for. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, _Sketch] = OrderedDict()
        self._forgotten = 0
        self.made = 0
        """Reports made so far."""

    def of(self, community: Community, snapshot: Snapshot, allowed: NDArray[np.bool_], seen: str = "") -> Report:
        """The report on what a snapshot has of a community, in ``allowed`` rows; without claims where that is nothing.

        ``seen``: that of the snapshot's communities. What was made of everything is never shown to who sees a part.

        Raises DependencyError where the store cannot be read.
        """
        evidence = passages_of(community, snapshot, allowed)
        key = (snapshot.workspace, community.id, seen, tuple(item.placed.chunk.id for item in evidence))
        with self._lock:
            sketch, forgotten = self._kept.get(key), self._forgotten
        if sketch is None:
            sketch = _sketched(community, evidence, snapshot)
            self._keep(key, sketch, forgotten)
        by_chunk = {item.placed.chunk.id: item for item in evidence}
        claims = tuple(_quoted(by_chunk[chunk], start, end) for chunk, start, end in sketch.sentences)
        return Report(community=community, labels=sketch.labels, evidence=evidence, claims=claims)

    def forget(self, workspace: str) -> None:
        """Let go of all that is kept of a workspace."""
        with self._lock:
            self._forgotten += 1
            for key in [key for key in self._kept if key[0] == workspace]:
                del self._kept[key]

    def _keep(self, key: _Key, sketch: _Sketch, forgotten: int) -> None:
        """Keep a report, unless something was purged since it was begun."""
        with self._lock:
            self.made += 1
            if forgotten == self._forgotten:
                self._kept[key] = sketch
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def passages_of(community: Community, snapshot: Snapshot, allowed: NDArray[np.bool_]) -> tuple[Evidence, ...]:
    """The passages that are most about a community and may be used, with markers from 1, within a budget."""
    usable = (row for chunk in community.chunk_ids if (row := snapshot.row(chunk)) is not None and allowed[row])
    rows = list(_spread(list(islice(usable, 8 * LIMITS.passages)), snapshot))
    placed = snapshot.chunks(rows)
    found: list[Evidence] = []
    characters = 0
    for row in rows:
        if row in placed:
            characters += len(placed[row].chunk.text)
            if found and characters > LIMITS.characters:
                break
            found.append(as_evidence(len(found) + 1, placed[row], community))
    return tuple(found)


def _spread(rows: Sequence[int], snapshot: Snapshot) -> Iterator[int]:
    """At most as many as a report rests on: the first of each document before any second."""
    turns: dict[str, int] = {}
    turned = []
    for order, (row, (document, _)) in enumerate(zip(rows, snapshot.sources(rows), strict=True)):
        turns[document] = turns.get(document, 0) + 1
        turned.append((turns[document], order, row))
    for _, _, row in sorted(turned)[: LIMITS.passages]:
        yield row


def as_evidence(marker: int, placed: PlacedChunk, community: Community) -> Evidence:
    """A passage that was found by way of a community, which its first name stands for."""
    names = tuple(PathStep(kind="entity", id=name, label=name) for name in community.names[:1])
    path = (*names, PathStep(kind="chunk", id=placed.chunk.id, label=placed.document.title))
    why = Why(retriever="graph", path=path)
    hit = Hit(chunk_id=placed.chunk.id, document_id=placed.document.id, rank=marker, score=0.0, why=why)
    return Evidence(marker=marker, hit=hit, placed=placed)


def _sketched(community: Community, evidence: Sequence[Evidence], snapshot: Snapshot) -> _Sketch:
    labels = tuple(labels_of(community, evidence, snapshot))
    said = [one for item in evidence for one in telling_sentences(item)]
    chosen = [(one.item.placed.chunk.id, one.start, one.end) for one in _covering(said, snapshot)]
    return _Sketch(labels=labels, sentences=tuple(chosen))


def labels_of(community: Community, evidence: Sequence[Evidence], snapshot: Snapshot) -> Iterator[str]:
    """Its central names as the passages write them; no name that is a part of another one, nor one that has it."""
    names = community.names[: LIMITS.names]
    numbers = snapshot.name_numbers(names)
    rows = [row for item in evidence if (row := snapshot.row(item.placed.chunk.id)) is not None]
    held = [(row, set(snapshot.row_names(row)[0].tolist())) for row in rows]
    taken: list[str] = []
    for key in names:
        row = next((row for row, there in held if numbers.get(key) in there), None)
        if row is None or any(holds_name(other, key) or holds_name(key, other) for other in taken):
            continue
        label = snapshot.name_label(numbers[key], row)
        if len(key.split()) > LIMITS.label_words or _SAID.search(label):
            continue
        taken.append(key)
        yield label
        if len(taken) == LIMITS.labels:
            return


def _covering(said: Sequence[Said], snapshot: Snapshot) -> Iterator[Said]:
    """Sentences that say most of what the passages say more than once: greedily, what is not said yet counting.

    A stem weighs by the passages that hold it here and by how rare it is elsewhere. A long sentence has to say more.
    """
    there = Counter(stem for stems in _by_passage(said).values() for stem in stems)
    weights: Mapping[str, float] = {
        stem: log(times) * snapshot.stem_idf(stem) for stem, times in there.items() if times > 1
    }
    left, used = list(said), Counter[str]()
    covered: set[str] = set()
    taken: list[frozenset[str]] = []
    while left and len(taken) < LIMITS.sentences:
        best = max(left, key=lambda one: (_gain(one, weights, covered), -one.item.marker, -one.start))
        left = [one for one in left if one is not best]
        document = best.item.placed.document.id
        if used[document] == LIMITS.of_document or repeats(best.stems, taken):
            continue
        used[document] += 1
        covered |= best.stems
        taken.append(best.stems)
        yield best


def _by_passage(said: Sequence[Said]) -> Mapping[str, set[str]]:
    held: dict[str, set[str]] = {}
    for one in said:
        held.setdefault(one.item.placed.chunk.id, set()).update(one.stems)
    return held


def _gain(one: Said, weights: Mapping[str, float], covered: "set[str]") -> float:
    return sum(weights.get(stem, 0.0) for stem in sorted(one.stems - covered)) / (8 + len(one.stems))


def _quoted(item: Evidence, start: int, end: int) -> Claim:
    text = item.placed.chunk.text[start:end]
    return Claim(text=" ".join(text.split()), quotes=((item.marker, text),))
