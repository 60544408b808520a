"""Whether chosen sentences may be shown as an answer, and what is said where they may not. Pure.

Sentences answer if they hold what the question asks about. That is judged by terms, each as heavy as it is rare in the
whole knowledge base: what the sentences hold together, what one of them holds alone (a question is seldom answered by
words gathered here and there), what no document holds at all; and by names, of which an answer may lack none that
nobody mentions near it. A name that only a bridge leads to need not be in a chosen sentence: any passage of the
evidence may hold it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from graph.model import Span
from graph.text.held_names import holds_name, norm_text
from graph.text.names import find_names, norm
from graph.text.tokens import is_east_asian, plain_words, stems, words
from retrieval.answer import Refusal
from retrieval.answering.weights import ANSWER_WEIGHTS, REFUSAL_WEIGHTS, RefusalWeights
from retrieval.model import Evidence
from retrieval.questions.other_languages import small_words_of
from retrieval.questions.read_question import MAX_NAMED, ReadQuestion
from retrieval.questions.related_words import RelatedWords
from retrieval.questions.terms import is_character

_SMALL = 5
"""Letters of a word in small letters up to which it is not told as unknown: "many", "live" and "still" name nothing."""


def refused(
    read: ReadQuestion, evidence: Sequence[Evidence], chosen: Sequence[tuple[int, str]],
    weights: RefusalWeights = REFUSAL_WEIGHTS,
) -> bool:  # fmt: skip
    """Whether the chosen sentences are no answer. ``chosen``: (marker, sentence)."""
    shares = _shares(read)
    if not shares or not chosen or _apart(read, evidence, chosen) or _turned_round(read, chosen):
        return True
    return worth(read, evidence, chosen, shares, weights) < weights.least


def worth(
    read: ReadQuestion, evidence: Sequence[Evidence], chosen: Sequence[tuple[int, str]], shares: Mapping[str, float],
    weights: RefusalWeights,
) -> float:  # fmt: skip
    """What speaks for sentences as an answer, less what speaks against them. ``shares``: the terms' weights, sum 1."""
    placed = {item.marker: item.placed for item in evidence}
    wholes = [
        " ".join((placed[marker].document.title, *placed[marker].chunk.headings, text)) for marker, text in chosen
    ]
    known = read.known
    # what no document says in the question's own word, one may say in another for the same
    related = RelatedWords(read.text, [term for term in read.terms.all if known is not None and known.unknown(term)])
    held = [read.terms.held(whole) | related.held(whole) for whole in wholes]
    return (
        weights.covered * _sum(shares, frozenset[str]().union(*held))
        + weights.covered_by_one * max(_sum(shares, one) for one in held)
        + weights.unknown * (_sum(shares, filter(known.unknown, shares)) if known is not None else 0.0)
        + weights.nameless * _nameless(read, evidence)
    )


_ATTRIBUTE = re.compile(
    r"^\W*(?:who|what)(?:'s| is| was| are| were) the (?P<of>[a-z][a-z-]*(?: [a-z-]+){0,2}) of (?:the )?"
    r"(?P<name>[A-Z][^?]*?)\W*$",
    re.IGNORECASE,
)
"""A question for one attribute of one named thing."""


def _apart(read: ReadQuestion, evidence: Sequence[Evidence], chosen: Sequence[tuple[int, str]]) -> bool:
    """Whether an attribute is asked for that stands beside no mention of its owner: a mayor of one town is none of
    another's."""
    asked = _ATTRIBUTE.match(read.text)
    if asked is None or not asked["name"][0].isupper() or " of " in asked["name"]:
        return False
    name, wanted = norm(asked["name"]), frozenset(stems(asked["of"])) & frozenset(read.terms.all)
    placed = {item.marker: item.placed for item in evidence}
    wholes = [" ".join((placed[mark].document.title, *placed[mark].chunk.headings, text)) for mark, text in chosen]
    return bool(wanted) and not any(
        holds_name(norm_text(one), name) and read.terms.held(one) & wanted for one in wholes
    )


