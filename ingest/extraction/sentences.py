"""Sentence boundaries of English and Chinese, in one pass. Pure.

Exact by construction: sentences are ranges of the text, in order, and nothing but white space lies
between them. A boundary is a full stop that ends no abbreviation, initial or number and is followed by
white space and something that can begin a sentence, a Chinese full stop with the closing quotes after it,
or a blank line. A row of full stops is looked at once, from its beginning: the time taken grows with the text alone.
"""

import re
from collections.abc import Sequence

from graph.model import Span

_BOUNDARY = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s+[\"'“‘(\[]*[^\W_a-z]|\s*\Z|\n)"
    r"|[。！？；｡]+[”’」』）)\"']*"
    r"|\n[ \t]*(?=\n)"
    r"|\n(?=[ \t]*(?:[-*•+|#>]|\d+[.)])[ \t])"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"“])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Lt|Capt|Sgt|Rev|Hon|Gov|Sen|Rep|Pres|No|Nos|Vol|Fig|"
    r"vs|etc|al|cf|ca|c|approx|dept|est|Inc|Ltd|Co|Corp|Bros|Mt|Ft|Ave|Blvd|Rd|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|"
    r"Nov|Dec|e\.g|i\.e|[A-Z](?:\.[A-Z])+|a\.m|p\.m|Ph\.D|U\.S|U\.K)$"
)
_LOOK_BACK = 12


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Sentences of ``text[start:end]`` as ranges of ``text``, without surrounding white space."""
    stop = len(text) if end is None else end
    found: list[Span] = []
    begin = start
    for match in _BOUNDARY.finditer(text, start, stop):
        if _abbreviates(text, match):
            continue
        _append(found, text, begin, match.end())
        begin = match.end()
    _append(found, text, begin, stop)
    return found


def sentence_at(sentences: Sequence[Span], place: int) -> int:
    """The number of the sentence that a character stands in; 0 where none does."""
    return next((number for number, span in enumerate(sentences) if span.start <= place < span.end), 0)


def _abbreviates(text: str, match: "re.Match[str]") -> bool:
    if match.group() != ".":
        return False
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    after = text[match.end() : match.end() + 2]
    return bool(_ABBREVIATION.search(before)) and not after.startswith("\n")


def _append(found: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        first = start + len(piece) - len(piece.lstrip())
        found.append(Span(start=first, end=first + len(stripped)))
