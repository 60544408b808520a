"""Whether chosen sentences may be shown as an answer. Pure."""

from collections.abc import Sequence

from retrieval.answering.extractive.sentences import term_weights
from retrieval.answering.weights import AnswerWeights
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion


def refused(
    read: ReadQuestion, evidence: Sequence[Evidence], chosen: Sequence[tuple[int, str]], weights: AnswerWeights
) -> bool:
    """Whether the sentences and their titles hold too little of the question. ``chosen``: (marker, sentence)."""
    shares = term_weights(read.terms, evidence)
    placed = {item.marker: item.placed for item in evidence}
    held = frozenset[str]()
    for marker, text in chosen:
        headings = " ".join((placed[marker].document.title, *placed[marker].chunk.headings))
        held |= read.terms.held(f"{headings} {text}")
    return sum(weight for term, weight in shares.items() if term in held) < weights.least_coverage
