"""The shapes that answers have: what a sentence holds that answers a question of each type. Pure."""

import re

from retrieval.questions.question_words import AnswerType

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
