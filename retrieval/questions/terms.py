"""What a question asks about, and which of it a text holds. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import rjieba

from graph.text.normal import normal
from graph.text.number_values import values, without_separators
from graph.text.tokens import EAST_ASIAN_RUN, fold, is_east_asian, stems, words
from retrieval.questions.function_words import ASKING, FUNCTION_WORDS
from retrieval.questions.other_languages import is_korean, korean_content, small_words_of, without_asking

_BESIDE = r"[a-zA-Z0-9_\u00c0-\u2e7f]"
"""Beside a number it is part of something longer; beside Han it is not: 1842年."""
_ALONE = rf"(?<!{_BESIDE})(?<!{_BESIDE}[.:+-]){{}}(?!{_BESIDE})(?![.:+-]{_BESIDE})"


class QuestionTerms:
    """What a question asks about: stems of its words, numbers, and characters and pairs of the words of its Han text.

    Words of Han are those that are left without question words and function words. The segmenter may part a text
    otherwise than the question, and a text may use half of a word (发明 as 发明者, 出生 as 生于), so a word is asked
    for by its pairs and its characters: a text holds more or less of it. Single characters are worth less
    (:func:`is_character`). A number must stand alone (26 is not in 2020-05-26 or 1.26) and counts by its value.
    """

    def __init__(self, question: str, stemmed: Sequence[str]) -> None:
        """``stemmed``: the stems of the question."""
        plain = without_separators(normal(question))
        plain = ASKING.sub(" ", plain)  # the one of 哪一年 is no number
        worth = frozenset(values(plain))
        bare = without_asking(plain)
        latin = frozenset(term for term in stemmed if not is_east_asian(term)) - _small_stems(question, plain)
        latin = latin.intersection(stems(bare)) if bare != plain else latin
        numbers = {term: re.compile(_ALONE.format(term)) for term in latin if term.isdecimal()}
        self._numbers = {term: alone for term, alone in numbers.items() if term in worth or alone.search(plain)}
        self._stems = latin - numbers.keys()
        self._han = frozenset(term for word in _content_words(bare) for term in _parts(word))
        self._held: dict[str, frozenset[str]] = {}
        self.all = tuple(sorted(self._stems | self._han | self._numbers.keys()))

    def held(self, text: str) -> frozenset[str]:
        """Those terms that stand in a text; a text is looked through once, though several steps ask of it."""
        if text not in self._held:
            self._held[text] = self._looked_up(text)
        return self._held[text]

    def _looked_up(self, text: str) -> frozenset[str]:
        plain = without_separators(normal(text))
        worth = frozenset(values(plain)) if self._numbers else frozenset()
        numbers = {number for number, alone in self._numbers.items() if number in worth or alone.search(plain)}
        return self._stems.intersection(stems(plain)) | numbers | {part for part in self._han if part in plain}


def is_character(term: str) -> bool:
    """Whether a term is a single character of Han, which says little by itself."""
    return len(term) == 1 and is_east_asian(term)


def _small_stems(question: str, plain: str) -> frozenset[str]:
    """Stems of the words by which a question in a language other than English asks, or which hold it together."""
    small = small_words_of(question)
    return frozenset(stem for word in words(plain) if fold(word) in small for stem in stems(word)) if small else small


def _content_words(plain: str) -> Iterator[str]:
    for run in EAST_ASIAN_RUN.findall(ASKING.sub(" ", plain)):
        if is_korean(run):
            yield from korean_content(run)
            continue
        yield from (word for word in rjieba.cut(run) if word not in FUNCTION_WORDS)


def _parts(word: str) -> Iterator[str]:
    yield from word
    yield from (one + other for one, other in pairwise(word))
