"""Words that differ from another by a slip of the fingers. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA

SHORTEST = 4
"""Letters of a word that can be taken for a misspelt one: shorter words are too near to too many others."""
_SLIPS = ((8, 2), (SHORTEST, 1))
"""From how many letters on, how many slips: a letter too many, too few, another one, or two exchanged."""


class Spellings:
    """Words by their first letter and length, so that few are looked at: 2,000 of 100,000."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in words:
            self.add(word)

    def add(self, word: str) -> None:
        """Know one more word, which must not be known yet."""
        if len(word) >= SHORTEST - 1 and word.isalpha():
            self._words[word[0], len(word)].append(word)

    def near(self, word: str) -> Sequence[str]:
        """Known words that a slip parts from this one, the nearest first, ties by the alphabet.

        The first letter is right, or exchanged with the second: that is where people look.
        """
        most = next((slips for letters, slips in _SLIPS if len(word) >= letters), 0)
        found: list[tuple[int, str]] = []
        for first in dict.fromkeys(word[:2]) if most else ():
            for length in range(len(word) - most, len(word) + most + 1):
                for other in tuple(self._words.get((first, length), ())):
                    distance = OSA.distance(word, other, score_cutoff=most)
                    if 0 < distance <= most and (other[0] == word[0] or other[:2] == word[1::-1]):
                        found.append((distance, other))
        return [other for _, other in sorted(found)]
