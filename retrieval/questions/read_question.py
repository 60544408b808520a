"""The question as it was read: whatever the steps ask of its text, worked out once and handed on."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from graph.model import FloatArray, Span
from graph.ports.models import Embedder
from graph.text.names import find_names, norm
from graph.text.tokens import is_east_asian, stems, words
from retrieval.model import Question
from retrieval.questions.broad_questions import BroadQuestion, read_broad
from retrieval.questions.known_terms import KnownTerms
from retrieval.questions.question_words import AnswerType, answer_type
from retrieval.questions.terms import QuestionTerms

MAX_NAMED = 2_000
"""Characters of a question in which names are looked for."""
_NGRAM = 8
"""Words of the longest name that is looked for though no rule finds it."""
_HAN_NGRAM = 12
"""The same in characters of Han, kana and Hangul."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuestion:
    """A question with all that is read in its text, whatever the snapshot.

    ``stems`` are in order, with repetition. ``names`` are the normalised forms of whatever may be a name, sorted,
    each once; they are looked for only where the mode follows the graph. ``vector`` (float32, unit length) is None
    where the mode needs none, and where the embedder cannot read the question. ``known`` says what the knowledge base
    holds of the question, once that has been looked up. ``broad`` is None where one sentence may
    answer.
    """

    question: Question
    stems: tuple[str, ...]
    terms: QuestionTerms = field(compare=False)
    answer_type: AnswerType
    broad: BroadQuestion | None = None
    names: tuple[str, ...] = ()
    vector: FloatArray | None = field(default=None, compare=False)
    known: KnownTerms | None = field(default=None, compare=False)

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
        broad=read_broad(question.text),
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
