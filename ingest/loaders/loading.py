"""Which loader reads a file, decided by its content first, then its name, then what the sender claims."""

import mimetypes
from pathlib import PurePosixPath

from typing_extensions import override

from graph.errors import UnsupportedMediaType
from ingest.loaders.parser_process import ParserProcess
from ingest.loaders.registry import FORMATS, PDF, PLAIN, loader_for
from ingest.loaders.text import is_plain_utf8, looks_binary
from ingest.model import LoadedDocument, Source
from ingest.ports import InterruptibleLoader, Wanted

SUPPORTED = frozenset(each.media_type for each in FORMATS)
SHORT = 256 * 1024
"""Bytes of plain text that are read without the parser process: one decoding, and one look at each character."""

_BY_SUFFIX = {suffix: each.media_type for each in FORMATS for suffix in each.suffixes}
_BY_ALIAS = {alias: each.media_type for each in FORMATS for alias in each.aliases}
_BY_SIGNATURE = {signature: each.media_type for each in FORMATS for signature in each.signatures}
_GENERIC = frozenset({"", "application/octet-stream", "binary/octet-stream"})


def media_type_of(source: Source) -> str:
    """The media type a file will be read as.

    Raises:
        UnsupportedMediaType: no loader reads it.
    """
    if source.data.lstrip()[:5] == b"%PDF-":  # some writers put blank lines before it
        return PDF
    for signature, media_type in _BY_SIGNATURE.items():
        if source.data.startswith(signature):
            return media_type
    suffix = PurePosixPath(source.name).suffix.lower()
    claimed = source.media_type.split(";")[0].strip().lower()
    claimed = _BY_ALIAS.get(claimed, claimed)
    found = _BY_SUFFIX.get(suffix)
    if found is None and claimed in SUPPORTED:
        found = claimed
    if found is None and suffix == "" and claimed in _GENERIC and not looks_binary(source.data):
        found = PLAIN
    if found is None:
        kind = claimed if claimed not in _GENERIC else mimetypes.guess_type(source.name)[0] or suffix or "unknown"
        raise UnsupportedMediaType(
            f"{source.name!r} ({kind}) cannot be read; Quipu reads plain text, Markdown, HTML, PDF, DOCX, PNG and JPEG"
        )
    return found


class Loading(InterruptibleLoader):
    """Loads every supported format in the parser process, but for short plain text, whose cost is linear."""

    def __init__(self, parser: ParserProcess) -> None:
        self._parser = parser

    @override
    def load(self, source: Source, wanted: Wanted = lambda: True) -> LoadedDocument:
        if source.media_type == PLAIN and len(source.data) <= SHORT and is_plain_utf8(source.data):
            return loader_for(PLAIN).load(source)
        return self._parser.load(source, wanted)
