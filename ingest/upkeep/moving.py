"""Moving a graph from one store to another, with its history: JSON lines, and the vectors as raw float32 beside them.

``graph.jsonl`` begins with a header, has one line for each revision (:class:`graph.model.PastRevision`, without
vectors), and ends with a footer that says how many there are. ``vectors.f32`` has one row for each chunk, which the
lines name by its number. The footer holds who may read which document, as it stood at the export.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from graph.errors import ConflictError, InputError, NotFoundError
from graph.model import (
    Alias,
    Chunk,
    Document,
    FloatArray,
    GraphChange,
    Mention,
    PastRevision,
    Position,
    Relation,
    RevisionRecord,
    Span,
    Verdict,
)
from graph.ports.reading import AliasReader, ChangeReader, ContributionReader, DocumentReader, RightsReader
from graph.ports.writing import GraphMaintenance, HistoryKeeper, RightsWriter
from graph.rights import Rights, listed

FORMAT = 3
READ = frozenset({2, FORMAT})
"""Formats that can be imported. Format 2 is from before documents had readers."""
TOGETHER = 100
"""Revisions read or made in one go."""
_GRAPH, _VECTORS = "graph.jsonl", "vectors.f32"


class ExportedStore(
    DocumentReader, ChangeReader, AliasReader, ContributionReader, RightsReader, HistoryKeeper, Protocol
):  # fmt: skip
    """A store whose graph is exported."""

    def embedder(self) -> str | None:
        """Identity of the embedder whose vectors are stored; None while there are none."""
        ...


class ImportedStore(GraphMaintenance, ChangeReader, HistoryKeeper, RightsWriter, Protocol):
    """A store that a graph is imported into."""


def export_graph(source: ExportedStore, workspace: str, folder: Path, since: int = 0) -> int:
    """Write every revision after ``since``, with all of it that can still be read, into an empty or new folder.

    Returns the newest of them.

    Raises:
        ConflictError: there is something in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ConflictError(f"{folder} is not empty")
    newest, horizon = source.revision(workspace), source.horizon(workspace)
    with (folder / _GRAPH).open("w", encoding="utf-8") as lines, (folder / _VECTORS).open("wb") as file:
        header = {
            "format": FORMAT, "workspace": workspace, "since": since, "revision": newest, "horizon": horizon,
            "embedder": source.embedder(),
        }  # fmt: skip
        lines.write(json.dumps(header) + "\n")
        vectors = _Vectors(file)
        for past in _history(source, workspace, (since, newest), horizon):
            lines.write(json.dumps(_to_json(past, vectors)) + "\n")
        footer = {
            "revisions": newest, "vectors": vectors.count, "dimension": vectors.dimension,
            "rights": {one: _rights_to_json(rights) for one, rights in sorted(source.rights(workspace).items())},
        }  # fmt: skip
        lines.write(json.dumps(footer) + "\n")
    return newest


def import_graph(target: ImportedStore, folder: Path) -> int:
    """Make the revisions of an export again in a store that has none of them, or the first; returns how many were made.

    So an import that was cut off goes on where it stopped, and a store that was left behind is brought up. An export
    of what came after a revision follows on the export up to that one.

    Raises:
        InputError: the folder holds no export, or a damaged one.
        ConflictError: the store holds something else.
        ConfigurationError: its vectors are of another embedder.
    """
    try:
        with (folder / _GRAPH).open(encoding="utf-8") as lines:
            header = json.loads(next(lines))
            if header["format"] not in READ:
                raise InputError(f"{folder} is of format {header['format']}; this Quipu reads {FORMAT}")
            workspace, horizon = str(header["workspace"]), int(header["horizon"])
            footer = _footer(folder, header)
            vectors = _stored_vectors(folder, footer)
            done = target.revision(workspace)
            if header["embedder"] is not None:
                target.stamp_embedder(header["embedder"])
            revisions = (raw for raw in map(json.loads, lines) if "kind" in raw)
            _skip_made(target, header, revisions, done)
            # ahead of every text: at no moment may anybody read what they may not
            target.restore_rights(workspace, {one: _rights(raw) for one, raw in footer.get("rights", {}).items()})
            while part := list(islice(revisions, TOGETHER)):
                target.restore(workspace, [_from_json(raw, vectors) for raw in part], horizon)
    except (OSError, ValueError, KeyError, IndexError, TypeError, StopIteration) as error:
        raise InputError(f"{folder} holds no export that can be read: {error}") from error
    return max(0, int(header["revision"]) - done)


