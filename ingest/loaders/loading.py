"""Which loader reads a file, decided by its content first, then its name, then what the sender claims."""

import mimetypes
from pathlib import PurePosixPath

from typing_extensions import override

from graph.errors import UnsupportedMediaType
from ingest.loaders.parser_process import ParserProcess
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.registry import FORMATS, INSTEAD, PLAIN, load
from ingest.loaders.texts.decoding import charset_of, codecs_of, is_plain_utf8, looks_binary
from ingest.member_ports import Take
from ingest.model import LoadedDocument, Source
from ingest.ports import InterruptibleLoader, Wanted

SUPPORTED = frozenset(each.media_type for each in FORMATS)
SHORT = 256 * 1024
"""Bytes of plain text that are read without the parser process: one decoding, and one look at each character."""

_BY_SUFFIX = {suffix: each.media_type for each in FORMATS for suffix in each.suffixes}
_BY_ALIAS = {alias: each.media_type for each in FORMATS for alias in each.aliases}
_CONTAINERS = {each.media_type: each.parts for each in FORMATS if each.parts}
_ARCHIVE = "application/zip"
"""Named so, it is one, whatever is in it: the parts of a Word file may be those of a file within it."""
_ZIP = b"PK\x03\x04"
_GENERIC = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_HEAD = 1024


def media_type_of(source: Source) -> str:
    """The media type a file will be read as.

    Raises:
        UnsupportedMediaType: no loader reads it.
    """
    claimed = _BY_ALIAS.get(source.kind, source.kind)
    suffix = PurePosixPath(source.name).suffix.lower()
    named = _BY_SUFFIX.get(suffix) or (claimed if claimed in SUPPORTED else None)
    found = _by_content(source.data, named) or named
    if found is None and (claimed in _GENERIC or claimed.startswith("text/")) and not looks_binary(source.data):
        found = PLAIN  # app.log.1, "v1.2.3 release notes"
    if found is None:
        kind = claimed if claimed not in _GENERIC else mimetypes.guess_type(source.name)[0] or suffix or "unknown"
        instead = INSTEAD.get(suffix) or f"Quipu reads {', '.join(each.name for each in FORMATS)}"
        raise UnsupportedMediaType(f"{source.name!r} ({kind}) cannot be read; {instead}")
    return found


def type_to_keep(source: Source) -> str:
    """The same, with the charset that the sender names, unless that is UTF-8. Raises UnsupportedMediaType."""
    charset = charset_of(source.media_type)
    named = charset and "utf-8" not in codecs_of(charset) and codecs_of(charset)
    return media_type_of(source) + (f"; charset={charset.lower()}" if named else "")


def _by_content(data: bytes, named: str | None) -> str | None:
    """What bytes say for certain, whatever the file is called."""
    head = data[:_HEAD].lstrip()  # some writers put blank lines before it
    for each in FORMATS:
        if each.signatures and head.startswith(each.signatures):
            return each.media_type
    if head.startswith(_ZIP) and named not in _CONTAINERS and named != _ARCHIVE:
        for media_type, parts in _CONTAINERS.items():
            if any(part in data for part in parts):
                return media_type
    return None


class Loading(InterruptibleLoader):
    """Loads every supported format in the parser process, but for short plain text, whose cost is linear."""

    def __init__(self, parser: ParserProcess) -> None:
        self._parser = parser

    @override
    def load(self, source: Source, wanted: Wanted = lambda: True, take: Take = lambda _: None) -> LoadedDocument:
        if source.kind == PLAIN and len(source.data) <= SHORT and is_plain_utf8(source.data):
            return load(source, DEFAULT_LIMITS)
        return self._parser.load(source, wanted, take)
