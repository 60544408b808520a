"""Words by which questions show what they ask, in English and Chinese."""

import re
from typing import Literal

AnswerType = Literal["person", "time", "number", "place", "any"]

_ASKED: dict[AnswerType, tuple[str, ...]] = {
    "number": (
        r"\bhow (?:many|much|long|far|old|tall|large|big|high|deep)\b",
        "多少",
        "几[个名人次天年月位本]",
        "多[长高大远久]",
    ),
    "time": (
        r"\bwhen\b",
        r"\b(?:what|which) (?:year|date|day|month|century|decade)\b",
        "什么时候|何时|哪一?年|几[年月]",
    ),
    "person": (r"\bwho(?:se|m)?\b", "谁|哪一?位|何人"),
    "place": (
        r"\bwhere\b",
        r"\b(?:what|which) (?:city|country|town|state|county|place|region)\b",
        "哪里|哪儿|何[处地]|什么地方|哪个(?:城市|国家|省|市|地方)",
    ),
}
_QUESTION_TYPES = {kind: re.compile("|".join(parts), re.IGNORECASE) for kind, parts in _ASKED.items()}
_NEWEST = re.compile(r"\b(?:newest|latest|most recent(?:ly)?)\b|最新|最近", re.IGNORECASE)


def answer_type(question: str) -> AnswerType:
    """What kind of thing is asked for; the first kind that fits counts."""
    return next((kind for kind, pattern in _QUESTION_TYPES.items() if pattern.search(question)), "any")


def asks_for_newest(question: str) -> bool:
    """Whether of several things the last one is asked for."""
    return _NEWEST.search(question) is not None
