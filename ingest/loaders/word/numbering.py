"""The numbers and bullets of lists, as they are shown before a paragraph."""

import re
from collections.abc import Callable, Sequence

from ingest.loaders.word.names import Node, attribute, child, kind, number, switched_on
from ingest.loaders.word.styles import Styles

LEVELS = 9
BULLET = "•"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = tuple(zip((1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
                   ("m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"), strict=True))  # fmt: skip
_HAN = "〇一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


class Numbering:
    """Counts the lists of a document. Lists of one kind count on together, wherever they go on."""

    def __init__(self, root: Node | None, styles: Styles) -> None:
        parts = [] if root is None else list(root)
        self._styles = styles
        self._kinds = {_id(each, "w:abstractNumId"): each for each in parts if kind(each) == "w:abstractNum"}
        self._lists = {_id(each, "w:numId"): each for each in parts if kind(each) == "w:num"}
        self._levels: dict[str, tuple[str, dict[int, Node]]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()

    def label(self, list_id: str, level: int, style: str | None) -> str:
        """What stands before the next paragraph of a list, with a blank after it; nothing where nothing does.

        ``level`` is below 0 where only the style of the paragraph says it.
        """
        if list_id == "0" or list_id not in self._lists:
            return ""
        counted, levels = self._levels_of(list_id)
        if level < 0:
            named = (at for at, each in levels.items() if _value(each, "w:pStyle") == style and style)
            level = next(named, 0)
        level = min(level, LEVELS - 1)
        if level not in levels:
            return ""
        self._count(list_id, counted, levels, level)
        shown = self._shown(counted, levels, level)
        return f"{shown} " if shown else ""

    def _levels_of(self, list_id: str) -> tuple[str, dict[int, Node]]:
        """What the list counts with, and its levels, those that it has of its own included."""
        if list_id not in self._levels:
            own = self._lists[list_id]
            counted = _value(own, "w:abstractNumId")
            linked = _value(self._kinds.get(counted), "w:numStyleLink")
            if linked:
                behind = self._lists.get(self._styles.linked_list(linked))
                counted = _value(behind, "w:abstractNumId") or counted
            levels = _levels(self._kinds.get(counted))
            for each in own:
                levels.update(_levels(each) if kind(each) == "w:lvlOverride" else {})
            self._levels[list_id] = counted, levels
        return self._levels[list_id]

    def _count(self, list_id: str, counted: str, levels: dict[int, Node], level: int) -> None:
        counts = self._counts.setdefault(counted, [None] * LEVELS)
        start = number(child(levels[level], "w:start"), default=1)
        if (list_id, level) not in self._begun:
            self._begun.add((list_id, level))
            again = self._starts_again(list_id, level)
            if again is not None:
                start, counts[level] = again, None
        before = counts[level]
        counts[level] = start if before is None else before + 1
        for deeper in range(level + 1, LEVELS):
            if deeper not in levels or number(child(levels[deeper], "w:lvlRestart"), default=1) != 0:
                counts[deeper] = None

    def _starts_again(self, list_id: str, level: int) -> int | None:
        for each in self._lists[list_id]:
            if kind(each) == "w:lvlOverride" and number(each, "w:ilvl") == level:
                found = child(each, "w:startOverride")
                return None if found is None else number(found, default=1)
        return None

    def _shown(self, counted: str, levels: dict[int, Node], level: int) -> str:
        own = levels[level]
        form = _value(own, "w:numFmt") or "decimal"
        pattern = _value(own, "w:lvlText")
        if form == "bullet":
            return BULLET if pattern.strip() or child(own, "w:lvlPicBulletId") is not None else ""
        counts, legal = self._counts[counted], switched_on(child(own, "w:isLgl"))

        def one(place: "re.Match[str]") -> str:
            at = int(place.group(1)) - 1
            if at not in levels:
                return ""
            count = counts[at]
            count = number(child(levels[at], "w:start"), default=1) if count is None else count
            return formatted(count, "decimal" if legal else _value(levels[at], "w:numFmt"))

        return _PLACE.sub(one, pattern).strip()


def formatted(count: int, form: str) -> str:
    """A number in one of the forms that lists know; the usual digits where the form is not one of these."""
    return _FORMS.get(form, str)(count) if count > 0 or form in {"none", "bullet"} else str(count)


def _levels(parent: Node | None) -> dict[int, Node]:
    found = () if parent is None else (each for each in parent if kind(each) == "w:lvl")
    return {number(each, "w:ilvl"): each for each in found}


def _id(node: Node, name: str) -> str:
    return attribute(node, name) or ""


def _value(node: Node | None, name: str) -> str:
    found = child(node, name)
    return "" if found is None else attribute(found, "w:val") or ""


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
