"""A snapshot that asks its store as it goes: nothing of the corpus is in memory but its vocabulary.

A row or a name gets its number when it is first met. Each round of the walk is one statement for everything that
the round pushes; what the store replies is kept until the question is answered. The ranking is that of the resident
view but for two things, which need counts that only a whole view has. Whether a single word is a name is told by
its mentions of today, several in one chunk included. And a stem of a title counts for its document unless the first
chunk holds it; in a resident view, unless every chunk does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from graph.indexes.vocabulary import Vocabulary
from graph.model import RowArray
from graph.ports.walking import GraphWalk, NameChunk, NameChunks
from graph.text.names import is_single_word, norm
from graph.view.snapshot import Reach, SnapshotReader
from graph.view.walked_rows import NO_ROWS, ROWS, WalkedRows

NAMES = ROWS
"""Numbers there are for the names of one question; a name that is met after that is passed over."""
MOST_MENTIONS = 1_000
"""A name with more mentions is a hub, which the walk does not enter."""
MOST_LINKED = 2_000
"""At most so many chunks are linked by the names of the first ones, beginning with the rarest names."""


@dataclass(frozen=True, slots=True)
class _Met:
    """Where a name is mentioned, and its document frequency; a hub has no rows."""

    rows: RowArray
    frequency: int


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of a row, the sentence of each, and how the row writes it: parallel."""

    names: RowArray
    sentences: NDArray[np.int16]
    labels: tuple[str, ...]


NOWHERE = NameChunks(chunks=(), mentions=0)


