"""ZIP archives: a list of what is in them, and every file as a document of its own."""

import io
import zipfile
import zlib
from functools import partial

from graph.errors import Encrypted, Unreadable
from ingest.loaders.drafting import Draft
from ingest.loaders.handing import MOST_RATIO, FileList, Handing
from ingest.loaders.reading_limits import MIB, ReadingLimits
from ingest.member_ports import Take
from ingest.model import LoadedDocument, Source

_UTF8 = 0x800
_LOCKED = 0x1
_PIECE = 1 << 16


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
            listed = FileList(draft, Handing(draft, "files", limits, take))
            for file in files:
                listed.take(_name(file), file.file_size, _refusal(file), partial(_data, archive, file))
            listed.finish()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, EOFError) as error:
        raise Unreadable(f"{source.name!r} is a broken archive: {error}") from error
    return draft.finish()


def sample() -> bytes:
    """An archive of one text, deflated."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "A text, a text, a text.")
    return written.getvalue()


def _refusal(file: zipfile.ZipInfo) -> str:
    if file.flag_bits & _LOCKED:
        return "protected by a password"
    if file.file_size > max(MIB, MOST_RATIO * max(file.compress_size, 1)):
        return "unpacks to far more than it takes"
    return ""


def _data(archive: zipfile.ZipFile, file: zipfile.ZipInfo) -> bytes | None:
    """What a file holds: never more than its entry says."""
    data = bytearray()
    try:
        with archive.open(file) as opened:
            while piece := opened.read(_PIECE):
                data += piece
                if len(data) > file.file_size:
                    raise zipfile.BadZipFile("it is longer than it says")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
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
