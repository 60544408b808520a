"""Days of things, and which comes first where one is told more exactly than the other. Pure."""

import re
from collections.abc import Iterable

from graph.text.typed_values import days_in, typed_value
from retrieval.facts.kinds import kind_of

_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
SHORT = 4
"""Words of a name that is nothing but a date or an amount, at most."""
_YEARS = ("1000", "2199")
"""Four digits before or after these are hardly a year."""


def is_day(text: str) -> bool:
    """Whether a text is a day, a month or a year in ISO 8601."""
    return _DAY.fullmatch(text) is not None


def value_of(name: str, entity_type: str) -> str:
    """What a date or an amount is worth; empty where it is neither.

    Models call types otherwise than the rules do, and often not at all: a short name with a day in it, or one that
    begins with a number, is taken for one where its type says nothing.
    """
    kinds = {"date": ("date",), "number": ("quantity",), None: ("date", "quantity")}.get(kind_of(entity_type), ())
    if len(name.split()) > SHORT:
        return ""
    if kinds and not kind_of(entity_type) and not name[:1].isdigit():
        kinds = ("date",)
    return next((typed.value for kind in kinds if (typed := typed_value(name, kind)) is not None), "")


def day_of(texts: Iterable[str]) -> str:
    """The earliest day of some texts; empty where none has one."""
    days = sorted(day for text in texts for day in days_in(text) if _YEARS[0] <= day[:4] <= _YEARS[1])
    return days[0] if days else ""


def is_before(day: str, other: str) -> bool:
    """Whether a day is before another for certain: as far as both are told."""
    told = min(len(day), len(other))
    return day[:told] < other[:told]
