"""PDF: each page as it is read, from pdfium's characters, with what pypdf knows of forms, notes and the whole file.

pypdf's text takes the place of pdfium's on a page of which pdfium reads little or nothing that is text, if it reads
more. A page that neither reads, or that a picture covers, is a picture for whoever reads pictures.
"""

import time
from dataclasses import replace

import pypdfium2 as pdfium

from graph.errors import Unreadable
from ingest.loaders.drafting import Draft
from ingest.loaders.layout.page_text import Block, blocks_of
from ingest.loaders.layout.places import PageFrame, Word
from ingest.loaders.pdf.drawings import drawings_of
from ingest.loaders.pdf.forms import Additions, additions_of
from ingest.loaders.pdf.legibility import is_picture, is_text, letters, no_text, spoilt
from ingest.loaders.pdf.lexicon import known_words
from ingest.loaders.pdf.opened import Opened, opened
from ingest.loaders.pdf.properties import Properties, properties_of
from ingest.loaders.pdf.words import PageWords, frame_of, words_of
from ingest.loaders.pdf.writing import Page, write_page
from ingest.loaders.reading_limits import ReadingLimits
from ingest.model import LoadedDocument, Source

_LITTLE = 200
"""Letters below which pypdf is asked, too."""
_MORE = 1.3
"""So many times the letters of pdfium's text make pypdf's the better one."""
_AS_MUCH = 0.7
"""So many times, where it holds fewer characters that are none."""
_PLAINLY, _NO_LONGER = 0.5, 0.8
"""Shares of the time for a document: then tables are looked for no more; then the pages that are left are unread."""
_FIELD = 12.0


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Text by page, with the places of its lines. Raises Encrypted, Unreadable, TooManyPages, TooMuchText."""
    started = time.monotonic()
    with opened(source) as file:
        draft = Draft(source, limits)
        properties, told = file.asked(properties_of, Properties())
        if not told:
            draft.unread("properties", "title, forms and notes of the file are broken")
        pictures = _read_pages(file, draft, properties, started, limits.seconds)
        if not draft.length and not pictures and (file.broken or any(one.unread for one in draft.skipped)):
            raise Unreadable(f"{source.name!r} is a broken PDF: {file.broken or 'nothing of it can be read'}")
        draft.pages = file.pages
        _tell(draft, properties)
        draft.metadata = dict(properties.metadata)
        return _trimmed(replace(draft.finish(picture_pages=pictures), title=properties.title))


def sample() -> bytes:
    """A page with text, lines, a field, a note and a picture: all that is imported must be imported by it."""
    from ingest.loaders.pdf.sampling import small_file

    return small_file()


def _trimmed(document: LoadedDocument) -> LoadedDocument:
    """Without the empty line after the last page."""
    text = document.text.rstrip("\n")
    sections = tuple(replace(one, end=min(one.end, len(text))) for one in document.sections if one.start < len(text))
    tables = tuple(replace(one, end=min(one.end, len(text))) for one in document.tables)
    return replace(document, text=text, sections=sections, tables=tables)


def _read_pages(file: Opened, draft: Draft, properties: Properties, started: float, seconds: float) -> list[int]:
    """Write every page; which of them are pictures."""
    pictures: list[int] = []
    for number in range(1, file.pages + 1):
        spent = (time.monotonic() - started) / seconds
        if spent > _NO_LONGER:
            draft.unread("pages", "the time for one document was over", file.pages - number + 1)
            break
        page = _page(file, number, plainly=spent > _PLAINLY)
        bookmarks = [one for one in properties.bookmarks if one.page == number]
        if page.picture:
            pictures.append(number)
        write_page(draft, number, page, bookmarks)
    return pictures


def _page(file: Opened, number: int, *, plainly: bool) -> Page:
    additions, told = file.asked(lambda reader: additions_of(reader.pages[number - 1]), Additions())
    page = _by_pdfium(file, number, additions, plainly=plainly)
    if letters(page.text) < _LITTLE or page.unreadable:
        text, read = file.asked(lambda reader: _plain(reader.pages[number - 1].extract_text()), "")
        page = replace(page, lost=page.lost and not (read and file.sheets is None))
        if _better(text, page):
            page = replace(page, blocks=[Block(lines=text.split("\n"))], legible=True, unreadable=0, lost=False)
    if not page.legible:
        page = replace(page, blocks=[], picture=True, unreadable=0)
    elif not page.text and not page.blank and not page.lost:
        page = replace(page, picture=True)
    return replace(page, broken=not told and file.reader is not None)


def _better(text: str, page: Page) -> bool:
    """Whether pypdf's text of a page is: it is text, and says more, or says what pdfium could not read."""
    bad = sum(no_text(one) for one in text)
    if not is_text(text, len(text), bad, known_words()):
        return False
    if not page.legible:
        return letters(text) > 0
    if page.unreadable > bad:
        return letters(text) >= _AS_MUCH * letters(page.text)
    return letters(text) > _MORE * letters(page.text)


def _by_pdfium(file: Opened, number: int, additions: Additions, *, plainly: bool) -> Page:
    if file.sheets is None:
        return Page(additions=additions, blank=False, lost=True)
    try:
        sheet = file.sheets[number - 1]
    except pdfium.PdfiumError:
        return Page(additions=additions, blank=False, lost=True)
    try:
        frame = frame_of(sheet)
        found = words_of(sheet, frame)
        drawings = drawings_of(sheet, frame)
    except pdfium.PdfiumError:
        return Page(additions=additions, blank=False, lost=True)
    finally:
        sheet.close()
    said = " ".join(word.text for words in found.ways.values() for word in words)
    edges = () if plainly else drawings.edges
    return Page(
        blocks=list(blocks_of(_with_fields(found, additions, frame), frame, edges, known_words())),
        additions=additions,
        legible=is_text(said, found.characters, found.unreadable, known_words()),
        unreadable=found.unreadable if spoilt(found.characters, found.unreadable) else 0,
        picture=is_picture(said, drawings.covered(*frame.shown_size)),
        blank=not drawings.shapes and not additions.filled,
        untabled=(plainly and bool(drawings.edges)) or not drawings.whole,
    )


def _with_fields(found: PageWords, additions: Additions, frame: PageFrame) -> dict[int, list[Word]]:
    """The words of a page, and among them what is filled in, where it stands."""
    ways = dict(found.ways)
    for field in additions.filled:
        x0, y0, x1, y1 = frame.upright(field.box, frame.rotation)
        lines = [line for line in field.value.splitlines() if line.strip()]
        height = min(_FIELD, (y1 - y0) / max(len(lines), 1))
        top = y1 if len(lines) > 1 else (y0 + y1 + height) / 2
        for place, line in enumerate(lines):
            box = (x0, top - (place + 1) * height, min(x1, x0 + 0.6 * height * len(line)), top - place * height)
            ways[frame.rotation] = [*ways.get(frame.rotation, []), Word(text=line.strip(), box=box)]
    return ways


def _tell(draft: Draft, properties: Properties) -> None:
    if properties.attached:
        draft.unread("attached files", "files within a PDF are not read", properties.attached)
    if properties.xfa and not properties.fields:
        draft.unread("forms", "a form of Adobe's own kind (XFA)")
    elif properties.xfa:
        draft.left_out("forms", "an XFA form that repeats the fields of the file")


def _plain(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
