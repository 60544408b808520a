"""Which metrics there are, and what they say of one row of a run. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from evals import metrics
from evals.model import GivenAnswer, Judgement, Row

DEPTHS = (2, 5, 10, 20)
"""Depths at which recall is taken, in documents."""
HEADLINE = 5
Group = Literal["retrieval", "answers", "citations", "abstention", "judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A metric for people. Values lie between 0 and 1; ``higher`` tells whether more is better."""

    key: str
    group: Group
    title: str
    says: str
    higher: bool = True


_CATALOGUE: tuple[tuple[Group, str, str, str], ...] = (
    *(("retrieval", f"recall@{k}", f"recall@{k}", f"share of the gold documents among the first {k}") for k in DEPTHS),
    ("retrieval", "all@5", "all@5", "questions with every gold document among the first 5"),
    ("retrieval", "precision@5", "precision@5", "share of the first 5 documents that are gold"),
    ("retrieval", "mrr", "MRR", "1 / rank of the first gold document"),
    ("retrieval", "ndcg@10", "nDCG@10", "graded gain of the first 10, discounted by rank, to the best possible"),
    ("answers", "right", "right", "questions that did not fail, as listed below"),
    ("answers", "contains", "contains answer", "a gold answer stands in the answer"),
    ("answers", "exact_match", "exact match", "the short answer, or else the text, is a gold answer and nothing else"),
    ("answers", "token_f1", "token F1", "overlap of the short answer, or else the text, with a gold answer"),
    ("answers", "short_given", "short answers", "answerable questions that were given a short answer"),
    ("answers", "short_right", "short answers right", "short answers that are a gold answer and nothing else"),
    ("answers", "verdict", "verdicts", "questions answered by yes or no whose short answer says the right one"),
    ("answers", "token_recall", "token recall", "share of a gold answer's tokens in the answer"),
    ("citations", "citation_precision", "citation precision", "share of the cited documents that are gold"),
    ("citations", "citation_recall", "citation recall", "share of the gold documents that are cited"),
    ("citations", "literal", "literal citations", "citations that are the document's text, character by character"),
    ("abstention", "wrong_refusal", "wrong refusals", "answerable questions that were refused"),
    ("abstention", "right_refusal", "right refusals", "questions that nothing answers and that were refused"),
    ("judged", "faithfulness", "faithfulness", "share of the answer's claims that the passages it cites support"),
    ("judged", "relevance", "relevance", "how far the answer speaks to the question"),
    ("judged", "correctness", "correctness", "share of the gold answer's claims that the answer makes"),
)
METRICS: tuple[Metric, ...] = tuple(
    Metric(group=group, key=key, title=title, says=says, higher=key != "wrong_refusal")
    for group, key, title, says in _CATALOGUE
)
BY_KEY: Mapping[str, Metric] = {metric.key: metric for metric in METRICS}
Failure = Literal["answered the unanswerable", "evidence not found", "refused", "wrong answer"]
FAILURES: Mapping[Failure, str] = {
    "evidence not found": "a gold document is missing from the first 5",
    "refused": "every gold document was found, yet the question was refused",
    "wrong answer": "every gold document was found, yet the answer does not hold a gold answer",
    "answered the unanswerable": "nothing answers the question, yet it was answered",
}


def scores(row: Row, judgement: Judgement | None = None) -> Mapping[str, float]:
    """Every metric that is defined for a row, by key."""
    found: dict[str, float] = {}
    if row.gold:
        found |= _retrieval(row)
    if row.answer is not None:
        found |= _answer(row)
        if row.answer.quotes:
            literal = sum(quote.literal for quote in row.answer.quotes)
            found["literal"] = metrics.literal_validity(literal, len(row.answer.quotes))
    if judgement is not None:
        found |= _judged(judgement)
        if row.answer is not None and row.answer.abstained and row.answerable and row.answers:
            found["correctness"] = 0.0
    if row.answer is not None:
        found["right"] = float(failure(row, found) is None)
    return found


def failure(row: Row, scored: Mapping[str, float]) -> Failure | None:
    """Why a question counts as failed; None if it does not.

    An answer is right if it holds a gold answer, or at least half of the gold's claims (judged), or, for gold
    answers that no sentence can hold literally, at least half of its tokens.
    """
    evidence = scored.get("all@5", 1.0) == 1.0
    if row.answer is None:
        return None if evidence else "evidence not found"
    if not row.answerable:
        return None if row.answer.abstained else "answered the unanswerable"
    if row.answers and not row.answer.abstained and _right(scored):
        return None
    if not evidence:
        return "evidence not found"
    if row.answer.abstained:
        return "refused"
    return "wrong answer" if row.answers else None


def _right(scored: Mapping[str, float]) -> bool:
    if "correctness" in scored:
        return scored["correctness"] >= 0.5
    return scored.get("contains", 0.0) == 1.0 or scored.get("token_f1", 0.0) >= 0.5


def _retrieval(row: Row) -> Mapping[str, float]:
    grades = row.grades
    return {
        **{f"recall@{k}": metrics.recall_at(row.ranking, grades, k) for k in DEPTHS},
        "all@5": metrics.all_at(row.ranking, grades, HEADLINE),
        "precision@5": metrics.precision_at(row.ranking, grades, HEADLINE),
        "mrr": metrics.reciprocal_rank(row.ranking, grades),
        "ndcg@10": metrics.ndcg_at(row.ranking, grades, 10),
    }


def _answer(row: Row) -> Mapping[str, float]:
    answer = row.answer
    if answer is None:
        return {}
    if not row.answerable:
        return {"right_refusal": metrics.right_refusal(abstained=answer.abstained)}
    found = {"wrong_refusal": metrics.wrong_refusal(abstained=answer.abstained)}
    if row.answers:
        found |= _said(answer, row.answers)
    cited = {quote.document_id for quote in answer.quotes}
    if row.gold:
        found["citation_recall"] = metrics.citation_recall(cited, row.grades)
        if cited:
            found["citation_precision"] = metrics.citation_precision(cited, row.grades)
    return found


def _said(answer: GivenAnswer, gold: Sequence[str]) -> Mapping[str, float]:
    """What an answer and its short answer hold of the gold; where that is yes or no, the short answer alone counts."""
    # a refusal is no answer, whatever words it is made of
    text = "" if answer.abstained else answer.text
    short = None if answer.abstained else answer.short_answer
    found = {
        "contains": metrics.contains_answer(text, gold),
        "exact_match": metrics.exact_match(short or text, gold),
        "token_f1": metrics.token_f1(short or text, gold),
        "token_recall": metrics.token_recall(text, gold),
        "short_given": float(short is not None),
    }
    if metrics.yes_or_no(gold) is not None:
        right = metrics.verdict_right(short, gold)
        found |= {"verdict": right, "contains": right, "exact_match": right, "token_f1": right, "token_recall": right}
    if short is not None:
        found["short_right"] = found["exact_match"]
    return found


def _judged(judgement: Judgement) -> Mapping[str, float]:
    found: dict[str, float] = {}
    if judgement.faithful:
        found["faithfulness"] = metrics.supported_share(_labels(judgement.faithful))
    if judgement.relevance is not None:
        found["relevance"] = judgement.relevance
    if judgement.correct:
        found["correctness"] = metrics.supported_share(_labels(judgement.correct))
    return found


def _labels(judged: Sequence[tuple[str, str]]) -> list[str]:
    return [label for _, label in judged]
