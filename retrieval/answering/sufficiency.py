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
_KINDS: Mapping[AnswerType, tuple[str, str]] = {
    "person": ("a person", "人物"), "time": ("a time", "时间"),
    "number": ("a number", "数字"), "place": ("a place", "地点"),
}  # fmt: skip
_REASONS = {
    "unanswerable": ("no sentence of the documents answers", "文档中没有能回答的句子"),
    "conflict": ("sources say different things", "来源说法不一"),
    "gap": ("what is cited does not hold all that was asked for", "引用的内容没有涵盖所问的全部"),
    "caveat": ("sentences were dropped because nothing supports them", "有句子因没有依据而被删去"),
    "answered": ("every name, number and the asked kind have a cited sentence", "所问的名称、数字和类别都有引用的句子"),
}
"""Why an answer stands where it does, in English and Chinese."""
_IN_PIECES = ("no cited sentence holds most of what was asked", "没有一句引用涵盖所问的大部分")
ENOUGH_OF_IT = 0.7
"""Share of a question's terms in one cited sentence from which on it is taken to be about all of the question."""


def sufficiency_of(read: ReadQuestion, answer: Answer, reached: Sequence[str] = ()) -> Sufficiency:
    """Where an answer stands by rule. ``reached``: answered questions of a plan; what they name is not missing."""
    zh = is_east_asian(read.text)
    if answer.abstained:
        unknown = answer.refusal.unknown_terms if answer.refusal else ()
        return _judged("unanswerable", zh, unknown)
    if answer.conflict is not None:
        return _judged("conflict", zh)
    covered = [_joined(one) for one in reached]
    missing = tuple(one for one in _missing(read, answer) if not any(_joined(one) in asked for asked in covered))
    if missing:
        return _judged("gap", zh, missing)
    if answer.degraded:
        return Sufficiency(kind="caveat", reason=answer.degraded[0])
    return _judged("caveat" if answer.dropped_sentences else "answered", zh)


def judged(read: ReadQuestion, answer: Answer) -> Answer:
    """An answer from one search with how far it goes, by rule alone: no model is asked whether it has answered."""
    return replace(answer, sufficiency=sufficiency_of_one_search(read, answer))


def sufficiency_of_one_search(read: ReadQuestion, answer: Answer) -> Sufficiency | None:
    """Where an answer from one search stands; None where many things were asked for, and some were told.

    Nobody has gone through the question step by step here. That each name stands in something cited tells little then:
    how much of the question one sentence holds, with the title over it, tells more (figures in docs/reasoning.md).
    Where that is little, nothing is called answered; where it is much, a name that is missing is no gap.
    """
    found = sufficiency_of(read, answer)
    if found.kind in {"unanswerable", "conflict"}:
        return found
    if read.broad is not None and read.broad.kind != "definition":
        return None
    whole = answer.short_answer is not None or _most_held(read, answer.citations) >= ENOUGH_OF_IT
    if whole:
        return replace(found, kind="caveat") if found.kind == "gap" else found
    if found.kind == "gap":
        return found
    return lowered(found, "caveat", _IN_PIECES[is_east_asian(read.text)])


def _most_held(read: ReadQuestion, citations: Sequence[Citation]) -> float:
    """The share of the question's terms that the one cited sentence holds which holds most, with what it is under."""
    terms = frozenset(read.terms.all)
    held = (read.terms.held(f"{one.title}. {' '.join(one.headings)} {one.quote}") for one in citations)
    return max((len(terms & one) for one in held), default=0) / len(terms) if terms else 1.0


def _judged(kind: SufficiencyKind, zh: bool, missing: tuple[str, ...] = ()) -> Sufficiency:
    return Sufficiency(kind=kind, reason=_REASONS[kind][zh], missing=missing)


def _joined(text: str) -> str:
    """A text without what a plan adds when it takes a description apart."""
    return text.replace("的", "").lower()


def lowered(by_rule: Sufficiency, kind: SufficiencyKind, reason: str, missing: tuple[str, ...] = ()) -> Sufficiency:
    """A judgement that is not better than the one by rule: the worse of the two, with what both miss."""
    both = tuple(dict.fromkeys((*by_rule.missing, *missing)))
    if LADDER.index(kind) <= LADDER.index(by_rule.kind):
        return replace(by_rule, missing=both)
    return Sufficiency(kind=kind, reason=reason, missing=both)


def _missing(read: ReadQuestion, answer: Answer) -> Iterator[str]:
    """Names and numbers of the question that nothing cited holds, and the kind that is asked for.

    A short answer is of that kind, whether or not its name looks like one.
    """
    citations = answer.citations
    said = " ".join(f"{one.title} {' '.join(one.headings)} {one.quote}" for one in citations)
    text, keys = norm_text(said), frozenset(norm_text(said).split())
    others = read.known.names if read.known is not None else {}
    for written, key in _named(read.text[:MAX_NAMED]):
        spelled = (key, *others.get(key, ()))
        if not any(holds_name(text, one) or (" " in one and keys.issuperset(one.split())) for one in spelled):
            yield written
    kind_said = answer.short_answer is not None or any(
        holds(read.answer_type, f"{one.title}. {one.quote}", read.text) for one in citations
    )
    if read.answer_type in _KINDS and not kind_said:
        yield _KINDS[read.answer_type][is_east_asian(read.text)]


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
