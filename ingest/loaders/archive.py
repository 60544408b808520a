"""ZIP archives: a list of what is in them, and every file as a document of its own."""

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from graph.errors import Encrypted, Unreadable
from ingest.loaders.drafting import Draft
from ingest.loaders.handing import Handing, climbs, safe_name, sized
from ingest.loaders.reading_limits import MIB, ReadingLimits
from ingest.member_ports import Take
from ingest.model import LoadedDocument, Source

MOST_RATIO = 200
"""Bytes of a file in an archive for each byte that it takes there; what is larger than 1 MiB and over it is a bomb."""
MOST_LISTED = 2_000
"""Files that the text names."""
_UTF8 = 0x800
_LOCKED = 0x1
_PIECE = 1 << 16
_NOBODYS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """The list alone."""
    return unpack(source, limits, lambda _: None)


def unpack(source: Source, limits: ReadingLimits, take: Take) -> LoadedDocument:
    """The list, and the files. Files that are encrypted, damaged, or over a limit are told, and the others are read.

    Raises:
        Unreadable: this is no archive, or nothing is in it.
        Encrypted: no file in it can be read without a password.
    """
    draft = Draft(source, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            files = [one for one in archive.infolist() if not one.is_dir()]
            if not files:
                raise Unreadable(f"{source.name!r} is an archive without any file")
            if all(one.flag_bits & _LOCKED for one in files):
                raise Encrypted(f"{source.name!r} is protected by a password")
            _Unpacking(archive, draft, Handing(draft, "files", limits, take)).run(files)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
        raise Unreadable(f"{source.name!r} is a broken archive: {error}") from error
    return draft.finish()


def sample() -> bytes:
    """An archive of one text, deflated."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "A text, a text, a text.")
    return written.getvalue()


class _Unpacking:
    def __init__(self, archive: zipfile.ZipFile, draft: Draft, handing: Handing) -> None:
        self._archive = archive
        self._draft = draft
        self._handing = handing
        self._listed = 0

    def run(self, files: list[zipfile.ZipInfo]) -> None:
        for file in files:
            name = _name(file)
            parts = PurePosixPath(name.replace("\\", "/")).parts
            if "__MACOSX" in parts or (parts and parts[-1].lower() in _NOBODYS):
                self._draft.left_out("files", "notes of an operating system")
                continue
            if climbs(name):
                self._draft.left_out("paths", "they lead out of the archive: read under the bare name")
                name = parts[-1] if parts else ""
            self._one(file, safe_name(name))
        if self._listed > MOST_LISTED:
            self._draft.line(f"… and {self._listed - MOST_LISTED} more files")

    def _one(self, file: zipfile.ZipInfo, name: str) -> None:
        self._listed += 1
        own = name
        if reason := self._refusal(file):
            self._draft.unread("files", f"{name!r}: {reason}")
        elif file.file_size == 0:
            self._draft.left_out("files", "empty")
        elif (data := self._data(file, name)) is not None:
            own = self._handing.give(name, data) or name
        if self._listed <= MOST_LISTED:
            self._draft.line(f"{own} ({sized(file.file_size)})")

    def _refusal(self, file: zipfile.ZipInfo) -> str:
        if file.flag_bits & _LOCKED:
            return "protected by a password"
        if file.file_size > max(MIB, MOST_RATIO * max(file.compress_size, 1)):
            return "unpacks to far more than it takes"
        return self._handing.room(file.file_size)

    def _data(self, file: zipfile.ZipInfo, name: str) -> bytes | None:
        """What a file holds: never more than its entry says."""
        data = bytearray()
        try:
            with self._archive.open(file) as opened:
                while piece := opened.read(_PIECE):
                    data += piece
                    if len(data) > file.file_size:
                        raise zipfile.BadZipFile("it is longer than it says")
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
            self._draft.unread("files", f"{name!r}: damaged, or packed in a way that is not read")
            return None
        return bytes(data)


def _name(file: zipfile.ZipInfo) -> str:
    """The name of a file. Many writers on Windows leave names in the code page of their country, and do not say so."""
    if file.flag_bits & _UTF8:
        return file.filename
    raw = file.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return file.filename