def check_there(folder: Path) -> None:
    """Raise InputError where a folder holds no export, before anything is made for it."""
    if not (folder / _GRAPH).is_file():
        raise InputError(f"{folder} holds no export: there is no {_GRAPH} in it")


def _history(
    source: ExportedStore, workspace: str, span: tuple[int, int], horizon: int
) -> Iterator[PastRevision]:  # fmt: skip
    """Every revision after one, up to another. Of one before the horizon only that is left which was live at it."""
    first, newest = span
    at_first = source.verdicts(workspace, max(first, horizon)) if first else ()
    known = {(one.first_id, one.second_id): one for one in at_first}
    for since in range(first, newest, TOGETHER):
        for record in source.log(workspace, since, min(since + TOGETHER, newest)):
            at = max(record.revision, horizon)
            change = _contribution(source, workspace, record, at) if record.kind == "apply" else None
            verdicts = tuple[Verdict, ...]()
            if record.kind == "merge":
                found = {(one.first_id, one.second_id): one for one in source.verdicts(workspace, at)}
                verdicts = tuple(one for pair, one in found.items() if known.get(pair) != one)
                known = found
            yield PastRevision(record=record, change=change, verdicts=verdicts)


def _contribution(source: ExportedStore, workspace: str, record: RevisionRecord, at: int) -> GraphChange | None:
    """What a revision put there, as far as it is live at the revision ``at``, which is its own or the horizon."""
    document_id = record.document_id or ""
    if at > record.revision:
        begun = {since for _, since, until in source.versions(workspace, document_id) if until is None or at < until}
        if record.revision not in begun:
            return None
    try:
        return source.contribution(workspace, document_id, at)
    except NotFoundError:
        return None  # purged


class _Vectors:
    """The file of vectors. The vector of each chunk is written once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._rows: dict[str, int] = {}
        self.dimension = 0

    @property
    def count(self) -> int:
        return len(self._rows)

    def rows(self, change: GraphChange) -> list[int]:
        """The row numbers of a change's chunks; vectors that are new are written."""
        for chunk, vector in zip(change.chunks, change.vectors, strict=True):
            if chunk.id not in self._rows:
                self._rows[chunk.id] = len(self._rows)
                self._file.write(np.ascontiguousarray(vector, dtype="<f4").tobytes())
                self.dimension = len(vector)
        return [self._rows[chunk.id] for chunk in change.chunks]


def _footer(folder: Path, header: dict[str, Any]) -> dict[str, Any]:
    """The last line. Raises ValueError where the export is not whole."""
    with (folder / _GRAPH).open("rb") as lines:
        footer, count = b"", 0
        for line in lines:
            footer, count = line, count + 1
    end: dict[str, Any] = json.loads(footer)
    revisions = header["revision"] - header.get("since", 0)
    if end["revisions"] != header["revision"] or count != revisions + 2:
        raise ValueError(f"{count} lines for {revisions} revisions")
    return end


def _stored_vectors(folder: Path, end: dict[str, Any]) -> FloatArray:
    """The vectors, mapped and not read. Raises ValueError where the export is not whole."""
    shape = int(end["vectors"]), int(end["dimension"])
    if (folder / _VECTORS).stat().st_size != 4 * shape[0] * shape[1]:
        raise ValueError(f"{_VECTORS} is not of {shape[0]} vectors of {shape[1]} numbers")
    if not shape[0]:
        return np.empty(shape, dtype=np.float32)
    return np.memmap(folder / _VECTORS, dtype="<f4", mode="r", shape=shape)


