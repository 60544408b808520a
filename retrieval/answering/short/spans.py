"""Literal spans that could answer: times, numbers with their units, persons and places. Pure.

Precision counts: a sentence offers only what has the asked shape, and never a name or a number of the question itself.
"""

import re
from collections.abc import Iterator

import rjieba

from graph.text.names import norm
from graph.text.tokens import is_east_asian
from retrieval.answering.stated.moments import moments_in
from retrieval.questions.answer_kinds import AnswerType

_CAPITAL = r"(?:[A-Z]\.|[^\W\d_a-z][\w'’-]*)"
_PARTICLE = r"(?:de|von|van|der|den|del|della|la|le|di|da|dos|du|al|el|bin|ibn|ben|y|of|zu|ter|the)"
_LATIN_NAME = re.compile(
    rf"(?:(?:Dr|Mr|Mrs|Ms|Sir|St|Prof|Lord|Lady|Pope|King|Queen"
    rf"|President)\.? )?{_CAPITAL}(?: (?:{_PARTICLE} ){{0,2}}(?:[\"“][^\"”]{{1,30}}[\"”] )?{_CAPITAL})+"
    r"(?:,? (?:Jr|Sr|II|III|IV)\b\.?)?"
)
_NO_PERSON = re.compile(
    r"\b(?:University|College|School|Museum|Church|Company|Corporation|Inc|Ltd|River|Lake|Mount|Street|Road"
    r"|County|State|Party|League|"
    r"Cup|Award|Prize|War|Battle|Film|Records|Association|Institute|Academy|Society|Band|Orchestra|Club|Station"
    r"|Airport|Bridge|Island|"
    r"Islands|Kingdom|Republic|Empire|Council|Committee|Department|Ministry|Festival|Championships?|Series|Show"
    r"|News|Times|January|"
    r"February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday"
    r"|Thursday|Friday|"
    r"Saturday|Sunday|United|National|North|South|East|West|New|City|House|Park|Hall|The)\b"
)
_PLACE = re.compile(
    rf"\b(?:in|at|from|near|to|of|around"
    rf"|outside) (?P<place>(?:the )?{_CAPITAL}(?: (?:{_PARTICLE} )?{_CAPITAL})*(?:, {_CAPITAL}(?: {_CAPITAL})*){{0,2}})"
)
_MONTH_NAMES = "January|February|March|April|May|June|July|August|September|October|November|December"
_TIME = re.compile(
    rf"\b(?:{_MONTH_NAMES}) \d{{1,2}}(?:st|nd|rd|th)?\b(?!,? \d{{4}})|\b\d{{1,2}}(?:st|nd|rd"
    rf"|th)? (?:of )?(?:{_MONTH_NAMES})\b(?! \d{{4}})"
    r"|\b(?:(?:early|late|mid)[ -])?(?:the )?(?:\d{1,2}(?:st|nd|rd|th)|[a-z]{5,12}th|first|second"
    r"|third) century(?: BCE?)?\b"
    r"|\b(?:(?:early|late|mid)[ -])?(?:the )?(?:1\d|20)\d0s\b|\b\d{1,2}(?::\d{2})? ?(?:a\.m\.|p\.m\.|am\b|pm\b)"
    r"|(?:公元前|西元前)?(?:\d{1,2}|[一二三四五六七八九十]{1,3})世[纪紀](?:[初中末]|[早中晚]期|\d0年代)?|(?:19"
    r"|20)?\d0年代"
    r"|\d{1,2}月(?:\d{1,2}[日号號])?"
)
_SPELLED = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    r"|seventeen|eighteen|nineteen|"
    r"twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|a dozen|half|twice|once)"
)
_NUMBER = re.compile(
    r"(?<![\w.,/-])(?:[$€£¥]\s?)?\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?(?:\s?(?:million|billion|trillion))?(?:\s?%"
    r"| percent)?(?![\d/])"
    r"|(?<![\w.,/-])(?:[$€£¥]\s?)?\d+(?:\.\d+)?(?:\s?(?:million|billion|trillion|thousand))?(?:\s?%"
    r"| percent)?(?![\d/]|(?:st|nd|rd|th)\b|s\b|[.,:]\d|-\d)"
    rf"|\b{_SPELLED}(?:[ -]{_SPELLED})*\b", re.IGNORECASE
)  # fmt: skip
_HAN_NUMBER = re.compile(
    r"(?:[约約近超逾](?:过|過)?|大约|大約|百分之|第)?(?:\d{1,3}(?:[,，]\d{3})+|\d+"
    r"|[一二三四五六七八九十百千万两兩半]+)(?:\.\d+)?(?:[万亿萬億千百十多余餘]+)?\s?"
    r"(?P<unit>%|％|公里|千米|平方公里|平方千米|平方米|平方公尺|公尺|公分|厘米|英尺|英里|公斤|千克|毫米|米|吨"
    r"|噸|克|元|美元|人民币|人次|小时|小時|分钟|分鐘|秒|岁|歲"
    r"|个月|個月"
    r"|[个個名人次天年位本座条條种種所层層集部首场場家间間处處票块塊幅艘辆輛架支只隻头頭棵国國站县縣市区區村项項页頁席枚届屆倍度级級厘章届])?"
)
_HAN_PERSON = re.compile(
    r"(?:\A"
    r"|(?<=[，。、；：（《是由叫为為者长長人和与與在被给給]))"
    r" ?(?:(?:作者|导演|導演|作家|演员|演員|画家|畫家|总统|總統|首相|国王|國王|教授|博士|歌手)[是为為]?)?"
    r"(?P<name>[\u4e00-\u9fff]{1,8}(?:[·‧•・．][\u4e00-\u9fffA-Z.]{1,8}){0,3}"
    r"[·‧•・．][\u4e00-\u9fff]{1,8}?)(?=[，。、；（()）》]|[是为為于於在和与與的曾也出住生担擔创創设設]|\Z)"
)
_HAN_PLACE = re.compile(
    r"(?:[位座坐]?[于於]|在|至|到|来自|來自|原产|原產|生于"
    r"|生於)(?P<place>[\u4e00-\u9fff]{1,14}?(?:[省市县縣区區镇鎮乡鄉村州国國岛島湾灣山洲路街]|地区|地區|半岛|半島))"
)


