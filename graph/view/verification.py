"""Whether what is derived agrees with the store: the resident view with one built anew, passages with their texts.

Online: both are read at one revision, while writers and readers go on. It costs what starting the service costs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.errors import NotFoundError
from graph.model import RowArray
from graph.view.generation import StoredKnowledge
from graph.view.resident_snapshot import ResidentSnapshot
from graph.view.snapshot import Snapshot
from graph.view.walked_snapshot import WalkedSnapshot

SHOWN = 20
"""Problems of a check that are told; the rest is counted."""
RESIDENT_CHECKS = ("passages in the view", "documents in the view", "vectors in the view", "keywords", "names")
WORDS_CHECK = "words in the view"
VIEW_CHECKS = (*RESIDENT_CHECKS, WORDS_CHECK)
"""What :func:`check_view` looks at; a view that is built anew mends all of it."""
_UNIT = 1e-3
_BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at: how many were compared, what is wrong with how many, and the first of these."""

    name: str
    compared: int
    wrong: int = 0
    problems: tuple[str, ...] = ()


def check(name: str, compared: int, problems: Iterable[str]) -> Check:
    """A check with what it found."""
    found = list(problems)
    return Check(name=name, compared=compared, wrong=len(found), problems=tuple(found[:SHOWN]))


def check_store(reader: StoredKnowledge, workspace: str, revision: int) -> tuple[Check, ...]:
    """Passages stand in their documents' texts where they say; vectors have one length, and unit norm.

    A purge meanwhile takes documents from this revision, too, and shows as damage; look once more then.
    """
    passages, problems = _misplaced(reader, workspace, revision)
    odd, dimensions, vectors = [], set[int](), 0
    for row in reader.rows(workspace, revision):
        vectors += 1
        dimensions.add(len(row.vector))
        if len(dimensions) > 1 or not abs(float(np.linalg.norm(row.vector)) - 1.0) < _UNIT:
            odd.append(f"the vector of chunk {row.chunk.id} is none of the embedder's")
    if vectors != passages:
        problems.append(f"documents hold {passages} passages, the store {vectors}")
    return check("texts", passages, problems), check("stored vectors", vectors, odd)


def _misplaced(reader: StoredKnowledge, workspace: str, revision: int) -> tuple[int, list[str]]:
    """How many passages the documents hold, and those that are not the text at their place."""
    problems: list[str] = []
    passages, after = 0, ""
    while page := reader.documents(workspace, revision, after=after, limit=_BATCH):
        for document in page:
            try:
                text = reader.text(workspace, document.id, revision)
                chunks = reader.document_chunks(workspace, document.id, revision)
            except NotFoundError:
                problems.append(f"{document.id!r} is listed, and cannot be read")
                continue
            passages += len(chunks)
            problems += [
                f"chunk {placed.chunk.id} of {document.id!r} is not the text at its place"
                for placed in chunks
                if text[placed.position.start : placed.position.end] != placed.chunk.text
            ]
        after = page[-1].id
    return passages, problems


def check_view(resident: Snapshot, fresh: Snapshot) -> tuple[Check, ...]:
    """A view that followed its store against one built from it anew, at the same revision."""
    if resident.revision != fresh.revision:
        raise ValueError(f"views of revisions {resident.revision} and {fresh.revision}")
    if isinstance(resident, WalkedSnapshot) and isinstance(fresh, WalkedSnapshot):
        differing = (f"the {name} are counted wrong" for name in resident.words.differs_from(fresh.words))
        return (check(WORDS_CHECK, len(fresh.words), differing),)
    if not isinstance(resident, ResidentSnapshot) or not isinstance(fresh, ResidentSnapshot):
        raise TypeError("views of two kinds")
    pair = _Pair(resident, fresh)
    passages = len(pair.fresh_rows)
    found = (
        (passages + len(pair.missing), pair.strangers()),
        (passages, pair.documents()),
        (passages, pair.vectors()),
        (len(fresh.stems), pair.keywords()),
        (fresh.name_count, pair.names()),
    )
    return tuple(check(name, *one) for name, one in zip(RESIDENT_CHECKS, found, strict=True))


