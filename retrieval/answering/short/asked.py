"""What a comparison compares its two sides by, and which of them it asks for. Pure."""

import re
from dataclasses import dataclass
from typing import Literal

from retrieval.answering.short.paths import Relation
from retrieval.answering.stated.statements import Event

Compared = Event | Literal["country", "state", "same", "size", "kind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``least``"
    " says whether the earlier or smaller is asked for. ``cue`` is the quantity of ``size``, or what is the ``same``."""

    by: Compared
    least: bool = False
    cue: str = ""
    role: Relation | None = None


_EVENTS: tuple[tuple[Event, re.Pattern[str]], ...] = (
    ("death", re.compile(r"\b(?:died?|dead|death|passed away|killed)\b|去世|逝世|死|过世|過世", re.I)),
    ("birth", re.compile(
        r"\b(?:born|birth|older|oldest|elder|eldest|younger|youngest|age)\b|出生|年[长長轻輕]|年[龄齡纪紀]"
        r"|谁.{0,3}[大小老]|誰.{0,3}[大小老]", re.I
    )),
    ("release", re.compile(
        r"\b(?:released?|came out|come out|premiered?|aired|published|publication|issued|debuted)\b|上映|发行"
        r"|發行|出版|播出|发表|發表", re.I
    )),
    ("begin", re.compile(
        r"\b(?:founded|formed|forming|established|created|started|opened|built|constructed|completed|began"
        r"|begun|launched|incorporated|"
        r"introduced|invented|first|earlier|newer|newest|older)\b|成立|建立|创[立办建]|創[立辦建]|建成|建于"
        r"|开[放业馆]|開[放業館]|开始|開始|更早|先", re.I
    )),
)  # fmt: skip
_MOST = re.compile(
    r"\b(?:later|latest|last|younger|youngest|newer|newest|more recent|most recent|recently|after)\b|晚|后|後"
    r"|年[轻輕]|更?新|谁.{0,3}小|誰.{0,3}小",
    re.IGNORECASE,
)  # fmt: skip
_SIZES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("population", re.compile(r"\b(?:people|population|inhabitants|residents|populous|populated)\b|人口|居民", re.I)),
    ("area", re.compile(r"\barea\b|面积|面積", re.I)),
    ("height", re.compile(r"\b(?:tall(?:er|est)?|high(?:er|est)?|elevation|height)\b|高", re.I)),
    ("length", re.compile(r"\b(?:long(?:er|est)?|short(?:er|est)?|length)\b|长|長|短", re.I)),
    ("size", re.compile(r"\b(?:larg|big|small|great)\w*|大|小", re.I)),
)
_LESS = re.compile(r"\b(?:smaller|smallest|shorter|shortest|lower|lowest|fewer|fewest|less|least)\b|[小短矮低少]", re.I)
_COMPARED = re.compile(r"\b(?:more|most|\w+er|\w+est|fewer|less)\b|更|比|最|较|哪个|谁", re.I)
_ORDERS = re.compile(r"\b(?:than|before|after)\b|比|之?前|之?[后後]|以[前后後]")
_SAME = re.compile(r"\b(?:same|share|shared|both from|both in|both located|in common)\b|同一?|一样|一樣|都", re.I)
_COUNTRY = re.compile(
    r"\b(?:country|countries|nation|nationality|nationalities|citizenship)\b|国家|國家|国籍"
    r"|國籍|国|國",
    re.I,
)
_STATE = re.compile(r"\b(?:state|province)\b|省|州", re.I)
_SAME_THING = re.compile(
    r"\bsame (?P<thing>band|group|team|club|label|company|university|school|college|city|town|county|district"
    r"|league|party|family|"
    r"genus|network|newspaper|orchestra|church|army|river|island|publisher|studio)\b", re.IGNORECASE
)  # fmt: skip
_ROLE = re.compile(
    r"\b(?P<role>director|composer|performer|singer|author|writer|founder)s?\b|(?P<han>导演|導演|作曲|作者"
    r"|创始人|創始人|演唱者)",
    re.I,
)
_ARE_MAKERS = re.compile(
    r"\bboth (?:\w+ ){0,3}(?:director|composer|performer|singer|author|writer|founder)s?\b(?! of)", re.IGNORECASE
)
_ROLES: dict[str, Relation] = {
    "director": "director", "composer": "composer", "performer": "performer", "singer": "performer", "author": "author",
    "writer": "author", "founder": "founder", "导演": "director", "導演": "director", "作曲": "composer",
    "作者": "author", "创始人": "founder", "創始人": "founder", "演唱者": "performer",
}  # fmt: skip


def read_comparison(rest: str, *, verdict: bool) -> Asked:
    """What is asked, by the question without the names of its sides. ``verdict``: whether yes or no is asked for."""
    found = _ROLE.search(rest)
    role = _ROLES[(found["role"] or found["han"]).lower()] if found and _of_a_work(rest, found) else None
    ordered = not verdict or _ORDERS.search(rest) is not None
    return _shared(rest, role) or (_ordered(rest, role) if ordered else None) or Asked(by="kind", role=role)


def _shared(rest: str, role: Relation | None) -> Asked | None:
    """Whether both are of the same country, state or band."""
    if _SAME.search(rest) and _COUNTRY.search(rest):
        return Asked(by="country", role=role)
    if _SAME.search(rest) and _STATE.search(rest):
        return Asked(by="state", role=role)
    same = _SAME_THING.search(rest)
    return Asked(by="same", cue=same["thing"].lower(), role=role) if same else None


def _ordered(rest: str, role: Relation | None) -> Asked | None:
    """Which of two comes first, by a date or a quantity."""
    for event, words in _EVENTS:
        if words.search(rest):
            return Asked(by=event, least=_MOST.search(rest) is None, role=role)
    for cue, words in _SIZES:
        if words.search(rest) and _COMPARED.search(rest):
            return Asked(by="size", cue=cue, least=_LESS.search(rest) is not None, role=role)
    return None


def _of_a_work(rest: str, found: re.Match[str]) -> bool:
    """Whether somebody is asked about who made the side, and not whether the sides are directors."""
    around = rest[: found.start()][-16:] + rest[found.end() :]
    return bool(re.search(r"\b(?:of|has|have|had|whose|with|the)\b|的", around)) and not _ARE_MAKERS.search(rest)
