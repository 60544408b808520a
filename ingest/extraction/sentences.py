"""Sentence boundaries of English, Chinese and other scripts, in one pass. Pure.

Exact by construction: sentences are ranges of the text, in order, and nothing but white space lies
between them. A boundary is a full stop that ends no abbreviation, initial or number and is followed by
white space and something that can begin a sentence, a full stop of Chinese or of another script (danda, Arabic
question mark, …) with the closing quotes after it, or a blank line. Thai, Lao, Khmer and Burmese often have no full
stop: what is longer than a person can overlook is parted there at a space. A row of full stops is looked at once,
from its beginning: the time taken grows with the text alone.
"""

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import overload

from typing_extensions import override

from graph.model import Span

_BOUNDARY = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s+[\"'“‘(\[]*[^\W_a-z]|\s*\Z|\n)"
    r"|[。！？；｡]+[”’」』）)\"']*"
    r"|[।॥؟۔։።፧፨។៕။༎]+[\"'”’»)\]]*"
    r"|\n[ \t]*(?=\n)"
    r"|\n(?=[ \t]*(?:[-*•+|#>]|\d+[.)])[ \t])"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"“])(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|Gen|Col|Lt|Capt|Sgt|Rev|Hon|Gov|Sen|Rep|Pres|No|Nos|Vol|Fig|"
    r"vs|etc|al|cf|ca|c|approx|dept|est|Inc|Ltd|Co|Corp|Bros|Mt|Ft|Ave|Blvd|Rd|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|"
    r"Nov|Dec|e\.g|i\.e|[A-Z](?:\.[A-Z])+|a\.m|p\.m|Ph\.D|U\.S|U\.K)$"
)
_LOOK_BACK = 12
_IN_BRACKETS = 40
"""Characters before a semicolon in which a bracket is looked for that is still open: （Daemon；守护神）."""
_UNENDED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_LONGEST_UNENDED = 200
"""Characters of a sentence in a script that may have no full stops; then the next space ends it."""
_SPACE = re.compile(r"\s+")


class Ranges(Sequence[Span]):
    """Ranges of a text, 16 bytes each: a long document has hundreds of thousands. Each is a Span when it is taken."""

    def __init__(self) -> None:
        self._places = array("q")

    def add(self, span: Span) -> None:
        """One more."""
        self._places.extend((span.start, span.end))

    def extend(self, others: "Ranges") -> None:
        """All of the others after these."""
        self._places.extend(others._places)

    @override
    def __len__(self) -> int:
        return len(self._places) // 2

    @override
    def __iter__(self) -> Iterator[Span]:
        places = iter(self._places)
        return (Span(start=start, end=end) for start, end in zip(places, places, strict=True))

    @overload
    def __getitem__(self, place: int) -> Span: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Span]: ...
    @override
    def __getitem__(self, place: int | slice) -> Span | Sequence[Span]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        at = 2 * range(len(self))[place]
        return Span(start=self._places[at], end=self._places[at + 1])


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Sentences of ``text[start:end]`` as ranges of ``text``, without surrounding white space."""
    return list(each_sentence(text, start, end))


def each_sentence(text: str, start: int = 0, end: int | None = None) -> Iterator[Span]:
    """The same one by one: a long text has hundreds of thousands."""
    stop = len(text) if end is None else end
    begin = start
    for match in _BOUNDARY.finditer(text, start, stop):
        if _abbreviates(text, match) or _is_in_brackets(text, match, begin):
            continue
        yield from _bounded(text, begin, match.end())
        begin = match.end()
    yield from _bounded(text, begin, stop)


def sentence_at(sentences: Sequence[Span], place: int) -> int:
    """The number of the sentence that a character stands in; 0 where none does."""
    return next((number for number, span in enumerate(sentences) if span.start <= place < span.end), 0)


def _abbreviates(text: str, match: "re.Match[str]") -> bool:
    if match.group() != ".":
        return False
    before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
    after = text[match.end() : match.end() + 2]
    return bool(_ABBREVIATION.search(before)) and not after.startswith("\n")


def _is_in_brackets(text: str, match: "re.Match[str]", begin: int) -> bool:
    if not match.group().startswith("；"):
        return False
    since = max(begin, match.start() - _IN_BRACKETS)
    return text.rfind("（", since, match.start()) > text.rfind("）", since, match.start())


def _bounded(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > _LONGEST_UNENDED and _UNENDED.search(text, start, start + _LONGEST_UNENDED):
        space = _SPACE.search(text, start + _LONGEST_UNENDED, end)
        if space is None:
            break
        yield from _stripped(text, start, space.start())
        start = space.end()
    yield from _stripped(text, start, end)


def _stripped(text: str, start: int, end: int) -> Iterator[Span]:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        first = start + len(piece) - len(piece.lstrip())
        yield Span(start=first, end=first + len(stripped))
