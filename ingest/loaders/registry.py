"""Every format that Quipu reads, a line each. To add one: a module that reads it, and its line.

A module of a format has two functions. ``load(source, limits)`` gives what was read of a file; it raises Unreadable,
Encrypted, or what else :mod:`graph.errors` has for a document that cannot be read. ``sample()`` gives the bytes of a
small file, with which the parser process tries every format before it shuts itself in: later there are no files to
import anything from. Modules are imported by the parser process alone. Where files hold documents of their own, there
is ``unpack(source, limits, take)`` as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast, runtime_checkable

from graph.errors import UnsupportedMediaType
from ingest.loaders.reading_limits import DEFAULT_LIMITS, ReadingLimits
from ingest.member_ports import Take
from ingest.model import LoadedDocument, Source


class FormatModule(Protocol):
    """What the module of a format offers."""

    def load(self, source: Source, limits: ReadingLimits) -> LoadedDocument:
        """As in :class:`ingest.ports.InterruptibleLoader`."""
        ...

    def sample(self) -> bytes:
        """A small file of the format."""
        ...


@runtime_checkable
class HoldingModule(FormatModule, Protocol):
    """What the module of a format offers whose files hold documents of their own."""

    def unpack(self, source: Source, limits: ReadingLimits, take: Take) -> LoadedDocument:
        """As ``load``; each of them is handed to ``take``, by :class:`ingest.loaders.handing.Handing`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format.

    ``module`` is below ``ingest.loaders``; ``aliases`` are other media types that senders call it by; ``signatures``
    are bytes that only its files begin with; ``parts`` names members that only its ZIP containers have; ``needs`` says
    in words what else has to be there to read it.
    """

    name: str
    media_type: str
    module: str
    suffixes: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    signatures: tuple[bytes, ...] = ()
    parts: tuple[bytes, ...] = ()
    needs: str = ""

    def reads(self) -> FormatModule:
        """Its module, imported when it is first needed."""
        return cast(FormatModule, import_module(f"ingest.loaders.{self.module}"))


PDF = "application/pdf"
PLAIN = "text/plain"
SIGHT = "a language model that sees"
_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = (
    Format(name="PDF", media_type=PDF, module="pdf.reading", suffixes=(".pdf",), signatures=(b"%PDF-",)),
    Format(
        name="Word", media_type=f"{_OFFICE}.wordprocessingml.document", module="office.docx", suffixes=(".docx",),
        parts=(b"word/document.xml",),
    ),
    Format(
        name="HTML", media_type="text/html", module="web.pages", suffixes=(".html", ".htm", ".xhtml"),
        aliases=("application/xhtml+xml",),
    ),
    Format(
        name="Markdown", media_type="text/markdown", module="texts.markdown", suffixes=(".md", ".markdown"),
        aliases=("text/x-markdown",),
    ),
    Format(name="plain text", media_type=PLAIN, module="texts.plain", suffixes=(".txt", ".text", ".log")),
    Format(
        name="PNG", media_type="image/png", module="picture", suffixes=(".png",), signatures=(b"\x89PNG\r\n\x1a\n",),
        needs=SIGHT,
    ),
    Format(
        name="JPEG", media_type="image/jpeg", module="picture", suffixes=(".jpg", ".jpeg"), aliases=("image/jpg",),
        signatures=(b"\xff\xd8\xff",), needs=SIGHT,
    ),
    Format(
        name="mail", media_type="message/rfc822", module="mail.message", suffixes=(".eml",),
        aliases=("message/global",),
    ),
    Format(name="mailbox", media_type="application/mbox", module="mail.mbox", suffixes=(".mbox", ".mbx")),
    Format(
        name="ZIP", media_type="application/zip", module="archive", suffixes=(".zip",),
        aliases=("application/x-zip-compressed", "application/x-zip"),
    ),
)  # fmt: skip
_BY_TYPE = {each.media_type: each for each in FORMATS}


def load(source: Source, limits: ReadingLimits = DEFAULT_LIMITS, take: Take = lambda _: None) -> LoadedDocument:
    """Read a file whose media type is that of a format; what it holds as documents of their own goes to ``take``.

    Raises UnsupportedMediaType, and what the format raises.
    """
    found = _BY_TYPE.get(source.media_type)
    if found is None:
        raise UnsupportedMediaType(f"no loader reads {source.media_type!r}")
    module = found.reads()
    return module.unpack(source, limits, take) if isinstance(module, HoldingModule) else module.load(source, limits)


def samples() -> Iterator[Source]:
    """A small file for each module."""
    for each in {one.module: one for one in reversed(FORMATS)}.values():
        yield Source(name=f"sample{each.suffixes[0]}", media_type=each.media_type, data=each.reads().sample())
