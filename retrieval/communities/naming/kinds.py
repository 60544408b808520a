"""Whether a name is that of a thing of a kind, by its own words: "University of Lakeholm", 云岭天文台. Pure.

A language model gives things types; rules know only what a name says of itself.
"""

import re

from graph.text.tokens import fold, is_east_asian, stems
from retrieval.communities.whole_questions import before_telling, says_about_what
from retrieval.questions.read_question import ReadQuestion

_ALL: dict[str, str] = {
    "institution organization organisation body 机构 组织 单位 团体": "organization",
    "place location site 地方 地点 地名": "place",
    "person people human individual 人 人物 人名": "person",
}
"""Words for all things of a kind."""
_HEADS: dict[str, str] = {
    "organization": """academy agency alliance association authority bank board bureau centre center church club college
        commission committee company corporation council court department federation firm foundation fund group guild
        hospital institute institution laboratory league library ministry museum observatory office orchestra
        organization organisation parliament party press school society studio studios team theatre theater trust union
        university""",
    "place": """avenue bay beach bridge canal cape city coast county desert district forest gulf harbor harbour
        hill hills island islands isle lake mountain mountains park peninsula province region river road sea square
        station strait street town valley village""",
}
_FIRST = frozenset("cape fort isle lake mount port river".split())
"""With what names of places begin."""
_ENDS: dict[str, str] = {
    "organization": """大学 学院 学校 中学 小学 公司 集团 银行 医院 研究所 研究院 实验室 天文台
        博物馆 图书馆 美术馆 出版社 基金会 学会 协会 委员会 理事会 联盟 联合会 工会 工厂 器厂 议会 法院 教会 俱乐部
        乐团 剧院 部门 总局 事务所 中心 报社 电视台 机构 组织""",
    "place": """省 市 县 区 镇 乡 村 州 岛 山 河 江 湖 海 湾 港 城 峡 谷 街 路 桥 公园 半岛 群岛 沙漠 平原 高原""",
}
_WORDS = frozenset(word for words in (*_ALL, *_ENDS.values()) for word in words.split())
"""In Chinese a kind is asked for by one of these: what stands there may be more than a word."""


def kind_asked(read: ReadQuestion) -> str | None:
    """What is asked for where a question asks which things of a kind there are, and nothing of them; else None."""
    broad = read.broad
    if broad is None or broad.kind != "list" or not broad.subject:
        return None
    asked = before_telling(broad.subject)
    if not asked or (is_east_asian(asked) and asked not in _WORDS):
        return None
    return None if says_about_what(read, broad.core.replace(asked, " ")) else fold(asked)


def is_of_kind(name: str, entity_type: str, asked: str) -> bool:
    """Whether a thing of a name and a type, "" where none is known, is one of those asked for."""
    kind = _general(asked)
    if entity_type and _same(entity_type, asked):
        return True
    if kind is None:
        return _ends_with(name, asked)
    return _general(entity_type) == kind or _head_kind(name) == kind


def _general(word: str) -> str | None:
    """The kind of which a word means all things."""
    return next((kind for words, kind in _ALL.items() if any(_same(word, one) for one in words.split())), None)


def _same(one: str, other: str) -> bool:
    return fold(one) == fold(other) or (bool(stems(one)) and stems(one) == stems(other))


def _ends_with(name: str, asked: str) -> bool:
    if is_east_asian(name) or is_east_asian(asked):
        return name.endswith(asked) and name != asked
    return " " in name and _same(_head(name), asked)


def _head_kind(name: str) -> str | None:
    """What the last word of a name says, or that before "of"; in Chinese how it ends."""
    if is_east_asian(name):
        ends = ((end, kind) for kind, written in _ENDS.items() for end in written.split())
        return next((kind for end, kind in ends if name.endswith(end) and len(name) > max(len(end), 2)), None)
    if fold(name).split()[0] in _FIRST and " " in name:
        return "place"
    head = _head(name)
    return next((kind for kind, heads in _HEADS.items() if head in heads.split()), None) if " " in name else None


def _head(name: str) -> str:
    words = re.split(r"\s+of\s+", fold(name))[0].split()
    return words[-1] if words else ""
