"""What the head of a file says once for all of it: how the letters of each font are written, and which styles are
headings.
"""

from dataclasses import dataclass

_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 78: "cp932", 79: "cp949", 80: "gb18030", 81: "cp950", 128: "cp932", 129: "cp949",
    130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255",
    178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_PAGES = {936: "gb18030", 10000: "mac_roman", 10007: "mac_cyrillic", 1361: "johab", 65001: "utf-8", 54936: "gb18030"}
_KNOWN = frozenset({437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869, 874, 932, 949,
                    950, *range(1250, 1259)})  # fmt: skip
SYMBOL = 2


@dataclass(slots=True, kw_only=True)
class Font:
    """A font of the table. ``charset`` is None where it names none."""

    charset: int | None = None
    page: int | None = None
    name: str = ""
    """As it is in a table of fonts; several pieces of it may come."""

    @property
    def draws(self) -> bool:
        """Whether its letters are pictures."""
        return self.charset == SYMBOL

    def codec(self, default: str) -> str:
        """How its letters are written; a file that names none for them has a ``default``."""
        if self.page is not None:
            return codec_of(self.page, default)
        return _CHARSETS.get(-1 if self.charset is None else self.charset, default)


def codec_of(page: int, default: str) -> str:
    """The codec of a code page of Windows; the default where it is not known."""
    return f"cp{page}" if page in _KNOWN else _PAGES.get(page, default)


class Head:
    """Fonts and styles by their numbers, in the order in which the file tells them."""

    def __init__(self) -> None:
        self.codec = "cp1252"
        """How letters are written whose font says nothing."""
        self._fonts: dict[int, Font] = {}
        self._levels: dict[int, int] = {}
        self._font = self._style = 0

    def font(self, number: int) -> Font:
        """A font of the table, or one of which nothing is known."""
        return self._fonts.get(number, Font())

    def level(self, style: int) -> int | None:
        """The outline level of a style, 0 the highest; None where it has none."""
        return self._levels.get(style)

    def tell_font(self, word: str, number: int) -> None:
        """A word of the table of fonts."""
        if word == "f":
            self._font = number
        elif word == "fcharset":
            self._fonts.setdefault(self._font, Font()).charset = number
        elif word == "cpg":
            self._fonts.setdefault(self._font, Font()).page = number

    def name_font(self, data: bytes) -> None:
        """The name of the font that the table is at, or a piece of it."""
        self._fonts.setdefault(self._font, Font()).name += data.decode("latin-1").strip().rstrip(";")

    def tell_style(self, word: str, number: int) -> None:
        """A word of the table of styles."""
        if word == "s":
            self._style = number
        elif word == "outlinelevel":
            self._levels[self._style] = number

    def name_style(self, data: bytes) -> None:
        """The name of the style that the table is at: Word's own headings are known by it."""
        name = data.decode("latin-1").strip().rstrip(";").lower()
        if name.startswith("heading ") and name[8:].isdecimal():
            self._levels.setdefault(self._style, int(name[8:]) - 1)
