"""Words for a relation, as a question has them round the thing it names, and how predicates are built. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import rjieba

from graph.text.tokens import EAST_ASIAN_RUN, fold, is_east_asian, stems
from retrieval.facts.model import SLOT
from retrieval.questions.function_words import ASKING, FUNCTION_WORDS

Role = Literal["subject", "object", "possessor", ""]
Voice = Literal["by", "toward", "verb", "agent", "noun"]
"""How a predicate names a relation: by whom (founded by), of or in what (member of), what the source does (founded),
who the target is by what it does (author), or what the target is to the source (capital)."""

_NOISE = frozenset(
    stems(
        """
        list lists name named names many number give show tell enumerate count total different altogether currently
        ever called there exist kind sort type find mentioned according documents document things thing new
        newest latest recent first last earliest oldest
        """
    )
)
_GENERIC_LATIN = frozenset(
    """
    person people human individual organization organisation company business firm institution institute university
    school college place city town country state region year date time day month thing album song film movie book
    novel game entity
    """.split()
)
_GENERIC_HAN = frozenset(
    "公司 企业 机构 组织 人 人物 地方 地点 国家 城市 作品 电影 歌曲 书 小说 专辑 年份 时间 日期 大学 学校".split()
)
GENERIC = frozenset(stem for word in _GENERIC_LATIN for stem in stems(word)) | _GENERIC_HAN
"""Stems and words for kinds of things: they say what is asked for, more than how it is related."""
GENERIC_WEIGHT = 0.35
_SMALL = frozenset(
    "is are was were be been being has have had do does did can could will would may might must the a an its their"
    " his her also of".split()
)
_ING_OR_ED = re.compile(r"[a-z]{2,}(?:ed|es|ing|izes|ises)$")
_AGENT = re.compile(r"[a-z]{3,}(?:er|or|ist|ress|wright)s?$")
_NO_AGENT = frozenset(
    "father mother brother sister daughter member number character river border chapter letter order quarter center"
    " theater water successor predecessor power per other partner power matter manner".split()
)
_PREPOSITIONS = frozenset("of in at to on for from with into near under within as".split())
_VERBS = frozenset(
    """
    founded won wrote made built led ran owns owned directs directed created acquired bought sold holds held plays
    teaches taught leads runs makes builds writes sings sang knows married marries joined hosts employs contains
    includes borders follows precedes replaces influences influenced publishes published produces produced develops
    developed releases released operates manages represents
    """.split()
)
_BESIDE = re.compile(rf"\bthe ([a-z]+(?: [a-z]+)?) {SLOT}")
"""What a name is called by the words before it: they name the relation as often ("of the label _")."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRelation:
    """Words that ask for a relation, each with how much it counts, and how the named thing stands to them.

    ``only_kind``: they say nothing but what kind of thing is asked for. ``joints`` are the prepositions beside it.
    """

    words: Mapping[str, float]
    role: Role
    only_kind: bool = False
    joints: frozenset[str] = frozenset()


def asked_relation(phrase: str) -> AskedRelation:
    """A phrase with :data:`~retrieval.facts.model.SLOT` where the named thing stands; without it nobody knows where."""
    words = [word for word in content_words(phrase) if word not in _NOISE or SLOT not in phrase]
    beside = _BESIDE.search(phrase)
    telling = frozenset(content_words(beside[1])) if beside else frozenset[str]()
    special = [word for word in words if word not in GENERIC or word in telling]
    weights = {word: 1.0 if word in special or not special else GENERIC_WEIGHT for word in words}
    return AskedRelation(
        words=weights, role=_role(phrase), only_kind=bool(words) and not special, joints=_joints(phrase)
    )  # fmt: skip


def _joints(phrase: str) -> frozenset[str]:
    """The prepositions beside the slot; all, where there is none."""
    if SLOT not in phrase:
        return joints_of(phrase)
    found = re.findall(rf"\b([a-z]+)(?: the)? {SLOT}|{SLOT} ([a-z]+)\b", phrase)
    return frozenset(word for pair in found for word in pair if word in _PREPOSITIONS)


def joints_of(predicate: str) -> frozenset[str]:
    """The prepositions of a predicate."""
    return frozenset(re.split(r"[\W_]+", predicate.lower())) & _PREPOSITIONS


