"""A model's answer as claims, read while it comes: sentences, each with the sources written after it. Pure.

Models vary in how they write a source: in round or Chinese brackets, several in one, without a quote. What counts
is the handle; whatever else looks like a source is counted as forged, and cut out.
"""

import re
from collections.abc import Iterator, Mapping

from retrieval.answer import Claim

_OPEN, _CLOSE = r"[\[【［(（]{1,2}", r"[\]】］)）]{1,2}"
_MARKS = "\"'“”‘’„«»「」『』"
_FORGED = (
    rf"[\[【［]{{1,2}}\s*[\"“]?\s*(?:[A-Za-z]{{0,12}}[ #^_-]?\d{{1,4}}(?:\s*[,;、–-]\s*[A-Za-z]{{0,3}}\d{{1,4}})*)"
    rf"(?:\s*[:：†,]?\s*[{_MARKS}][^\n]{{0,400}}?[{_MARKS}])?[^\]】］\n]{{0,12}}[\]】］]{{1,2}}"
)
_ENDED = re.compile(r"[.!?。！？…][\"'”’」』)]*\s*$")
_STOPS = ".!?。！？"
_THOUGHT = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
NOT_FOUND = re.compile(r"\A\W*NOT[ _]FOUND\W*\Z", re.IGNORECASE)


class ClaimParser:
    """Feed it pieces of an answer; it gives claims as soon as they are complete."""

    def __init__(self, handles: Mapping[str, int]) -> None:
        """``handles``: the marker that each handle of this request stands for."""
        self._handles = handles
        known = "|".join(map(re.escape, handles)) or r"(?!)"
        quoted = rf"\s*[:：,，]?\s*[{_MARKS}]+(?P<quote>.{{1,600}}?)[{_MARKS}]+\s*"
        one = rf"{_OPEN}\s*(?P<known>(?:{known})(?:\s*[,;、，]\s*(?:{known}))*)(?:{quoted}|\s*)?{_CLOSE}"
        self._source = re.compile(rf"{one}|(?P<forged>{_FORGED})", re.DOTALL)
        self._text = ""
        self.found_nothing = False

    def feed(self, piece: str) -> Iterator[Claim]:
        """Claims that the piece completes."""
        self._text += piece
        if self._thinking():
            return
        yield from self._complete(last=False)

    def finish(self, *, cut: bool = False) -> Iterator[Claim]:
        """What is left at the end of the answer; of one that was ``cut`` no sentence that is unfinished."""
        if self._thinking():
            return
        if cut and not NOT_FOUND.match(self._text.strip()):
            last, self._text = self._next(last=True), ""
            if last is not None and _ENDED.search(last.text):
                yield last
            return
        yield from self._complete(last=True)
        rest, self._text = self._text.strip(), ""
        if NOT_FOUND.match(rest):
            self.found_nothing = True
        elif _says_something(rest):
            yield Claim(text=rest, quotes=())

    def _thinking(self) -> bool:
        """Whether the model still thinks aloud; its thoughts are no part of the answer."""
        self._text = _THOUGHT.sub("", self._text)
        return self._text.lstrip().startswith("<think>")

    def _complete(self, *, last: bool) -> Iterator[Claim]:
        while (claim := self._next(last=last)) is not None:
            if claim.forged or _says_something(claim.text):
                yield claim

    def _next(self, *, last: bool) -> Claim | None:
        """The first complete claim, taken off the text: a sentence, its sources, and the full stop after them."""
        said, quotes, forged, end = "", list[tuple[int, str | None]](), 0, 0
        for source in self._source.finditer(self._text):
            said += self._text[end : source.start()]
            end = source.end()
            quotes += self._quotes(source)
            forged += source["forged"] is not None
            rest = self._text[end:].lstrip(" \t")
            if self._source.match(rest):
                continue
            if not last and (not rest or (rest[0] in "[【［(（" and len(rest) < 600)):
                return None
            if rest[:1] and rest[0] in _STOPS and not _ENDED.search(said):
                said = said.rstrip() + rest[0]
                end = self._text.index(rest[0], end) + 1
            if _ENDED.search(said) or not rest or rest[0] == "\n":
                return self._take(said, quotes, forged, end)
        if last and end:
            return self._take(said + self._text[end:], quotes, forged, len(self._text))
        return None

    def _quotes(self, source: "re.Match[str]") -> list[tuple[int, str | None]]:
        if source["known"] is None:
            return []
        handles = re.split(r"\s*[,;、，]\s*", source["known"])
        return [(self._handles[handle], source["quote"]) for handle in handles]

    def _take(self, said: str, quotes: list[tuple[int, str | None]], forged: int, end: int) -> Claim:
        lead = "\n" if "\n" in said[: len(said) - len(said.lstrip())] else ""
        self._text = self._text[end:]
        return Claim(text=" ".join(said.split()), quotes=tuple(quotes), forged=forged, lead=lead)


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)
