"""The shapes that answers have, and whether a sentence holds one that its question does not. Pure."""

import re

from graph.text.tokens import is_east_asian, stems
from retrieval.questions.question_words import AnswerType
from retrieval.questions.read_question import ReadQuestion

_SHAPED: dict[AnswerType, tuple[str, ...]] = {
    "number": (
        r"\d",
        r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million)\b",
        "[一二三四五六七八九十百千万亿两]",
    ),
    "time": (
        r"\b1\d{3}\b|\b20\d{2}\b",
        r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b",
        r"\d年|\d月|世纪|年代",
    ),
    "person": (r"\b[A-Z][\w'’-]+(?: [A-Z]\.)*(?: [A-Z][\w'’-]+)+", "[\u4e00-\u9fff]{2,}"),
    "place": (r"\b(?:in|at|near|from|of|to) (?:the )?[A-Z]", "在|位于|于|市|省|国|县|镇"),
}
ANSWER_SHAPES = {kind: re.compile("|".join(parts)) for kind, parts in _SHAPED.items()}
"""What a sentence holds that answers a question of each type."""
_CAPITAL = re.compile(r"\b[^\W\d_a-z][\w'’-]+")
"""Also what begins with a letter of another script; whether that is a capital is asked afterwards."""


def holds_asked_value(read: ReadQuestion, text: str, title: str) -> bool:
    """Whether a sentence, but for its passage's title, holds a value of the asked kind that the question does not.

    Where no shape is known of the kind, it is a name that the question does not hold.
    """
    bare = text.replace(title, " ") if title else text
    if read.answer_type in {"time", "number"} or (is_east_asian(text) and read.answer_type in ANSWER_SHAPES):
        return any(match.group() not in read.text for match in ANSWER_SHAPES[read.answer_type].finditer(bare))
    return _new_name(read, bare.lstrip())


def _new_name(read: ReadQuestion, text: str) -> bool:
    """Whether a capitalised word, other than the first, is none of the question's; any word in a script without
    capitals.
    """
    asked = frozenset(read.stems)
    if text.lower() == text.upper():
        return not asked.issuperset(stems(text))
    for match in _CAPITAL.finditer(text):
        word = frozenset(stems(match.group()))
        if match.start() and match.group()[0].isupper() and word and not word <= asked:
            return True
    return False
