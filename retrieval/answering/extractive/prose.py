"""What the sentences of a passage are: prose, a heading, an item of a list, a row of a table. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.model import Chunk, Span
from graph.text.names import norm
from retrieval.model import Evidence

LineKind = Literal["prose", "heading", "item", "row", "head"]

_MARK = re.compile(
    r"[ \t]*(?P<mark>[-*•+‣◦▪·●○–—◆■□✓✔]|\d{1,3}[.)、．）]|[(（]\d{1,3}[)）]|[(（]?[a-z][.)）]|[ivx]{1,5}[.)]|[①-⑳]"
    r"|[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、)(?:[ \t]+|(?<=[、．）①-⑳•])[ \t]*)(?=\S)"
)
"""What a line of a list begins with."""
_RULE = re.compile(r"[\s|:+=-]+")
_FIELD = re.compile(r"[^.,;:()（）]{1,80}: ")
_TASK = re.compile(r"\[[ xX]\] +")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A literal piece of a passage. ``start`` and ``end`` are without the sign of a list, ``quoted`` is with it."""

    kind: LineKind
    start: int
    end: int
    quoted: Span

    def text(self, chunk: Chunk) -> str:
        """What it says."""
        return chunk.text[self.start : self.end]


def lines_of(item: Evidence) -> Iterator[Line]:
    """The pieces of a passage in order: each item, each row, and each sentence of what else there is."""
    chunk = item.placed.chunk
    listed = list(_listed(chunk.text))
    names = _names_over(item)
    place = 0
    for span in chunk.sentences:
        while place < len(listed) and listed[place].quoted.end <= span.start:
            yield listed[place]
            place += 1
        if any(one.quoted.start < span.end and span.start < one.quoted.end for one in listed):
            continue
        yield _of_sentence(chunk, span, names)
    yield from listed[place:]


def _listed(text: str) -> Iterator[Line]:
    """Items, each with the lines that go on with it."""
    start = 0
    open_item: Line | None = None
    for line in text.splitlines(keepends=True):
        end = start + len(line.rstrip())
        mark = _MARK.match(line)
        if mark and "|" not in line[:1]:
            if open_item:
                yield open_item
            begin = start + mark.end()
            if task := _TASK.match(text, begin):
                begin = task.end()
            quoted = Span(start=start + mark.start("mark"), end=end)
            open_item = Line(kind="item", start=begin, end=end, quoted=quoted) if begin < end else None
        elif open_item and line[:1] in " \t" and line.strip():
            quoted = Span(start=open_item.quoted.start, end=end)
            open_item = Line(kind="item", start=open_item.start, end=end, quoted=quoted)
        elif open_item:
            yield open_item
            open_item = None
        start += len(line)
    if open_item:
        yield open_item


def _of_sentence(chunk: Chunk, span: Span, names: set[str]) -> Line:
    text = chunk.text[span.start : span.end]
    return Line(kind=_kind(text, names), start=span.start, end=span.end, quoted=span)


def _kind(text: str, names: set[str]) -> LineKind:
    first, _, rest = text.partition("\n")
    if first.count("|") >= 1 and (" | " in first or first.startswith("|")):
        return "head" if rest and _RULE.fullmatch(rest) else "row"
    fields = text.split("; ")
    if len(fields) > 1 and all(_FIELD.match(field) for field in fields):
        return "row"
    return "heading" if _is_heading(text, names) else "prose"


def _is_heading(text: str, names: set[str]) -> bool:
    return text.startswith("#") or norm(text) in names or not norm(text)


def _names_over(item: Evidence) -> set[str]:
    return {norm(name) for name in (item.placed.document.title, *item.placed.chunk.headings)}


def spoken(item: Evidence) -> list[int]:
    """The numbers of the sentences that are no headings; all of them where the passage has nothing else."""
    chunk, names = item.placed.chunk, _names_over(item)
    found = [
        order for order, span in enumerate(chunk.sentences) if not _is_heading(chunk.text[span.start : span.end], names)
    ]
    return found or list(range(len(chunk.sentences)))


def is_heading_like(text: str) -> bool:
    """Whether a line that is not known for a heading looks like one: short, and no sentence ends."""
    return len(text) <= 60 and not re.search(r"[.!?。！？；;:：…]\W*$", text)


def prose_of(item: Evidence) -> list[Line]:
    """The sentences that are neither headings nor rows; items of lists among them are left out."""
    found = [line for line in lines_of(item) if line.kind == "prose"]
    chunk = item.placed.chunk
    return [line for line in found if not is_heading_like(line.text(chunk))] or found


def quotes(item: Evidence, spans: Sequence[Span]) -> tuple[tuple[int, str], ...]:
    """Literal quotes of a passage, for a claim."""
    return tuple((item.marker, item.placed.chunk.text[span.start : span.end]) for span in spans)