class _Pair:
    """Two snapshots, and which of their rows are the same passage."""

    def __init__(self, resident: ResidentSnapshot, fresh: ResidentSnapshot) -> None:
        self._resident, self._fresh = resident, fresh
        here, there = _live_rows(resident), _live_rows(fresh)
        self.missing = sorted(there.keys() - here.keys())
        self._extra = sorted(here.keys() - there.keys())
        both = sorted(there.keys() & here.keys())
        self._ids = both
        self.fresh_rows: RowArray = np.array([there[one] for one in both], dtype=np.int32)
        self._rows: RowArray = np.array([here[one] for one in both], dtype=np.int32)
        self._place = np.full(fresh.row_count, -1, dtype=np.int32)
        self._place[self.fresh_rows] = self._rows

    def strangers(self) -> Iterable[str]:
        """Passages that only one of them has."""
        yield from (f"chunk {one} is not in the view" for one in self.missing)
        yield from (f"chunk {one} is in the view, and not live" for one in self._extra)

    def documents(self) -> Iterable[str]:
        """Passages whose document is another, or of another version."""
        for one, fresh, row in zip(self._ids, self.fresh_rows.tolist(), self._rows.tolist(), strict=True):
            if self._fresh.document(fresh) != self._resident.document(row):
                yield f"the document of chunk {one} is not the one that is live"

    def vectors(self) -> Iterable[str]:
        """Passages whose vector is not the stored one."""
        for start in range(0, len(self._ids), _BATCH):
            part = slice(start, start + _BATCH)
            fresh = self._fresh.vectors(self.fresh_rows[part])
            wrong = (fresh != self._resident.vectors(self._rows[part])).any(axis=1)
            yield from (f"the vector of chunk {self._ids[start + n]} differs" for n in np.flatnonzero(wrong).tolist())

    def keywords(self) -> Iterable[str]:
        """Stems whose postings differ."""
        for stem in sorted({*self._fresh.stems, *self._resident.stems}):
            rows, counts = self._fresh.postings(stem)
            mine, own = self._resident.postings(stem)
            order = np.argsort(self._place[rows])
            same = np.array_equal(self._place[rows][order], mine) and np.array_equal(counts[order], own)
            if not same:
                yield f"the passages of stem {stem!r} differ"

    def names(self) -> Iterable[str]:
        """Names that are accepted or counted differently, or stand in other passages; passages with other names."""
        for key in sorted({*self._fresh.name_keys, *self._resident.name_keys}):
            number, mine = self._fresh.name_number(key), self._resident.name_number(key)
            if number is None or mine is None:
                if number is not mine:
                    yield f"name {key!r} is known to one alone"
                continue
            rows = np.sort(self._place[self._fresh.name_rows(number)])
            frequency = self._fresh.name_frequency(number)
            if not np.array_equal(rows, self._resident.name_rows(mine)) or frequency != self._resident.name_frequency(
                mine
            ):
                yield f"the passages of name {key!r} differ"
        for one, fresh, row in zip(self._ids, self.fresh_rows.tolist(), self._rows.tolist(), strict=True):
            if _names(self._fresh, fresh) != _names(self._resident, row):
                yield f"the names of chunk {one} differ"


def _live_rows(snapshot: ResidentSnapshot) -> dict[str, int]:
    live: NDArray[np.int64] = np.flatnonzero(snapshot.live)
    return {snapshot.chunk_id(row): row for row in live.tolist()}


def _names(snapshot: ResidentSnapshot, row: int) -> Sequence[tuple[str, int]]:
    names, sentences = snapshot.row_names(row)
    title = int(snapshot.title_names(np.array([row], dtype=np.int32))[0])
    found = [
        (snapshot.name_key(name), sentence) for name, sentence in zip(names.tolist(), sentences.tolist(), strict=True)
    ]
    return sorted([*found, (snapshot.name_key(title) if title >= 0 else "", -2)])
