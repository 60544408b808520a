"""Text as terms are cut from it: each character in one form, and none that is not seen. Pure.

Compatibility forms become the plain ones (NFKC: full-width letters, half-width kana, ligatures; marks join their
letters), digits of every script become ASCII, and characters that only arrange others (soft hyphens, joiners,
zero-width spaces, direction marks) go. Han has traditional, simplified and regional forms of one character: by the
tables of OpenCC each becomes the simplified one. So what is cut from a text differs from how it is written; quotes
are taken from the text as it is stored, never from here (decision 35).
"""

import re
import unicodedata
from functools import lru_cache

import opencc

_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))
"""Half-open ranges of Han that have other forms."""
_REGIONS = ("tw2s", "hk2s")
_LETTERS = str.maketrans({
    "ı": "i", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H",
    "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th",
    "ك": "ک", "ي": "ی", "ى": "ی",
})  # fmt: skip
"""Letters that are typed without their stroke or dot as often as with it, and have no decomposition; Arabic letters
that Persian and Arabic keyboards give different codes.
"""
_TATWEEL = 0x0640
_UNSEEN_BESIDE = (0x034F, _TATWEEL, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
"""Characters that only arrange others and are not of the category Cf: joiners, stretchers, selectors of variants."""
_PLANES = 0x20000
"""Code points below which, and in the last planes of special use, characters are looked at."""


def _class(codes: list[int]) -> str:
    """Code points as ranges of a character class."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in ranges)


def _of(*categories: str) -> list[int]:
    return [code for code in range(_PLANES) if unicodedata.category(chr(code)) in categories]


MARKS = _class(_of("Mn", "Mc", "Me"))
"""Marks that stand on other characters, as the inside of a character class: vowel signs, accents, tones."""
UNSEEN = _class(sorted({*_of("Cf"), *range(0xE0000, 0xE0080), *_UNSEEN_BESIDE}))
"""Characters that are not seen and part no words, as the inside of a character class."""
_UNSEEN = re.compile(f"[{UNSEEN}]+")
_FOREIGN = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]|[^\W\d_A-Za-z]|[^\D0-9]")
"""Text that may hold something of the tables below."""


def normal(text: str) -> str:
    """The text in the form in which terms are cut from it. Idempotent."""
    if text.isascii():
        return text
    # what is not seen may part a letter from its mark, and may come out of a compatibility form
    plain = _composed(_UNSEEN.sub("", unicodedata.normalize("NFKC", _UNSEEN.sub("", text))))
    return plain if plain.isascii() or not _FOREIGN.search(plain) else _composed(plain.translate(_forms()))


def seen(text: str) -> str:
    """The text without what is not seen."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def _composed(text: str) -> str:
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=1)
def _forms() -> dict[int, str]:
    """What each character that has another form becomes; made when the first such text is met (0.1 s)."""
    digits = {code: str(unicodedata.digit(chr(code))) for code in _of("Nd") if code >= 0x80}
    return {**digits, **_LETTERS, **_simplified()}


def _simplified() -> dict[int, str]:
    """The simplified form of each traditional or regional character."""
    characters = [chr(code) for first, end in _HAN for code in range(first, end)]
    forms = _converted("t2s", characters)
    plain = frozenset(forms.values())
    for region in _REGIONS:
        rest = [character for character in characters if character not in forms and character not in plain]
        forms |= {old: forms.get(new, new) for old, new in _converted(region, rest).items()}
    return {ord(old): forms.get(new, new) for old, new in forms.items()}


def _converted(table: str, characters: list[str]) -> dict[str, str]:
    converted = opencc.OpenCC(table).convert("\n".join(characters)).split("\n")
    pairs = zip(characters, converted, strict=True)
    return {old: new for old, new in pairs if old != new and len(new) == 1}
