"""Metrics, one per function. Pure. Rankings are ids, best first, without repetition; gold is a set of ids.

A retrieval metric is undefined for a question without gold documents: leave such questions out.
"""

import re
import string
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log2

from graph.text.tokens import EAST_ASIAN_RUN, is_east_asian

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = frozenset(string.punctuation + "，。！？；：、“”‘’（）《》〈〉【】「」『』—…·")

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
    """1 if a normalised gold answer stands in the normalised answer, on word borders unless it is Chinese."""
    text = normalise(answer)
    return float(any(_contains(text, normalise(right)) for right in gold))


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
    """The text in lower case, without punctuation and articles, words separated by one blank (SQuAD)."""
    bare = "".join(character for character in text.lower() if character not in _PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", bare).split())


def _contains(text: str, right: str) -> bool:
    if not right:
        return False
    if is_east_asian(right):
        return right.replace(" ", "") in text.replace(" ", "")
    return f" {right} " in f" {text} "


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
