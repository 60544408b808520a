"""What a question asks about, and which of it a text holds. Pure."""

import re
from collections.abc import Sequence

import rjieba

from graph.text.tokens import EAST_ASIAN_RUN, is_east_asian, stems
from retrieval.questions.question_words import QUESTION_WORDS

_ALONE = r"(?<![\w])(?<![\w][.:+-]){}(?!\w)(?![.:+-]\w)"


class QuestionTerms:
    """What a question asks about: stems of its words, and the words of its Han text but for question words.

    The segmenter may put the borders of Han words elsewhere in a text than in the question; so texts are searched
    for the question's words as they stand. A number must stand alone: 26 is not in 2020-05-26 or 1.26.
    """

    def __init__(self, question: str, stemmed: Sequence[str]) -> None:
        """``stemmed``: the stems of the question."""
        latin = [term for term in stemmed if not is_east_asian(term)]
        numbers = {term: re.compile(_ALONE.format(term)) for term in latin if term.isdecimal()}
        self._numbers = {term: alone for term, alone in numbers.items() if alone.search(question)}
        han = [
            word
            for run in EAST_ASIAN_RUN.findall(question)
            for word in rjieba.cut(run)
            if len(word) > 1 and word not in QUESTION_WORDS
        ]
        self._stems = frozenset(latin) - numbers.keys()
        self._words = frozenset(han)
        self.all = tuple(sorted(self._stems | self._words | self._numbers.keys()))

    def held(self, text: str) -> frozenset[str]:
        """Those terms that stand in a text."""
        numbers = {number for number, alone in self._numbers.items() if alone.search(text)}
        return self._stems.intersection(stems(text)) | numbers | {word for word in self._words if word in text}
