"""Names that look like something else: like function words but for their capitals, or like letters with signs. Pure.

US, WHO and IT are written in capitals, and May, Will and The Who with one where no sentence begins; in lower case they
are function words, and no terms. C++, C#, .NET and AT&T lose what tells them apart where only letters are terms.
"""

import re
from collections.abc import Iterator

from graph.text.stop_words import STOP_WORDS

_SIGNED = re.compile(r"(?<![\w.])(?:[A-Za-z]{1,2}(?:\+\+|#)(?!\w)|\.[A-Z]{2,5}\b|[A-Z]{1,3}(?:&[A-Z]{1,3})+\b)")
_FUNCTION_WORDS = frozenset(word for word in STOP_WORDS if word.isalpha() and len(word) > 1) - {"the", "an"}
_IN_CAPITALS = "|".join(sorted(word.upper() for word in _FUNCTION_WORDS))
_WITH_ONE = "|".join(sorted(word.title() for word in _FUNCTION_WORDS))
_CAPITALS = re.compile(rf"(?<![\w'’.&-])(?=[A-Z])(?:{_IN_CAPITALS}|(?<=[a-z0-9,] )(?:{_WITH_ONE}))(?![\w'’&])")
"""Function words in capitals, and with one capital behind a word or a comma: where no sentence begins."""
_OF_TIME = re.compile(
    r"(?:\d|\d(?:st|nd|rd|th)|\b(?:in|since|until|till|by|of|from|to|last|next|this|every|each|early|late|mid|during|before"
    r"|after))[ -]\Z",
    re.IGNORECASE,
)
_MOST_ALONE = 2
"""Words in capitals that are names where nothing around them is in lower case: a heading of more words is shouted."""


def lookalikes(text: str) -> Iterator[str]:
    """The terms of names that would be none, or would be others; folded, in order, with repetition."""
    if "+" in text or "#" in text or "&" in text or "." in text:
        yield from (found[0].lower() for found in _SIGNED.finditer(text))
    for start, end in named_function_words(text):
        yield text[start:end].lower()


def named_function_words(text: str) -> Iterator[tuple[int, int]]:
    """Half-open ranges of words that would be function words, were they not written like names."""
    end, shouted = -1, False
    for found in _CAPITALS.finditer(text):
        if found.start() > end:
            begin, end = text.rfind("\n", 0, found.start()) + 1, text.find("\n", found.start())
            end = len(text) if end < 0 else end
            shouted = _is_shouted(text[begin:end])
        if not (shouted and found[0].isupper()) and not _is_month(text, found):
            yield found.span()


def _is_month(text: str, found: re.Match[str]) -> bool:
    """Whether "May" is one: after a word of time, or beside a number."""
    if found[0] != "May":
        return False
    before = _OF_TIME.search(text, max(found.start() - 10, 0), found.start())
    return before is not None or re.match(r",? \d", text[found.end() : found.end() + 3]) is not None


def _is_shouted(line: str) -> bool:
    """Whether a line has several words, and no lower case."""
    return line.isupper() and len(line.split()) > _MOST_ALONE