def spans_of(kind: AnswerType, text: str, asked: str) -> list[tuple[int, int]]:
    """Where a sentence holds something of the asked kind, in order, without what the question says itself."""
    chinese = is_east_asian(text)
    found = sorted(set(_FINDERS[kind](text, chinese))) if kind in _FINDERS else []
    known = f" {norm(asked)} "
    return [
        (start, end) for start, end in found
        if not any(other[0] <= start and end <= other[1] and other != (start, end) for other in found)
        and not _known(text[start:end], known, asked)
    ]  # fmt: skip


def shaped(kind: AnswerType) -> bool:
    """Whether answers of the kind have a shape of their own."""
    return kind in _FINDERS


def holds(kind: AnswerType, text: str, asked: str) -> bool:
    """Whether a sentence holds what answers a question of the kind; True for kinds without a shape of their own."""
    return kind not in _FINDERS or bool(spans_of(kind, text, asked))


def _known(span: str, known: str, asked: str) -> bool:
    key = norm(span)
    return not key or (key in asked if is_east_asian(span) else f" {key} " in known)


def _times(text: str, _: bool) -> Iterator[tuple[int, int]]:
    yield from ((one.start, one.end) for one in moments_in(text))
    yield from (found.span() for found in _TIME.finditer(text))


def _numbers(text: str, chinese: bool) -> Iterator[tuple[int, int]]:
    dates = [(one.start, one.end) for one in moments_in(text)]
    for found in (_HAN_NUMBER if chinese else _NUMBER).finditer(text):
        if any(start < found.end() and found.start() < end for start, end in dates):
            continue
        if chinese and not found.groupdict().get("unit") and not found[0][0].isdigit():
            continue
        if found[0].lower() not in {"one", "half", "once"}:
            yield found.span()


def _persons(text: str, chinese: bool) -> Iterator[tuple[int, int]]:
    for found in _LATIN_NAME.finditer(text):
        if not _NO_PERSON.search(found[0]):
            yield found.span()
    if not chinese:
        return
    yield from (found.span("name") for found in _HAN_PERSON.finditer(text))
    start = 0
    for word, tag in rjieba.tag(text):
        if tag in {"nr", "nrt", "nrfg"} and len(word) > 1:
            yield start, start + len(word)
        start += len(word)


def _places(text: str, chinese: bool) -> Iterator[tuple[int, int]]:
    for found in (_HAN_PLACE if chinese else _PLACE).finditer(text):
        start, end = found.span("place")
        if chinese or not re.match(rf"(?:the )?(?:{_MONTH_NAMES})\b", found["place"]):
            yield start, end
    if not chinese:
        return
    start = 0
    for word, tag in rjieba.tag(text):
        if tag == "ns" and len(word) > 1:
            yield start, start + len(word)
        start += len(word)


_FINDERS = {"time": _times, "number": _numbers, "person": _persons, "place": _places}
