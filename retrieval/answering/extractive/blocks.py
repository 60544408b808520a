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
    """Blocks of passages in order. A passage that is missing between two ends a block, which may then go on."""
    current: Block | None = None
    before: Part | None = None
    expected = 0
    for item in items:
        ordinal = item.placed.position.ordinal
        follows = ordinal == expected
        if not follows and current is not None:
            current.open_end = True
            yield current
            current = None
        before = before if follows else None
        for line in lines_of(item):
            part = Part(item=item, line=line)
            ended, current = _next(current, part, before, begins=not follows and before is None)
            if ended is not None:
                yield ended
            before = part
        expected = ordinal + 1
    if current is not None:
        yield current


def _next(
    current: Block | None, part: Part, before: Part | None, *, begins: bool
) -> tuple[Block | None, Block | None]:  # fmt: skip
    """The block that a part ends, and the one that it belongs to. ``begins``: nothing is known of what is before it."""
    if part.line.kind not in {"item", "row", "head"}:
        return current, None
    kind = "list" if part.line.kind == "item" else "table"
    if current is not None and current.kind == kind and part.line.kind != "head":
        current.parts.append(part)
        return None, current
    return current, _begun(kind, part, before, begins=begins)


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
