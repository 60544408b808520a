"""Numbers and dates as sentences state them, each as the interval that it leaves open. Pure.

"1931" is a year of days and "12 May 1931" one day of it; "about 1,200" leaves open what lies near, "over 1,200" what lies
above. Two of one kind exclude each other where their intervals have nothing in common.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import inf
from typing import Literal

from retrieval.answering.weights import CONFLICT_WEIGHTS

QuantityKind = Literal["number", "date", "day of the year", "time of day"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What stands at ``start:end`` of a sentence. A date counts days, a day of the year 100 times its month and its day."""

    kind: QuantityKind
    low: float
    high: float
    start: int
    end: int
    unit: str = ""

    def excludes(self, other: "Quantity") -> bool:
        """Whether not both can be true of one thing."""
        return self.kind == other.kind and (self.high < other.low or other.high < self.low)


_MONTHS = "january february march april may june july august september october november december".split()
_MONTH_NUMBER = {month[:3]: number for number, month in enumerate(_MONTHS, start=1)}
_MONTH = "(?:" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTHS) + r")\b\.?"
_YEAR = r"(?:1\d{3}|20\d{2})"
_DATE = re.compile(
    rf"(?<![\d.])(?P<y1>\d{{4}})-(?P<m1>\d{{2}})-(?P<d1>\d{{2}})(?!\d)"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{_MONTH}),? ?(?P<y2>{_YEAR}\b)?"
    rf"|\b(?P<m3>{_MONTH}) (?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<y3>{_YEAR})\b)?"
    rf"|\b(?P<m4>{_MONTH}),? (?:of )?(?P<y4>{_YEAR})\b"
    r"|(?<!\d)(?P<y5>\d{4})年(?:(?P<m5>\d{1,2})月(?:(?P<d5>\d{1,2})[日号])?)?"
    r"|(?<!\d)(?P<m6>\d{1,2})月(?P<d6>\d{1,2})[日号]"
    rf"|(?<![\d.,$€£¥-])(?P<y7>{_YEAR})(?P<decade>s)?(?![\w%]|[.,]\d|-\d\d\b)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![\d.:])(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?m\b\.?|(?<![\d.:])(\d{1,2}):(\d{2})(?![\d:])", re.IGNORECASE
)
_WORDS = {word: float(number) for number, word in enumerate(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty".split(), start=2)}  # fmt: skip
_WORDS |= {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0}
_TIMES = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    "百": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8,
}  # fmt: skip
_HAN_DIGITS = "零一二三四五六七八九"
_NUMBER = re.compile(
    r"(?:(?P<sign>[$€£¥])\s?)?(?<![A-Za-z0-9_.,])(?<![A-Za-z]-)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?!\.?\d|[a-z]{1,2}\d)"
    r"\s?(?P<times>hundred|thousand|million|billion|trillion|[百千万萬亿億]{1,2})?\s?(?P<percent>%|percent|per cent)?"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b(?P<word_times> (?:hundred|thousand|million|billion))?"
    r"|(?P<han>[一二三四五六七八九十两兩][一二三四五六七八九十百千万萬亿億两兩零]*)(?=[个個名人位次家所座间間台辆輛件本天年月米层層岁歲元口条條种種张張匹只隻艘公])",
    re.IGNORECASE,
)  # fmt: skip
_BETWEEN = re.compile(r"\s?(?:-|–|—|to|and|至|到|~)\s?")
_ABOUT = re.compile(
    r"(?:\b(?:about|around|approximately|roughly|nearly|almost|some|circa|c\.|ca\.)|~|大约|大約|约|約|近|将近|左右)\s*$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"(?:\b(?:over|more than|at least|above|exceeding|no fewer than|minimum of)|超过|超過|至少|多于|不少于)\s*$",
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"(?:\b(?:under|less than|fewer than|at most|up to|below|no more than|maximum of)|不到|至多|不超过|不超過|少于|最多)\s*$",
    re.IGNORECASE,
)
_MORE = re.compile(r"^(?:[余餘多]|左右|上下|\+| or more\b| or so\b)")
_MARKER = re.compile(
    r"\[\s?\d+\s?\]|\d+(?:st|nd|rd|th)\b|第\s?[\d一二三四五六七八九十百]+|\d+(?=[号號期届屆组組班级級])|"
    r"\b(?:form|room|floor|page|chapter|section|article|line|gate|phase|grade|level|class|part|volume|unit|building|"
    r"block|type|model|version|no|nos|number|step|group|team|route|platform|season|episode|annex|appendix|figure|"
    r"table|item|rule|clause|option|zone|ward|district|hall|lab|plant|batch|lot)\b\.?\s?\d+(?![\d,])|"
    r"\b(?-i:[A-Z][a-z]+) \d{1,3}(?= (?:has|have|had|is|was|are|were|will|can|may|must)\b)",
    re.IGNORECASE,
)
"""Numbers that name a thing: footnotes, places in an order, Form 1."""
_UNIT = re.compile(r"[\s-]*([^\W\d_]+)")
_HAN_UNIT = re.compile(r"\s*([\u4e00-\u9fff]{1,2})")


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a sentence, in order; of a range one."""
    taken = [match.span() for match in _MARKER.finditer(text)]
    found: list[Quantity] = []
    for one in (*_times_of_day(text), *_dates(text), *_numbers(text)):
        if not any(one.start < end and start < one.end for start, end in taken):
            taken.append((one.start, one.end))
            found.append(one)
    return tuple(_ranges(text, sorted(found, key=lambda one: one.start)))


def _times_of_day(text: str) -> Iterator[Quantity]:
    for match in _TIME.finditer(text):
        hour, minute = int(match[1] or match[4]), int(match[2] or match[5] or 0)
        hour = hour % 12 + 12 * (match[3].lower() == "p") if match[3] else hour
        at = float(60 * hour + minute)
        yield Quantity(kind="time of day", low=at, high=at, start=match.start(), end=match.end())


def _dates(text: str) -> Iterator[Quantity]:
    for match in _DATE.finditer(text):
        part = {name.rstrip("1234567"): value for name, value in match.groupdict().items() if value}
        month = _month(part.get("m", ""))
        day = int(part.get("d", 0))
        try:
            yield _date(int(part["y"]) if "y" in part else None, month, day, "decade" in part, match)
        except ValueError:
            continue  # 2023-02-31, say


def _month(written: str) -> int:
    return int(written) if written.isdecimal() else _MONTH_NUMBER.get(written[:3].lower(), 0)


def _date(year: int | None, month: int, day: int, decade: bool, match: re.Match[str]) -> Quantity:
    if year is None:
        at = float(100 * month + day)
        return Quantity(
            kind="day of the year", low=at, high=at, start=match.start(), end=match.start() + len(match[0].rstrip(" ,"))
        )
    last = date(year + 9 if decade else year, month or 12, day or 28).toordinal() + (0 if day else 3)
    first = date(year, month or 1, day or 1).toordinal()
    return Quantity(
        kind="date", low=first, high=last, start=match.start(), end=match.start() + len(match[0].rstrip(" ,"))
    )


def _numbers(text: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        value = _value(match)
        if value is None:
            continue
        start, end = match.start(), match.start() + len(match[0].rstrip())
        low, high = _open(value, match, text[max(0, start - 20) : start], text[end : end + 8])
        yield Quantity(kind="number", low=low, high=high, start=start, end=end, unit=_unit(match, text[end:]))


def _value(match: re.Match[str]) -> float | None:
    if match["digits"]:
        value = float(match["digits"].replace(",", ""))
        for sign in (match["times"] or "").lower().split() or [""]:
            value *= _TIMES.get(sign, 1.0) if sign in _TIMES else _product(sign)
        return value
    if match["word"]:
        return _WORDS[match["word"].lower()] * _TIMES.get((match["word_times"] or "").strip().lower(), 1.0)
    return _han_value(match["han"])


def _product(signs: str) -> float:
    value = 1.0
    for sign in signs:
        value *= _TIMES[sign]
    return value


def _han_value(written: str) -> float | None:
    total = part = digit = 0.0
    for sign in written.replace("两", "二").replace("兩", "二"):
        if sign in _HAN_DIGITS:
            digit = float(_HAN_DIGITS.index(sign))
        elif sign in "十百千":
            part += (digit or 1.0) * {"十": 10.0, "百": 1e2, "千": 1e3}[sign]
            digit = 0.0
        else:
            total, part, digit = (total + part + digit) * _TIMES[sign], 0.0, 0.0
    return total + part + digit if written not in {"一", "零"} else None


def _open(value: float, match: re.Match[str], before: str, after: str) -> tuple[float, float]:
    """What a number leaves open: by the words around it, and by how roundly it is written."""
    if _OVER.search(before) or _MORE.search(after):
        return value, inf
    if _UNDER.search(before):
        return -inf, value
    slack = (
        CONFLICT_WEIGHTS.near * value
        if _ABOUT.search(before)
        else min(_rounding(value, match), CONFLICT_WEIGHTS.round * value)
    )
    return value - slack, value + slack


def _rounding(value: float, match: re.Match[str]) -> float:
    """Half of the last place that is written, where a larger unit or two noughts at least follow it."""
    digits = (match["digits"] or "").replace(",", "")
    if match["times"]:
        places = len(digits.partition(".")[2])
        return value / float(digits) / 10**places / 2 if float(digits) else 0.0
    noughts = len(digits) - len(digits.rstrip("0"))
    return 10**noughts / 2 if noughts > 1 and "." not in digits else 0.0


def _unit(match: re.Match[str], after: str) -> str:
    if match["sign"]:
        return match["sign"]
    if match["percent"]:
        return "%"
    found = _HAN_UNIT.match(after) or _UNIT.match(after)
    return found[1].lower() if found else ""


def _ranges(text: str, found: list[Quantity]) -> Iterator[Quantity]:
    """Two numbers, or two times of day, with "to" between them are one."""
    skip = False
    for number, one in enumerate(found):
        if skip:
            skip = False
            continue
        after = found[number + 1] if number + 1 < len(found) else None
        joined = (
            after is not None and after.kind == one.kind != "date" and _BETWEEN.fullmatch(text[one.end : after.start])
        )
        if joined and after is not None and one.low <= after.high:
            skip = True
            yield Quantity(kind=one.kind, low=one.low, high=after.high, start=one.start, end=after.end, unit=after.unit)
        else:
            yield one
