"""Numbers and bullets of lists as documents write them; the forms have the names that Word gives them. Pure."""

from collections.abc import Callable, Sequence

BULLET = "•"
_ROMAN = tuple(zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
                   ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"), strict=True))  # fmt: skip
_HAN = "〇一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def formatted(count: int, form: str) -> str:
    """A number in one of the forms that lists know; the usual digits where the form is not one of these."""
    return _FORMS.get(form, str)(count) if count > 0 or form in {"none", "bullet"} else str(count)


def _letters(count: int) -> str:
    """a … z, then aa … zz, as Word goes on."""
    return chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 20)


def _roman(count: int) -> str:
    if count >= 4000:
        return str(count)
    written = ""
    for value, sign in _ROMAN:
        written += sign * (count // value)
        count %= value
    return written


def _ordinal(count: int) -> str:
    ending = "th" if count % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


def _chinese(count: int) -> str:
    if count >= 10_000:
        return str(count)
    written, zero = "", False
    for value, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, count = divmod(count, value)
        if digit:
            written += (_HAN[0] if zero and written else "") + _HAN[digit] + sign
        zero = not digit
    return written.removeprefix("一") if written.startswith("一十") else written


def _of(signs: str) -> Callable[[int], str]:
    return lambda count: signs[(count - 1) % len(signs)]


def _circled(count: int) -> str:
    return chr(0x245F + count) if count <= 20 else str(count)


def _digits(signs: Sequence[str]) -> Callable[[int], str]:
    return lambda count: "".join(signs[int(digit)] for digit in str(count))


_FORMS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "bullet": lambda _: BULLET,
    "decimalZero": lambda count: f"{count:02d}",
    "upperRoman": lambda count: _roman(count).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerLetter": _letters,
    "ordinal": _ordinal,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": _digits("０１２３４５６７８９"),
    "ideographDigital": _digits(_HAN),
    "japaneseDigitalTenThousand": _digits(_HAN),
    "taiwaneseDigital": _digits(_HAN),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "ideographTraditional": _of(_STEMS),
    "ideographZodiac": _of(_BRANCHES),
}
