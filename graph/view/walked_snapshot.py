"""A snapshot that asks its store as it goes: nothing of the corpus is in memory but its vocabulary.

A row or a name gets its number when it is first met. Each round of the walk is one statement, for all that the
round pushes; what came back is kept until the question is answered. The ranking is that of the resident view.
Two things differ, for want of counts that only a whole view has: whether a single word is a name is told by its
mentions of today, several in one passage included; and a stem of a title counts for its document unless the first
passage holds it, not unless every passage does.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.algorithms.reading_down import MOST_FOUND, read_down
from graph.filters import Filters
from graph.indexes.keyword_index import okapi
from graph.indexes.vocabulary import Vocabulary
from graph.model import FloatArray, RowArray
from graph.ports.walking import GraphWalk
from graph.text.names import is_single_word, norm
from graph.view.merging import NameReader
from graph.view.snapshot import Reach, Snapshot
from graph.walk_model import NamePassage, NamePassages, PassageCard, PassageTerms

ROWS = NAMES = 2**17
"""Numbers there are for one question; what is met after that is passed over."""
MOST_MENTIONS = 1_000
"""A name with more mentions is a hub, which the walk does not enter."""
MOST_LINKED = 2_000
"""Passages that the names of the first ones may link, those of the rarest names first."""
MOST_STEMS = 64
"""Stems that the keyword index is asked for, the heaviest."""


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


NO_CARD = PassageCard(document_id="", title="", metadata={}, terms=PassageTerms(stems=(), titled=0))
NO_ROWS = np.empty(0, dtype=np.int32)
NOWHERE = NamePassages(passages=(), mentions=0)


class WalkedSnapshot(Snapshot):
    """Serves one question, in one thread."""

    reach = Reach(rounds=4, pushed=64, linked=50)

    def __init__(
        self, walk: GraphWalk, words: Vocabulary, *, reader: NameReader, workspace: str, revision: int
    ) -> None:
        super().__init__(reader=reader, workspace=workspace, revision=revision, size=words.passages)
        self._walk = walk
        self.words = words
        """What is resident: the vocabulary at this revision."""
        self._chunk_ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._keys: list[str] = []
        self._numbers: dict[str, int] = {}
        self._met: dict[int, _Met] = {}
        self._mentions: dict[int, int] = {}
        self._names: dict[int, _Names] = {}
        self._cards: dict[int, PassageCard] = {}
        self._held: dict[int, frozenset[str]] = {}
        self._live = np.zeros(ROWS, dtype=np.bool_)
        self._allowed: dict[Filters, NDArray[np.bool_]] = {}
        self._cut_short = False
        self._vectors = walk.vector_index(workspace, revision, self)

    @property
    def degraded(self) -> tuple[str, ...]:
        """See Snapshot."""
        cut = self._cut_short or self._vectors.cut_short
        return (f"filters: only the best {MOST_FOUND} passages were looked at",) if cut else ()

    def allowed(self, filters: Filters) -> NDArray[np.bool_]:
        """See Snapshot."""
        if not filters:
            return self._live
        if filters not in self._allowed:
            self._allowed[filters] = np.zeros(ROWS, dtype=np.bool_)
            self._allow(range(len(self._chunk_ids)))
        return self._allowed[filters]

    # --- rows

    @property
    def row_count(self) -> int:
        """See Snapshot."""
        return ROWS

    def row(self, chunk_id: str) -> int | None:
        """See Snapshot."""
        return self._rows.get(chunk_id)

    def chunk_id(self, row: int) -> str:
        """See Snapshot and RowNumbers."""
        return self._chunk_ids[row]

    def numbers(self, chunk_ids: Sequence[str]) -> RowArray:
        """See RowNumbers."""
        fresh = [one for one in dict.fromkeys(chunk_ids) if one not in self._rows][: ROWS - len(self._chunk_ids)]
        first = len(self._chunk_ids)
        self._rows |= {one: first + place for place, one in enumerate(fresh)}
        self._chunk_ids += fresh
        self._live[first : len(self._chunk_ids)] = True
        if fresh:
            self._allow(range(first, len(self._chunk_ids)))
        return np.array([self._rows.get(one, -1) for one in chunk_ids], dtype=np.int32)

    def sources(self, rows: Sequence[int]) -> list[tuple[str, str]]:
        """See Snapshot."""
        self._read_cards(rows)
        return [(self._cards[row].document_id, self._cards[row].title) for row in rows]

    def vectors(self, rows: RowArray) -> FloatArray:
        """See Snapshot."""
        return self._vectors.vectors(rows)

    def _allow(self, rows: Sequence[int]) -> None:
        """Tell which new rows satisfy the filters that were asked for."""
        if self._allowed:
            self._read_cards(rows)
        for filters, allowed in self._allowed.items():
            for row in rows:
                allowed[row] = filters.match(self._cards[row].metadata)

    def _read_cards(self, rows: Iterable[int]) -> None:
        missing = [row for row in dict.fromkeys(rows) if row not in self._cards]
        if missing:
            found = self._walk.cards(self.workspace, [self._chunk_ids[row] for row in missing], self.revision)
            for row in missing:
                # one that a purge took meanwhile is nobody's
                card = self._cards[row] = found.get(self._chunk_ids[row], NO_CARD)
                self._held[row] = frozenset(card.terms.stems)

    # --- search

    def nearest(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """See Snapshot."""
        return self._vectors.search(query, k, allowed)

    def matching(self, stems: Sequence[str], k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """See Snapshot. The store's own ranking tells which passages are looked at, ours orders them."""
        weights = {stem: times * self.stem_idf(stem) for stem, times in Counter(stems).items()}
        heaviest = sorted(weights, key=lambda stem: (-weights[stem], stem))[:MOST_STEMS]
        if not heaviest or k <= 0:
            return NO_ROWS, np.empty(0, np.float32)

        def find(most: int) -> list[tuple[str, bool]]:
            found = self._walk.matching(self.workspace, heaviest, most, self.revision)
            return [(one.chunk_id, one.live) for one in found]

        rows, cut = read_down(find, self.numbers, allowed, k)
        self._cut_short |= cut
        scores = self._bm25(rows, {stem: weights[stem] for stem in heaviest})
        order = np.lexsort((rows, -scores))[:k]
        return rows[order], scores[order]

    def _bm25(self, rows: RowArray, weights: Mapping[str, float]) -> FloatArray:
        self._read_cards(rows.tolist())
        terms = [self._cards[row].terms for row in rows.tolist()]
        lengths = np.array([len(one.stems) for one in terms], dtype=np.float32)
        scores = np.zeros(len(rows), dtype=np.float32)
        for stem, weight in weights.items():
            # a title holds a stem or does not, as in the resident index
            frequency = [
                one.stems[one.titled :].count(stem) + (stem in one.stems[: one.titled]) for one in terms
            ]  # fmt: skip
            scores += weight * okapi(np.array(frequency, dtype=np.float32), lengths, self.words.average_length)
        return scores

    def holding(self, stem: str, rows: RowArray) -> NDArray[np.bool_]:
        """See Snapshot."""
        self._read_cards(rows.tolist())
        return np.array([stem in self._held[row] for row in rows.tolist()], dtype=np.bool_)

    def stem_frequency(self, stem: str) -> int:
        """See Snapshot."""
        return self.words.frequency(stem)

    # --- names

    @property
    def name_count(self) -> int:
        """See Snapshot."""
        return NAMES

    def name_numbers(self, keys: Sequence[str]) -> Mapping[str, int]:
        """See Snapshot."""
        numbers = self._number(keys)
        self._meet(numbers)
        return {
            key: number for key, number in zip(keys, numbers.tolist(), strict=True)
            if number >= 0 and self._met[number].frequency and self._accepts(number)
        }  # fmt: skip

    def name_key(self, name: int) -> str:
        """See Snapshot."""
        return self._keys[name]

    def name_label(self, name: int, row: int) -> str:
        """See Snapshot."""
        self._read_names([row])
        held = self._names[row]
        places = np.flatnonzero(held.names == name)
        return held.labels[places[0]] if len(places) else self._keys[name]

    def name_frequency(self, name: int) -> int:
        """See Snapshot. That of a hub is the number of its mentions."""
        self._meet(np.array([name]))
        return self._met[name].frequency

    def title_names(self, rows: RowArray) -> RowArray:
        """See Snapshot."""
        keys = [norm(title) for _, title in self.sources(rows.tolist())]
        numbers = self._number(keys)
        return np.where([bool(key) for key in keys], numbers, -1).astype(np.int32)

    def row_names(self, row: int) -> tuple[RowArray, NDArray[np.int16]]:
        """See Snapshot."""
        self._read_names([row])
        held = self._names[row]
        keep = self._accepted(held.names)
        return held.names[keep], held.sentences[keep]

    def gather_names(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        """See Snapshot."""
        self._read_names(rows.tolist())
        distinct = [np.unique(self._names[row].names) for row in rows.tolist()]
        accepted = [names[self._accepted(names)] for names in distinct]
        return _laid_out(accepted)

    def gather_rows(self, names: RowArray, most: NDArray[np.float64]) -> tuple[NDArray[np.int64], RowArray]:
        """See Snapshot."""
        self._meet(names)
        rows = [self._met[name].rows for name in names.tolist()]
        return _laid_out([one if len(one) <= limit else NO_ROWS for one, limit in zip(rows, most, strict=True)])

    def links(self, names: RowArray, most: int) -> tuple[NDArray[np.int64], RowArray, NDArray[np.int64]]:
        """See Snapshot."""
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
        found = self._walk.passages_of(self.workspace, keys, self.revision, most=MOST_MENTIONS)
        self.numbers([one.chunk_id for entity in found.values() for one in entity.passages])
        for name, key in zip(missing, keys, strict=True):
            entity = found.get(key, NOWHERE)
            rows = np.unique(self.numbers([one.chunk_id for one in entity.passages]))
            hub = entity.mentions > MOST_MENTIONS
            self._met[name] = _Met(rows[rows >= 0], entity.mentions if hub else _frequency(entity.passages))
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


def _frequency(passages: Iterable[NamePassage]) -> int:
    """Passages whose text mentions a name, and documents that only their title gives it."""
    passages = tuple(passages)
    in_text = {one.chunk_id for one in passages if one.in_text}
    return len(in_text) + len({one.document_id for one in passages if one.chunk_id not in in_text})


def _laid_out(lists: Sequence[RowArray]) -> tuple[NDArray[np.int64], RowArray]:
    """Lists laid end to end, and for each element which list it is from."""
    owner = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
    return owner, np.concatenate([NO_ROWS, *lists])
