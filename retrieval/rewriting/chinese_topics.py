"""What a Chinese text is about: its names, and where it has none, its longest noun phrases. Pure."""

import re
from collections.abc import Iterator

import rjieba

from graph.text.names_chinese import chinese_names
from graph.text.normal import normal
from graph.text.tokens import is_east_asian
from retrieval.questions.function_words import ASKING, FUNCTION_WORDS

_NOUNS = frozenset({"n", "nr", "ns", "nt", "nz", "nrt", "nrfg", "ng", "j", "l", "i", "eng", "vn"})
_ENDS_SUBJECT = frozenset("v vd p c d r m q f t u uj ul uz ug uv y w x".split())
_VERBAL = frozenset(
    """
    毕业 畢業 出生 就读 就讀 任职 任職 退休 逝世 去世 生长 生長 担任 擔任 获得 獲得 创立 創立 成立 建立 开放 開放
    结婚 結婚
    """.split()
)
"""Verbs, some of which the segmenter takes for nouns."""
_LONGEST_SUBJECT = 14
_LONGEST_NAME = 12
_PERSON = frozenset({"nr", "nrt", "nrfg"})
_IS = re.compile(r"(?:是|为|為|叫)(?P<who>[^，。；,;]{2,30}?)(?=[，。；,;]|\Z)")
_SAYS_NOTHING = frozenset(
    "时候 时间 地方 问题 情况 原因 东西 事情 内容 名字 名称 人 年 月 日 什么 数量 结果 方面".split()
)


def chinese_names_of(text: str) -> list[tuple[int, int]]:
    """Names by rule; some may overlap."""
    return [*chinese_names(text), *_subject(text)]


def _subject(text: str) -> Iterator[tuple[int, int]]:
    """What a sentence begins with, up to its verb, where the segmenter takes it apart: it knows nouns, not names."""
    end = 0
    words: list[str] = []
    named = False
    for word, tag in rjieba.tag(text[:_LONGEST_SUBJECT]):
        ends = tag in _ENDS_SUBJECT and (words or tag[0] != "v")
        does = words and (word in _VERBAL or (tag == "vn" and named))
        if ends or does or not is_east_asian(word) or word in FUNCTION_WORDS:
            break
        named = named or (not words and tag in _PERSON)
        words.append(word)
        end += len(word)
    if len(words) > 1 and any(len(word) == 1 for word in words) and 1 < end < _LONGEST_SUBJECT:
        yield 0, end


def predicate_name(sentence: str) -> str:
    """Who a sentence says that somebody is: the name at the end of 是…的导师周明远; "" where it says no such thing."""
    found = _IS.search(sentence)
    if found is None:
        return ""
    words = list(rjieba.tag(found["who"].rsplit("的", 1)[-1]))
    while len(words) > 1 and words[0][1] == "n" and len(words[0][0]) > 1:
        words.pop(0)
    name = "".join(word for word, _ in words)
    person = bool(words) and words[0][1] in _PERSON
    return name if person and 1 < len(name) <= _LONGEST_NAME else ""


def noun_phrases(text: str) -> Iterator[tuple[int, int]]:
    """Runs of nouns of two characters and more, without what asks."""
    if len(normal(text)) != len(text):
        return
    asking = [found.span() for found in ASKING.finditer(normal(text))]
    start, first = 0, -1
    for word, tag in rjieba.tag(text):
        end = start + len(word)
        noun = tag in _NOUNS and word not in FUNCTION_WORDS and word not in _SAYS_NOTHING
        asks = any(one < end and start < other for one, other in asking)
        if noun and not asks:
            first = start if first < 0 else first
        elif first >= 0:
            if start - first > 1:
                yield first, start
            first = -1
        start = end
    if first >= 0 and len(text) - first > 1:
        yield first, len(text)
