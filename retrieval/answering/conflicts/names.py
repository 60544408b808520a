"""Persons and places of which only one can be right: who did it, who holds the office, where it is. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

NameKind = Literal["person", "place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedValue:
    """The name at ``start:end`` of a sentence, and the ``role`` in which it stands there."""

    kind: NameKind
    role: str
    start: int
    end: int


_NAME = r"[A-Z][\w'’.-]*(?:,? (?:[A-Z][\w'’.-]*|(?:de|van|von|der|la|le|del|da|di|bin|al|of|the)(?= [A-Z])))*"
_DONE = {
    "directed": "direct", "designed": "design", "built": "build", "founded": "found", "wrote": "write",
    "written": "write", "composed": "compose", "invented": "invent", "discovered": "discover", "painted": "paint",
    "edited": "edit", "produced": "produce", "established": "found", "created": "create", "leads": "lead",
    "led": "lead", "headed": "lead", "heads": "lead", "chairs": "chair", "chaired": "chair", "owns": "own",
    "owned": "own", "runs": "run", "published": "publish", "recorded": "record", "managed": "manage",
    "manages": "manage", "commanded": "command", "commands": "command", "taught": "teach", "teaches": "teach",
}  # fmt: skip
_ROLE = (
    "director|head|manager|president|chief executive|ceo|cto|cfo|mayor|capital|chair|chairman|chairwoman|chairperson|"
    "owner|author|architect|founder|captain|leader|secretary|minister|editor|editor-in-chief|coach|king|queen|wife|"
    "husband|mother|father|principal|headmaster|governor|chancellor|dean|commander|composer|conductor|curator|"
    "spokesperson|treasurer|prime minister|headquarters|contact person|contact|lead|operator|maintainer|publisher"
)
_PLACED = "located|situated|based|headquartered|born|buried|died|held|kept|stored|moved"
_BY = re.compile(rf"\b({'|'.join(_DONE)}) by (?:the )?(?:[a-z]+ )?({_NAME})")
_A_BY = re.compile(
    rf"\b(?:is|was) (?:an?|the) [^.;()]{{1,80}}? by (?:the )?(?:[A-Z][a-z]+(?:n|sh|se|ch) )?(?:[a-z-]+ )*({_NAME})"
)
_DID = re.compile(rf"({_NAME}) (?:first |then |later )?({'|'.join(_DONE)})\b(?! by\b)")
_IS = re.compile(
    rf"\b({_ROLE})\b(?: (?:of|at|for) [^,.;()]{{1,60}}?)? (?:is|was|will be|became|remains) (?:now |currently )?({_NAME})",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    rf"({_NAME})(?:,| is| was| became| remains| serves as| served as) (?:now |currently )?(?:the|its|their|our)(?: (?:current|new|present|acting))? ({_ROLE})\b"
)
_AT = re.compile(rf"\b({_PLACED})(?: on [^,.;]{{1,20}}?)? (?:in|at|near|to) (?:the )?({_NAME})")
_HAN = r"[^\W\d_]"
_HAN_DONE = "设计|設計|建造|修建|创立|創立|创办|創辦|创建|成立|撰写|撰寫|编写|编辑|导演|執導|执导|作曲|谱曲|发明|發明|发现|發現|绘制|主编|领导|領導|负责|負責|管理|经营|拥有|出版|兴建"
_HAN_ROLE = "院长|院長|经理|經理|主任|主席|总裁|總裁|部长|部長|市长|市長|校长|校長|负责人|負責人|作者|导演|導演|创始人|創始人|队长|局长|书记|總統|总统|总理|所长|馆长|首都|省会|总部|妻子|丈夫|父亲|母亲|联系人|总监|建筑师|设计师|编辑"
_HAN_PLACED = "位于|位於|坐落于|座落于|坐落在|出生于|出生在|生于|设在|设于|葬于|逝世于|存放在|存放于|总部在"
_HAN_BY = re.compile(rf"(?:由|被)({_HAN}{{2,12}}?)(?:所|主持|负责)?({_HAN_DONE})")
_HAN_IS = re.compile(
    rf"({_HAN_ROLE})(?:现在|目前|现)?(?:是|为|為|由|：)({_HAN}{{2,12}}?)(?:担任|擔任|出任)?(?=[，。；、,;]|$)"
)
_HAN_HOLDS = re.compile(
    rf"(?:^|[，。；])({_HAN}{{2,8}}?)(?:现|目前)?(?:担任|擔任|出任|是|为)[^，。；]{{1,20}}?({_HAN_ROLE})(?=[，。；]|$)"
)
_HAN_AT = re.compile(rf"({_HAN_PLACED})({_HAN}{{2,20}}?)(?=[，。；、,;]|$)")


def named_values(text: str) -> tuple[NamedValue, ...]:
    """In order of their places; of two that stand over each other the first that was found."""
    found: list[NamedValue] = []
    for one in (*_english(text), *_chinese(text)):
        if not any(one.start < other.end and other.start < one.end for other in found):
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.start))


def _english(text: str) -> Iterator[NamedValue]:
    for match in _BY.finditer(text):
        yield _value("person", _DONE[match[1]], match, 2)
    for match in _A_BY.finditer(text):
        yield _value("person", "by", match, 1)
    for match in _IS.finditer(text):
        if match[2][0].isupper():
            yield _value("person", match[1].lower(), match, 2)
    for match in _HOLDS.finditer(text):
        yield _value("person", match[2].lower(), match, 1)
    for match in _AT.finditer(text):
        yield _value("place", match[1], match, 2)
    for match in _DID.finditer(text):
        yield _value("person", _DONE[match[2]], match, 1)


def _chinese(text: str) -> Iterator[NamedValue]:
    if text.isascii():
        return
    for match in _HAN_BY.finditer(text):
        yield _value("person", match[2], match, 1)
    for match in _HAN_IS.finditer(text):
        yield _value("person", match[1], match, 2)
    for match in _HAN_HOLDS.finditer(text):
        yield _value("person", match[2], match, 1)
    for match in _HAN_AT.finditer(text):
        yield _value("place", match[1], match, 2)


def _value(kind: NameKind, role: str, match: re.Match[str], group: int) -> NamedValue:
    return NamedValue(
        kind=kind, role=role, start=match.start(group), end=match.start(group) + len(match[group].rstrip("."))
    )
