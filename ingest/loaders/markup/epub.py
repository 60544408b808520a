"""EPUB: the chapters of a book in the order of its spine, each read as the page it is."""

import io
import posixpath
import zipfile
import zlib
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from lxml import etree

from graph.errors import DocumentTooLarge, Encrypted, Unreadable
from ingest.loaders.drafting import Draft
from ingest.loaders.markup.elements import local, parsed_xml
from ingest.loaders.office.containers import check_container
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.loaders.texts.markdown_blocks import sections_by_heading
from ingest.loaders.web import pages
from ingest.loaders.web.page_text import PageText
from ingest.model import LoadedDocument, Source

_CONTAINER, _LOCKS = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml"})
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""How fonts are scrambled: that hides no text."""
_TOLD = {"creator": "author", "language": "language", "date": "date", "publisher": "publisher", "subject": "keywords"}
_INSIDE = "book:/"


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """The text of a book; what it says of itself is metadata, and its table of contents is left out.

    Raises:
        Encrypted: a seller's lock is on it.
        Unreadable: no EPUB.
    """
    check_container(source)
    with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
        book = _Book(source, archive, limits)
        book.read()
    return book.finish()


def sample() -> bytes:
    """A book of one chapter."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr(_CONTAINER, "<container><rootfiles><rootfile full-path='a.opf'/></rootfiles></container>")
        archive.writestr(
            "a.opf",
            "<package><metadata><title>A</title></metadata><manifest><item id='a' href='a.xhtml' "
            "media-type='application/xhtml+xml'/></manifest><spine><itemref idref='a'/></spine></package>",
        )
        archive.writestr("a.xhtml", pages.sample().decode("iso-8859-1"))
    return held.getvalue()


class _Book:
    """A book that is being read."""

    def __init__(self, source: Source, archive: zipfile.ZipFile, limits: ReadingLimits) -> None:
        self._source = source
        self._archive = archive
        self._draft = Draft(source, limits)
        self._text = PageText(self._draft, _INSIDE)
        self._most = limits.text
        self._folder = ""

    def read(self) -> None:
        """Metadata, then every chapter."""
        self._check_locks()
        package = self._package()
        self._take_metadata(package)
        items = {str(one.get("id")): one for one in package.iter("{*}item")}
        for step in package.iter("{*}itemref"):
            item = items.get(str(step.get("idref")))
            if item is None:
                self._draft.unread("chapters", "they are not in the file")
            elif "nav" in str(item.get("properties", "")).split():
                self._draft.left_out("table of contents", "the headings say the same")
            else:
                self._chapter(item)

    def finish(self) -> LoadedDocument:
        """The book as a document."""
        headings = self._text.headings.found
        if self._draft.title is None and headings:
            self._draft.title = headings[0].name
        loaded = self._draft.finish()
        return replace(loaded, sections=sections_by_heading(len(loaded.text), headings))

    def _chapter(self, item: etree._Element) -> None:
        data = self._member(posixpath.normpath(posixpath.join(self._folder, unquote(str(item.get("href", ""))))))
        if data is None:
            self._draft.unread("chapters", "they are not in the file")
        elif not _is_page(item):
            self._draft.unread("chapters", "they are pictures")
        else:
            page = Source(name=self._source.name, media_type="", data=data)
            self._text.read(pages.parsed(decoded(page, pages.declared_encoding(data)).text))
            self._draft.blank()
            self._draft.read("chapters")

    def _package(self) -> etree._Element:
        container = self._xml(_CONTAINER)
        path = next((str(one.get("full-path", "")) for one in container.iter("{*}rootfile")), "")
        self._folder = posixpath.dirname(path)
        return self._xml(path)

    def _take_metadata(self, package: etree._Element) -> None:
        told: dict[str, list[str]] = {}
        for each in (one for metadata in package.iter("{*}metadata") for one in metadata.iterchildren()):
            text = " ".join("".join(each.itertext()).split())
            if local(each) == "title" and text and self._draft.title is None:
                self._draft.title = text
            elif text and (name := _TOLD.get(local(each))):
                told.setdefault(name, []).append(text)
        self._draft.metadata.update((name, one[0] if len(one) == 1 else tuple(one)) for name, one in told.items())

    def _check_locks(self) -> None:
        if _LOCKS not in self._archive.namelist():
            return
        ways = [str(one.get("Algorithm", "")) for one in self._xml(_LOCKS).iter("{*}EncryptionMethod")]
        if any(way not in _FONTS for way in ways):
            raise Encrypted(f"{self._source.name!r} is locked by its seller")

    def _xml(self, path: str) -> etree._Element:
        data = self._member(path)
        if data is None:
            raise Unreadable(f"{self._source.name!r} is no EPUB: it has no {path or 'package'}")
        page = Source(name=self._source.name, media_type="", data=data)
        return parsed_xml(f"{self._source.name}/{path}", decoded(page, pages.declared_encoding(data)).text)

    def _member(self, path: str) -> bytes | None:
        try:
            with self._archive.open(path) as member:
                data = member.read(self._most + 1)
        except KeyError:
            return None
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            RuntimeError,
            EOFError,
            OSError,
            ValueError,
            zlib.error,
        ) as error:
            raise Unreadable(f"{self._source.name!r} is broken at {path}: {error}") from error
        if len(data) > self._most:
            raise DocumentTooLarge(f"{self._source.name!r} unpacks to more than is read")
        return data


def _is_page(item: etree._Element) -> bool:
    """By its media type; where that is missing or says nothing, by its name."""
    kind = str(item.get("media-type", ""))
    named = urlsplit(str(item.get("href", ""))).path.lower().endswith((".xhtml", ".html", ".htm"))
    return kind in _PAGES or (named and not kind.startswith("image/"))
