"""Metrics, one per function. Pure. Rankings are ids, best first; gold is a set of ids.

Where nothing is gold a retrieval metric is undefined; leave such questions out.
"""

import re
import string
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from math import log2

from graph.tokens import is_east_asian

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = frozenset(string.punctuation + "，。！？；：、“”‘’（）《》〈〉【】「」『』—…·")


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


def ndcg_at(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """``DCG / ideal DCG`` with binary gains and ``1 / log2(rank + 1)``, ranks from 1 (Järvelin, Kekäläinen 2002)."""
    gained = sum(1 / log2(rank + 1) for rank, item in enumerate(ranking[:k], start=1) if item in gold)
    ideal = sum(1 / log2(rank + 1) for rank in range(1, min(len(gold), k) + 1))
    return gained / ideal


def exact_match(answer: str, gold: Iterable[str]) -> float:
    """1 if the normalised answer equals a normalised gold answer (Rajpurkar et al., SQuAD, 2016)."""
    return float(any(normalise(answer) == normalise(right) for right in gold))


def token_f1(answer: str, gold: Iterable[str]) -> float:
    """Best F1 of shared tokens over the gold answers (SQuAD); characters for Chinese (Cui et al., CMRC, 2019)."""
    return max((_f1(_tokens(answer), _tokens(right)) for right in gold), default=0.0)


def contains_answer(answer: str, gold: Iterable[str]) -> float:
    """1 if a normalised gold answer stands in the normalised answer, on word borders unless it is Chinese."""
    text = normalise(answer)
    return float(any(_contains(text, normalise(right)) for right in gold))


def normalise(text: str) -> str:
    """Lower case, without punctuation, articles and further white space (SQuAD)."""
    bare = "".join(" " if character in _PUNCTUATION else character for character in text.lower())
    return " ".join(_ARTICLES.sub(" ", bare).split())


def _contains(text: str, right: str) -> bool:
    if not right:
        return False
    if is_east_asian(right):
        return right.replace(" ", "") in text.replace(" ", "")
    return f" {right} " in f" {text} "


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    for word in normalise(text).split():
        found += list(word) if is_east_asian(word) else [word]
    return found


def _f1(answer: Sequence[str], right: Sequence[str]) -> float:
    shared = sum((Counter(answer) & Counter(right)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(answer), shared / len(right)
    return 2 * precision * recall / (precision + recall)
