"""Words by which questions show what they ask, in English and Chinese."""

import re
from typing import Literal

AnswerType = Literal["person", "time", "number", "place", "any"]

QUESTION_WORDS = frozenset(
    """
    什么 什么样 什么时候 哪里 哪儿 哪个 哪些 哪位 哪家 哪所 哪座 哪种 哪年 哪一年 哪一位 哪一个 一年 多少 多大 多长 多高
    几个 几次 为什么 怎么 怎样 如何 是否 请问 何时 何地 谁 是谁 时候 可以 以及 一个 一下 根据 关于 其中 进行 有关 以下
    我们 他们 这个 那个
    """.split()
)
"""Words of a Chinese question that say how it asks, not about what."""
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
