"""The passage-name graph in memory: which row mentions which name, in which sentence, and back."""

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graph.indexes.growing_array import GrowingArray, GrowingLists, as_rows
from graph.model import Mention, RowArray
from graph.text.names import is_single_word, nested_in, norm
from graph.text.tokens import plain_words


class Adjacency:
    """Names by number. A row is added once, in order, and never changes; ``accepted`` follows the corpus.

    What depends on the corpus is decided from counts over its live rows, which ``append`` and ``close`` keep up to
    date and ``publish`` turns into verdicts: a single word is a name where it is written capitalised at least as
    often as not; a name at the edge of a longer one counts where some row mentions it by itself.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._keys: list[str] = []
        self._labels: dict[str, int] = {}
        self._label_list: list[str] = []
        self._rows: list[array[int]] = []
        self._in_text: list[int] = []
        self._single: list[bool] = []
        self._mentioned: list[int] = []
        self._plain: list[int] = []
        self._row_names = GrowingLists()
        self._row_distinct = GrowingLists()
        self._row_sentences = GrowingLists(np.int16)
        self._row_labels = GrowingLists()
        self._row_plain = GrowingLists()
        self._row_mentioned = GrowingArray(np.int32)
        self._title_names = GrowingArray(np.int32)
        self._accepted = np.zeros(0, dtype=np.bool_)
        self._touched: set[int] = set()

    def append(self, title: str, text: str, mentions: Sequence[Mention]) -> None:
        """Add the next row."""
        row = len(self._title_names)
        named = [mention for mention in mentions if mention.is_name]
        numbers = [self._number(mention.key) for mention in named]
        every = [(n, mention.name, mention.sentence) for n, mention in zip(numbers, named, strict=True)]
        written = [(mention.key, mention.name, mention.sentence) for mention in named]
        every += [(self._number(key), name, sentence) for key, name, sentence in nested_in(written)]
        self._row_mentioned.extend([len(numbers)])
        self._row_names.append([number for number, _, _ in every])
        self._row_sentences.append([min(sentence, 32_000) for _, _, sentence in every])
        self._row_labels.append([self._label(name) for _, name, _ in every])
        in_text = {number for number, _, sentence in every if sentence >= 0}
        distinct = sorted({number for number, _, _ in every})
        self._row_distinct.append(distinct)
        for number in distinct:
            self._rows[number].append(row if number in in_text else ~row)
            self._in_text[number] += number in in_text
        plain = [self._number(word) for word in sorted(plain_words(text))]
        self._row_plain.append(plain)
        key = norm(title)
        self._title_names.extend([self._number(key) if key else -1])
        self._count(set(numbers), plain, 1)

    def close(self, row: int) -> None:
        """Take a row's words out of the counts that tell names from words."""
        mentioned = self._row_names[row][: self._row_mentioned.data[row]]
        self._count(set(mentioned.tolist()), self._row_plain[row].tolist(), -1)

    def publish(self) -> NDArray[np.bool_]:
        """Which names are accepted now; a new array whenever something changed."""
        if self._touched or len(self._accepted) < len(self._keys):
            accepted = np.zeros(len(self._keys), dtype=np.bool_)
            accepted[: len(self._accepted)] = self._accepted
            for number in self._touched:
                least = max(self._plain[number], 1) if self._single[number] else 1
                accepted[number] = self._mentioned[number] >= least
            self._touched.clear()
            self._accepted = accepted
        return self._accepted

    def accepted_among(self, rows: RowArray) -> NDArray[np.bool_]:
        """Which names would be accepted if the corpus were these rows, bool ``(names,)``."""
        size = len(self._keys)
        owner, names = self._row_names.gather(rows)
        starts = np.searchsorted(owner, np.arange(len(rows)))
        mentioned: NDArray[np.int32] = self._row_mentioned.data[rows]  # type: ignore[assignment]
        by_itself = np.arange(len(owner)) - starts[owner] < mentioned[owner]
        pairs = np.sort(owner[by_itself] * size + names[by_itself])
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]
        mentions = np.bincount(pairs % max(size, 1), minlength=size)
        plain = np.bincount(self._row_plain.gather(rows)[1], minlength=size)
        least = np.where(np.array(self._single[:size], dtype=np.bool_), np.maximum(plain, 1), 1)
        return np.asarray(np.greater_equal(mentions, least), dtype=np.bool_)

    def among(self, rows: RowArray) -> RowArray:
        """The names that rows mention or have as their title, each once."""
        titles: RowArray = self._title_names.data[rows]  # type: ignore[assignment]
        mentioned = self._row_distinct.gather(rows)[1]
        among = np.zeros(len(self._keys), dtype=np.bool_)
        among[mentioned] = True
        among[titles[titles >= 0]] = True
        return np.flatnonzero(among).astype(np.int32)

    @property
    def keys(self) -> list[str]:
        """Every name that any row ever had, by number."""
        return list(self._keys)

    def number(self, key: str) -> int | None:
        """Number of a key, if any row ever had it."""
        return self._numbers.get(key)

    def key(self, number: int) -> str:
        """The normalised name."""
        return self._keys[number]

    def label(self, number: int, row: int) -> str:
        """The name as the row writes it, or its key."""
        places = np.flatnonzero(self._row_names[row] == number)
        return self._label_list[self._row_labels[row][places[0]]] if len(places) else self._keys[number]

    def title_names(self, rows: RowArray) -> RowArray:
        """Number of each title's name, or -1."""
        return self._title_names.data[rows]  # type: ignore[return-value]

    def names(self, row: int) -> tuple[RowArray, NDArray[np.int16]]:
        """Names of a row and the sentence of each mention, parallel."""
        return self._row_names[row], self._row_sentences[row]  # type: ignore[return-value]

    def gather(self, rows: RowArray) -> tuple[NDArray[np.int64], RowArray]:
        """Names of many rows at once: distinct (position in ``rows``, name) pairs, in order."""
        return self._row_distinct.gather(rows)

    def rows(self, number: int, live: NDArray[np.bool_]) -> RowArray:
        """Live rows that mention a name in text or title, ascending."""
        rows = as_rows(self._rows[number])
        rows = np.where(rows < 0, ~rows, rows)
        rows = rows[: np.searchsorted(rows, np.int32(len(live)))]
        return rows[live[rows]]

    def gather_rows(
        self, names: RowArray, live: NDArray[np.bool_], most: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], RowArray]:
        """Live rows of many names at once: (position in ``names``, row) pairs.

        A name whose number of rows alone tells that it has more than ``most`` (parallel to ``names``) has none here:
        what a search of a large corpus costs must not depend on its commonest names.
        """
        sizes = np.array([len(self._rows[name]) for name in names.tolist()], dtype=np.int64)
        few = np.flatnonzero(sizes - self._unseen(live) <= most)
        owner, rows, _ = self._gather(names[few], live)
        return few[owner], rows

    def links(
        self, names: RowArray, live: NDArray[np.bool_], documents: NDArray[np.int32], most: int
    ) -> tuple[NDArray[np.int64], RowArray, NDArray[np.int64]]:
        """Like :meth:`gather_rows`, and the document frequency of each name (see :meth:`document_frequency`).

        A name left out has a frequency of ``most + 1``.
        """
        in_text = np.array([self._in_text[name] for name in names.tolist()], dtype=np.int64)
        hubs = in_text - self._unseen(live) > most
        few = np.flatnonzero(~hubs)
        owner, rows, titled = self._gather(names[few], live)
        owner = few[owner]
        frequency = np.bincount(owner[~titled], minlength=len(names))
        width = int(documents.max()) + 1 if len(documents) else 1
        pairs = np.sort(owner[titled] * width + documents[rows[titled]])
        distinct = pairs[np.diff(pairs, prepend=-1) > 0]
        frequency += np.bincount(distinct // width, minlength=len(names))
        return owner, rows, np.where(hubs, most + 1, frequency)

    def _unseen(self, live: NDArray[np.bool_]) -> int:
        """Rows that a snapshot does not see, at most: ended ones, later ones, and the one being added."""
        return len(self._title_names) - int(live.sum()) + 1

    def _gather(
        self, names: RowArray, live: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], RowArray, NDArray[np.bool_]]:
        """(position in ``names``, live row, whether only the title has the name) triples."""
        lists = [self._rows[name].tobytes() for name in names.tolist()]
        packed = np.frombuffer(b"".join(lists), dtype=np.int32)
        owner = np.repeat(np.arange(len(lists)), [len(data) // 4 for data in lists])
        titled = packed < 0
        rows = np.where(titled, ~packed, packed)
        keep = rows < len(live)
        keep[keep] = live[rows[keep]]
        return owner[keep], rows[keep], titled[keep]

    def document_frequency(self, number: int, live: NDArray[np.bool_], documents: NDArray[np.int32]) -> int:
        """Live rows whose text mentions the name, plus documents that only their title gives it."""
        packed = as_rows(self._rows[number])
        rows = np.where(packed < 0, ~packed, packed)
        end = np.searchsorted(rows, np.int32(len(live)))
        rows, packed = rows[:end], packed[:end]
        alive = live[rows]
        titled = rows[alive & (packed < 0)]
        return int((alive & (packed >= 0)).sum()) + (len(np.unique(documents[titled])) if len(titled) else 0)

    def _number(self, key: str) -> int:
        number = self._numbers.get(key)
        if number is None:
            number = len(self._keys)
            self._keys.append(key)
            self._rows.append(array("i"))
            self._in_text.append(0)
            self._single.append(is_single_word(key))
            self._mentioned.append(0)
            self._plain.append(0)
            self._numbers[key] = number
        return number

    def _label(self, name: str) -> int:
        label = self._labels.get(name)
        if label is None:
            label = self._labels[name] = len(self._label_list)
            self._label_list.append(name)
        return label

    def _count(self, names: set[int], plain: Sequence[int], step: int) -> None:
        for number in names:
            self._mentioned[number] += step
        for number in plain:
            self._plain[number] += step
        self._touched.update(names, plain)
