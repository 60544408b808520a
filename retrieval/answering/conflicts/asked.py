"""What a question names and asks of it, as its sentences are held against that. Pure."""

import re
from itertools import pairwise

from graph.text.names import norm
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import fold, is_east_asian, words
from retrieval.answering.shapes import ANSWER_SHAPES
from retrieval.questions.read_question import ReadQuestion

_MARKED = re.compile(r"(?<![\w])(?:[A-Z]{2,}[A-Za-z]{0,3}|[A-Za-z]{1,12}(?:\+\+|#))(?![\w+#])")
"""Words that their capitals or signs tell from others: US and us, C++ and C#."""


class Asked:
    """The terms of a question, and those of its words that must stand in a sentence as they are written."""

    def __init__(self, read: ReadQuestion) -> None:
        self.type = read.answer_type
        self.key = norm(read.text)
        self._text = read.text
        self._words = frozenset(words(fold(read.text))) - STOP_WORDS
        self.shape = ANSWER_SHAPES.get(read.answer_type)
        self._terms = read.terms
        self._marked = frozenset(_MARKED.findall(read.text))
        self.all = frozenset(read.terms.all) | self._marked

    def says(self, word: str) -> bool:
        """Whether the question has a word, or, of Han, a part of it."""
        if is_east_asian(word):
            return any(pair in self._text for pair in map("".join, pairwise(word)))
        return word in self._words

    def held(self, around: str, text: str) -> frozenset[str]:
        """Those that a sentence holds with the titles it stands under."""
        whole = f"{around}\n{text}"
        marked = {word for word in self._marked if _as_written(word, whole)}
        return self._terms.held(around) | self._terms.held(text) | marked


def _as_written(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w]){re.escape(word)}(?![\w+#])", text) is not None
