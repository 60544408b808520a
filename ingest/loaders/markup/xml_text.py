"""XML: records as lines of "name: value", prose as paragraphs, titles as headings, drawings by their labels.

Known by their names are the elements that DocBook, JATS, TEI, DITA, RSS and Atom have for titles, paragraphs and
tables. Everything else is data: an element whose parts are all simple is a record, and the names of those around it
become the headings of what stands in them.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby

from lxml import etree

from ingest.loaders.drafting import Draft, one_line
from ingest.loaders.markup.elements import Entities, local, parsed_xml
from ingest.loaders.markup.feeds import is_feed, read_feed
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.loaders.web import pages
from ingest.loaders.web.page_text import PageText
from ingest.loaders.web.styles import declared_in
from ingest.model import LoadedDocument, Source

_TITLES = frozenset({"title", "head", "heading", "article-title"})
_PROSE = frozenset(
    """p para simpara ab l line abstract quote blockquote note tip warning important caution remark term caption
    subtitle programlisting screen literallayout li item listitem footnote fn ref""".split()
)
_ITEMS = frozenset({"li", "item", "listitem"})
_KEPT = frozenset({"programlisting", "screen", "literallayout", "code", "codeblock"})
_SHOWN_NOWHERE = frozenset({"script", "style", "metadata", "defs"})
_MOST_COLUMNS = 200
_DEEPEST = 6


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Its text by elements. A page of XHTML is read as a page."""
    found = decoded(source, pages.declared_encoding(source.data))
    root = parsed_xml(source.name, found.text)
    if local(root) == "html":
        return pages.load(source, limits)
    draft = Draft(source, limits)
    draft.told = found.report()
    entities = Entities(root)
    if is_feed(root):
        read_feed(root, draft)
    elif local(root) == "svg":
        _read_drawing(root, draft, entities)
    else:
        _Reading(draft, entities, prose=_is_prose(root)).read(root, 1)
    if entities.unread:
        draft.unread("entities", "they stand for what is not in the file, or for more than plain text", entities.unread)
    return draft.finish()


def sample() -> bytes:
    """Records, a title and a paragraph."""
    return (
        '<?xml version="1.0" encoding="iso-8859-1"?><!DOCTYPE a [<!ENTITY b "c">]><a><title>Größe</title><p>x <b/> &b;'
        "</p><d><e f='1'>2</e></d><table><tr><td>a</td></tr></table></a>"
    ).encode("iso-8859-1")


def _is_prose(root: etree._Element) -> bool:
    return any(local(each) in {"p", "para", "simpara"} for each in root.iter())


def _read_drawing(root: etree._Element, draft: Draft, entities: Entities) -> None:
    title = next((each for each in root.iterchildren() if local(each) == "title"), None)
    if title is not None:
        draft.title = entities.line_of(title) or None
    waiting = [root]
    while waiting:
        each = waiting.pop()
        if _is_hidden(each):
            draft.left_out("hidden parts", "the drawing hides them")
            continue
        if local(each) in {"text", "desc"} and (text := entities.line_of(each)):
            draft.line(text, "labels")
        waiting.extend(one for one in reversed(each) if isinstance(one.tag, str))
    draft.left_out("shapes", "a drawing without its labels is no text")


def _is_hidden(element: etree._Element) -> bool:
    style = {name: value for name, (value, _) in declared_in(element.get("style", "")).items()}
    shown = {"display": element.get("display"), "visibility": element.get("visibility"), **style}
    return shown["display"] == "none" or shown["visibility"] in {"hidden", "collapse"}


