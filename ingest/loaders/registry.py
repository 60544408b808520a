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
SIGHT = "the extra `ocr`, Tesseract, or a language model that sees"
CODE = tuple(
    f".{each}" for each in (
        "py pyw pyi pyx js mjs cjs jsx ts tsx java kt kts scala cs go rs swift php dart groovy gradle proto graphql vue"
        " svelte c h cc cpp cxx hpp hh hxx m mm cu ino rb pl pm ex exs lua jl r sh bash zsh fish ps1 sql ini cfg conf"
        " toml properties yaml yml tex adoc asciidoc org css scss less bat cmd hs ml clj el lisp scm erl f90 vb asm"
        " diff patch tf cmake"
    ).split()
)  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS = (
    Format(name="PDF", media_type=PDF, module="pdf.reading", suffixes=(".pdf",), signatures=(b"%PDF-",)),
    Format(
        name="Word", media_type=f"{_OFFICE}.wordprocessingml.document", module="word.reading",
        suffixes=(".docx", ".docm", ".dotx", ".dotm"), parts=(b"word/document.xml",),
        aliases=(
            f"{_OFFICE}.wordprocessingml.template", "application/vnd.ms-word.document.macroenabled.12",
            "application/vnd.ms-word.template.macroenabled.12",
        ),
    ),
    Format(
        name="OpenDocument text", media_type="application/vnd.oasis.opendocument.text", module="office.odt",
        suffixes=(".odt", ".ott"), aliases=("application/vnd.oasis.opendocument.text-template",),
        parts=(b"application/vnd.oasis.opendocument.text",),
    ),
    Format(
        name="RTF", media_type="application/rtf", module="rich_text.reading", suffixes=(".rtf",),
        aliases=("text/rtf", "text/richtext", "application/x-rtf"), signatures=(b"{\\rtf",),
    ),
    Format(
        name="PowerPoint", media_type=f"{_OFFICE}.presentationml.presentation", module="office.pptx",
        suffixes=(".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"),
        aliases=(
            f"{_OFFICE}.presentationml.slideshow", f"{_OFFICE}.presentationml.template",
            "application/vnd.ms-powerpoint.presentation.macroenabled.12",
            "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
            "application/vnd.ms-powerpoint.template.macroenabled.12",
        ),
        parts=(b"ppt/presentation.xml",),
    ),
    Format(
        name="Excel", media_type=f"{_OFFICE}.spreadsheetml.sheet", module="sheets.workbook",
        suffixes=(".xlsx", ".xlsm", ".xltx", ".xltm"),
        aliases=(
            f"{_OFFICE}.spreadsheetml.template", "application/vnd.ms-excel.sheet.macroenabled.12",
            "application/vnd.ms-excel.template.macroenabled.12",
        ),
        parts=(b"xl/workbook.xml",),
    ),
    Format(
        name="Excel, binary", media_type="application/vnd.ms-excel.sheet.binary.macroenabled.12",
        module="sheets.workbook", suffixes=(".xlsb",), parts=(b"xl/workbook.bin",),
    ),
    Format(
        name="Excel before 2007", media_type="application/vnd.ms-excel", module="sheets.workbook",
        suffixes=(".xls", ".xlt"), aliases=("application/msexcel", "application/x-msexcel"),
    ),
    Format(
        name="OpenDocument sheet", media_type="application/vnd.oasis.opendocument.spreadsheet",
        module="sheets.workbook", suffixes=(".ods",), parts=(b"application/vnd.oasis.opendocument.spreadsheet",),
    ),
    Format(
        name="CSV", media_type="text/csv", module="sheets.delimited", suffixes=(".csv",),
        aliases=("application/csv", "text/x-csv", "text/comma-separated-values"),
    ),
    Format(
        name="TSV", media_type="text/tab-separated-values", module="sheets.delimited", suffixes=(".tsv", ".tab"),
        aliases=("text/tsv",),
    ),
    Format(
        name="HTML", media_type="text/html", module="web.pages", suffixes=(".html", ".htm", ".xhtml"),
        aliases=("application/xhtml+xml",),
    ),
    Format(
        name="EPUB", media_type="application/epub+zip", module="markup.epub", suffixes=(".epub",),
        parts=(b"mimetypeapplication/epub+zip",),
    ),
    Format(
        name="XML", media_type="application/xml", module="markup.xml_text",
        suffixes=(".xml", ".rss", ".atom", ".dbk", ".docbook", ".nxml", ".dita"),
        aliases=(
            "text/xml", "application/rss+xml", "application/atom+xml", "application/docbook+xml",
            "application/rdf+xml",
        ),
    ),
    Format(name="SVG", media_type="image/svg+xml", module="markup.xml_text", suffixes=(".svg",)),
    Format(
        name="Markdown", media_type="text/markdown", module="texts.markdown",
        suffixes=(".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"), aliases=("text/x-markdown",),
    ),
    Format(
        name="reStructuredText", media_type="text/x-rst", module="texts.restructured", suffixes=(".rst", ".rest"),
        aliases=("text/prs.fallenstein.rst", "text/rst", "text/restructured"),
    ),
    Format(
        name="JSON", media_type="application/json", module="texts.json_data",
        suffixes=(".json", ".jsonl", ".ndjson", ".geojson", ".jsonld"),
        aliases=("text/json", "application/jsonl", "application/x-ndjson", "application/x-jsonlines",
                 "application/jsonlines", "application/ld+json", "application/geo+json"),
    ),
    Format(
        name="notebooks", media_type="application/x-ipynb+json", module="notebook", suffixes=(".ipynb",),
        aliases=("application/ipynb+json",),
    ),
    Format(
        name="source code", media_type="text/x-source", module="texts.source_code", suffixes=CODE,
        aliases=("text/x-python", "text/javascript", "application/javascript", "text/x-c", "text/x-java-source",
                 "application/x-sh", "application/yaml", "application/x-yaml", "text/yaml", "application/toml",
                 "application/sql", "application/x-tex", "text/x-tex", "text/css"),
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
    Format(
        name="TAR, gzip, bzip2, xz", media_type="application/x-tar", module="tape_archive",
        suffixes=(".tar", ".tgz", ".gz", ".tbz2", ".bz2", ".txz", ".xz"),
        aliases=(
            "application/gzip", "application/x-gzip", "application/x-gtar", "application/x-compressed-tar",
            "application/x-bzip2", "application/x-xz",
        ),
        signatures=(b"\x1f\x8b\x08", b"BZh91AY&SY", b"\xfd7zXZ\x00"),
    ),
)  # fmt: skip
_PACKED = "unpack it, and send the files"
INSTEAD = {
    ".doc": "save it as .docx", ".dot": "save it as .docx",
    ".wps": "save it as .docx", ".wpd": "save it as .docx", ".pages": "export it as Word or PDF",
    ".ppt": "save it as .pptx", ".pps": "save it as .pptx", ".odp": "save it as .pptx",
    ".key": "export it as PowerPoint or PDF", ".numbers": "export it as Excel or CSV",
    ".msg": "save the mail as .eml", ".pst": "export the mails as .eml or .mbox", ".mobi": "convert it to EPUB",
    ".azw3": "convert it to EPUB", ".djvu": "convert it to PDF", ".ps": "convert it to PDF",
    ".rar": _PACKED, ".7z": _PACKED, ".zst": _PACKED,
    **dict.fromkeys((".tif", ".tiff", ".bmp", ".gif", ".webp", ".heic"), "save it as PNG or JPEG"),
}  # fmt: skip
"""What to do with files of kinds that are not read, by their suffix."""
_BY_TYPE = {each.media_type: each for each in FORMATS}


def load(source: Source, limits: ReadingLimits = DEFAULT_LIMITS, take: Take = lambda _: None) -> LoadedDocument:
    """Read a file whose media type is that of a format; what it holds as documents of their own goes to ``take``.

    Raises UnsupportedMediaType, and what the format raises.
    """
    found = _BY_TYPE.get(source.kind)
    if found is None:
        raise UnsupportedMediaType(f"no loader reads {source.media_type!r}")
    module = found.reads()
    return module.unpack(source, limits, take) if isinstance(module, HoldingModule) else module.load(source, limits)


def samples() -> Iterator[Source]:
    """A small file for each module."""
    for each in {one.module: one for one in reversed(FORMATS)}.values():
        yield Source(name=f"sample{each.suffixes[0]}", media_type=each.media_type, data=each.reads().sample())
