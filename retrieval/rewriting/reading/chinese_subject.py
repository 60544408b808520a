"""Whether a Chinese question says itself of what it asks: its subject, and what its words stand for. Pure.

One that leaves its subject out begins with its verb or its interrogative ("由谁建造？"), or with a short common noun
that something must have ("奖金是多少？"). What says more than that is about something of its own.
"""

import re
from collections.abc import Callable
from itertools import takewhile

import rjieba

from graph.text.normal import normal
from retrieval.questions.function_words import ASKING, FUNCTION_WORDS
from retrieval.rewriting.reading.dependence import Reference

_MOMENT = re.compile(r"\A[^，,]{0,12}?[年月日号前后时期中]末?[，,]\s*")
_OWN_TITLE = re.compile(r"[《“「『][^》”」』]+[》”」』]|[A-Za-z][A-Za-z\d]|\d[A-Za-z]|[A-Za-z]-?\d|[α-ωΑ-Ωа-яА-Я]")
_NAMED = re.compile('[》”」』"]\\Z')
_PAUSE = re.compile("[，,；;]")
_AND = re.compile("[和与與及跟]")
_DEFINES = re.compile(r"\A(?:什么是|何谓|什么叫)[^？?]{2,}")
_PROPER = frozenset({"nr", "nrt", "nrfg", "ns", "nt"})
_NOUNS = frozenset({"n", "vn", "nz", "l", "i", "j", "b", "a", "ad", "an", "f", "t", "m", "s", "ng", "k", *_PROPER})
_NO_OWNER = frozenset({"f", "a", "b", "t", "m"})
_SIDES = frozenset("名字 名称 生长 创立 成立 建立 总部 主要 内部 外部 最初 原来 现在 目前 当时".split())
"""Nouns that only name a side of something, and verbs that the segmenter takes for nouns: they own nothing."""
_SAYS = frozenset({*_NOUNS, "v", "vg", "vd"}) - {"m", "t", "f"}
_SHORT_SUBJECT = 4
"""Characters of a noun phrase that only names a side of something; with what is said of it, ``_LITTLE``."""
_LITTLE = 5
_MUCH = 7
"""Characters of content with which even a question that begins with its verb is about something of its own."""


def lacks_subject(text: str) -> bool:
    """Whether a question is about something that it leaves out."""
    if _OWN_TITLE.search(text) or _DEFINES.match(text):
        return False
    core = _MOMENT.sub("", text)
    words = rjieba.tag(ASKING.sub("？", normal(core)))
    content = sum(len(word) for word, tag in words if tag in _SAYS and word not in FUNCTION_WORDS)
    first = list(takewhile(lambda one: one[1] in _NOUNS and one[0] not in FUNCTION_WORDS, words))
    begun = "".join(word for word, _ in first)
    if not begun:
        return content < _MUCH
    if any(tag in _PROPER and len(begun) > 1 for _, tag in first) or first[0][1] == "j":
        return False
    owner, tag = first[-1]
    owns = words[len(first) : len(first) + 1] == [("的", "uj")] and tag not in _NO_OWNER and owner not in _SIDES
    return not owns and len(begun) <= _SHORT_SUBJECT and content <= _LITTLE


def is_bound(text: str, one: Reference, find: Callable[[str], list[tuple[int, int]]]) -> bool:
    """Whether a question names, before a word that refers, what it stands for."""
    before = text[: one.start]
    if one.number or not before:
        return False
    if one.points:
        return _NAMED.search(before) is not None
    names = find(before)
    return bool(names) and (
        _PAUSE.search(before, names[-1][1]) is not None or _AND.fullmatch(before, names[-1][1]) is not None
    )
