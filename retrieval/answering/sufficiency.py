"""How far an answer goes: a ladder from answered to not answerable. Pure.

Rules judge: every name and number of the question, and something of the asked kind, must stand in what the answer
cites, in the sentences themselves or in the titles over them. What else speaks against an answer can only lower it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from graph.model import Span
from graph.text.held_names import holds_name, norm_text
from graph.text.names import find_names, norm
from graph.text.tokens import is_east_asian
from retrieval.answer import Answer, Citation, Sufficiency, SufficiencyKind
from retrieval.answering.short.spans import holds
from retrieval.questions.answer_kinds import AnswerType
from retrieval.questions.other_languages import small_words_of
from retrieval.questions.read_question import MAX_NAMED, ReadQuestion

LADDER: tuple[SufficiencyKind, ...] = ("answered", "caveat", "gap", "conflict", "unanswerable")
"""From the best to the worst."""
_KINDS: Mapping[AnswerType, str] = {"person": "a person", "time": "a time", "number": "a number", "place": "a place"}


def sufficiency_of(read: ReadQuestion, answer: Answer) -> Sufficiency:
    """Where an answer stands by rule."""
    if answer.abstained:
        unknown = answer.refusal.unknown_terms if answer.refusal else ()
        return Sufficiency(kind="unanswerable", reason="no sentence of the documents answers", missing=unknown)
    if answer.conflict is not None:
        return Sufficiency(kind="conflict", reason="sources say different things")
    missing = tuple(_missing(read, answer.citations))
    if missing:
        return Sufficiency(kind="gap", reason="what is cited does not hold all that was asked for", missing=missing)
    if answer.degraded or answer.dropped_sentences:
        reasons = answer.degraded or ("sentences were dropped because nothing supports them",)
        return Sufficiency(kind="caveat", reason=reasons[0])
    return Sufficiency(kind="answered", reason="every name, number and the asked kind have a cited sentence")


def lowered(by_rule: Sufficiency, kind: SufficiencyKind, reason: str, missing: tuple[str, ...] = ()) -> Sufficiency:
    """A judgement that is not better than the one by rule: the worse of the two, with what both miss."""
    both = tuple(dict.fromkeys((*by_rule.missing, *missing)))
    if LADDER.index(kind) <= LADDER.index(by_rule.kind):
        return replace(by_rule, missing=both)
    return Sufficiency(kind=kind, reason=reason, missing=both)


def _missing(read: ReadQuestion, citations: Sequence[Citation]) -> Iterator[str]:
    """Names and numbers of the question that nothing cited holds, and the kind that is asked for."""
    said = " ".join(f"{one.title} {' '.join(one.headings)} {one.quote}" for one in citations)
    text, keys = norm_text(said), frozenset(norm_text(said).split())
    others = read.known.names if read.known is not None else {}
    for written, key in _named(read.text[:MAX_NAMED]):
        spelled = (key, *others.get(key, ()))
        if not any(holds_name(text, one) or (" " in one and keys.issuperset(one.split())) for one in spelled):
            yield written
    if read.answer_type in _KINDS and not any(
        holds(read.answer_type, f"{one.title}. {one.quote}", read.text) for one in citations
    ):
        yield _KINDS[read.answer_type]


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Names and numbers of a question, the longest where one holds another, as it writes them and normalised."""
    small = small_words_of(text)
    found = [one for one in find_names(text, [Span(start=0, end=len(text))]) if one.kind != "part" and one.end]
    for one in found:
        inside = any(
            other.start <= one.start and one.end <= other.end and (other.start, other.end) != (one.start, one.end)
            for other in found
        )
        if not inside and one.key not in small and (one.kind != "word" or len(one.key) > 1):
            yield one.name, norm(one.name) if not is_east_asian(one.name) else one.key
