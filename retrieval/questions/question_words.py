"""Words by which questions show what they ask, in English and Chinese."""

import re

from graph.text.tokens import is_east_asian
from retrieval.questions import chinese_kinds, english_kinds
from retrieval.questions.answer_kinds import AnswerType, Unit

__all__ = ["AnswerType", "Unit", "answer_type", "asked_noun", "asked_unit", "asks_for_newest", "asks_yes_or_no"]

_NEWEST = re.compile(r"\b(?:newest|latest|most recent(?:ly)?)\b|最新|最近", re.IGNORECASE)


def answer_type(question: str) -> AnswerType:
    """What kind of answer is asked for."""
    kind = chinese_kinds.chinese_kind(question) if is_east_asian(question) else "any"
    return english_kinds.english_kind(question) if kind == "any" else kind


def asked_noun(question: str) -> str:
    """What the asked thing is called in the question: "city" for "In which city …", 乐器 for 什么乐器; or nothing."""
    return (chinese_kinds.chinese_noun(question) if is_east_asian(question) else "") or english_kinds.english_noun(
        question
    )


def asked_unit(question: str) -> Unit | None:
    """What a number that is asked for counts; None where the question does not say."""
    return (chinese_kinds.chinese_unit(question) if is_east_asian(question) else None) or english_kinds.english_unit(
        question
    )


def asks_yes_or_no(question: str) -> bool:
    """Whether a comparison is answered by yes or no, and not by one of its sides."""
    if is_east_asian(question):
        return chinese_kinds.chinese_yes_or_no(question)
    return english_kinds.asks_yes_or_no(question)


def asks_for_newest(question: str) -> bool:
    """Whether of several things the last one is asked for."""
    return _NEWEST.search(question) is not None
