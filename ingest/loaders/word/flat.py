"""All that is within a cell or a story beside the text, in one pass, however deep tables are within each other."""

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.loaders.drafting import BETWEEN, Draft, one_line
from ingest.loaders.word.lines import Lines
from ingest.loaders.word.names import (
    DELETED,
    LOOSE,
    NO_CONTENT,
    PARAGRAPHS,
    Node,
    attribute,
    child,
    inside,
    kind,
    number,
    says_something,
    seen_branch,
    switched_on,
)
from ingest.loaders.word.paragraphs import HIDDEN, TRACKED

MOST_SPANNED = 63
"""Columns that one cell may cover: Word knows no more in a table."""
_ROW, _LINE, _CELL = "; ", " ", " ¦ "
"""What stands after a row, a paragraph and a cell, all of them within a cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """An element that is being read: what of it is to come, what stands ``after`` it, and where it begins."""

    content: Iterator[Node]
    name: str = ""
    after: str = ""
    start: int = 0


class Flat:
    """Reads what is not written part by part: tables within it are cells between lines, rows between semicolons."""

    def __init__(self, draft: Draft, lines: Lines) -> None:
        self._draft, self._lines = draft, lines
        self._parts: list[str] = []
        self._open: list[_Open] = []
        self._in_cells = 0

    def text(self, root: Node, *, lines: bool = False) -> str:
        """On one line; with ``lines``, paragraphs and rows that are in no cell have lines of their own."""
        self._parts, self._in_cells = [], 0 if lines else 1
        self._open = [_Open(content=inside(root))]
        while self._open:
            node = next(self._open[-1].content, None)
            if node is None:
                self._leave(self._open.pop())
            else:
                self._enter(node)
        self._parts.append(self._lines.rest())
        return "\n".join(filter(None, map(one_line, "".join(self._parts).split("\n"))))

    def seen(self, row: Node) -> bool:
        """Whether a row is shown; counts it where it is not."""
        properties = child(row, "w:trPr")
        deleted, hidden = child(properties, "w:del"), child(properties, "w:hidden")
        if deleted is not None or switched_on(hidden):
            self._draft.left_out("rows of tables", HIDDEN if deleted is None else TRACKED)
            return False
        return True

    def _enter(self, node: Node) -> None:
        name = kind(node)
        if name in PARAGRAPHS:
            line = self._lines.line(node).text
            self._parts += [line, self._after(_LINE)] if line else []
        elif name in LOOSE:
            self._parts += [self._lines.loose((node,)), self._after(_LINE)]
        elif name == "w:tbl":
            self._begin(inside(node), name, self._after(_LINE))
        elif name == "w:tr":
            if self.seen(node):
                self._begin(inside(node), name, self._after(_ROW))
                self._parts.append(self._border() * skipped_columns(node))
        elif name == "w:tc":
            if covered(node):
                self.pass_over(node)
            self._begin(iter(()) if covered(node) else inside(node), name, self._border() * spanned(node))
            self._in_cells += 1
        else:
            self._wrapper(name, node)

    def _wrapper(self, name: str, node: Node) -> None:
        if name in DELETED:
            self._lines.loose((node,))
        elif name == "mc:AlternateContent":
            self._begin(seen_branch(node))
        elif name not in NO_CONTENT:
            self._begin(inside(node))

    def _begin(self, content: Iterator[Node], name: str = "", after: str = "") -> None:
        self._open.append(_Open(content=content, name=name, after=after, start=len(self._parts)))

    def _leave(self, ended: _Open) -> None:
        last = self._parts[-1] if self._parts else ""
        after = ended.after
        if ended.name == "w:tc":
            self._in_cells -= 1
            if last == _LINE:
                self._parts.pop()
        elif ended.name == "w:tr":
            if not any(part.strip(" |¦") for part in self._parts[ended.start :]):
                del self._parts[ended.start :]  # a row that says nothing
                return
            if last.endswith(self._border()):  # no border follows the last cell
                self._parts[-1] = last.removesuffix(self._border())
        elif ended.name == "w:tbl" and last == _ROW:
            self._parts.pop()
        self._parts.append(after)

    def _border(self) -> str:
        return _CELL if self._in_cells else BETWEEN

    def _after(self, within_cell: str) -> str:
        return within_cell if self._in_cells else "\n"

    def pass_over(self, cell: Node) -> None:
        """Count a cell that another one is merged over, where it holds words."""
        if says_something(cell):
            self._draft.left_out("cells", "another cell is merged over them")


def skipped_columns(row: Node) -> int:
    """How many columns are left free before the first cell."""
    return max(0, min(number(child(row, "w:trPr", "w:gridBefore")), MOST_SPANNED))


def spanned(cell: Node) -> int:
    """How many columns a cell covers."""
    return max(1, min(number(child(cell, "w:tcPr", "w:gridSpan"), default=1), MOST_SPANNED))


def covered(cell: Node) -> bool:
    """Whether a cell goes on with the one above it, or before it."""
    properties = child(cell, "w:tcPr")
    merges = [merge for name in ("w:vMerge", "w:hMerge") if (merge := child(properties, name)) is not None]
    return any((attribute(merge, "w:val") or "continue") == "continue" for merge in merges)
