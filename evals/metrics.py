"""Metrics, one per function. Pure. Rankings are ids, best first, without repetition; gold is a set of ids.

A retrieval metric is undefined for a question without gold documents: leave such questions out.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log2

from graph.text.tokens import EAST_ASIAN_RUN

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = frozenset(string.punctuation + "，。！？；：、“”‘’（）《》〈〉【】「」『』—…·")
_MARKER = re.compile(r"\s*\[\d{1,3}\]")
"""A citation marker: a sign of the service, and no part of what an answer says."""
_POSSESSIVE = re.compile(r"['’](?=s\b)")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_WITHIN_NUMBER = re.compile(r"(?<=\d)[.,](?=\d)")
_DECIMAL = "\u066b"
"""Stands for a point or comma within a number: 15 is not in 1.5, nor 1.5 in 15."""
_PAUSE = re.compile(r"[。！？；：、（）《》〈〉【】「」『』…]|，(?!\d{3}(?!\d))")
"""Full-width marks part what stands beside them without a blank (7.07，15 are two numbers), but not 1，234."""
_RANGE = re.compile(r"[–—−~～/]|(?<=\d{4})-(?=\d{4}(?!\d))")
_VERDICTS = {
    **dict.fromkeys(("yes", "true", "是", "是的", "对", "有", "能", "可以", "会"), "yes"),
    **dict.fromkeys(("no", "false", "否", "不", "不是", "不对", "没有", "不能", "不可以", "不会"), "no"),
}
"""Answers to questions that are answered by yes or no, as they are normalised."""

# --- retrieval


def recall_at(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """``|first k ∩ gold| / |gold|`` (Manning et al., *Introduction to Information Retrieval*, ch. 8)."""
    return len(set(ranking[:k]) & set(gold)) / len(gold)


def precision_at(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """``|first k ∩ gold| / k`` (Manning et al., ch. 8)."""
    return len(set(ranking[:k]) & set(gold)) / k


def all_at(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """1 if every gold id is among the first ``k``, else 0: what a multi-hop answer needs."""
    return float(set(gold) <= set(ranking[:k]))


def reciprocal_rank(ranking: Sequence[str], gold: Collection[str]) -> float:
    """``1 / rank`` of the first gold id, ranks from 1; 0 if there is none (Voorhees 1999)."""
    return next((1 / rank for rank, item in enumerate(ranking, start=1) if item in gold), 0.0)


def ndcg_at(ranking: Sequence[str], grades: Mapping[str, int], k: int) -> float:
    """``DCG / ideal DCG``, gain = grade, discount ``1 / log2(rank + 1)``, ranks from 1 (Järvelin, Kekäläinen 2002)."""
    gained = sum(grades.get(item, 0) / log2(rank + 1) for rank, item in enumerate(ranking[:k], start=1))
    best = sorted(grades.values(), reverse=True)[:k]
    return gained / sum(grade / log2(rank + 1) for rank, grade in enumerate(best, start=1))


def found_at(ranking: Sequence[str], document: str, k: int) -> float:
    """1 if one document is among the first ``k``: recall for a single hop of a question."""
    return float(document in ranking[:k])


# --- answers


def exact_match(answer: str, gold: Iterable[str]) -> float:
    """1 if the normalised answer equals a normalised gold answer (Rajpurkar et al., SQuAD, 2016)."""
    return float(any(normalise(answer) == normalise(right) for right in gold))


def token_f1(answer: str, gold: Iterable[str]) -> float:
    """Best F1 of shared tokens over the gold answers (SQuAD); Han characters one by one (Lewis et al., MLQA, 2020)."""
    return max((_f1(_tokens(answer), _tokens(right)) for right in gold), default=0.0)


def token_recall(answer: str, gold: Iterable[str]) -> float:
    """Best share of a gold answer's tokens that the answer holds (Adlakha et al., 2024). Long answers lose nothing."""
    return max((_recall(_tokens(answer), _tokens(right)) for right in gold), default=0.0)


def contains_answer(answer: str, gold: Iterable[str]) -> float:
    """1 if a normalised gold answer stands in the normalised answer, on borders of words and numbers.

    Han needs no borders, and is one beside what is not Han: 1943 is in 他生于1943年. Neither 12 nor 20 is in 2012,
    nor 5 in 1.5, nor in a citation marker [5].
    """
    text = _run(answer)
    return float(any(len(right) > 2 and right in text for right in map(_run, gold)))


