"""How many chunks hold each word: what stays in memory of a graph that is walked in its store.

It grows with the words of a language and not with the corpus (Heaps' law). Immutable, so that a request keeps the
one it took; a change is kept as a difference to the counts before it until the differences are worth folding in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from graph.algorithms.spelling import Spellings
from graph.text.terms import ChunkWords, TitleWords

FOLDED_FROM = 20_000
"""As soon as the counts of so many words have changed, the changes are folded into the counts of all words."""
T = TypeVar("T")


class Counts:
    """For each word, in how many places it stands."""

    def __init__(self, counted: Mapping[str, int] | None = None, changed: Mapping[str, int] | None = None) -> None:
        self._counted = counted or {}
        self._changed = changed or {}

    def __getitem__(self, word: str) -> int:
        return self._counted.get(word, 0) + self._changed.get(word, 0)

    def whole(self) -> dict[str, int]:
        """Every count that is not 0."""
        return {word: self[word] for word in self._counted.keys() | self._changed.keys() if self[word]}

    def editable(self) -> dict[str, int]:
        """What changed since the last fold, to be changed further and given to :meth:`edited`."""
        return dict(self._changed)

    def edited(self, changed: Mapping[str, int]) -> "Counts":
        """These counts after a change."""
        new = Counts(self._counted, changed)
        return new if len(changed) < FOLDED_FROM else Counts(new.whole())


class Vocabulary:
    """Counts at one revision."""

    def __init__(self, *, chunks: int = 0, length: int = 0, of: tuple[Counts, Counts, Counts] | None = None) -> None:
        self.chunks = chunks
        """Number of live chunks."""
        self._length = length
        self._texts, self._plain, self._titles = of or (Counts(), Counts(), Counts())

    def __len__(self) -> int:
        return len(self._texts.whole())

    def differs_from(self, other: "Vocabulary") -> list[str]:
        """Names of the counts in which the two differ."""
        mine, theirs = self._whole(), other._whole()
        return [name for name, counts in mine.items() if counts != theirs[name]]

    @property
    def average_length(self) -> float:
        """Mean number of stems of a chunk, those of its title included."""
        return self._length / self.chunks if self.chunks else 0.0

    def frequency(self, stem: str) -> int:
        """Live chunks whose headings or text hold the stem, plus documents of which only the title holds it.

        Whether only the title does is told by the first chunk.
        """
        return self._texts[stem] + self._titles[stem]

    def spelled_like(self, stem: str) -> Sequence[str]:
        """Stems that a slip parts from this one, the nearest first. All words are looked through for it."""
        return Spellings(word for word in self._texts.whole() if word[:1] in stem[:2]).near(stem)

    def plain(self, word: str) -> int:
        """Live chunks that write the folded word without a capital."""
        return self._plain[word]

    def changed(
        self, *, opened: Iterable[ChunkWords] = (), closed: Iterable[ChunkWords] = (),
        titled: Iterable[TitleWords] = (), untitled: Iterable[TitleWords] = (),
    ) -> "Vocabulary":  # fmt: skip
        """The counts after chunks were opened and closed, and titles of documents were added and taken away."""
        texts, plain, names = self._texts.editable(), self._plain.editable(), self._titles.editable()
        chunks, length = self.chunks, self._length
        for step, words in _signed(opened, closed):
            chunks += step
            length += step * words.length
            _count(texts, words.stems, step)
            _count(plain, words.plain, step)
        for step, title in _signed(titled, untitled):
            _count(names, title.stems, step)
        counts = self._texts.edited(texts), self._plain.edited(plain), self._titles.edited(names)
        return Vocabulary(chunks=chunks, length=length, of=counts)

    def _whole(self) -> dict[str, object]:
        return {
            "passages": self.chunks, "length": self._length, "stems": self._texts.whole(),
            "words without a capital": self._plain.whole(), "stems of titles": self._titles.whole(),
        }  # fmt: skip


def _signed(come: Iterable[T], gone: Iterable[T]) -> Iterator[tuple[int, T]]:
    yield from ((1, one) for one in come)
    yield from ((-1, one) for one in gone)


def _count(counts: dict[str, int], words: Iterable[str], step: int) -> None:
    for word in words:
        counts[word] = counts.get(word, 0) + step
