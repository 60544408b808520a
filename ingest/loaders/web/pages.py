"""HTML: what a person sees, without scripts, styles and hidden parts; headings become context."""

import codecs
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement

from graph.errors import TooDeep
from ingest.loaders.drafting import MAX_HEADING
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.markdown import Heading, sections_by_heading
from ingest.loaders.texts.plain import decode
from ingest.model import LoadedDocument, Source

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
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7"})
"""Codecs of Python that no page is written in."""
MAX_DEPTH = 200_000


def load(source: Source, _: ReadingLimits) -> LoadedDocument:
    """The visible text, by BeautifulSoup over lxml."""
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


def sample() -> bytes:
    """A heading and a paragraph."""
    return "<h1>Größe</h1><p>Das Maß ist nötig.".encode("iso-8859-1")


def _text(source: Source) -> str:
    declared = _META_CHARSET.search(source.data[:4096])
    if declared and not source.data.startswith(b"\xef\xbb\xbf"):
        try:
            codec = codecs.lookup(declared.group(1).decode("ascii"))
            if codec.name.replace("-", "_") not in _NO_CHARSETS:
                text = source.data.decode(codec.name).replace("\x00", "")
                return text.encode("utf-8", "replace").decode("utf-8")
        except (LookupError, UnicodeError):
            return decode(source)  # the declaration is wrong, as it often is
    return decode(source)


@dataclass(slots=True, kw_only=True)
class _OpenHeading:
    """A heading whose end has not come: where it begins, and where its words begin among those of all headings."""

    start: int
    level: int
    first_word: int


class _Headings:
    """Headings in order of where they begin. Each word is kept once, however many headings it is within."""

    def __init__(self) -> None:
        self._open: list[_OpenHeading] = []
        self._words: list[str] = []
        self._found: list[Heading] = []

    @property
    def found(self) -> list[Heading]:
        """Those that say something; of headings within each other at one place the outermost comes first."""
        return sorted(reversed(self._found), key=lambda heading: heading.start)

    def begin(self, start: int, level: int) -> None:
        self._open.append(_OpenHeading(start=start, level=level, first_word=len(self._words)))

    def read(self, text: str) -> None:
        if self._open and (words := text.strip()):
            self._words.append(words)

    def end(self) -> None:
        heading = self._open.pop()
        length = 0
        words = []
        for place in range(heading.first_word, len(self._words)):
            words.append(self._words[place])
            length += len(words[-1]) + 1
            if length > MAX_HEADING:
                break
        if words:
            self._found.append(Heading(start=heading.start, level=heading.level, name=" ".join(words)))
        if not self._open:
            self._words.clear()


class _VisibleText:
    """Text with one line per block, and where its headings stand."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._last = "\n"
        self._headings = _Headings()

    @property
    def headings(self) -> list[Heading]:
        return self._headings.found

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def read(self, root: Tag) -> None:
        """Depth first, without recursion: hostile pages nest thousands deep."""
        within: list[tuple[Iterator[PageElement], str | None]] = [(iter((root,)), None)]
        while within:
            children, end = within[-1]
            node = next(children, None)
            if node is None:
                within.pop()
                if end is not None:
                    self._leave(end)
            elif isinstance(node, Tag):
                if node.name not in _SKIPPED and not node.has_attr("hidden"):
                    within.append((iter(node.children), self._enter(node)))
            elif type(node) is NavigableString:
                self._headings.read(str(node))
                self._write(_BLANKS.sub(" ", str(node).replace("\n", " ")))
            if len(within) > MAX_DEPTH:
                raise TooDeep(f"the page is nested more than {MAX_DEPTH} deep")

    def _enter(self, tag: Tag) -> str | None:
        """What is due before a tag's content; returns what ends the line after it, None where nothing does."""
        heading = _HEADING.match(tag.name) is not None
        end = None
        if tag.name in {"td", "th"}:
            if self._last != "\n":
                self._write(" | ")
        elif tag.name in _BLOCKS:
            self._break()
            end = _AFTER_HEADING if heading else _AFTER_BLOCK
        if heading:
            self._headings.begin(self._length, int(tag.name[1]))
        return end

    def _leave(self, end: str) -> None:
        if end == _AFTER_HEADING:
            self._headings.end()
        self._break(blank=end == _AFTER_HEADING)

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
