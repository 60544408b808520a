"""RSS and Atom: each entry under its title, with its day, its author, and its text as the page it is."""

from lxml import etree

from ingest.loaders.drafting import Draft
from ingest.loaders.markup.elements import local
from ingest.loaders.web import pages
from ingest.loaders.web.page_text import PageText

_TOLD = {
    "pubDate": "Published", "published": "Published", "updated": "Updated", "date": "Published", "author": "Author",
    "creator": "Author", "category": "Category",
}  # fmt: skip
_TEXTS = ("encoded", "content", "description", "summary", "subtitle")
"""What holds the text of an entry, the fullest first."""


def is_feed(root: etree._Element) -> bool:
    """Whether a document is a feed."""
    return local(root) in {"rss", "feed", "RDF"} and next(root.iter("{*}item", "{*}entry"), None) is not None


def read_feed(root: etree._Element, draft: Draft) -> None:
    """Its entries, in order."""
    channel = next(root.iterchildren("{*}channel"), root)
    draft.title = _value(channel, "title") or None
    if draft.title:
        draft.heading(draft.title, 1)
    _text(channel, draft)
    for entry in root.iter("{*}item", "{*}entry"):
        draft.heading(_value(entry, "title") or "(without a title)", 2)
        draft.read("entries")
        for each in entry.iterchildren():
            name = _TOLD.get(local(each))
            value = " ".join("".join(each.itertext()).split()) or each.get("term", "")
            if name and value:
                draft.line(f"{name}: {value}")
        _text(entry, draft)


def _value(element: etree._Element, name: str) -> str:
    for each in element.iterchildren(f"{{*}}{name}"):
        if text := " ".join(pages.parsed("".join(each.itertext())).get_text(" ").split()):
            return text
    return ""


def _text(element: etree._Element, draft: Draft) -> None:
    for name in _TEXTS:
        for each in element.iterchildren(f"{{*}}{name}"):
            inner = etree.tostring(each, encoding="unicode", with_tail=False) if len(each) else "".join(each.itertext())
            if inner.strip():
                PageText(draft).read(pages.parsed(inner))
                return
