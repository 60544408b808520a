"""Files of this machine and the ids of their documents: the path of a file below the folder that it was named by."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A file below its root. Of a file that was named by itself, ``by_itself``, earlier versions took the base name."""

    path: Path
    root: Path
    by_itself: bool = False

    @property
    def document_id(self) -> str:
        """Its path below the root, with slashes."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def root_name(self) -> str:
        """The name of the root: two folders of one name count as one that was moved."""
        return self.root.name or "/"

    @property
    def metadata(self) -> dict[str, str]:
        """Where it stands."""
        folder = self.path.relative_to(self.root).parent.as_posix()
        return {
            "root": self.root_name, "path": self.document_id, **({} if folder == "." else {"folder": folder})
        }  # fmt: skip

    def digest(self) -> str:
        """SHA-256 of its bytes, in hex."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def find_files(paths: Sequence[Path], root: Path | None = None) -> list[LocalFile]:
    """Everything at and below the paths, by id; hidden files are left out.

    The root of what is found in a folder is that folder; of a file, the working directory where it is below that, else
    the root of the disk. ``root`` is one for all. A folder with ``documents/`` beside ``questions.jsonl``, as the
    samples are, stands for its documents: what is asked of them is none.

    A file that is named twice belongs to the folder.

    Raises:
        InputError: a path that does not exist, or is not below ``root``; two files that would be one document.
    """
    found: dict[str, LocalFile] = {}
    seen: set[Path] = set()
    for file in _below(paths, None if root is None else _plain(root)):
        if file.path in seen:
            continue
        seen.add(file.path)
        other = found.setdefault(file.document_id, file)
        if other.path != file.path:
            raise InputError(
                f"{other.path} and {file.path} would both be the document {file.document_id!r}; nothing was sent."
                " Name a folder that both are in:  --root DIR"
            )
    return [found[document_id] for document_id in sorted(found)]


def _below(paths: Sequence[Path], root: Path | None) -> Iterator[LocalFile]:
    here = _plain(Path())
    for path in sorted(map(_documents_of, map(_plain, paths)), key=lambda path: path.is_file()):
        if not path.exists():
            raise InputError(f"{path} does not exist")
        if root is not None and not path.is_relative_to(root):
            raise InputError(f"{path} is not below {root}")
        if path.is_file():
            above = here if path.is_relative_to(here) else Path(path.anchor)
            yield LocalFile(path=path, root=root or above, by_itself=True)
            continue
        for file in sorted(path.rglob("*")):
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts):
                yield LocalFile(path=file, root=root or path)


def _documents_of(path: Path) -> Path:
    return path / "documents" if (path / "questions.jsonl").is_file() and (path / "documents").is_dir() else path


def _plain(path: Path) -> Path:
    """From the root of the disk on, without ``..``; links stay as they are named."""
    return Path(os.path.abspath(path))
