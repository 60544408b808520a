"""HTML: what a person sees, without scripts, styles, hidden parts and navigation; headings become context."""

import re
import warnings
from dataclasses import replace

from bs4 import BeautifulSoup, Tag

from ingest.loaders.drafting import Draft
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.loaders.texts.markdown_blocks import sections_by_heading
from ingest.loaders.web.page_text import PageText
from ingest.model import LoadedDocument, Source

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w:.-]+)")
_HEAD = 8192
_TOLD = {
    "author": "author", "description": "description", "keywords": "keywords", "date": "date", "dc.date": "date",
    "dcterms.date": "date", "dcterms.created": "date", "dc.creator": "author", "dcterms.creator": "author",
    "article:published_time": "date", "article:author": "author", "og:description": "description",
    "citation_author": "author", "citation_publication_date": "date",
}  # fmt: skip
"""What a page says of itself, by the names that are in use."""


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """The visible text, by BeautifulSoup over lxml."""
    found = decoded(source, declared_encoding(source.data))
    draft = Draft(source, limits)
    draft.told = found.report()
    page = parsed(found.text)
    base = page.find("base", href=True)
    reading = PageText(draft, str(base["href"]) if isinstance(base, Tag) else "")
    reading.read(page)
    headings = reading.headings.found
    title = page.title.get_text(" ", strip=True) if page.title else ""
    draft.title = title or (headings[0].name if headings else None)
    draft.metadata = {**_metadata(page), "links": tuple(reading.links)}
    loaded = draft.finish()
    if not loaded.text.strip() and title:
        loaded = replace(loaded, text=title)
    return replace(loaded, sections=sections_by_heading(len(loaded.text), headings))


def sample() -> bytes:
    """A heading, a paragraph, a style, a table, a list and a form."""
    page = (
        "<title>Größe</title><style>.a b,#c>[d=e]{display:none !important} @media screen{p{opacity:1}}</style>"
        "<h1>Größe</h1><p style='color:red'>Das Maß<sup>2</sup> ist nötig.<a href='http://a/b?c'>x</a><ol><li>a</ol>"
        "<table><tr><th rowspan=2>a<td>b<tr><td>c</table><input value=a><img alt=b>"
    )
    return page.encode("iso-8859-1")


def parsed(markup: str) -> BeautifulSoup:
    """A page, or a piece of one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XHTML is read as HTML on purpose, and a piece may look like an address
        return BeautifulSoup(markup, "lxml")


def declared_encoding(data: bytes) -> str:
    """What a page says of its own encoding, or nothing."""
    found = _XML_ENCODING.search(data[:_HEAD]) or _META_CHARSET.search(data[:_HEAD])
    return found.group(1).decode("ascii", "replace") if found else ""


def _metadata(page: BeautifulSoup) -> dict[str, object]:
    told: dict[str, object] = {}
    for tag in page.find_all("meta", limit=500):
        name = _TOLD.get(str(tag.get("name") or tag.get("property") or "").lower())
        value = str(tag.get("content", "")).strip()
        if name and value:
            told.setdefault(name, value)
    if page.html is not None and page.html.get("lang"):
        told["language"] = str(page.html["lang"])
    return told
