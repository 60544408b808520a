"""What office files have in common: ZIP containers of XML parts, or, with a password, an OLE file around one."""

import io
import re
import struct
import zipfile
import zlib

from lxml import etree

from graph.errors import DocumentTooLarge, Encrypted, Unreadable
from ingest.model import Source

MAX_UNPACKED = 512 * 1024 * 1024
MAX_RATIO = 200
BREAKAGE = (
    KeyError, ValueError, AttributeError, IndexError, TypeError, OSError, NotImplementedError, EOFError, OverflowError,
    etree.LxmlError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
"""What libraries raise for a part of a container that is not as it should be."""
_ANY_RATIO = 10_000_000
"""Unpacked bytes up to which the ratio to the packed ones is not asked."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_NO_DESCRIPTION = re.compile(
    r"(?:picture|image|graphic|photo|bild|grafik|imagen?|图片)?\s*\d*|.*\.(?:png|jpe?g|gif|emf|wmf|svg|bmp|tiff?)",
    re.IGNORECASE,
)
"""What writers put in place of a description that nobody gave."""
_OWN_TAG = re.compile(r"^\{[^}]*\}")


def is_ole(data: bytes) -> bool:
    """Whether these are the bytes of an OLE file: one of Office before 2007, or a protected one of any age."""
    return data.startswith(_OLE)


def is_protected(data: bytes) -> bool:
    """Whether an OLE file is there to protect another by a password."""
    return is_ole(data) and _PACKAGE in data


def check_container(source: Source) -> None:
    """Look at the size of all members before anything is unpacked.

    Raises:
        Encrypted: a password protects it.
        Unreadable: no ZIP container.
        DocumentTooLarge: it unpacks to more than is read.
    """
    if is_ole(source.data):
        if is_protected(source.data):
            raise Encrypted(f"{source.name!r} is protected by a password")
        raise Unreadable(f"{source.name!r} is a file of Office before 2007; save it in the present format")
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            members = archive.infolist()
    except BREAKAGE as error:
        raise Unreadable(f"{source.name!r} is broken: {error}") from error
    unpacked = sum(each.file_size for each in members)
    if unpacked > MAX_UNPACKED or (unpacked > _ANY_RATIO and unpacked > MAX_RATIO * len(source.data)):
        raise DocumentTooLarge(f"{source.name!r} unpacks to {unpacked} bytes")
    if any(each.flag_bits & 1 for each in members):
        raise Encrypted(f"{source.name!r} is protected by a password")


def parsed(data: bytes) -> etree._Element:
    """An XML part, without what it may refer to. Raises lxml.etree.XMLSyntaxError."""
    return etree.fromstring(data, _strict())


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for comments and instructions."""
    return _OWN_TAG.sub("", element.tag) if isinstance(element.tag, str) else ""


def attribute(element: etree._Element, name: str) -> str:
    """An attribute by its name without a namespace; empty where there is none."""
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")


def drawn_text(element: etree._Element) -> list[str]:
    """The paragraphs of DrawingML (``a:p``) in an element, one text each, those without any left out."""
    found = []
    for paragraph in element.iter("{*}p"):
        pieces = [
            (each.text or "") if local(each) == "t" else "\n" for each in paragraph.iter("{*}t", "{*}br")
        ]  # fmt: skip
        if text := "".join(pieces).strip():
            found.append(text)
    return found


def description(properties: etree._Element) -> str:
    """The alternative text of a picture (``cNvPr``); empty where nobody described it."""
    told = " ".join((properties.get("descr") or properties.get("title") or "").split())
    return "" if _NO_DESCRIPTION.fullmatch(told) else told


def _strict() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