class WalkedSnapshot(WalkedRows):
    """Serves one question, in one thread."""

    reach = Reach(rounds=4, pushed=64, linked=50)

    def __init__(
        self, walk: GraphWalk, words: Vocabulary, *, reader: SnapshotReader, workspace: str, revision: int
    ) -> None:
        super().__init__(walk, words, reader=reader, workspace=workspace, revision=revision)
        self._keys: list[str] = []
        self._numbers: dict[str, int] = {}
        self._met: dict[int, _Met] = {}
        self._mentions: dict[int, int] = {}
        self._names: dict[int, _Names] = {}

    @property
    @override
    def name_count(self) -> int:
        return NAMES

    @override
    def name_numbers(self, keys: Sequence[str]) -> Mapping[str, int]:
        numbers = self._number(keys)
        self._meet(numbers)
        return {
            key: number for key, number in zip(keys, numbers.tolist(), strict=True)
            if number >= 0 and self._met[number].frequency and self._accepts(number)
        }  # fmt: skip

    @override
    def name_key(self, name: int) -> str:
        return self._keys[name]

    @override
    def name_label(self, name: int, row: int) -> str:
        self._read_names([row])
        held = self._names[row]
        places = np.flatnonzero(held.names == name)
        return held.labels[places[0]] if len(places) else self._keys[name]

    @override
    def name_frequency(self, name: int) -> int:
        """The frequency of a hub is the number of its mentions."""
        self._meet(np.array([name]))
        return self._met[name].frequency

    @override
    def title_names(self, rows: RowArray) -> RowArray:
        keys = [norm(title) for _, title in self.sources(rows.tolist())]
        numbers = self._number(keys)
        return np.where([bool(key) for key in keys], numbers, -1).astype(np.int32)

    @override
    def row_names(self, row: int) -> tuple[RowArray, NDArray[np.int16]]:
        self._read_names([row])
        held = self._names[row]
        keep = self._accepted(held.names)
        return held.names[keep], held.sentences[keep]

    @override
    def gather_names(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        self._read_names(rows.tolist())
        distinct = [np.unique(self._names[row].names) for row in rows.tolist()]
        accepted = [names[self._accepted(names)] for names in distinct]
        return _laid_out(accepted)

    @override
    def gather_rows(self, names: RowArray, most: NDArray[np.float64]) -> tuple[NDArray[np.int64], RowArray]:
        self._meet(names)
        rows = [self._met[name].rows for name in names.tolist()]
        return _laid_out([one if len(one) <= limit else NO_ROWS for one, limit in zip(rows, most, strict=True)])

    @override
    def links(self, names: RowArray, most: int) -> tuple[NDArray[np.int64], RowArray, NDArray[np.int64]]:
        self._meet(names)
        met = [self._met[name] for name in names.tolist()]
        frequency = np.array([one.frequency for one in met], dtype=np.int64)
        left = MOST_LINKED
        for place in np.argsort(frequency, kind="stable").tolist():
            left -= len(met[place].rows)
            if left < 0 or frequency[place] > most:
                frequency[place] = most + 1
        linking = frequency <= most
        owner, rows = _laid_out([one.rows if links else NO_ROWS for one, links in zip(met, linking, strict=True)])
        return owner, rows, frequency

    def _number(self, keys: Sequence[str]) -> RowArray:
        """Numbers of names, given on first sight; -1 where none is left."""
        fresh = [key for key in dict.fromkeys(keys) if key not in self._numbers][: NAMES - len(self._keys)]
        self._numbers |= {key: len(self._keys) + place for place, key in enumerate(fresh)}
        self._keys += fresh
        return np.array([self._numbers.get(key, -1) for key in keys], dtype=np.int32)

    def _meet(self, names: RowArray) -> None:
        """Learn where names are mentioned."""
        missing = [name for name in dict.fromkeys(names.tolist()) if name >= 0 and name not in self._met]
        if not missing:
            return
        keys = [self._keys[name] for name in missing]
        found = self._walk.chunks_of(self.workspace, keys, self.revision, most=MOST_MENTIONS)
        self.numbers([one.chunk_id for entity in found.values() for one in entity.chunks])
        for name, key in zip(missing, keys, strict=True):
            entity = found.get(key, NOWHERE)
            rows = np.unique(self.numbers([one.chunk_id for one in entity.chunks]))
            hub = entity.mentions > MOST_MENTIONS
            self._met[name] = _Met(rows[rows >= 0], entity.mentions if hub else _frequency(entity.chunks))
            self._mentions[name] = entity.mentions

    def _read_names(self, rows: Iterable[int]) -> None:
        """Learn which names rows mention."""
        missing = [row for row in dict.fromkeys(rows) if row not in self._names]
        if not missing:
            return
        found = self._walk.names_in(self.workspace, [self._chunk_ids[row] for row in missing], self.revision)
        for row in missing:
            written = found.get(self._chunk_ids[row], ())
            numbers = self._number([one.key for one in written])
            known = [(number, one) for number, one in zip(numbers.tolist(), written, strict=True) if number >= 0]
            self._names[row] = _Names(
                np.array([number for number, _ in known], dtype=np.int32),
                np.array([min(one.sentence, 32_000) for _, one in known], dtype=np.int16),
                tuple(one.name for _, one in known),
            )
            self._mentions |= {number: one.mentions for number, one in known}

    def _accepted(self, names: RowArray) -> NDArray[np.bool_]:
        return np.array([self._accepts(name) for name in names.tolist()], dtype=np.bool_)

    def _accepts(self, name: int) -> bool:
        """Whether the corpus takes a name for one."""
        key = self._keys[name]
        return not is_single_word(key) or self._mentions.get(name, 0) >= self.words.plain(key)


def _frequency(passages: Iterable[NameChunk]) -> int:
    """Number of chunks whose text mentions a name, plus documents of which only the title does."""
    passages = tuple(passages)
    in_text = {one.chunk_id for one in passages if one.in_text}
    return len(in_text) + len({one.document_id for one in passages if one.chunk_id not in in_text})


def _laid_out(lists: Sequence[RowArray]) -> tuple[NDArray[np.int64], RowArray]:
    """The lists concatenated, and for each element the list it is from."""
    owner = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
    return owner, np.concatenate([NO_ROWS, *lists])
