"""What stands before the items of a list."""

from dataclasses import dataclass

from bs4 import Tag

from ingest.loaders.list_numbers import formatted

_MOST = 1_000_000


@dataclass(slots=True, kw_only=True)
class OpenList:
    """A list while it is read; ``number`` is that of the next item, 0 in a list without numbers."""

    number: int
    step: int = 1
    kind: str = "1"
    numbered: bool = True

    @classmethod
    def of(cls, tag: Tag) -> "OpenList":
        """A list that begins."""
        if tag.name != "ol":
            return cls(number=0, numbered=False)
        back = tag.has_attr("reversed")
        items = len(tag.find_all("li", recursive=False)) if back else 1
        return cls(number=_number(tag.get("start"), items), step=-1 if back else 1, kind=str(tag.get("type", "1")))

    def next_mark(self, item: Tag) -> str:
        """The mark of the next item."""
        if not self.numbered:
            return "• "
        number = _number(item.get("value"), self.number)
        self.number = number + self.step
        return f"{_written(number, self.kind)}. "


def _number(value: object, otherwise: int) -> int:
    text = str(value).strip()
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 7 else otherwise


def _written(number: int, kind: str) -> str:
    if kind in {"a", "A"} and 0 < number < _MOST:
        return _letters(number) if kind == "a" else _letters(number).upper()
    if kind in {"i", "I"} and 0 < number < 4000:
        return formatted(number, "lowerRoman" if kind == "i" else "upperRoman")
    return str(number)


def _letters(number: int) -> str:
    written = ""
    while number:
        number, letter = divmod(number - 1, 26)
        written = chr(ord("a") + letter) + written
    return written
