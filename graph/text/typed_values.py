"""What a date or an amount is worth, however it is written: ISO 8601 days and spans, a number with its unit. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from graph.text.number_values import chinese_value

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = "|".join(_MONTHS)
_DAY = re.compile(
    rf"(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})|(?:(?P<d>\d{{1,2}}) )?(?P<m>{_MONTH})(?: (?P<d2>\d{{1,2}}),)? (?P<y>\d{{4}})"
    r"|(?P<cy>\d{4})年(?:(?P<cm>\d{1,2})月(?:(?P<cd>\d{1,2})日)?)?|(?P<year>(?<!\d)\d{4}(?!\d))",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"(?P<sign>[$€£¥])?(?P<number>\d[\d,]*(?:\.\d+)?)(?:\s?(?P<scale>thousand|million|billion|trillion|[万亿]+))?"
)
_SCALE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedValue:
    """A day, or two with a slash between them where it is a span; or a number, with the unit as written."""

    kind: Literal["date", "number"]
    value: str
    unit: str = ""


def typed_value(name: str, kind: str) -> TypedValue | None:
    """What a name of the type ``date`` or ``quantity`` is worth; None where it is no such, or cannot be told."""
    if len(name) > LONGEST:
        return None
    if kind == "date":
        days = days_in(name)
        return TypedValue(kind="date", value="/".join(days)) if 1 <= len(days) <= 2 else None
    return _amount(name) if kind == "quantity" else None


def days_in(text: str) -> tuple[str, ...]:
    """Days, months and years of a text in ISO 8601, in order; four digits alone are taken for a year."""
    return tuple(_day(match) for match in _DAY.finditer(text))


def _day(match: "re.Match[str]") -> str:
    if match["iso"] or match["year"]:
        return match["iso"] or match["year"]
    if match["cy"]:
        parts = [match["cm"], match["cd"]]
        return "-".join([match["cy"], *(f"{int(part):02}" for part in parts if part)])
    month = f"{match['y']}-{_MONTHS.index(match['m'].lower()) + 1:02}"
    day = match["d"] or match["d2"]
    return f"{month}-{int(day):02}" if day else month


def _amount(name: str) -> TypedValue | None:
    match = _AMOUNT.match(name)
    if match is None:
        return None
    digits, scale = match["number"].replace(",", ""), match["scale"] or ""
    try:
        number = Decimal(digits) * _SCALE.get(scale, 1)
    except InvalidOperation:
        return None
    if scale and scale not in _SCALE:
        number = Decimal(chinese_value(digits + scale) or 0)
    unit = (match["sign"] or "") + name[match.end() :].strip()
    whole = number == number.to_integral_value()
    return TypedValue(kind="number", value=str(int(number)) if whole else format(number.normalize(), "f"), unit=unit)
