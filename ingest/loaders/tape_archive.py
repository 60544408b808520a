"""TAR archives, compressed or not, and single files that are compressed: every file is a document of its own."""

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import PurePosixPath
from typing import IO

from graph.errors import Unreadable
from ingest.loaders.drafting import Draft
from ingest.loaders.handing import MOST_RATIO, FileList, Handing
from ingest.loaders.reading_limits import MIB, ReadingLimits
from ingest.member_ports import Take
from ingest.model import LoadedDocument, Source

_PIECE = 1 << 16
_BROKEN = (tarfile.TarError, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError)
_OPENERS: dict[bytes, Callable[[IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),  # type: ignore[dict-item,return-value]
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
"""What opens a compressed file, by the bytes that it begins with."""


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """The list alone."""
    return unpack(source, limits, lambda _: None)


def unpack(source: Source, limits: ReadingLimits, take: Take) -> LoadedDocument:
    """The list, and the files. What is damaged, or over a limit, is told, and the others are read.

    Raises:
        Unreadable: this is no archive and no compressed file, or nothing is in it.
    """
    draft = Draft(source, limits)
    listed = FileList(draft, Handing(draft, "files", limits, take))
    most = max(MIB, MOST_RATIO * len(source.data))
    count = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(source.data), mode="r|*") as archive:
            for file in archive:
                if file.isdir():
                    continue
                count += 1
                if not file.isreg():
                    draft.left_out("files", "links and devices")
                    continue
                refusal = "unpacks to far more than it takes" if file.size > most else ""
                listed.take(_name(file.name), file.size, refusal, partial(_member, archive, file))
    except _BROKEN:
        if count:
            draft.unread("files", "what follows is damaged")
    if not count:
        _single(source, listed, most)
    listed.finish()
    return draft.finish()


def sample() -> bytes:
    """An archive of one text, compressed; what opens the other kinds is tried as well."""
    for opened in (bz2.compress(b"a"), lzma.compress(b"a")):
        with suppress(Unreadable):
            load(Source(name="a.txt.xz", media_type="", data=opened), ReadingLimits())
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as archive:
        entry = tarfile.TarInfo("a.txt")
        entry.size = 7
        archive.addfile(entry, io.BytesIO(b"A text."))
    return written.getvalue()


def _single(source: Source, listed: FileList, most: int) -> None:
    """A compressed file that is no archive is read under its name without the last suffix."""
    opener = next((opener for start, opener in _OPENERS.items() if source.data.startswith(start)), None)
    if opener is None:
        raise Unreadable(f"{source.name!r} is a broken archive, or there is no file in it")
    try:
        with opener(io.BytesIO(source.data)) as opened:
            data = _read(opened, most)
    except _BROKEN as error:
        raise Unreadable(f"{source.name!r} is a broken archive: {error}") from error
    if not data.strip(b"\0") and len(data) <= most:
        raise Unreadable(f"{source.name!r} is an archive without any file")
    refusal = "unpacks to far more than it takes" if len(data) > most else ""
    name = PurePosixPath(source.name.replace("\\", "/")).name
    listed.take(PurePosixPath(name).stem or "unnamed", len(data), refusal, lambda: data)


def _member(archive: tarfile.TarFile, file: tarfile.TarInfo) -> bytes | None:
    opened = archive.extractfile(file)
    data = b"" if opened is None else _read(opened, file.size)
    return data if len(data) == file.size else None


def _read(opened: IO[bytes], most: int) -> bytes:
    """All of it, or one byte more than ``most``."""
    data = bytearray()
    while len(data) <= most and (piece := opened.read(min(_PIECE, most + 1 - len(data)))):
        data += piece
    return bytes(data)


def _name(name: str) -> str:
    """The name of a file. What is no UTF-8 is likely of a Chinese Windows."""
    raw = name.encode("utf-8", "surrogateescape")
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return raw.decode("utf-8", "replace")