class _Reading:
    """Reads elements into a draft. ``prose``: the document has paragraphs, so attributes are no part of its text."""

    def __init__(self, draft: Draft, entities: Entities, *, prose: bool) -> None:
        self._draft = draft
        self._entities = entities
        self._prose = prose

    def read(self, element: etree._Element, level: int) -> None:
        """An element that holds others, and what is in it; headings of its own are of this level."""
        title = next((each for each in _titles(element) if self._entities.line_of(each)), None)
        if title is not None:
            name = self._entities.line_of(title)
            self._draft.heading(name, level)
            self._draft.title = self._draft.title or name
        elif level > 1 and not self._prose:
            self._draft.under(local(element), min(level, _DEEPEST))
        self._fields_of(element)
        inner = level + (title is not None or not self._prose)
        children = [each for each in element.iterchildren() if isinstance(each.tag, str) and each is not title]
        for (kind, _), run in groupby(children, key=self._kind):
            self._read_run(kind, list(run), inner)

    def _kind(self, element: etree._Element) -> tuple[str, str]:
        name = local(element)
        if name in _SHOWN_NOWHERE:
            return "nothing", name
        if name in {"table", "informaltable", "tgroup"} and next(element.iter("{*}tr", "{*}row"), None) is not None:
            return "table", name
        if _mixed(element) or (name in _PROSE and (self._prose or not len(element))):
            return ("prose", name) if name not in _PROSE or not _holds_blocks(element) else ("others", name)
        if not len(element):
            return ("record", name) if element.attrib and not self._prose else ("values", "")
        return ("record", name) if all(not len(each) for each in element) and not self._prose else ("others", name)

    def _read_run(self, kind: str, run: list[etree._Element], level: int) -> None:
        if kind == "record":
            self._records(run)
        elif kind == "values":
            self._values(run)
        elif kind != "nothing":
            for each in run:
                self._read_one(kind, each, level)

    def _read_one(self, kind: str, element: etree._Element, level: int) -> None:
        if kind == "table":
            self._table(element)
        elif kind == "prose":
            self._paragraph(element)
        else:
            self.read(element, level)

    def _fields_of(self, element: etree._Element) -> None:
        if self._prose:
            return
        fields = list(_attributes(element))
        if text := one_line(element.text or ""):
            fields.append((local(element), text))
        if fields:
            self._draft.records([name for name, _ in fields], [[value for _, value in fields]])

    def _records(self, run: list[etree._Element]) -> None:
        """Elements of one name, a line each."""
        rows = [self._fields(each) for each in run]
        columns = list(dict.fromkeys(name for row in rows for name in row))[:_MOST_COLUMNS]
        self._draft.records(columns, ([row.get(column, "") for column in columns] for row in rows))

    def _values(self, run: list[etree._Element]) -> None:
        """Simple elements beside each other: one record, or lines where the document is prose."""
        named = [(local(each), self._entities.line_of(each)) for each in run]
        if self._prose:
            for name, text in named:
                if text:
                    self._draft.line(text if name in _TITLES else f"{name}: {text}", "values")
            return
        fields = _joined(named)
        self._draft.records(list(fields), [list(fields.values())])

    def _fields(self, element: etree._Element) -> dict[str, str]:
        fields = list(_attributes(element))
        text = one_line(element.text or "")
        for child in element.iterchildren():
            name = local(child)
            if name:
                fields.append((name, self._entities.line_of(child)))
                fields += [(f"{name} {other}", value) for other, value in _attributes(child)]
        if not len(element):
            text = self._entities.line_of(element)
        return _joined([*fields, (local(element), text)] if text else fields)

    def _paragraph(self, element: etree._Element) -> None:
        name = local(element)
        if name in _KEPT:
            self._draft.line(self._entities.text_of(element).strip("\n"), "preformatted blocks")
        elif text := self._entities.line_of(element):
            self._draft.line(f"• {text}" if name in _ITEMS else text, "paragraphs")

    def _table(self, element: etree._Element) -> None:
        if next(element.iter("{*}tr"), None) is not None:
            markup = etree.tostring(element, encoding="unicode", with_tail=False)
            PageText(self._draft).read(pages.parsed(markup))
            return
        rows = [
            [self._entities.line_of(cell) for cell in row.iterchildren("{*}entry")] for row in element.iter("{*}row")
        ]
        self._draft.grid(rows)


def _titles(element: etree._Element) -> Iterator[etree._Element]:
    """The titles of an element: within it, or within what it says of itself."""
    for each in element.iterchildren():
        name = local(each)
        if name in _TITLES:
            yield each
        elif name in {"info", "title-group", "front", "article-meta", "sectioninfo", "bookinfo", "articleinfo"}:
            yield from _titles(each)


def _mixed(element: etree._Element) -> bool:
    """Whether text stands between its elements."""
    return len(element) > 0 and (
        bool((element.text or "").strip()) or any((each.tail or "").strip() for each in element)
    )


def _holds_blocks(element: etree._Element) -> bool:
    """Whether a block of prose holds other blocks, and no text of its own."""
    return not _mixed(element) and any(local(each) in _PROSE or local(each) == "table" or len(each) for each in element)


def _attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        plain = str(name)
        if not plain.startswith("{") and str(value).strip():
            yield plain, str(value)


def _joined(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Fields by name; one that comes again is added to the first."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        if value:
            found.setdefault(name, []).append(value)
    return {name: ", ".join(values) for name, values in found.items()}
