"""Whether what a page says is text, and whether the page is a picture all the same. Pure."""

import re
import unicodedata

_UNREADABLE, _SPOILT = 0.3, 0.03
"""Share of characters that are none, from which on a page is no text; and from which on another reader is asked."""
_LETTERS, _VOWELS, _WORDS = 150, 0.2, 0.1
"""Of so many Latin letters, fewer vowels and known words than these shares are misnamed letters."""
_COVERED, _SHORT = 0.65, 200
"""A picture over so much of a page with so few letters beside it is the page."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def is_text(text: str, characters: int, unreadable: int, lexicon: frozenset[str]) -> bool:
    """Whether a page's characters make text; fonts that do not say which letters they draw make none."""
    if characters and unreadable > _UNREADABLE * characters:
        return False
    latin = [one for one in unicodedata.normalize("NFD", text.lower()) if "a" <= one <= "z"]
    if len(latin) < _LETTERS or len(latin) < 0.5 * letters(text):
        return True
    if sum(one in "aeiouy" for one in latin) >= _VOWELS * len(latin):
        return True
    words = [word.lower() for word in _WORD.findall(text)]
    return sum(word in lexicon for word in words) >= _WORDS * len(words)


def no_text(character: str) -> bool:
    """Whether a character stands for none."""
    return character == "\ufffd" or (unicodedata.category(character) in {"Co", "Cn", "Cc"} and not character.isspace())


def spoilt(characters: int, unreadable: int) -> bool:
    """Whether so much of a page is no text that another reader may do better."""
    return unreadable > _SPOILT * characters


def is_picture(text: str, covered: float) -> bool:
    """Whether pictures cover a page that says little."""
    return covered >= _COVERED and letters(text) < _SHORT


def letters(text: str) -> int:
    """Letters and digits; an East Asian one counts as two."""
    return sum(2 if "\u2e80" <= one <= "\uffef" else 1 for one in text if one.isalnum())
