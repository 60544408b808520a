"""A first look at a whole page: what nobody sees, what is no part of its text, which tables only lay it out."""

from bs4 import Tag
from bs4.element import NavigableString

from ingest.loaders.web.regions import Regions
from ingest.loaders.web.styles import Styles
from ingest.loaders.web.tables import TableFacts
from ingest.loaders.web.visibility import Look, look
from ingest.loaders.web.walking import walk

_NO_TEXT = {
    "script": "scripts and styles", "style": "scripts and styles", "template": "templates",
    "noscript": "what is for browsers without scripts", "object": "embedded media", "embed": "embedded media",
    "canvas": "embedded media", "audio": "embedded media", "video": "embedded media", "rt": "ruby annotations",
    "rp": "", "rtc": "ruby annotations", "datalist": "options not chosen", "annotation": "", "annotation-xml": "",
    "head": "", "title": "", "meta": "", "link": "", "param": "", "source": "", "track": "", "noframes": "",
}  # fmt: skip
"""Elements whose content is no text of the page, and how it is counted; nothing where there is nothing to tell."""
_MOST_OPTIONS = 5_000


class Survey:
    """What a look at a page told; elements are known by ``id()``, so it holds for as long as the page is there."""

    def __init__(self, root: Tag, styles: Styles) -> None:
        self.skipped: dict[int, str] = {}
        """Elements that are not gone into, and what kind of part they are; empty where that is not worth telling."""
        self.unseen: set[int] = set()
        """Elements whose own text is not seen, though something in them may be."""
        self.lines: set[int] = set()
        """Elements in whose text line ends and blanks are kept."""
        self.layout: set[int] = set()
        """Tables that only lay out the page."""
        self._styles = styles
        self._regions = Regions()
        self._looks = [Look()]
        self._tables: list[TableFacts] = []
        self._cells: list[int] = []
        self._choices: list[tuple[Tag, list[Tag]]] = []
        walk(root, self)
        self.skipped.update((id(one.tag), one.kind) for one in self._regions.left_out())

    def enter(self, tag: Tag) -> bool:
        """As a visitor of the page: an element begins."""
        if tag.name in _NO_TEXT:
            self.skipped[id(tag)] = _NO_TEXT[tag.name]
            return False
        looks = look(tag, self._styles.of(tag), self._looks[-1])
        if looks.gone:
            self.skipped[id(tag)] = "hidden parts" if any(text.strip() for text in tag.strings) else ""
            return False
        if not looks.seen:
            self.unseen.add(id(tag))
        if looks.lines:
            self.lines.add(id(tag))
        self._looks.append(looks)
        self._regions.enter(tag)
        self._begin(tag)
        return True

    def text(self, text: NavigableString, _: Tag) -> None:
        """As a visitor of the page: a piece of text."""
        if self._looks[-1].seen and (length := len(text.strip())):
            self._regions.read(length)
            if self._cells:
                self._cells[-1] += length

    def leave(self, tag: Tag) -> None:
        """As a visitor of the page: an element ends."""
        self._looks.pop()
        self._regions.leave(tag)
        if tag.name == "table" and self._tables:
            facts = self._tables.pop()
            if facts.is_layout():
                self.layout.add(id(tag))
        elif tag.name in {"td", "th"} and self._cells:
            self._end_cell()
        elif tag.name == "select" and self._choices:
            self._choose()

    def _begin(self, tag: Tag) -> None:
        if tag.name == "table":
            if self._tables:
                self._tables[-1].nests = True
            role = str(tag.get("role", "")).lower()
            self._tables.append(TableFacts(tag=tag, laying_out=role in {"presentation", "none"}))
        elif tag.name == "select":
            self._choices.append((tag, []))
        elif tag.name == "option" and self._choices and len(self._choices[-1][1]) < _MOST_OPTIONS:
            self._choices[-1][1].append(tag)
        elif self._tables:
            self._begin_part(self._tables[-1], tag)

    def _begin_part(self, table: TableFacts, tag: Tag) -> None:
        if tag.name == "tr":
            table.cells, table.nests = 0, False
        elif tag.name in {"th", "caption", "thead"}:
            table.named = True
        if tag.name in {"td", "th"}:
            table.cells += 1
            table.most_cells = max(table.most_cells, table.cells)
            self._cells.append(0)

    def _end_cell(self) -> None:
        length = self._cells.pop()
        if self._cells:
            self._cells[-1] += length
        if self._tables:
            table = self._tables[-1]
            table.longest = max(table.longest, length)
            if table.nests:
                table.longest_nesting = max(table.longest_nesting, length)

    def _choose(self) -> None:
        """Of a list to choose from only what is chosen is seen, or all where it is shown open."""
        tag, options = self._choices.pop()
        if tag.has_attr("multiple") or str(tag.get("size", "1")) not in {"", "0", "1"}:
            return
        chosen = next((one for one in options if one.has_attr("selected")), options[0] if options else None)
        self.skipped.update((id(one), "options not chosen") for one in options if one is not chosen)
