"""Whether a thing is of a type that is asked for, however a model or a person calls types. Pure."""

from collections.abc import Mapping
from functools import cache

from graph.text.tokens import fold, stems

_KINDS = {
    "person": """person per people human individual character artist actor actress writer author politician player
        scientist musician singer director founder leader president king queen member employee man woman men women
        brother sister child children son daughter parent mother father wife husband spouse
        人物 人名 人 人员 作者 演员 导演 歌手 科学家 作家 创始人 成员 员工 校友""",
    "organization": """organization organisation org company corporation firm business institution institute university
        college school band team club party agency group label publisher subsidiary studio league airline bank ministry
        机构 组织 公司 企业 团体 大学 学校 学院 银行 乐队 球队 政党 子公司 集团 部门""",
    "place": """place location loc gpe city town village country state nation region province district county river lake
        mountain island continent sea ocean area facility municipality settlement
        地点 地名 地方 国家 城市 地区 省份 省 市 县 河流 山 岛""",
    "date": """date time year day month century when 日期 时间 年份 年""",
    "number": """number num quantity amount count percent money 数字 数量 金额""",
    "work": """work album song film movie book novel game video series show play opera magazine newspaper painting
        single 作品 专辑 歌曲 电影 小说 书 游戏 电视剧 歌 书籍 影片""",
}


_ASKED = {"who": frozenset({"person", "organization"}), "where": frozenset({"place", "organization"})}
"""What is asked for by a question word: whoever owns something may be a company, where somebody studied a school."""


def kind_of(word: str) -> str | None:
    """The kind that a type, or a word for things of a type, is of; None where it is of none of the common ones."""
    if not word:
        return None
    kinds = _by_word()
    plain = fold(word).strip()
    if plain in kinds:
        return kinds[plain]
    return next((kinds[stem] for stem in reversed(stems(word)) if stem in kinds), None)


def fits(entity_type: str, asked: str, *, literally: bool) -> bool | None:
    """Whether a type is the one asked for; None where the two cannot be compared."""
    if fold(entity_type) == fold(asked):
        return True
    if literally:
        return False
    one, other = kind_of(entity_type), kind_of(asked)
    if asked in _ASKED:
        return None if one is None else one in _ASKED[asked]
    return None if one is None or other is None else one == other


@cache
def _by_word() -> Mapping[str, str]:
    """Kinds by word and by stem."""
    found: dict[str, str] = {}
    for kind, words in _KINDS.items():
        for word in words.split():
            found.setdefault(word, kind)
            for stem in stems(word) if word.isascii() else ():
                found.setdefault(stem, kind)
    return found
