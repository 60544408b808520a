"""The folder of a backup: what it holds, by a manifest that is written last, and whether that is all there, unharmed.

``manifest.json`` names every file with its size and SHA-256, and carries a SHA-256 of itself. It is exchanged in one
step; no file that it names is ever written again, so that a backup that is broken off leaves the last one whole.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from graph.disk import storage_error, write_whole
from graph.errors import ConflictError, InputError

FORMAT = 1
MANIFEST = "manifest.json"
MARK = "quipu-backup"
"""A file that says what the folder is, from the first moment on."""
LOCK = "owner.lock"
"""Held by whoever writes the backup."""
SHOWN = 5
_PART = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceHistory:
    """The history of a workspace: folders of exports that follow on one another, up to a revision.

    ``committed_at`` is that revision's moment: it tells a graph that has gone another way since.
    """

    revision: int
    horizon: int
    committed_at: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. ``owner`` is the data folder it was taken of, ``missing`` bytes that were damaged there.

    ``others`` are further files of the data folder, each with the file of the backup that holds it.
    """

    quipu: str
    created_at: str
    owner: str
    operations: str
    workspaces: Mapping[str, WorkspaceHistory]
    others: Mapping[str, str]
    files: Mapping[str, tuple[int, str]]
    missing: tuple[str, ...] = ()
    format: int = FORMAT


class BackupFolder:
    """One folder, which holds one backup or none yet."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def begin(self) -> None:
        """Make sure that the folder may be written to: it is empty, or a backup already. Raises ConflictError."""
        if self.path.exists() and any(self.path.iterdir()) and not (self.path / MARK).exists():
            raise ConflictError(f"{self.path} holds something else than a backup; name an empty or a new folder")
        if (self.path / MARK).exists():
            return
        try:
            write_whole(self.path / MARK, b"A backup of a Quipu data folder: `quipu restore` reads it.\n")
        except OSError as error:
            raise storage_error(f"{self.path} cannot be written to", error) from error

    def manifest(self) -> Manifest | None:
        """What the backup holds; None where there is none yet. Raises InputError if it is damaged, or too new."""
        try:
            data = (self.path / MANIFEST).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(f"{self.path / MANIFEST} cannot be read", error) from error
        try:
            raw: dict[str, Any] = json.loads(data)
            checksum = raw.pop("checksum")
            if raw["format"] > FORMAT and checksum == _checksum(raw):
                raise InputError(f"{self.path} was written by Quipu {raw['quipu']}, which is newer than this one")
            if checksum != _checksum(raw) or data != _encoded(raw):
                raise InputError(f"{self.path / MANIFEST} is damaged: its checksum is another one")
            return _manifest(raw)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{self.path / MANIFEST} is damaged: {error}") from error

    def commit(self, manifest: Manifest) -> None:
        """Let the backup hold what a manifest names, and remove all else."""
        raw = json.loads(json.dumps(asdict(manifest)))
        try:
            write_whole(self.path / MANIFEST, _encoded(raw))
            for path in list(self._files()):
                if path not in {MANIFEST, MARK, LOCK} and path not in manifest.files:
                    (self.path / path).unlink()
            for place, _, _ in os.walk(self.path, topdown=False):
                if Path(place) != self.path and not any(Path(place).iterdir()):
                    Path(place).rmdir()
        except OSError as error:
            raise storage_error(f"{self.path} cannot be written to", error) from error

    def damaged(self, manifest: Manifest) -> list[str]:
        """What is missing or not as it was written, one sentence each."""
        return [problem for path, known in manifest.files.items() if (problem := self._damage(path, known))]

    def _damage(self, path: str, known: tuple[int, str]) -> str | None:
        try:
            found = entry_of(self.path / path)
        except OSError as error:
            return f"{path} cannot be read ({error.strerror})"
        return None if found == known else f"{path} is damaged"

    def _files(self) -> Iterator[str]:
        for place, _, names in os.walk(self.path):
            yield from ((Path(place) / name).relative_to(self.path).as_posix() for name in names)


def entry_of(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file. Raises OSError."""
    state, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while part := file.read(_PART):
            state.update(part)
            size += len(part)
    return size, state.hexdigest()


def _encoded(raw: Mapping[str, Any]) -> bytes:
    return (json.dumps({**raw, "checksum": _checksum(raw)}, indent=0, sort_keys=True) + "\n").encode()


def _checksum(raw: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()


def _manifest(raw: dict[str, Any]) -> Manifest:
    workspaces = {
        name: WorkspaceHistory(**{**one, "parts": tuple(one["parts"])}) for name, one in raw.pop("workspaces").items()
    }
    files = {path: (int(size), str(digest)) for path, (size, digest) in raw.pop("files").items()}
    if any(Path(path).is_absolute() or ".." in Path(path).parts for path in (*files, *raw["others"])):
        raise ValueError("a path leads out of the folder")
    return Manifest(**{**raw, "missing": tuple(raw["missing"])}, workspaces=workspaces, files=files)
