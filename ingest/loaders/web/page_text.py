"""A page as lines, headings and tables, as a person sees it."""

import re
from itertools import islice
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from ingest.loaders.drafting import Draft
from ingest.loaders.web.forms import shown_value
from ingest.loaders.web.headings import Headings
from ingest.loaders.web.lines import Lines
from ingest.loaders.web.lists import OpenList
from ingest.loaders.web.mathml import linear
from ingest.loaders.web.styles import Styles
from ingest.loaders.web.survey import Survey
from ingest.loaders.web.table_reading import TableReading
from ingest.loaders.web.walking import walk

_BLOCKS = frozenset(
    """address article aside blockquote body br
    caption dd details div dl dt fieldset figcaption figure footer form h1 h2
    h3 h4 h5 h6 header hr html legend li main menu nav ol option p pre section select summary table tbody td textarea
    tfoot th thead tr ul""".split()
)
_HEADING = re.compile(r"h[1-6]\Z")
_COUNTED = {"p": "paragraphs", "li": "list items", "pre": "preformatted blocks"}
_LISTS = frozenset({"ol", "ul", "menu"})
_REASONS = {
    "hidden parts": "the page's style hides them", "navigation": "not part of the main text",
    "headers, footers and asides": "not part of the main text", "cookie notices": "not part of the main text",
}  # fmt: skip
MOST_LINKS = 100
_PICTURE_OF_NOTE = 4_000
"""Characters of a picture that stands in the page itself and is more than an icon."""


class PageText:
    """Reads pages into a draft, one after the other. ``headings`` are those of all of them."""

    def __init__(self, draft: Draft, address: str = "") -> None:
        self.headings = Headings()
        self.links: dict[str, None] = {}
        self._draft = draft
        self._address = address
        self._lines = Lines(draft)
        self._survey: Survey | None = None
        self._lists: list[OpenList] = []
        self._table: TableReading | None = None
        self._framed = False

    def read(self, root: Tag) -> None:
        """All that is seen of a page or of a part of one."""
        styles = Styles()
        for sheet in root.find_all("style"):
            styles.add(sheet.get_text(), str(sheet.get("media", "")))
        around, self._survey = self._survey, Survey(root, styles)
        walk(root, self)
        self._lines.end()
        self._survey = around
        if styles.exhausted:
            self._draft.left_out("rules of style", "too many to be tried")

    def enter(self, tag: Tag) -> bool:
        """As a visitor of the page: an element begins."""
        if (part := self._seen.skipped.get(id(tag))) is not None:
            if part:
                self._draft.left_out(part, _REASONS.get(part, "no text of the page"))
            return False
        if tag.name == "iframe":
            self._frame(tag)
        if tag.name == "math" and (self._table is None or self._lines.in_cell):
            self._lines.write(linear(tag))
            self._draft.read("formulas")
            return False
        if tag.name in _COUNTED:
            self._draft.read(_COUNTED[tag.name])
        self._begin_part(tag)
        self._show(tag)
        return tag.name not in {"svg", "iframe"}

    def text(self, text: NavigableString, within: Tag) -> None:
        """As a visitor of the page: a piece of text."""
        if id(within) in self._seen.unseen:
            if text.strip():
                self._draft.left_out("hidden parts", _REASONS["hidden parts"])
            return
        self.headings.read(text)
        if self._table is None or self._lines.in_cell:
            self._write(text, within)
        elif text.strip():
            self._table.stray(text)

    def leave(self, tag: Tag) -> None:
        """As a visitor of the page: an element ends."""
        if self._table is not None:
            self._leave_in_table(self._table, tag)
        elif tag.name in _BLOCKS:
            heading = _HEADING.match(tag.name) is not None
            if heading:
                self.headings.end()
            self._lines.end(blank=heading)
        if tag.name == "li":
            self._lines.mark("")
        elif tag.name in _LISTS and self._lists:
            self._lists.pop()
        elif tag.name == "q":
            self._lines.write("”")

    @property
    def _seen(self) -> Survey:
        if self._survey is None:
            raise ValueError("only while a page is read")
        return self._survey

    def _write(self, text: NavigableString, within: Tag) -> None:
        if id(within) in self._seen.lines:
            first = within.name in {"pre", "textarea"} and within.contents[0] is text  # parsers should drop that one
            self._lines.write_kept(text.removeprefix("\n") if first else text)
        elif within.name in {"sup", "sub"}:
            self._lines.script(text, raised=within.name == "sup")
        else:
            self._lines.write(text)

    def _leave_in_table(self, table: TableReading, tag: Tag) -> None:
        if table.leave(tag):
            self._table = None
            table.finish(self._draft)
        elif tag.name in _BLOCKS and self._lines.in_cell:
            self._lines.end()

    # --- what begins

    def _begin_part(self, tag: Tag) -> None:
        if self._table is not None:
            if not self._table.enter(tag) and tag.name in _BLOCKS and self._lines.in_cell:
                self._begin_block(tag)
        elif tag.name == "table" and id(tag) not in self._seen.layout:
            self._lines.end()
            self._lines.mark("")
            self._table = TableReading(self._lines)
        elif tag.name in _BLOCKS:
            self._begin_block(tag)

    def _begin_block(self, tag: Tag) -> None:
        self._lines.end()
        if self._table is None and _HEADING.match(tag.name):
            self.headings.begin(self._lines.place, int(tag.name[1]))
            self._draft.read("headings")
        elif tag.name in _LISTS:
            self._lists.append(OpenList.of(tag))
        elif tag.name == "li":
            self._lines.mark(self._lists[-1].next_mark(tag) if self._lists else "• ")

    def _show(self, tag: Tag) -> None:
        """What an element shows besides its text."""
        if tag.name == "a":
            self._link(tag)
        elif tag.name == "img":
            self._picture(tag)
        elif tag.name == "svg":
            self._drawing(tag)
        elif tag.name == "q":
            self._lines.write("“")
        elif shown := shown_value(tag):
            self._lines.write(shown)

    def _link(self, tag: Tag) -> None:
        address = str(tag.get("href", "")).strip()
        if not address or address.startswith("#") or len(self.links) >= MOST_LINKS:
            return
        try:
            whole = urljoin(self._address, address)
        except ValueError:  # no address at all
            return
        if whole.lower().startswith(("http:", "https:", "mailto:", "ftp:")) or not self._address:
            self.links.setdefault(whole[:1000])

    def _picture(self, tag: Tag) -> None:
        told = str(tag.get("alt", "")).strip()
        if told:
            self._lines.write(f"[image: {told}]")
            self._draft.read("descriptions of pictures")
        source = str(tag.get("src", ""))
        if source.startswith("data:") and len(source) > _PICTURE_OF_NOTE and not told:
            self._draft.unread("pictures", "a picture in the page that is not described")
        elif not told:
            self._draft.left_out("pictures", "not described, or not in the file")

    def _drawing(self, tag: Tag) -> None:
        last: Tag | None = None
        for piece in tag.strings:
            label = next((one for one in islice(piece.parents, 4) if one.name == "text"), None)
            if label is None or not piece.strip():
                continue
            if label is not last:
                self._lines.end()
            self._lines.write(f"{piece} ")
            last = label
        if last is not None:
            self._lines.end()

    def _frame(self, tag: Tag) -> None:
        page = tag.get("srcdoc")
        if not page or self._framed:
            self._draft.left_out("frames", "their pages are not in the file")
            return
        self._framed = True
        frame = BeautifulSoup(str(page), "lxml")
        self._lines.end()
        self.read(frame)
        self._framed = False
