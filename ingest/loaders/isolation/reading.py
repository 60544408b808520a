"""A cell: documents come through a socket, what was read of them goes back, and the process ends."""

import encodings
import importlib
import os
import pkgutil
from collections.abc import Mapping

from pydantic import TypeAdapter

from graph.errors import InputError, ParserCrashed, TooDeep, TooDemanding, TooManyPages
from ingest.loaders.isolation.confinement import confine_cell
from ingest.loaders.isolation.frames import before, packed, read_frame
from ingest.loaders.isolation.outline import member_outline, outline
from ingest.loaders.page_views import PageView
from ingest.loaders.reading_limits import MOST_MESSAGE, MOST_SECTIONS, ReadingLimits, storable
from ingest.loaders.registry import PDF, load, samples
from ingest.member_ports import Member
from ingest.model import Source

_ANY = 1 << 40
_VIEW = TypeAdapter(PageView)
FINE_SIDE = 2000
"""Pixels of the longer side of a page whose letters are to be told: some 170 to the inch of a sheet of A4."""


def warm_up() -> None:
    """Import every parser and codec, and let each parser work once: later there are no files to import from."""
    from ingest.loaders import picture
    from ingest.loaders.page_drawing import page_drawing

    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in {"mbcs", "oem", "cp65001"}:  # of Windows
            importlib.import_module(f"encodings.{module.name}")
    for sample in samples():
        load(sample)
        if sample.media_type in {PDF, "image/png", "image/jpeg"}:
            picture.page_picture(sample, 1)
            page_drawing(sample, PageView(page=1, scale=1.0, boxes=((0.0, 0.0, 1.0, 1.0),)))


def warm_up_recognition() -> None:
    """The same for a process that recognises the text of pictures: its models, and what draws pages."""
    from ingest.loaders import picture
    from ingest.loaders.pdf import reading as pdf
    from ingest.loaders.recognition import engine

    engine.warm_up()
    picture.page_picture(Source(name="sample.pdf", media_type=PDF, data=pdf.sample()), 1)
    picture.page_picture(Source(name="sample.png", media_type="image/png", data=picture.sample()), 1)


def read_documents(descriptor: int, parent: int) -> None:
    """Read what a socket brings until it closes; ``parent`` is who started this process.

    With the first document the process gives up all that it does not need for it.
    """
    confined = False
    while frame := _next(descriptor):
        header, data = frame
        numbers = header["limits"]
        limits = ReadingLimits(**numbers) if isinstance(numbers, dict) else ReadingLimits()
        if not confined:
            confine_cell(seconds=limits.seconds, memory=limits.memory, parent=parent)
            confined = True
        source = Source(name=str(header["name"]), media_type=str(header["media_type"]), data=data)
        _write(descriptor, _answer(descriptor, source, header, limits))


def _next(descriptor: int) -> tuple[dict[str, object], bytes] | None:
    try:
        return read_frame(lambda size: _read_exactly(descriptor, size), _ANY)
    except EOFError:
        return None


def _answer(descriptor: int, source: Source, header: Mapping[str, object], limits: ReadingLimits) -> bytes:
    page = header.get("page")
    try:
        if "view" in header:
            return _drawing(source, header["view"])
        if not isinstance(page, int):
            return _document(descriptor, source, limits)
        return _recognised(source, page) if header.get("recognise") else _picture(source, page)
    except InputError as error:
        return _refusal(type(error).__name__, str(error))
    except MemoryError:
        return _refusal(TooDemanding.__name__, f"{source.name!r} could not be read: it needs too much memory")
    except RecursionError:
        return _refusal(TooDeep.__name__, f"{source.name!r} could not be read: it is nested too deeply")
    except Exception as error:
        # told by its kind alone: its words may be the document's
        message = f"{source.name!r} could not be read: its parser failed ({type(error).__name__})"
        _write(descriptor, _refusal(ParserCrashed.__name__, message))
        raise


def _document(descriptor: int, source: Source, limits: ReadingLimits) -> bytes:
    def give(member: Member) -> None:
        _write(descriptor, before(member_outline(member), len(member.data)))
        _write(descriptor, member.data)

    loaded = load(source, limits, give)
    text = storable(loaded.text)
    limits.check_text(source.name, len(source.data), len(text))
    if len(loaded.sections) > MOST_SECTIONS:
        raise TooManyPages(f"{source.name!r} has more than {MOST_SECTIONS} pages or sections")
    try:
        return packed(outline(loaded), text)
    except ValueError as error:
        raise TooManyPages(f"{source.name!r} has too many headings: {error}") from error


def _picture(source: Source, page: int) -> bytes:
    from ingest.loaders.picture import page_picture

    return packed({}, page_picture(source, page))


def _drawing(source: Source, view: object) -> bytes:
    """A page for people to look at; the header of the answer tells the scale, or is empty: no such page."""
    from ingest.loaders.page_drawing import page_drawing

    found = page_drawing(source, _VIEW.validate_python(view))
    return packed({}) if found is None else packed({"scale": found.scale}, found.picture)


def _recognised(source: Source, page: int) -> bytes:
    """The text of a page that is a picture; the header counts lines that are hardly legible."""
    from ingest.loaders.picture import drawn
    from ingest.loaders.recognition.engine import found_lines
    from ingest.loaders.recognition.reading_order import as_read

    text, unsure = as_read(found_lines(drawn(source, page, FINE_SIDE)))
    return packed({"unsure": unsure}, storable(text))


def _refusal(kind: str, message: str) -> bytes:
    return packed({"error": kind, "message": message[:MOST_MESSAGE]})


def _read_exactly(descriptor: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = os.read(descriptor, min(size - len(data), 1 << 20))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
