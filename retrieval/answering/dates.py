"""Dates as texts write them, in English, Chinese and ISO 8601, and the day a document is of. Pure."""

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


def dates_in(text: str) -> Iterator[date]:
    """Whole dates, in order; of a Chinese one the month and day may be missing (January, the first)."""
    for match in _DATE.finditer(text):
        part = match.groupdict()
        year = part["y"] or part["ay"] or part["by"] or part["cy"]
        named = part["a"] or part["b"]
        month = _NUMBER[named[:3].lower()] if named else int(part["m"] or part["cm"] or 1)
        day = int(part["d"] or part["ad"] or part["bd"] or part["cd"] or 1)
        try:
            yield date(int(year), month, day)
        except ValueError:
            continue  # 2023-02-31, say


def dated(document: Document) -> date:
    """The day a document speaks of itself as of, in its metadata (``date``, ISO 8601); else that of its version."""
    try:
        return date.fromisoformat(str(document.metadata.get("date", ""))[:10])
    except ValueError:
        return document.updated_at.date()
