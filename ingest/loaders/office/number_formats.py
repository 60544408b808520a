"""Numbers as a spreadsheet shows them, by the code of their number format (ECMA-376, part 1, 18.8.31)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

GENERAL = "General"
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]\-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<digits>[0#?](?:[0#?,]*[0#?])?(?:\.[0#?]*)?(?:E[+-][0#?]+)?|\.[0#?]+)(?P<scaled>,*)|(?P<general>General)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_DATE_LETTERS = frozenset("ymdhs")
_EPOCH = datetime(1899, 12, 30)
_MOST_SERIAL = 2_958_466
"""The first day after the year 9999."""
_MOST_DIGITS = 1e21
"""Whole numbers below this are written out."""
_LONGEST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    """How numbers of one sign are written. ``plain``: as no format would; ``date``: the number counts days."""

    before: str = ""
    after: str = ""
    digits: str = ""
    percent: bool = False
    thousands: int = 0
    plain: bool = False
    date: bool = False


def shown_number(value: float, code: str = GENERAL) -> str:
    """A number in a format. What the format hides is empty; what is not understood of it is left aside."""
    sections = _sections(code[:_LONGEST])
    section, signed = _choose(sections, value)
    if section.date:
        return _date(value)
    if section.plain:
        return f"{section.before}{plain_number(value)}{section.after}"
    if not section.digits:
        return f"{section.before}{section.after}".strip()
    number = Decimal(format(abs(value), ".15g"))
    number = (number * 100 if section.percent else number) / (1000**section.thousands)
    text = _digits(number, section.digits)
    minus = "-" if signed and value < 0 and any(c in "123456789" for c in text) else ""
    return f"{minus}{section.before}{text}{section.after}".strip()


def plain_number(value: float) -> str:
    """A number without a format: as many digits as a spreadsheet keeps."""
    text = format(value, ".15g")
    return f"{Decimal(text):f}" if abs(value) < _MOST_DIGITS and (value == int(value)) else text


def counts_days(code: str) -> bool:
    """Whether numbers in a format are dates or times."""
    return _sections(code[:_LONGEST])[0].date


@lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...]:
    if not code or code.lower() == "general" or code == "@":
        return (_Section(plain=True),)
    return tuple(_section(part) for part in _split(code)[:3])


def _split(code: str) -> list[str]:
    """The sections of a code, which semicolons part that are not quoted."""
    parts, quoted, skip = [""], False, False
    for character in code:
        if character == ";" and not (quoted or skip):
            parts.append("")
            continue
        quoted ^= character == '"' and not skip
        skip = character in "\\_*" and not (quoted or skip)
        parts[-1] += character
    return parts


def _section(code: str) -> _Section:
    before, after, digits, thousands = "", "", "", 0
    percent = plain = date = False
    for piece in _PIECE.finditer(code):
        literal = piece["quoted"] or piece["escaped"] or piece["currency"] or ""
        other = piece["other"] or ""
        if piece["digits"]:
            plain |= bool(digits)  # a telephone number, a fraction
            digits, thousands = piece["digits"], len(piece["scaled"])
        elif piece["bracket"]:
            date |= piece["bracket"].lower() in {"h", "hh", "m", "mm", "s", "ss"}
            plain |= piece["bracket"][:1] in {"<", ">", "="}
        elif other.lower() in _DATE_LETTERS:
            date = True
        elif piece["general"] or other == "@":
            plain = True
        else:
            percent |= other == "%"
            before, after = (before, after + literal + other) if digits or plain else (before + literal + other, after)
    if plain and digits:
        return _Section(plain=True)
    return _Section(
        before=before.lstrip(), after=after.rstrip(), digits=digits, percent=percent, thousands=min(thousands, 4),
        plain=plain, date=date and not digits.strip("0."),
    )  # fmt: skip


def _choose(sections: tuple[_Section, ...], value: float) -> tuple[_Section, bool]:
    """The section for a number, and whether its sign is still to be written."""
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


def _digits(number: Decimal, digits: str) -> str:
    mantissa, exponent, power = digits.partition("E") if "E" in digits else digits.partition("e")
    whole, _, fraction = mantissa.partition(".")
    places, least = min(len(fraction), 30), len(fraction.rstrip("#?"))
    if exponent:
        text = f"{number:.{places}E}"
        head, _, tail = text.partition("E")
        shown = int(tail)
        sign = "-" if shown < 0 else "+" if power.startswith("+") else ""
        return f"{head}E{sign}{abs(shown):0{len(power) - 1}d}"
    try:
        rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    except InvalidOperation:  # more digits than are kept
        return format(number, ".15g")
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    left, _, right = text.partition(".")
    while len(right) > least and right.endswith("0"):
        right = right[:-1]
    left = left.lstrip("0").rjust(whole.count("0"), "0")
    return f"{left}.{right}" if right else left


def _date(value: float) -> str:
    if not 0 <= value < _MOST_SERIAL:
        return plain_number(value)
    moment = _EPOCH + timedelta(seconds=round(value * 86_400))
    if value < 1:
        return moment.strftime("%H:%M:%S").removesuffix(":00")
    if value == int(value):
        return moment.date().isoformat()
    return moment.isoformat(" ").removesuffix(":00")
