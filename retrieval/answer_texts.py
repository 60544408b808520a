"""What the extractive generator says and listens for, in English and Chinese."""

import re
from typing import Literal

NOT_FOUND = {"en": "Not found in the documents.", "zh": "文档中没有找到答案。"}

AnswerType = Literal["person", "time", "number", "place", "any"]

QUESTION_TYPES: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    ("number", re.compile(r"\bhow (?:many|much|long|far|old|tall|large|big|high|deep)\b|多少|几[个名人次天年月位本]|多[长高大远久]", re.I)),
    ("time", re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade)\b|什么时候|何时|哪[一]?年|几[年月]", re.I)),
    ("person", re.compile(r"\bwho(?:se|m)?\b|谁|哪[一]?位|何人", re.I)),
    ("place", re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|town|state|county|place|region)\b|哪里|哪儿|何[处地]|什么地方|哪个(?:城市|国家|省|市|地方)", re.I)),
)  # fmt: skip
ANSWER_SHAPES: dict[AnswerType, re.Pattern[str]] = {
    "number": re.compile(r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred|thousand|million)\b|[一二三四五六七八九十百千万亿两]", re.I),
    "time": re.compile(r"\b1\d{3}\b|\b20\d{2}\b|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b|\d年|\d月|世纪|年代"),
    "person": re.compile(r"\b[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+|[\u4e00-\u9fff]{2,}"),
    "place": re.compile(r"\b(?:in|at|near|from|of|to) (?:the )?[A-Z]|在|位于|于|市|省|国|县|镇"),
    "any": re.compile(r""),
}  # fmt: skip