def yes_or_no(answers: Iterable[str]) -> str | None:
    """``yes`` or ``no`` if that is what every answer says, however it says it; else None."""
    found = {_VERDICTS.get(normalise(answer)) for answer in answers}
    return found.pop() if len(found) == 1 else None


def verdict_right(short: str | None, gold: Iterable[str]) -> float:
    """1 if a short answer says the yes or no that is gold; 0 without a short answer, and where it says neither."""
    said = None if short is None else yes_or_no([short])
    return float(said is not None and said == yes_or_no(gold))


# --- citations, over the distinct documents that an answer cites


def citation_precision(cited: Collection[str], gold: Collection[str]) -> float:
    """``|cited ∩ gold| / |cited|``: set precision (Manning et al., ch. 8). Undefined where nothing is cited."""
    return len(set(cited) & set(gold)) / len(set(cited))


def citation_recall(cited: Collection[str], gold: Collection[str]) -> float:
    """``|cited ∩ gold| / |gold|``: set recall (Manning et al., ch. 8)."""
    return len(set(cited) & set(gold)) / len(set(gold))


def literal_validity(literal: int, citations: int) -> float:
    """Share of citations whose quote is, character by character, the document's text at the offsets they name."""
    return literal / citations


# --- abstention


def wrong_refusal(*, abstained: bool) -> float:
    """Of an answerable question: 1 if it was refused. The mean is the false refusal rate (1 - coverage)."""
    return float(abstained)


def right_refusal(*, abstained: bool) -> float:
    """Of a question that nothing answers: 1 if it was refused. The mean is the recall of refusals."""
    return float(abstained)


# --- judged, from the labels that a model gave to claims


def supported_share(labels: Sequence[str]) -> float:
    """Entailed claims / claims (Hu et al., RefChecker, 2024; Es et al., RAGAS, 2023). Undefined without claims."""
    return sum(label == "entailment" for label in labels) / len(labels)


def raw_agreement(one: Sequence[str], other: Sequence[str]) -> float:
    """Share of items that two raters label alike."""
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """``(p_o - p_e) / (1 - p_e)``: agreement beyond chance (Cohen 1960); 1 where both use one and the same label."""
    observed = raw_agreement(one, other)
    first, second = Counter(one), Counter(other)
    expected = sum(first[label] * second[label] for label in first) / len(one) ** 2
    return 1.0 if expected == 1.0 else (observed - expected) / (1 - expected)


# --- time


def percentile(values: Sequence[float], share: float) -> float:
    """Interpolates linearly between order statistics at ``(n - 1) · share``, from 0 (Hyndman, Fan 1996, type 7)."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


# --- how texts are compared


def normalise(text: str) -> str:
    """The text in lower case, without punctuation and articles, words separated by one blank (SQuAD).

    Markers of citations are left out, and what Unicode writes in several ways (width, composition) is written in one.
    """
    bare = "".join(character for character in folded(text) if character not in _PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def folded(text: str) -> str:
    """Lower case in compatibility form (NFKC), without markers of citations and characters that are not seen."""
    plain = unicodedata.normalize("NFKC", _MARKER.sub(" ", text)).casefold()
    return "".join(character for character in plain if unicodedata.category(character) != "Cf")


def _run(text: str) -> str:
    """The tokens of a text between blanks, numbers kept whole."""
    plain = _RANGE.sub(" ", _POSSESSIVE.sub(" ", folded(_PAUSE.sub(" ", text))))
    return f" {' '.join(_tokens(_WITHIN_NUMBER.sub(_DECIMAL, _THOUSANDS.sub('', plain))))} "


def _tokens(text: str) -> list[str]:
    """Words; Han characters one by one, also within a word (``2022年`` is two tokens)."""
    return EAST_ASIAN_RUN.sub(lambda run: f" {' '.join(run.group())} ", normalise(text)).split()


def _f1(answer: Sequence[str], right: Sequence[str]) -> float:
    shared = sum((Counter(answer) & Counter(right)).values())
    if not shared:
        return float(not answer and not right)
    precision, recall = shared / len(answer), shared / len(right)
    return 2 * precision * recall / (precision + recall)


def _recall(answer: Sequence[str], right: Sequence[str]) -> float:
    return sum((Counter(answer) & Counter(right)).values()) / len(right) if right else 0.0
