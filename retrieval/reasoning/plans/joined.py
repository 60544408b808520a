"""Two questions in one sentence: "Who succeeded X, and where was that person born?". Pure.

Each half asks by itself. Where the second speaks of what the first finds, a sign stands for it there; where it speaks
of what the first names, the name does. A pronoun that could mean several things leaves the sentence whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import rjieba

from graph.model import Span
from graph.text.names import find_names
from graph.text.tokens import is_east_asian

FOUND = "\ue0fe"
"""Stands in the second half for the answer to the first. No question has this sign of its own."""
_ASKS = r"(?:who|whom|whose|what|which|where|when|why|how)"
_AUX = r"(?:is|was|are|were|did|does|do|has|had|can|could|will|would)"
_ENGLISH = re.compile(
    rf"\A(?P<one>\W*(?:(?:in|at|on|by|from|to|for) )?{_ASKS}\b.+?)(?P<comma>,)? and "
    rf"(?P<two>(?:(?:in|at|on|by|from|to|for) )?{_ASKS}\b(?: [a-z]+){{0,3}}? {_AUX}\b.+?|who [a-z]+\b.+?)[?？.\s]*\Z",
    re.IGNORECASE | re.DOTALL,
)
_RELATIVE = re.compile(r"\b(?:who|which|that|where|when|whose|whom)\b", re.IGNORECASE)
_SOMEBODY = r"(?:(?:that|this) (?:person|man|woman)|he|she|they|him|them)"
_SOMETHING = (
    r"(?:(?:that|this) (?:thing|place|town|city|country|company|firm|book|film|work|building|university|school|river"
    r"|medal|prize|award|instrument|group|organi[sz]ation)|it)"
)
_ORGANISATION = re.compile(r"\b(?:company|firm|group|organi[sz]ation)\b", re.IGNORECASE)
_SUBJECT_HAN = re.compile(
    "(?P<name>[^谁誰哪什甚何几幾多由是在的有，]{2,12}?)(?:由|是|在|于|於|哪|什么|什麼|何|有|几|幾|多少|出生|毕业|畢業|成立|去世|设立|設立)"
)
_DOES = frozenset("毕业 畢業 出生 成立 去世 逝世 设立 設立 位于 任职 任職".split())
"""Verbs that the segmenter takes for nouns now and then."""
_ENGLISH_PRONOUN = re.compile(
    rf"\b(?:(?P<person>{_SOMEBODY})|(?P<whose>his|her|their)|(?P<thing>{_SOMETHING})|(?P<its>its))\b", re.IGNORECASE
)
_ASKS_HAN = "谁|誰|什么|什麼|哪|何[时時地处處人年]|几|幾|多少|多[长長高大远遠久]|怎|为何|為何|如何"
_CHINESE = re.compile(
    r"\A(?P<one>[^，,；;]+?)(?:[，,；;]\s*|(?=(?:以及|并且|而且)))(?:并且|而且|以及|同时|又|那么)?(?P<two>[^，,；;]+?)[？?。\s]*\Z"
)
_CHINESE_PRONOUN = re.compile(
    "(?P<person>(?:此|该|這|这|那)(?:位|个|個)?(?:人|学者|科学家|作家|作者)|[他她]们?|其(?![他它中余实次])|本人)"
    "|(?P<thing>(?:此|该|這|这|那)(?:家|座|本|部|所|个|個)?(?:公司|工厂|厂|城市|地方|地|国|书|作品|电影|大学|学校|机构|奖项?)|[它牠])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """Two questions, in their order; ``FOUND`` in the second stands for the answer to the first."""

    first: str
    second: str


def halves_of(question: str) -> Halves | None:
    """The two questions of a sentence; None where it asks one, or cannot be parted without a guess."""
    if is_east_asian(question):
        return _chinese(question.strip())
    found = _ENGLISH.match(" ".join(question.split()))
    if found is None or (found["comma"] is None and _RELATIVE.search(found["one"][4:])):
        return None
    pronoun = _ENGLISH_PRONOUN.search(found["two"])
    second = found["two"]
    if pronoun is not None:
        somebody = bool(pronoun["person"] or pronoun["whose"])
        asks = re.match(r"\W*(?:\w+ )?(?:who|whom)\b" if somebody else r"\W*(?:\w+ )?(?:what|which)\b", found["one"],
                        re.IGNORECASE)  # fmt: skip
        maker = _ORGANISATION.search(pronoun[0]) and re.match(r"\W*who\b", found["one"], re.IGNORECASE)
        meant = FOUND if asks or maker else _only_name(found["one"])
        if not meant:
            return None
        owned = "'s" if pronoun["whose"] or pronoun["its"] else ""
        second = f"{second[: pronoun.start()]}{meant}{owned}{second[pronoun.end() :]}"
    return Halves(first=f"{found['one'].strip()}?", second=f"{second[0].upper()}{second[1:].strip()}?")


def _chinese(question: str) -> Halves | None:
    found = _CHINESE.match(question)
    if found is None or not all(re.search(_ASKS_HAN, found[half]) for half in ("one", "two")):
        return None
    second = found["two"].strip()
    pronoun = _CHINESE_PRONOUN.search(second)
    if pronoun is not None:
        asks = "谁|誰|哪一?[位个個]|何人" if pronoun["person"] else "什么|什麼|哪"
        meant = FOUND if re.search(asks, found["one"]) else _subject_han(found["one"])
        if not meant:
            return None
        second = second[: pronoun.start()] + meant + second[pronoun.end() :]
    else:
        second = _completed(found["one"], second)
    return Halves(first=f"{found['one'].strip()}？", second=f"{second}？")


def _completed(first: str, second: str) -> str:
    """A half that leaves out what it is about (设立于哪一年, 奖金是多少), with what the first half is about."""
    word, tag = next(iter(rjieba.tag(second)), ("", ""))
    of = "的" if tag in {"n", "vn"} and re.match(f"{word}(?:[是为為有]|{_ASKS_HAN})", second) else ""
    if not of and word not in _DOES and not (tag.startswith("v") and word not in {"是", "有"}):
        return second
    about = FOUND if re.match("谁|誰|哪一?[位个個]", first) else _subject_han(first)
    return f"{about}{of}{second}" if about else second


def _subject_han(first: str) -> str:
    found = _SUBJECT_HAN.match(first)
    return found["name"] if found else ""


def _only_name(text: str) -> str:
    """The one name of a text; empty where it has none, or several."""
    spans = {
        (one.start, one.end) for one in find_names(text, [Span(start=0, end=len(text))])
        if one.sentence >= 0 and one.end > one.start and one.kind in {"name", "quoted"}
    }  # fmt: skip
    outer = _outer(sorted(spans))
    return text[outer[0][0] : outer[0][1]] if len(outer) == 1 else ""


def _outer(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [
        one for one in spans if not any(two != one and two[0] <= one[0] and one[1] <= two[1] for two in spans)
    ]  # fmt: skip
