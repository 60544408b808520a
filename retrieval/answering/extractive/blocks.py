"""Lists and tables as they stand in documents, put together from the passages that hold their parts. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from retrieval.answering.extractive.prose import Line, is_heading_like, lines_of
from retrieval.model import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One item or row, and the passage that it stands in."""

    item: Evidence
    line: Line

    @property
    def text(self) -> str:
        """What it says."""
        return self.line.text(self.item.placed.chunk)


@dataclass(slots=True, kw_only=True)
class Block:
    """A list or a table: what stands over it, its items or rows in order, and whether its beginning and end are known.

    ``intro`` is the line before it, ``head`` the line with the names of its columns.
    """

    kind: str
    under: str
    title: str
    intro: Part | None = None
    head: Part | None = None
    parts: list[Part] = field(default_factory=list)
    open_start: bool = False
    open_end: bool = False

    @property
    def name(self) -> str:
        """What it can be called by."""
        return self.under or self.title

    @property
    def over(self) -> str:
        """All that says what it is a list of."""
        over = [self.title, self.under]
        over += [part.text for part in (self.intro, self.head) if part is not None]
        return " \n".join(over)


def blocks_of(evidence: Sequence[Evidence]) -> list[Block]:
    """Lists and tables of the evidence, by document, those of two parts at least."""
    found: list[Block] = []
    for _, items in groupby(sorted(evidence, key=_place), key=lambda item: item.placed.document.id):
        found += _of_document(list(items))
    return [block for block in found if len(block.parts) > 1]


def _place(item: Evidence) -> tuple[str, int]:
    return item.placed.document.id, item.placed.position.ordinal


def _of_document(items: Sequence[Evidence]) -> Iterator[Block]:
    current: Block | None = None
    before: Part | None = None
    last: Evidence | None = None
    for item in items:
        whole = last is not None and item.placed.position.ordinal == last.placed.position.ordinal + 1
        if not whole:
            if current:
                current.open_end = True
                yield current
            current, before = None, None
        for line in lines_of(item):
            part = Part(item=item, line=line)
            if line.kind in {"item", "row", "head"}:
                current, done = _with(current, part, before, begins=not whole and item.placed.position.ordinal > 0)
                if done:
                    yield done
            elif current is not None:
                yield current
                current = None
            before, whole = part, True
        last = item
    if current:
        yield current


def _with(current: Block | None, part: Part, before: Part | None, *, begins: bool) -> tuple[Block, Block | None]:
    """The block that a part belongs to, and the one that it ends."""
    kind = "list" if part.line.kind == "item" else "table"
    if current is None or current.kind != kind or part.line.kind == "head":
        fresh = _begun(kind, part, before, begins=begins)
        return fresh, current
    current.parts.append(part)
    return current, None


def _begun(kind: str, part: Part, before: Part | None, *, begins: bool) -> Block:
    headings = part.item.placed.chunk.headings
    columns = headings[-1] if headings and " | " in headings[-1] else ""
    named = [heading for heading in headings if heading != columns]
    block = Block(
        kind=kind, title=part.item.placed.document.title, under=named[-1] if named else "",
        intro=before if before is not None and before.line.kind == "prose" else None, open_start=begins,
    )  # fmt: skip
    if part.line.kind == "head" or (kind == "table" and not columns and " | " in part.text):
        block.head = part
    else:
        block.parts.append(part)
    if block.intro is not None and is_heading_like(block.intro.text) and block.intro.line.kind == "prose":
        block.under = block.intro.text
    return block
