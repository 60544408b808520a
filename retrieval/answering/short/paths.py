"""What a question asks of one thing, or of somebody related to it: "when did the director of X die?". Pure.

A question is read whole or not at all: where a word is left that no rule accounts for, nothing is sure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graph.text.tokens import is_east_asian
from retrieval.answering.stated.sides import Named, titles_in
from retrieval.model import Evidence
from retrieval.questions.english_kinds import without_opening

Relation = Literal[
    "director",
    "composer",
    "performer",
    "author",
    "founder",
    "producer",
    "designer",
    "inventor",
    "father",
    "mother",
    "spouse",
]
Wanted = Literal["birth", "death", "begin", "release", "birthplace", "deathplace", "nationality", "identity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPath:
    """From a named thing over relations, the nearest first, to what is wanted of the last."""

    named: Named
    relations: tuple[Relation, ...]
    wanted: Wanted


_RELATIONS: dict[str, Relation] = {
    "director": "director", "composer": "composer", "performer": "performer", "singer": "performer", "author": "author",
    "writer": "author", "founder": "founder", "producer": "producer", "designer": "designer", "architect": "designer",
    "inventor": "inventor", "father": "father", "mother": "mother", "spouse": "spouse", "wife": "spouse",
    "husband": "spouse",
    "导演": "director", "作曲者": "composer", "作曲": "composer", "演唱者": "performer", "作者": "author",
    "创始人": "founder",
    "创办人": "founder", "创办者": "founder", "创立者": "founder", "制作人": "producer",
    "设计者": "designer",
    "设计师": "designer", "发明者": "inventor", "发明人": "inventor", "父亲": "father", "母亲": "mother",
    "妻子": "spouse",     "丈夫": "spouse", "配偶": "spouse",
}  # fmt: skip
_VERBS: dict[str, Relation] = {
    "directed": "director", "wrote": "author", "written": "author", "authored": "author", "founded": "founder",

    "established": "founder", "started": "founder", "composed": "composer", "produced": "producer",
    "designed": "designer",
    "invented": "inventor", "sang": "performer", "performed": "performer", "sung": "performer", "created": "founder",
    "导演": "director",
    "执导": "director", "写": "author", "撰写": "author", "创作": "author", "著": "author", "创立": "founder",
    "创办": "founder", "建立": "founder", "成立": "founder", "作曲": "composer", "谱曲": "composer", "制作": "producer",
    "设计": "designer", "发明": "inventor", "演唱": "performer",
}  # fmt: skip
_NOUNS = "|".join(word for word in _RELATIONS if word.isascii())
_MADE = "|".join(word for word in _VERBS if word.isascii())
_WORK = r"(?:(?:film|movie|song|book|novel|album|band|company|play|series|building) )?"
_LEFT = re.compile(rf"(?P<chain>(?:(?:the )?(?:{_NOUNS})s? of (?:the )?{_WORK})+|(?:the )?{_WORK})\Z", re.IGNORECASE)
_RIGHT = re.compile(rf"\A(?:['’]s?(?P<chain>(?: (?:{_NOUNS})(?:['’]s)?)+))", re.IGNORECASE)
_FOUND = (
    r"(?:founded|formed|established|created|built|opened|started|completed|incorporated|constructed|set up"
    r"|launched)"
)
_OUT = r"(?:released|published|issued|premiered|aired|first (?:released|published|shown|aired))"
_YEAR = r"(?:when|(?:in |on )?(?:what|which) (?:year|date|day)|what (?:is|was) the (?:year|date) (?:when|that))"
_TOWN = r"(?:where|(?:in )?(?:what|which) (?:city|town|place|village|location))"
_HEADS: tuple[tuple[str, Wanted], ...] = (
    (rf"{_YEAR} (?:was|is) @ born|what (?:is|was) the (?:date of birth|birth ?date|birthday) of @"
    rf"|@ was born (?:when|in (?:what|which) year|on (?:what|which) date)", "birth"),
    (rf"{_YEAR} (?:did|has) @ (?:die|pass away|died)|what (?:is|was) the (?:date of death|death date) of @"
    rf"|@ died (?:when|in (?:what|which) year)", "death"),
    (rf"{_TOWN} (?:was|is) @ born(?: in)?|(?:what|where) (?:is|was) the (?:place of birth|birthplace"
    rf"|birth place) of @|@ was born where", "birthplace"),
    (rf"{_TOWN} did @ (?:die|pass away)(?: in)?|(?:what|where) (?:is|was) the (?:place of death"
    rf"|death place) of @", "deathplace"),
    (r"(?:what|which) nationality (?:is|was) @|what (?:is|was) the nationality of @|(?:what"
    r"|which) country (?:is|was) @ from|(?:what|which) country @ (?:is|was) from", "nationality"),
    (r"(?:who|what) (?:is|was|are|were) @|what (?:is|was) the name of @|name @", "identity"),
    (rf"{_YEAR} (?:was|were) @ (?:first )?{_FOUND}|{_YEAR} did @ (?:begin|start|form|open)"
    rf"|@ was {_FOUND} (?:when|in (?:what|which) year)", "begin"),
    (rf"{_YEAR} (?:was|were) @ {_OUT}|{_YEAR} did @ (?:come out|premiere|air)|what (?:is|was) the (?:release"
    rf"|publication) date of @", "release"),
)  # fmt: skip
_ENGLISH = tuple((re.compile(pattern, re.IGNORECASE), wanted) for pattern, wanted in _HEADS)
_WHO_MADE = re.compile(
    rf"who (?:was it that )?(?:originally )?(?P<verb>{_MADE}) @|@ (?:was|were"
    rf"|is) (?P<verb2>{_MADE}) by who(?:m)?",
    re.IGNORECASE,
)
_WHEN_HAN = "(?:在|于|於)?(?:什么时[候间]|何时|哪一?年|哪一?天|何年|几年)"
_WHERE_HAN = "(?:哪里|哪儿|什么地方|何处|何地|哪个?(?:国家|城市|省份?|市|地方))"


def _han(verbs: str, date: str) -> str:
    return (
        rf"@(?:是)?{_WHEN_HAN}(?:{verbs})的?|@(?:{verbs})(?:于|於|在){_WHEN_HAN}|@的?(?:{date})(?:是"
        rf"|为){_WHEN_HAN}|@(?:是)?{_WHEN_HAN}(?:{verbs})的"
    )


_HAN_HEADS: tuple[tuple[str, Wanted], ...] = (
    (_han("出生|诞生|生", "出生日期|出生年份|出生时间|生日"), "birth"),
    (_han("去世|逝世|过世|死|病逝|辞世", "去世时间|逝世时间|逝世日期"), "death"),
    (_han("成立|建立|创立|创办|建成|开放|开馆|开业|始建|落成|创建|建|设立"
    "|组成", "成立时间|创立时间|建立时间|成立日期|建成时间"), "begin"),
    (_han("上映|发行|出版|播出|首播|发表|发布", "上映时间|发行时间|出版时间|播出时间|发行日期"), "release"),
    (rf"@(?:是)?(?:出生|生|诞生)(?:于|在|於){_WHERE_HAN}(?:的)?|@(?:是)?在{_WHERE_HAN}出生的?"
    rf"|@的?出生地点?(?:是|在|位于)(?:{_WHERE_HAN}|哪)", "birthplace"),
    (rf"@(?:逝世|去世|死)(?:于|在|於){_WHERE_HAN}|@(?:是)?在{_WHERE_HAN}(?:去世|逝世)的?", "deathplace"),
    ("@(?:是|为)?(?:谁|何人|哪一?位)|(?:谁|何人)是@", "identity"),
    ("@(?:是)?(?:哪国人|哪个国家的人|什么国籍)|@的?国籍是(?:什么|哪里|哪国)", "nationality"),
)  # fmt: skip
_CHINESE = tuple((re.compile(pattern), wanted) for pattern, wanted in _HAN_HEADS)
_HAN_MADE = "|".join(word for word in _VERBS if not word.isascii())
_WHO_MADE_HAN = re.compile(
    rf"(?:是)?谁(?P<verb>{_HAN_MADE})(?:了|的)?@|@(?:是|由)(?:谁|何人"
    rf"|哪一?位)(?:所)?(?P<verb2>{_HAN_MADE})的?"
)
_RIGHT_HAN = re.compile(
    rf"\A[》」』”]?(?P<chain>(?:的(?:{'|'.join(word for word in _RELATIONS if not word.isascii())}))+)"
)
_HAN_OPENING = re.compile(r"\A(?:请问|我想知道|想知道|你知道|告诉我)+[，,]?")
_TRADITIONAL = str.maketrans(
    "麼時個裡導創設發親執寫請問書電於國誰幾為間開師們頒佈過辭實組馬華業館產現處",
    "么时个里导创设发亲执写请问书电于国谁几为间开师们颁布过辞实组马华业馆产现处",
)


def asked_path(question: str, evidence: Sequence[Evidence]) -> AskedPath | None:
    """What a question asks, from a title of the evidence on; None unless every word of it is accounted for."""
    chinese = is_east_asian(question)
    text = question.strip() if chinese else without_opening(question)
    for start, end in sorted(titles_in(text, evidence), key=lambda one: one[0] - one[1]):
        named = Named.of(text[start:end], titled=True)
        found = _chinese(text, start, end, named) if chinese else _english(text, start, end, named)
        if found is not None:
            return found
    return None


def _english(text: str, start: int, end: int, named: Named) -> AskedPath | None:
    before, after = text[:start].rstrip("\"“'‘"), text[end:].lstrip('"”')
    left, right = _LEFT.search(before), _RIGHT.match(after)
    chain = re.findall(_NOUNS, left["chain"].lower())[::-1] if left else []
    if right:
        chain += re.findall(_NOUNS, right["chain"].lower())
    head = (before[: left.start()] if left else before) + "@" + (after[right.end() :] if right else after)
    return _headed(
        " ".join(head.strip(" ?.!").split()), [_RELATIONS[word] for word in chain], named, _ENGLISH, _WHO_MADE
    )


def _chinese(text: str, start: int, end: int, named: Named) -> AskedPath | None:
    before, after = _HAN_OPENING.sub("", text[:start].translate(_TRADITIONAL)), text[end:].translate(_TRADITIONAL)
    right = _RIGHT_HAN.match(after)
    chain = right["chain"].strip("的").split("的") if right else []
    rest = after[right.end() :] if right else after
    head = re.sub(r"[\s《》「」『』“”？?。，,]|电影|小说", "", f"{before}@{rest}")
    return _headed(head, [_RELATIONS[word] for word in chain], named, _CHINESE, _WHO_MADE_HAN)


def _headed(
    head: str,
    relations: list[Relation],
    named: Named,
    heads: Sequence[tuple[re.Pattern[str], Wanted]],
    who_made: re.Pattern[str],
) -> AskedPath | None:
    made = who_made.fullmatch(head)
    if made:
        verb = (made["verb"] or made["verb2"]).lower()
        return AskedPath(named=named, relations=(*relations, _VERBS[verb]), wanted="identity")
    for pattern, wanted in heads:
        if pattern.fullmatch(head) and (relations or wanted != "identity"):
            return AskedPath(named=named, relations=tuple(relations), wanted=wanted)
    return None
