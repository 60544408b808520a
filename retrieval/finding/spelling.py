"""A name of the question that no document knows, and the one that is probably meant."""

from dataclasses import replace

from graph.algorithms.spelling import SHORTEST
from graph.filters import Filters
from graph.text.names import norm
from graph.text.normal import normal
from graph.text.tokens import is_east_asian, stems, words
from graph.view.snapshot import Snapshot
from retrieval.model import Question

MOST = 3
"""Misspelt names of one question, at most; each costs a look through the vocabulary."""
_PASSAGES = 3
"""Passages in which the name is looked for as documents write it."""


def respelled(question: Question, snapshot: Snapshot) -> tuple[Question, tuple[str, ...]]:
    """The question with names in place of those that only look like them, and a note for each.

    A word is taken for a misspelt name if no document that may be read holds it and one holds a name that a slip
    of the fingers parts from it. Where the question has capitals, only words with a capital are names.
    """
    if question.mode == "vector":
        return question, ()
    text = question.text
    notes: list[str] = []
    capitals = any(character.isupper() for character in text)
    for word in dict.fromkeys(words(text)):
        if len(notes) == MOST:
            break
        if len(word) < SHORTEST or is_east_asian(word) or not word.isalpha() or (capitals and word.islower()):
            continue
        meant = _meant(word, snapshot)
        if meant is not None:
            text = text.replace(word, meant)
            notes.append(f'no document mentions "{word}"; "{meant}" was looked for instead')
    return replace(question, text=text) if notes else question, tuple(notes)


def _meant(word: str, snapshot: Snapshot) -> str | None:
    """The name, as documents write it, that a word stands for which none of them holds."""
    terms = stems(word)
    if len(terms) != 1 or snapshot.stem_frequency(terms[0]):
        return None
    for near in snapshot.spelled_like(terms[0]):
        written = _as_written(near, snapshot)
        if written is not None:
            return written
    return None


def _as_written(stem: str, snapshot: Snapshot) -> str | None:
    """A name of one stem as a passage writes it; None where it is no name."""
    rows, _ = snapshot.matching([stem], _PASSAGES, snapshot.allowed(Filters()))
    for placed in snapshot.chunks(rows.tolist()).values():
        text = " ".join((placed.document.title, *placed.chunk.headings, placed.chunk.text))
        for word in words(normal(text)):
            if word[0].isupper() and stems(word) == [stem]:
                return word if snapshot.name_numbers([norm(word)]) else None
    return None
