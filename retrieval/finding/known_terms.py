"""Which terms of a question the knowledge base holds, as far as whoever asks may read it."""

from itertools import pairwise

from graph.model import Span
from graph.text.names import find_names
from graph.text.tokens import is_east_asian
from graph.view.snapshot import Snapshot
from retrieval.finding.weights import KNOWN_TERMS
from retrieval.questions.known_terms import KnownTerms
from retrieval.questions.read_question import MAX_NAMED, ReadQuestion


def known_terms(read: ReadQuestion, snapshot: Snapshot) -> KnownTerms:
    """How often a snapshot holds the terms of a question, and how else its names are written."""
    text = read.text[:MAX_NAMED]
    keys = sorted({found.key for found in find_names(text, [Span(start=0, end=len(text))]) if found.kind != "year"})
    return KnownTerms(
        size=snapshot.size,
        holding={term: _frequency(term, snapshot) for term in read.terms.all[:KNOWN_TERMS]},
        names=snapshot.other_names(keys),
    )


def _frequency(term: str, snapshot: Snapshot) -> int:
    """Passages that hold a term; of a longer word of Han no more than hold each of its pairs."""
    if len(term) > 2 and is_east_asian(term):
        return min(snapshot.stem_frequency(one + other) for one, other in pairwise(term))
    return snapshot.stem_frequency(term)