def _skip_made(target: ImportedStore, header: dict[str, Any], revisions: Iterator[dict[str, Any]], done: int) -> None:
    """Pass over the revisions that the store has. Raises ConflictError where they are not those of the export."""
    workspace, since, last = header["workspace"], header.get("since", 0), None
    if since > done:
        raise ConflictError(f"the revisions up to {since} are missing before those of this export")
    known = min(done, header["revision"])
    for _ in range(known - since):
        last = next(revisions, None)
    same = known == since or (last is not None and _record(last) == target.log(workspace, known - 1, known)[0])
    if done and not (same and target.horizon(workspace) == header["horizon"]):
        raise ConflictError(f"the store already holds workspace {workspace!r}; import into an empty one")


def _rights_to_json(rights: Rights) -> dict[str, Any]:
    return {
        "readers": listed(rights.readers), "coming": listed(rights.coming), "version": rights.version,
        "waits": rights.waits,
    }  # fmt: skip


def _rights(raw: dict[str, Any]) -> Rights:
    sets = {name: None if raw[name] is None else frozenset(raw[name]) for name in ("readers", "coming")}
    return Rights(**sets, version=int(raw["version"]), waits=bool(raw["waits"]))


def _to_json(past: PastRevision, vectors: _Vectors) -> dict[str, Any]:
    raw = asdict(past.record)
    raw["committed_at"] = past.record.committed_at.isoformat()
    if past.verdicts:
        raw["verdicts"] = [asdict(verdict) for verdict in past.verdicts]
    change = past.change
    if change is not None:
        raw["change"] = {
            "document": asdict(change.document), "text": change.text, "vectors": vectors.rows(change),
            "chunks": _plain(change.chunks), "positions": _plain(change.positions), "mentions": _plain(change.mentions),
            "relations": _plain(change.relations), "aliases": _plain(change.aliases),
        }  # fmt: skip
        for name in ("created_at", "updated_at"):
            raw["change"]["document"][name] = raw["change"]["document"][name].isoformat()
    return raw


def _plain(values: Iterable[Any]) -> list[dict[str, Any]]:
    return [asdict(value) for value in values]


def _record(raw: dict[str, Any]) -> RevisionRecord:
    return RevisionRecord(
        revision=raw["revision"], kind=raw["kind"], document_id=raw["document_id"], version=raw["version"],
        committed_at=datetime.fromisoformat(raw["committed_at"]),
    )  # fmt: skip


def _from_json(raw: dict[str, Any], vectors: FloatArray) -> PastRevision:
    change = _change(raw["change"], vectors) if "change" in raw else None
    verdicts = tuple(Verdict(**verdict) for verdict in raw.get("verdicts", ()))
    return PastRevision(record=_record(raw), change=change, verdicts=verdicts)


def _change(raw: dict[str, Any], vectors: FloatArray) -> GraphChange:
    return GraphChange(
        document=_document(raw["document"]),
        text=raw["text"],
        chunks=tuple(_chunk(chunk) for chunk in raw["chunks"]),
        positions=tuple(Position(**position) for position in raw["positions"]),
        vectors=np.asarray(vectors[raw["vectors"]], dtype=np.float32),
        mentions=tuple(Mention(**mention) for mention in raw["mentions"]),
        relations=tuple(Relation(**relation) for relation in raw["relations"]),
        aliases=tuple(Alias(**alias) for alias in raw["aliases"]),
    )


def _document(raw: dict[str, Any]) -> Document:
    moments = {name: datetime.fromisoformat(raw[name]) for name in ("created_at", "updated_at")}
    metadata = {name: _tuple(value) for name, value in raw["metadata"].items()}
    return Document(**{**raw, **moments, "metadata": metadata})


def _chunk(raw: dict[str, Any]) -> Chunk:
    return Chunk(**{**raw, "headings": tuple(raw["headings"]), "sentences": tuple(Span(**s) for s in raw["sentences"])})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
