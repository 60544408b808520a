"""The question as it was read: whatever the steps ask of its text, worked out once and handed on."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import rjieba

from graph.model import FloatArray, Span
from graph.ports.models import Embedder
from graph.text.names import find_names, norm
from graph.text.tokens import EAST_ASIAN_RUN, is_east_asian, stems, words
from retrieval.model import Question
from retrieval.question_words import QUESTION_WORDS, AnswerType, answer_type

MAX_NAMED = 2_000
"""Characters of a question in which names are looked for."""
_NGRAM = 8
"""Words of the longest name that is looked for though no rule finds it."""
_HAN_NGRAM = 12
"""The same in characters of Han, kana and Hangul."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuestion:
    """A question with all that is read in its text, whatever the snapshot.

    ``stems`` are in order, with repetition. ``names`` are the normalised forms of whatever may be a name, sorted,
    each once; they are looked for only where the mode follows the graph. ``vector`` (float32, unit length) is None
    where the mode needs none, and where the embedder cannot read the question.
    """

    question: Question
    stems: tuple[str, ...]
    terms: QuestionTerms = field(compare=False)
    answer_type: AnswerType
    names: tuple[str, ...] = ()
    vector: FloatArray | None = field(default=None, compare=False)

    @property
    def text(self) -> str:
        """The question's own words."""
        return self.question.text


def read_question(question: Question, embedder: Embedder | None = None) -> ReadQuestion:
    """Read a question; without an embedder it has no vector. Raises DependencyError where the embedder fails."""
    follows_graph = question.mode in {"hybrid", "graph"}
    vector: FloatArray | None = None
    if embedder is not None and (question.mode == "vector" or (follows_graph and embedder.reads(question.text))):
        vector = embedder.embed_question(question.text)
    stemmed = tuple(stems(question.text))
    return ReadQuestion(
        question=question,
        stems=stemmed,
        terms=QuestionTerms(question.text, stemmed),
        answer_type=answer_type(question.text),
        names=tuple(sorted(set(_names(question.text[:MAX_NAMED])))) if follows_graph else (),
        vector=vector,
    )


def _names(text: str) -> Iterator[str]:
    """Whatever may be a name, normalised: what the rules of passages find, and every n-gram."""
    for found in find_names(text, [Span(start=0, end=len(text))]):
        yield found.key
    run = words(text)
    folded = [norm(word) for word in run]
    capitals = any(character.isupper() for character in text)
    for start in range(len(run)):
        if is_east_asian(run[start]):
            yield from _substrings(run[start])
            continue
        shortest = 2 if capitals else 1
        for length in range(shortest, min(_NGRAM, len(run) - start) + 1):
            key = norm(" ".join(folded[start : start + length]))
            if key:
                yield key


def _substrings(run: str) -> Iterator[str]:
    for start in range(len(run)):
        for length in range(2, min(_HAN_NGRAM, len(run) - start) + 1):
            yield run[start : start + length]
