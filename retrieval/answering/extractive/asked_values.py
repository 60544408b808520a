"""Whether a sentence holds a value of the kind that is asked for, and not only what the question says itself. Pure."""

import re

from graph.text.tokens import is_east_asian, stems
from retrieval.answering.shapes import ANSWER_SHAPES
from retrieval.questions.read_question import ReadQuestion

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
