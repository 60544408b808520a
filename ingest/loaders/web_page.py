"""HTML: what a person sees, without scripts, styles and hidden parts; headings become context."""

import re
import warnings

from bs4 import BeautifulSoup, Comment, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString
from typing_extensions import override

from graph.errors import Unreadable
from ingest.loaders.markdown import Heading, sections_by_heading
from ingest.loaders.text import decode
from ingest.model import LoadedDocument, Source
from ingest.ports import DocumentLoader

_SKIPPED = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "canvas"})
_BLOCKS = frozenset(
    """address article aside blockquote body br
    caption dd details div dl dt fieldset figcaption figure footer form h1 h2
    h3 h4 h5 h6 header hr html li main nav ol option p pre section select summary table tbody td textarea tfoot th thead
    tr ul""".split()
)
_HEADING = re.compile(r"h[1-6]\Z")
_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_AFTER_BLOCK, _AFTER_HEADING = "\n", "\n\n"
MAX_DEPTH = 2_000


class HtmlLoader(DocumentLoader):
    """Reads the visible text by BeautifulSoup over lxml."""

    media_types = frozenset({"text/html"})

    @override
    def load(self, source: Source) -> LoadedDocument:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)  # XHTML is read as HTML on purpose
            soup = BeautifulSoup(_text(source), "lxml")
        title = soup.title.get_text(" ", strip=True) if soup.title else None
        visible = _VisibleText()
        visible.read(soup)
        text = visible.text
        if not text.strip() and title:
            text = title
        return LoadedDocument(text=text, sections=sections_by_heading(len(text), visible.headings), title=title or None)


def _text(source: Source) -> str:
    declared = _META_CHARSET.search(source.data[:4096])
    if declared and not source.data.startswith(b"\xef\xbb\xbf"):
        try:
            return source.data.decode(declared.group(1).decode("ascii")).replace("\x00", "")
        except (LookupError, UnicodeDecodeError):
            return decode(source)  # the declaration is wrong, as it often is
    return decode(source)


class _VisibleText:
    """Text with one line per block, and where its headings stand."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._last = "\n"
        self.headings: list[Heading] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def read(self, root: Tag) -> None:
        """Depth first, without recursion: hostile pages nest thousands deep."""
        stack: list[Tag | NavigableString | str] = [root]
        while stack:
            node = stack.pop()
            if isinstance(node, Tag):
                self._enter(node, stack)
            elif isinstance(node, NavigableString):
                if not isinstance(node, Comment) and type(node) is NavigableString:
                    self._write(_BLANKS.sub(" ", str(node).replace("\n", " ")))
            else:
                self._break(blank=node == _AFTER_HEADING)

    def _enter(self, tag: Tag, stack: list[Tag | NavigableString | str]) -> None:
        if tag.name in _SKIPPED or tag.has_attr("hidden"):
            return
        if len(stack) > MAX_DEPTH * 100:
            raise Unreadable("the page is nested beyond reason")
        if tag.name in {"td", "th"}:
            if self._last != "\n":
                self._write(" | ")
        elif tag.name in _BLOCKS:
            self._break()
            stack.append(_AFTER_HEADING if _HEADING.match(tag.name) else _AFTER_BLOCK)
        if _HEADING.match(tag.name):
            name = tag.get_text(" ", strip=True)
            if name:
                self.headings.append(Heading(start=self._length, level=int(tag.name[1]), name=name))
        stack.extend(child for child in reversed(list(tag.children)) if isinstance(child, Tag | NavigableString))

    def _write(self, text: str) -> None:
        if self._last in "\n ":
            text = text.lstrip(" ")
        if text:
            self._parts.append(text)
            self._length += len(text)
            self._last = text[-1]

    def _break(self, *, blank: bool = False) -> None:
        """End the line; ``blank`` leaves one empty, so that a heading is a sentence of its own."""
        if self._last != "\n" or blank:
            end = "\n\n" if blank and self._last != "\n" else "\n"
            self._parts.append(end)
            self._length += len(end)
            self._last = "\n"
