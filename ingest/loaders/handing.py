"""Handing out the members of a file: each under a name that no other one has, and no more than the limits allow."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from ingest.loaders.drafting import Draft
from ingest.loaders.reading_limits import ReadingLimits
from ingest.member_ports import Member, Take

MOST_NAME = 200
_SEPARATORS = re.compile(r"[/\\]+")


MOST_RATIO = 200
"""Bytes of a file in an archive for each byte that it takes there; what is larger than 1 MiB and over it is a bomb."""
MOST_LISTED = 2_000
"""Files of an archive that its text names."""
_NOBODYS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


class Handing:
    """The members of one file, in their order.

    Args:
        draft: told of what is not handed out, and why.
        part: what they are called there, in the plural: "attachments".
    """

    def __init__(self, draft: Draft, part: str, limits: ReadingLimits, take: Take) -> None:
        self._draft = draft
        self._part = part
        self._limits = limits
        self._take = take
        self._names: dict[str, int] = {}
        self._count = 0
        self._bytes = 0

    def room(self, size: int) -> str:
        """Why there is no room for another member of so many bytes; empty where there is."""
        if self._count >= self._limits.members:
            return f"more than {self._limits.members} are in one file"
        if size > self._limits.member:
            return f"larger than {self._limits.member} bytes"
        if self._bytes + size > self._limits.unpacked:
            return f"they unpack to more than {self._limits.unpacked} bytes"
        return ""

    def give(
        self, name: str, data: bytes, *, media_type: str = "", metadata: Mapping[str, object] | None = None
    ) -> str:
        """Hand a member out; the name it got, or nothing where there is no room, which is told."""
        if reason := self.room(len(data)):
            self._draft.unread(self._part, reason)
            return ""
        own = self._own(safe_name(name))
        self._count += 1
        self._bytes += len(data)
        self._draft.read(self._part)
        self._take(Member(name=own, media_type=media_type[:MOST_NAME], data=data, metadata=dict(metadata or {})))  # type: ignore[arg-type]
        return own

    def _own(self, name: str) -> str:
        """The name, numbered where there is one like it: "a (2).txt"."""
        found = name
        while found in self._names:
            self._names[name] += 1
            path = PurePosixPath(name)
            found = str(path.with_name(f"{path.stem} ({self._names[name]}){path.suffix}"))
        self._names[found] = 1
        return found


class FileList:
    """The files of an archive as its text names them, each handed out unless there is a reason not to."""

    def __init__(self, draft: Draft, handing: Handing) -> None:
        self._draft = draft
        self._handing = handing
        self._listed = 0

    def take(self, written: str, size: int, refusal: str, read: Callable[[], bytes | None]) -> None:
        """One file, by the name that is written in the archive.

        Args:
            size: its bytes, as the archive says.
            refusal: why it is not read; empty where it may be.
            read: its bytes, or None where they are damaged.
        """
        parts = PurePosixPath(written.replace("\\", "/")).parts
        if "__MACOSX" in parts or (parts and (parts[-1].lower() in _NOBODYS or parts[-1].startswith("._"))):
            self._draft.left_out("files", "notes of an operating system")
            return
        if climbs(written):
            self._draft.left_out("paths", "they lead out of the archive: read under the bare name")
            written = parts[-1] if parts else ""
        name = own = safe_name(written)
        self._listed += 1
        if reason := refusal or self._handing.room(size):
            self._draft.unread("files", f"{name!r}: {reason}")
        elif size == 0:
            self._draft.left_out("files", "empty")
        elif (data := read()) is None:
            self._draft.unread("files", f"{name!r}: damaged, or packed in a way that is not read")
        else:
            own = self._handing.give(name, data) or name
        if self._listed <= MOST_LISTED:
            self._draft.line(f"{own} ({sized(size)})")

    def finish(self) -> None:
        """Say how many files are not named."""
        if self._listed > MOST_LISTED:
            self._draft.line(f"… and {self._listed - MOST_LISTED} more files")


def safe_name(name: str) -> str:
    """A path as it can be part of an id: no control characters, no way up, not too long."""
    plain = "".join(" " if unicodedata.category(one) in {"Cc", "Cs"} else one for one in name)
    parts = [part for each in _SEPARATORS.split(plain) if (part := " ".join(each.split())) not in {"", ".", ".."}]
    found = "/".join(parts) or "unnamed"
    if len(found) > MOST_NAME:
        suffix = PurePosixPath(found).suffix[:20]
        found = found[: MOST_NAME - len(suffix)].rstrip("/. ") + suffix
    return found


def climbs(name: str) -> bool:
    """Whether a path leads out of the folder that it is meant for."""
    return name.startswith(("/", "\\")) or ".." in _SEPARATORS.split(name) or re.match(r"[A-Za-z]:", name) is not None


def sized(count: int) -> str:
    """Bytes for a person."""
    if count < 1024:
        return f"{count} bytes"
    for unit, size in (("kB", 1024), ("MB", 1024**2), ("GB", 1024**3)):
        if count < 1024 * size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1024**3:.0f} GB"