_RELATED_HAN = re.compile(
    r"(?P<name>[^的，。？?]{2,12})的(?P<of>[\u3400-\u9fff]{2,4})[是为為](?:谁|誰|哪位|什么人|何人)[？?\s]*"
)
"""A question for somebody's relative, teacher, successor: X的导师是谁."""


def _turned_round(read: ReadQuestion, chosen: Sequence[tuple[int, str]]) -> bool:
    """Whether a relation is told only the other way round: 乙的导师甲 does not say who the teacher of 甲 is."""
    asked = _RELATED_HAN.fullmatch(read.text.strip())
    if asked is None:
        return False
    other_way = re.compile(rf"的{asked['of']}[是为為，：]?{re.escape(asked['name'])}")
    told = [text for _, text in chosen if asked["of"] in text]
    return bool(told) and not any(asked["of"] in other_way.sub("", text) for text in told)


def refusal_of(read: ReadQuestion, evidence: Sequence[Evidence], weights: RefusalWeights = REFUSAL_WEIGHTS) -> Refusal:
    """What came nearest, and which words of the question no document knows."""
    return Refusal(nearest=tuple(evidence[: weights.nearest]), unknown_terms=tuple(dict.fromkeys(_unknown(read))))


def _shares(read: ReadQuestion) -> Mapping[str, float]:
    """The weight of each term, sum 1: by its rarity in the knowledge base; alike where that was not looked up."""
    known = read.known
    looked_up = [term for term in read.terms.all if known is None or term in known.holding]
    ordinary = frozenset(stems(" ".join(plain_words(read.text))))

    def weight(term: str) -> float:
        rarity = 1.0 if known is None else known.rarity(term)
        if known is not None and term in ordinary and known.unknown(term):
            return rarity * REFUSAL_WEIGHTS.ordinary
        return rarity * (ANSWER_WEIGHTS.character if is_character(term) else 1.0)

    raw = {term: weight(term) for term in looked_up}
    total = sum(raw.values())
    return {term: weight / total for term, weight in raw.items()} if total else {}


def _sum(shares: Mapping[str, float], terms: Iterable[str]) -> float:
    return sum(shares.get(term, 0.0) for term in terms)


def _nameless(read: ReadQuestion, evidence: Sequence[Evidence]) -> float:
    """The part of the question's names that no passage of the evidence holds, under any of their names."""
    names = _names(read)
    if not names:
        return 0.0
    others = read.known.names if read.known is not None else {}
    passages = [
        norm_text(" ".join((item.placed.document.title, *item.placed.chunk.headings, item.placed.chunk.text)))
        for item in evidence
    ]
    missing = [
        name
        for name in names
        if not any(holds_name(passage, one) for one in (name, *others.get(name, ())) for passage in passages)
    ]
    return len(missing) / len(names)


def _names(read: ReadQuestion) -> set[str]:
    """The names of the question, normalised."""
    text = read.text[:MAX_NAMED]
    names = {found.key for found in find_names(text, [Span(start=0, end=len(text))]) if found.kind != "year"}
    return names - small_words_of(text)


def _unknown(read: ReadQuestion) -> Iterable[str]:
    """Words of the question, as it writes them, none of whose terms any document holds."""
    known = read.known
    if known is None:
        return
    unknown = frozenset(filter(known.unknown, known.holding))
    for word in words(read.text):
        if not is_east_asian(word):
            terms = [term for term in stems(word) if term in known.holding]
            if terms and unknown.issuperset(terms) and (word[0].isupper() or len(word) > _SMALL):
                yield word
            continue
        yield from _unknown_runs(word, unknown)


def _unknown_runs(run: str, unknown: frozenset[str]) -> Iterable[str]:
    """Stretches of Han that unknown terms cover without a gap."""
    covered = [False] * len(run)
    for term in unknown:
        start = run.find(term) if is_east_asian(term) else -1
        while start >= 0:
            covered[start : start + len(term)] = [True] * len(term)
            start = run.find(term, start + 1)
    start = 0
    for place in range(len(run) + 1):
        if place < len(run) and covered[place]:
            continue
        if place - start > 1:
            yield run[start:place]
        start = place + 1
