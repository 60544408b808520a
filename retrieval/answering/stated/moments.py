"""Dates as they are written, with the precision they have: a year, a month or a day. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\.?"
)
_YEAR = r"(?:1\d{3}|20\d{2})"
_HAN = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_MOMENT = re.compile(
    r"(?<![\d.,-])(?P<iy>\d{4})-(?P<im>\d{2})-(?P<id>\d{2})(?![\d-])"
    rf"|\b(?P<am>{_MONTH}) (?P<ad>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<ay>\d{{3,4}})\b"
    rf"|\b(?P<bd>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<bm>{_MONTH}),? (?P<by>\d{{3,4}})\b"
    rf"|\b(?P<cm>{_MONTH}),? (?P<cy>{_YEAR})\b"
    r"|(?P<bc>(?:公元|西元)?前)?(?P<hy>\d{1,4}"
    r"|[〇零一二三四五六七八九]{4}) ?年(?:[^\S\n]?(?P<hm>\d{1,2}) ?月(?:[^\S\n]?(?P<hd>\d{1,2}) ?[日号])?)?"
    r"(?![代级])"
    r"|民[国國](?P<ry>\d{1,3})年"
    r"|\b(?P<ey>\d{1,4}) (?P<era>BCE?|B\.C\.)"
    rf"|(?<![\d.,/])\b(?P<y>{_YEAR})\b(?![s%\d]|[.,]\d|-\d(?!\d{{3}}\b))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date at ``text[start:end]``: (year, month, day), or the first one or two of them; before Christ is negative."""

    start: int
    end: int
    parts: tuple[int, ...]


def moments_in(text: str) -> Iterator[Moment]:
    """Dates in order."""
    for found in _MOMENT.finditer(text):
        part = found.groupdict()
        parts = _parts(part)
        if parts is not None:
            yield Moment(start=found.start(), end=found.end(), parts=parts)


def earlier(one: tuple[int, ...], other: tuple[int, ...]) -> bool | None:
    """Whether the first is earlier; None where the precision of one does not tell."""
    known = min(len(one), len(other))
    return None if one[:known] == other[:known] else one[:known] < other[:known]


def _parts(part: dict[str, str | None]) -> tuple[int, ...] | None:
    if part["ry"]:
        return (1911 + int(part["ry"]),)
    if part["ey"]:
        return (-int(part["ey"]),)
    if part["hy"]:
        year = _han_year(part["hy"])
        if year < 100 and not part["bc"]:
            return None  # 3年 is a duration as often as a year
        return _whole(-year if part["bc"] else year, part["hm"], part["hd"])
    year_written = part["iy"] or part["ay"] or part["by"] or part["cy"] or part["y"]
    named = part["am"] or part["bm"] or part["cm"]
    month = str(_MONTHS.index(named[:3].lower()) + 1) if named else part["im"]
    return _whole(int(year_written or 0), month, part["ad"] or part["bd"] or part["id"])


def _whole(year: int, month: str | None, day: str | None) -> tuple[int, ...] | None:
    parts = (year, *(int(part) for part in (month, day) if part))
    fits = all(1 <= part <= most for part, most in zip(parts[1:], (12, 31), strict=False))
    return parts if fits else None


def _han_year(written: str) -> int:
    return int("".join(str(_HAN.get(digit, digit)) for digit in written))
