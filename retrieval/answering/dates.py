"""Dates as texts write them, in English, Chinese and ISO 8601, and the day that a document states. Pure."""

import re
from collections.abc import Iterator
from datetime import date

from graph.model import Document

_MONTHS = "January February March April May June July August September October November December".split()
_NUMBER = {month[:3].lower(): number for number, month in enumerate(_MONTHS, start=1)}
_MONTH = "(?:" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTHS) + r")(?:t?\.)?"
_DATE = re.compile(
    r"(?<![\d.])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)"
    rf"|\b(?P<a>{_MONTH}) (?P<ad>\d{{1,2}}),? (?P<ay>\d{{4}})\b"
    rf"|\b(?P<bd>\d{{1,2}}) (?P<b>{_MONTH}) (?P<by>\d{{4}})\b"
    r"|(?<!\d)(?P<cy>\d{4})年(?:(?P<cm>\d{1,2})月(?:(?P<cd>\d{1,2})日)?)?"
)
_DAY_FIELDS = ("date", "updated", "published", "日期", "更新日期", "发布日期")
"""Fields of the metadata that say of which day a document is, the first before the others."""
_WHOLE_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}年\d{1,2}月\d{1,2}日")
_AROUND = " \t-_:,.|/·()[]（）【】，：、"
"""What stands between a title and its day."""


def dates_in(text: str) -> Iterator[date]:
    """Whole dates, in order; of a Chinese one the month and day may be missing (January, the first)."""
    yield from (day for match in _DATE.finditer(text) if (day := _read(match)))


def dated(document: Document) -> date | None:
    """The day that a document states: in its metadata, or, in figures, at either edge of its title.

    None where it states none: when it was uploaded says nothing about the day it is of.
    """
    fields = {name.casefold(): str(value) for name, value in document.metadata.items()}
    texts = [*(fields[name] for name in _DAY_FIELDS if name in fields), _at_an_edge(document.title)]
    found = (match for text in texts for match in _DATE.finditer(text) if match["cd"] or not match["cy"])
    return next((day for match in found if (day := _read(match))), None)


def _read(match: re.Match[str]) -> date | None:
    part = match.groupdict()
    year = part["y"] or part["ay"] or part["by"] or part["cy"]
    named = part["a"] or part["b"]
    month = _NUMBER[named[:3].lower()] if named else int(part["m"] or part["cm"] or 1)
    day = int(part["d"] or part["ad"] or part["bd"] or part["cd"] or 1)
    try:
        return date(int(year), month, day)
    except ValueError:
        return None  # 2023-02-31, say


def _at_an_edge(title: str) -> str:
    bare = title.strip(_AROUND)
    found = (match for match in _WHOLE_DAY.finditer(bare) if match.start() == 0 or match.end() == len(bare))
    return next((match[0] for match in found), "")
