"""The container of a document: parts in a ZIP file, and the relations between them.

Only the parts that hold words are unpacked. No part may bring declarations of its own (a DTD): with them come entities,
and with these texts without end and files of the server.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from graph.errors import Unreadable
from ingest.loaders.office.containers import check_container
from ingest.loaders.word.names import Node
from ingest.model import Source

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MAIN = "word/document.xml"
BROKEN = (zipfile.BadZipFile, zlib.error, etree.LxmlError, EOFError, NotImplementedError, ValueError, OSError)
"""What a broken container or part raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What one part has to do with another; ``target`` is the name of a part, or an address where it is outside."""

    kind: str
    target: str
    outside: bool


class Package:
    """The parts of a document, by their names. Raises what ``BROKEN`` lists, DocumentTooLarge, Encrypted, Unreadable.

    The unpacked size of all parts, and its ratio to the packed one, are checked before anything is unpacked.
    """

    def __init__(self, source: Source) -> None:
        check_container(source)
        self._name = source.name
        self._archive = zipfile.ZipFile(io.BytesIO(source.data))
        self._entries = {
            entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in self._archive.infolist()
        }

    def data(self, part: str) -> bytes:
        """The bytes of a part. Raises KeyError where it is not there."""
        return self._archive.read(self._entries[part.lower()])

    def xml(self, part: str) -> Node:
        """A part as a tree. Raises KeyError where it is not there."""
        data = self.data(part)
        wide = data.startswith(_UTF16)
        if "<!DOCTYPE".encode("utf-16-le" if data.startswith(_UTF16[0]) else "utf-16-be" if wide else "utf-8") in data:
            raise Unreadable(f"{self._name!r} declares entities in {part}, which no document may")
        # the standard knows two encodings; no other one may hide a DTD from the search above
        parser = etree.XMLParser(
            encoding="utf-16" if wide else "utf-8", resolve_entities=False, no_network=True, huge_tree=True,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        return etree.fromstring(data, parser)

    def relations(self, part: str) -> Mapping[str, Relation]:
        """By their ids, those of a part; of the package itself where ``part`` is empty."""
        folder, name = posixpath.split(part)
        try:
            root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        except KeyError:
            return {}
        return {
            each.get("Id", ""): Relation(
                kind=each.get("Type", "").rpartition("/")[2],
                target=_target(folder, each.get("Target", ""), each.get("TargetMode") == "External"),
                outside=each.get("TargetMode") == "External",
            )
            for each in root
        }

    def main(self) -> str:
        """The name of the part that holds the text."""
        named = (each.target for each in self.relations("").values() if each.kind == "officeDocument")
        return next((part for part in named if part.lower() in self._entries), _MAIN)


def _target(folder: str, target: str, outside: bool) -> str:
    """A name that leads out of the container leads nowhere: it is only looked for among the parts."""
    return target if outside else posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
