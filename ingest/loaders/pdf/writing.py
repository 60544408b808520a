"""A page of a PDF written to the draft: headings from bookmarks, lines with their places, tables, remarks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ingest.loaders.drafting import BETWEEN, Draft, one_line
from ingest.loaders.layout.page_text import Block
from ingest.loaders.layout.places import Box
from ingest.loaders.pdf.forms import CHECKED, UNCHECKED, Additions
from ingest.loaders.pdf.properties import Bookmark

MOST_BOXES = 100_000
"""Lines of one document whose places are kept."""
SPARSE = 3
"""Cells of a grid for each that says something, from which on it is no table."""
_NUMBERED = re.compile(r"^[\dIVXLC]+(?:\.\d+)*[.)]?\s+")
_UNNAMED = re.compile(
    r"(?i)^(?:text|field|untitled|check ?box|button|group|radio|combo|list|undefined|[a-z])?[\s_\-.\d]*(?:\[\d+\])?$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was read of a page.

    ``legible``: its characters are text, ``unreadable`` of them are not; ``picture``: somebody who reads pictures
    should look at it; ``blank``: nothing is drawn on it; ``untabled``: its lines may rule a table and were not looked
    at; ``broken``: its form and notes are; ``lost``: so is all of it.
    """

    blocks: list[Block] = field(default_factory=list)
    additions: Additions = field(default_factory=Additions)
    legible: bool = True
    unreadable: int = 0
    picture: bool = False
    blank: bool = True
    untabled: bool = False
    broken: bool = False
    lost: bool = False

    @property
    def text(self) -> str:
        """All that it says."""
        return "\n".join(line for block in self.blocks for line in (*block.lines, *map(" ".join, block.rows)))


def write_page(draft: Draft, number: int, page: Page, bookmarks: Sequence[Bookmark]) -> None:
    """Write a page, and count what is not written of it."""
    draft.page(number)
    waiting = list(bookmarks)
    for block in page.blocks:
        if block.rows and not _is_frame(block.rows):
            _write_table(draft, block)
        else:
            _write_lines(draft, block, waiting)
        draft.blank()
    for line in _more(page):
        draft.line(line)
    _count(draft, page)


def _is_frame(rows: Sequence[Sequence[str]]) -> bool:
    """Whether most cells of a grid are empty: lines around a drawing or a form, and no table with columns."""
    return SPARSE * sum(bool(cell) for row in rows for cell in row) < sum(map(len, rows))


def _write_lines(draft: Draft, block: Block, waiting: list[Bookmark]) -> None:
    for place, line in enumerate(block.lines or [" ".join(filter(None, row)) for row in block.rows]):
        found = next((one for one in waiting if _names(one.name, line)), None)
        if found is not None:
            waiting.remove(found)
            draft.under(found.name, found.level)
        start = draft.line(line, "lines")
        if place < len(block.boxes):
            _box(draft, start, start + len(line), block.boxes[place])


def _write_table(draft: Draft, block: Block) -> None:
    rows, boxes = list(block.rows), list(block.boxes)
    while len(rows) > 2 and sum(map(bool, rows[0])) == 1 < len(rows[0]):  # its title, over all columns
        title, box = next(filter(None, rows.pop(0))), boxes.pop(0)
        start = draft.line(title, "lines")
        _box(draft, start, start + len(title), box)
    at = draft.length
    draft.grid(rows)
    for row, box in zip(rows, boxes, strict=True):
        length = sum(len(one_line(cell)) for cell in row) + len(BETWEEN) * (len(row) - 1)
        _box(draft, at, at + length, box)
        at += length + 1


def _box(draft: Draft, start: int, end: int, box: Box) -> None:
    if draft.boxed < MOST_BOXES:
        draft.box(start, end, *(round(side, 1) for side in box))


def _names(name: str, line: str) -> bool:
    """Whether a line is the heading that a bookmark names, with or without its number."""
    first, other = _NUMBERED.sub("", one_line(name)).casefold(), _NUMBERED.sub("", one_line(line)).casefold()
    return bool(first) and first == other


def _more(page: Page) -> Iterator[str]:
    """Fields by their names, where the page does not say those; remarks."""
    said = page.text.casefold()
    for one in page.additions.filled:
        if one.value in {CHECKED, UNCHECKED} or _UNNAMED.match(one.name) or one.name.casefold() in said:
            continue
        yield f"{one.name}: {one_line(one.value)}"
    for remark in page.additions.remarks:
        yield f"[comment by {remark.author}: {remark.text}]" if remark.author else f"[comment: {remark.text}]"


def _count(draft: Draft, page: Page) -> None:
    found = page.additions
    for part, count in (("form fields", len(found.filled)), ("comments", len(found.remarks))):
        if count:
            draft.read(part, count)
    if found.hidden:
        draft.left_out("annotations", "hidden", found.hidden)
    if page.untabled:
        draft.left_out("ruled tables", "drawn with too many lines to be told apart: the text is read without columns")
    missing = {
        ("attached files", "files within a PDF are not read"): found.attached,
        ("characters", "drawn by fonts that do not say which letters they are"): page.unreadable,
        ("pages", "broken"): int(page.lost),
        ("forms and notes of a page", "broken"): int(page.broken and not page.lost),
    }
    for (part, reason), count in missing.items():
        if count:
            draft.unread(part, reason, count)
