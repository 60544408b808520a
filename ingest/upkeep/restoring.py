"""``quipu restore``: a data folder made again from a backup, all of it or nothing."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from graph.disk import storage_error, sync_folder
from graph.errors import ConflictError, InputError
from ingest.upkeep.backing_up import BLOBS
from ingest.upkeep.backup_folder import SHOWN, BackupFolder, Manifest
from ingest.upkeep.moving import ImportedStore, import_graph

STAGE = "restoring"
"""Within the data folder: what is not whole yet. Its last part to move up is the one without which nothing starts."""
LAST = "operations.sqlite"
OTHER_FILES = "evals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored: the newest revision of each workspace, and bytes that were damaged before the backup."""

    revisions: dict[str, int]
    files: int
    missing: tuple[str, ...]


def checked(folder: Path) -> Manifest:
    """The manifest of a backup, every file of which is as it was written.

    Raises:
        InputError: it is not whole, a byte has changed, or a newer Quipu wrote it.
    """
    backup = BackupFolder(folder)
    manifest = backup.manifest()
    if manifest is None:
        raise InputError(f"{folder} holds no backup that was finished")
    if problems := backup.damaged(manifest):
        more = f", and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        raise InputError(f"the backup in {folder} cannot be used: {'; '.join(problems[:SHOWN])}{more}")
    return manifest


def check_empty(data: Path, ignored: frozenset[str]) -> None:
    """Raise ConflictError where something is in a data folder but what does not matter, and what was broken off."""
    found = sorted(path.name for path in data.iterdir() if path.name not in ignored | {STAGE})
    if found:
        raise ConflictError(f"{data} is not empty ({', '.join(found[:SHOWN])}): restore into an empty QUIPU_DATA_DIR")
    shutil.rmtree(data / STAGE, ignore_errors=True)


def restore(folder: Path, data: Path, manifest: Manifest, fill: Callable[[Path], None]) -> Restored:
    """Lay the files of a backup into an empty data folder; ``fill`` makes its databases in the folder that it is given.

    Raises:
        DependencyError: the disk is full, or cannot be written to.
    """
    stage = data / STAGE
    try:
        stage.mkdir()
        shutil.copyfile(folder / manifest.operations, stage / LAST)
        for path in manifest.files:
            if path.startswith(f"{BLOBS}/"):
                _copy(folder / path, stage / path)
        for name, stored in manifest.others.items():
            _copy(folder / stored, stage / OTHER_FILES / name)
        fill(stage)
        for made in sorted(stage.iterdir(), key=lambda made: made.name == LAST):
            made.replace(data / made.name)
        stage.rmdir()
        sync_folder(data)
    except OSError as error:
        raise storage_error(f"{data} cannot be restored into", error) from error
    return Restored(
        revisions={name: one.revision for name, one in manifest.workspaces.items()}, files=len(manifest.files),
        missing=manifest.missing,
    )  # fmt: skip


def restore_graph(target: ImportedStore, folder: Path, manifest: Manifest) -> None:
    """Repeat the history of every workspace. Raises ConflictError where the store holds something else."""
    for _, history in sorted(manifest.workspaces.items()):
        for part in history.parts:
            import_graph(target, folder / part)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
