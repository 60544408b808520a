"""Numbers by what they are worth, however they are written: with separators, with 万 and 亿, in Chinese numerals. Pure.

Commas between groups of three digits (or of two before the last three, as in India) mean nothing else, and go. A
space, an apostrophe or a full stop between groups may part two numbers, or be part of an address or a version: there
the value stands *beside* what is written. So does the value of what is written in Chinese.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\d,])|(?<![\w.,])\d{1,2}(?:,\d{2})+,\d{3}(?![\d,])")
_PARTED = re.compile(r"(?<![\w.,'’-])\d{1,3}(?:(?P<by>[ .'’])\d{3})(?:(?P=by)\d{3})*(?![\w'’-]|[.,]\d)")
_NUMERALS = "〇零一二两三四五六七八九"
_DIGIT = {**{numeral: max(place - 1, 0) for place, numeral in enumerate("〇零一二三四五六七八九")}, "两": 2}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_MYRIAD = {"万": 10**4, "亿": 10**8}
_WRITTEN = re.compile(
    rf"(?<![\d.,])\d+(?:\.\d+)?[百千]?[万亿]+(?:\d+[百千]?(?:\.\d+)?万?)?|[{_NUMERALS}十][{_NUMERALS}十百千万亿]+|"
    rf"[{_NUMERALS}十](?=[年月日号届世])"
)
_LARGEST = 10**16


def without_separators(text: str) -> str:
    """A text whose numbers have no commas between their groups of digits; the text is a normal one."""
    return _GROUPED.sub(lambda found: found[0].replace(",", ""), text) if "," in text else text


def values(text: str) -> Iterator[str]:
    """The values of the numbers that are written otherwise than in digits alone; the text is a normal one."""
    for found in _PARTED.finditer(text):
        if found["by"] != "." or found[0].count(".") > 1:
            yield re.sub(r"\D", "", found[0])
    if text.isascii():
        return
    for found in _WRITTEN.finditer(text):
        if (value := chinese_value(found[0])) is not None:
            yield str(value)


def chinese_value(written: str) -> int | None:
    """What a number is worth that is written with 万 or 亿, or in Chinese numerals; None for what is no number.

    Numerals without a unit are read digit by digit: 二〇一九 is 2019.
    """
    if not any(unit in written for unit in (*_UNIT, *_MYRIAD)):
        return int("".join(str(_DIGIT[numeral]) for numeral in written))
    total = part = Decimal(0)
    digits = ""
    for character in written:
        if character in _MYRIAD:
            part += Decimal(digits or 0)
            total = (total + part) * _MYRIAD[character] if character == "亿" else total + part * 10**4
            part, digits = Decimal(0), ""
        elif character in _UNIT:
            part += Decimal(digits or 1) * _UNIT[character]
            digits = ""
        else:
            digits += str(_DIGIT.get(character, character))
    total += part + Decimal(digits or 0)
    return int(total) if total == int(total) and total < _LARGEST else None
