"""``quipu backup``: a consistent copy of a data folder while the service goes on, which grows by what is new.

The graph is taken first, as its history, then the operational state, then the bytes that this state refers to. So what
the register knows and the graph of the backup does not is read again after a restore, and no document is without its
entry. A purge or a sweep rewrites the history: then the whole of it is written anew, and what was purged leaves the
backup with the old files.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from graph.disk import storage_error, sync_file, write_whole
from graph.errors import ConflictError, DependencyError
from graph.identity import content_hash
from graph.model import REWRITING
from graph.ports.writing import GraphMaintenance
from ingest.ports import BlobStore
from ingest.upkeep.backup_folder import BackupFolder, Manifest, WorkspaceHistory, entry_of
from ingest.upkeep.moving import ExportedStore, export_graph

TRIES = 5
"""How often a backup begins anew because bytes were purged while it was taken."""
OPERATIONS = "operations"
BLOBS = "blobs"
OTHERS = "others"


class BackedUpGraph(ExportedStore, GraphMaintenance, Protocol):
    """A store that is backed up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUpState:
    """The operational state: ``copy`` writes all of it into a new file, ``digests`` tells which bytes a copy refers to.

    ``refers`` tells whether the state as it is now refers to some bytes.
    """

    owner: str
    copy: Callable[[Path], object]
    digests: Callable[[Path], Sequence[str]]
    refers: Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What a backup wrote. ``missing`` are bytes that are damaged or lost in the data folder itself."""

    revisions: dict[str, int]
    files: int
    written: int
    bytes_written: int
    missing: tuple[str, ...]


class _RewrittenMeanwhile(Exception):
    """The past was rewritten while it was copied, or bytes that the copied state refers to are gone."""


class _Draft:
    """What the new manifest will name: files of the last backup that are kept, and those that are written."""

    def __init__(self, target: BackupFolder, before: Manifest | None) -> None:
        self.folder = target.path
        self.before = before
        self.held: Mapping[str, tuple[int, str]] = before.files if before else {}
        self.files: dict[str, tuple[int, str]] = {}
        self.workspaces: dict[str, WorkspaceHistory] = {}
        self.others: dict[str, str] = {}
        self.missing: list[str] = []
        self.written = 0
        self.bytes_written = 0
        self._parts: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
        for name, entry in self.held.items():
            self._parts[name.rpartition("/")[0]][name] = entry

    def keep_part(self, part: str) -> None:
        """Keep the files of a folder of the last backup."""
        self.files |= self._parts[part]

    def has(self, name: str) -> bool:
        """Whether the last backup holds a file, which is kept then, or this one does already."""
        entry = self.held.get(name)
        if entry is not None and _size(self.folder / name) == entry[0]:
            self.files[name] = entry
        return name in self.files

    def write(self, name: str, data: bytes, digest: str) -> None:
        """Write a file whole, durably."""
        write_whole(self.folder / name, data)
        self._note(name, (len(data), digest))

    def wrote(self, path: Path, entry: tuple[int, str]) -> None:
        """Take in a file that somebody else has written."""
        sync_file(path)
        self._note(path.relative_to(self.folder).as_posix(), entry)

    def _note(self, name: str, entry: tuple[int, str]) -> None:
        self.files[name] = entry
        self.written += 1
        self.bytes_written += entry[0]


class Backup:
    """Backs up one data folder.

    Args:
        graph: its graph.
        state: its operational state.
        blobs: the uploaded bytes.
        others: a folder of further files.
        quipu: the version of this program.
    """

    def __init__(
        self, *, graph: BackedUpGraph, state: BackedUpState, blobs: BlobStore, others: Path, quipu: str
    ) -> None:  # fmt: skip
        self._graph = graph
        self._state = state
        self._blobs = blobs
        self._others = others
        self._quipu = quipu

    def write(self, folder: Path) -> BackupReport:
        """Bring the backup in a folder up to now.

        Raises:
            ConflictError: the folder holds something else, or the backup of another data folder.
            InputError: the backup there is damaged.
            DependencyError: the disk is full, or the graph cannot be reached; the last backup is as it was.
        """
        target = BackupFolder(folder)
        target.begin()
        before = target.manifest()
        if before is not None and before.owner != self._state.owner:
            raise ConflictError(f"{folder} is the backup of another data folder")
        for _ in range(TRIES):
            try:
                return self._write(target, before)
            except _RewrittenMeanwhile:
                continue
            except OSError as error:
                raise storage_error(f"{folder} cannot be written to", error) from error
        raise DependencyError("documents are purged faster than they can be backed up; try again later")

    def _write(self, target: BackupFolder, before: Manifest | None) -> BackupReport:
        draft = _Draft(target, before)
        for workspace in self._graph.workspaces():
            self._history(workspace, draft)
        operations, digests = self._operations(draft)
        for digest in digests:
            self._bytes(digest, draft)
        for path in sorted(self._others.rglob("*")) if self._others.is_dir() else ():
            if path.is_file() and not path.is_symlink():
                self._other(path, draft)
        manifest = Manifest(
            quipu=self._quipu, created_at=datetime.now(UTC).isoformat(), owner=self._state.owner,
            operations=operations, workspaces=draft.workspaces, others=draft.others, files=draft.files,
            missing=tuple(draft.missing),
        )  # fmt: skip
        target.commit(manifest)
        return BackupReport(
            revisions={name: one.revision for name, one in draft.workspaces.items()}, files=len(draft.files),
            written=draft.written, bytes_written=draft.bytes_written, missing=tuple(draft.missing),
        )  # fmt: skip

    def _history(self, workspace: str, draft: _Draft) -> None:
        """What happened in a workspace since the last backup; all of it, where the past was rewritten."""
        known = draft.before.workspaces.get(workspace) if draft.before else None
        if known is None or not self._follows(workspace, known):
            known = WorkspaceHistory(
                revision=0, horizon=self._graph.horizon(workspace), committed_at="", parts=()
            )  # fmt: skip
        parts, revision = known.parts, known.revision
        for part in parts:
            draft.keep_part(part)
        if self._graph.revision(workspace) > revision or not parts:
            name = hashlib.sha256(workspace.encode("utf-8", "surrogatepass")).hexdigest()[:16]
            part = f"graph/{name}/{revision}-{uuid.uuid4().hex[:8]}"
            revision = export_graph(self._graph, workspace, draft.folder / part, revision)
            parts += (part,)
            if self._rewritten(workspace, known, revision):
                raise _RewrittenMeanwhile
            for written in sorted((draft.folder / part).iterdir()):
                draft.wrote(written, entry_of(written))
        draft.workspaces[workspace] = WorkspaceHistory(
            revision=revision, horizon=known.horizon, committed_at=self._moment(workspace, revision), parts=parts
        )

    def _follows(self, workspace: str, known: WorkspaceHistory) -> bool:
        """Whether the graph only went on since the last backup."""
        revision = self._graph.revision(workspace)
        if revision < known.revision or self._moment(workspace, known.revision) != known.committed_at:
            return False
        return not self._rewritten(workspace, known, revision)

    def _rewritten(self, workspace: str, known: WorkspaceHistory, revision: int) -> bool:
        """Whether what the parts so far hold is not what the graph holds any more."""
        if self._graph.horizon(workspace) != known.horizon:
            return True
        log = self._graph.log(workspace, known.revision, revision) if known.parts else ()
        return any(record.kind in REWRITING for record in log)

    def _moment(self, workspace: str, revision: int) -> str:
        records = self._graph.log(workspace, revision - 1, revision)
        return records[0].committed_at.isoformat() if records else ""

    def _operations(self, draft: _Draft) -> tuple[str, Sequence[str]]:
        """A copy of the operational state, or the last one where nothing has changed; and the bytes it refers to."""
        name = f"{OPERATIONS}-{uuid.uuid4().hex[:8]}.sqlite"
        path = draft.folder / name
        self._state.copy(path)
        digests = self._state.digests(path)  # reads it, and so may write its header
        entry = entry_of(path)
        if draft.before is not None and draft.held.get(draft.before.operations) == entry:
            path.unlink()
            draft.files[draft.before.operations] = entry
            return draft.before.operations, digests
        draft.wrote(path, entry)
        return name, digests

    def _bytes(self, digest: str, draft: _Draft) -> None:
        name = f"{BLOBS}/{digest[:2]}/{digest}"
        if draft.has(name):
            return
        try:
            data = self._blobs.get(digest)
        except DependencyError as error:
            if not self._state.refers(digest):
                raise _RewrittenMeanwhile from error
            draft.missing.append(digest)
            return
        draft.write(name, data, digest)

    def _other(self, path: Path, draft: _Draft) -> None:
        data = path.read_bytes()
        digest = content_hash(data)
        stored = f"{OTHERS}/{digest[:2]}/{digest}"
        draft.others[path.relative_to(self._others).as_posix()] = stored
        if not draft.has(stored):
            draft.write(stored, data, digest)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