def is_kind(word: str) -> bool:
    """Whether a word, of one or of several, is one for a kind of thing."""
    plain = fold(word)
    return bool({plain, plain.removesuffix("s"), re.sub("ies$", "y", plain)} & (_GENERIC_LATIN | _GENERIC_HAN))


@lru_cache(maxsize=10_000)
def content_words(phrase: str) -> tuple[str, ...]:
    """Stems of Latin words without function words; words of Han without question words."""
    latin = [stem for stem in stems(EAST_ASIAN_RUN.sub(" ", phrase.replace(SLOT, " "))) if not is_east_asian(stem)]
    han = [
        word
        for run in EAST_ASIAN_RUN.findall(ASKING.sub(" ", phrase.replace(SLOT, " ")))
        for word in rjieba.cut(run)
        if word not in FUNCTION_WORDS
    ]
    return tuple(dict.fromkeys(latin + han))


@lru_cache(maxsize=10_000)
def voice_of(predicate: str) -> Voice:
    """How a predicate is built."""
    if is_east_asian(predicate):
        return _chinese_voice(predicate)
    run = [word for word in re.split(r"[\W_]+", fold(_CAMEL.sub(" ", predicate))) if word]
    held = [word for word in run if word not in _SMALL] or run
    if not run:
        return "noun"
    if run[-1] == "by":
        return "by"
    if run[-1] in _PREPOSITIONS:
        return "toward"
    if held[0] in _VERBS or (_ING_OR_ED.match(held[0]) and len(held[0]) > 4 and not _has(run)):
        return "toward" if any(word in _PREPOSITIONS for word in run[1:]) else "verb"
    return "agent" if _AGENT.match(held[-1]) and held[-1] not in _NO_AGENT and not _has(run) else "noun"


def _has(run: list[str]) -> bool:
    return run[0] in {"has", "have", "had"}


def _chinese_voice(predicate: str) -> Voice:
    if predicate.startswith(("由", "被")):
        return "by"
    if predicate.endswith(("于", "在", "入", "至", "自")):
        return "toward"
    if re.search(r"[者人家师员手商]$|[编导作]者$|导演$|主演$", predicate):
        return "agent"
    if re.search(r"[地期公司名址点位籍都语言党队院校奖项孩子女母父亲妻夫城市国省]$", predicate):
        return "noun"
    return "verb"


_SUBJECT = re.compile(
    rf"\bby (?:the )?{SLOT}|\b(?:did|does|do|has|have|had|is|was|were|are|can|will) (?:the )?{SLOT}(?!['’]s)"
    rf"|^\W*(?:the )?{SLOT} (?!and\b|of\b)[a-z]|\b(?:which|that|whom?) (?:the )?{SLOT} [a-z]",
    re.IGNORECASE,
)
_POSSESSOR = re.compile(rf"{SLOT}['’]s?\b|{SLOT}['’]|\bof (?:the )?{SLOT}", re.IGNORECASE)
_BEARER = re.compile(
    r"\b(?:citizens?|nationals?|natives?|residents?|inhabitants?|employees?|students?|alumni|graduates?|followers?"
    rf"|believers?|speakers?|players?|staff|siblings?|soldiers?|officers?)(?: \w+)? of (?:the )?{SLOT}",
    re.IGNORECASE,
)
"""Who has a relation rather than what it leads to: a citizen has a citizenship."""
_HAN_AGENT = re.compile(
    rf"[由被]{SLOT}|^{SLOT}(?!的|[是有])[^的]*(?:了|过|哪|什么|几|多少|的)|{SLOT}(?:所|一共|总共|共|都)"
)


def _role(phrase: str) -> Role:
    """How the thing stands to the words: as who does it, as what it is done to, or as whose it is."""
    if SLOT not in phrase:
        return ""
    if is_east_asian(phrase):
        if re.search(rf"{SLOT}的(?:校友|学生|员工|职员|公民|居民|队员|读者|信徒)", phrase):
            return "object"
        if re.search(rf"{SLOT}(?:的|有)", phrase):
            return "possessor" if not re.search(rf"[\u4e00-\u9fff]{SLOT}的", phrase) else "object"
        return "subject" if _HAN_AGENT.search(phrase) else "object"
    if _SUBJECT.search(phrase):
        return "subject"
    return "possessor" if _POSSESSOR.search(phrase) and not _BEARER.search(phrase) else "object"
