"""Moving what is live from one graph store to another: JSON lines, and the vectors as raw float32 beside them.

``graph.jsonl`` begins with a header and has one line for each document: its :class:`graph.model.GraphChange` without
vectors. ``vectors.f32`` has a row for each chunk, in the same order. The history stays behind.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from graph.errors import ConflictError, InputError
from graph.model import Alias, Chunk, Document, GraphChange, Mention, Position, Relation, Span, Verdict
from graph.ports import AliasReader, ChangeReader, ContributionReader, DocumentReader, GraphMaintenance, GraphWriter

FORMAT = 1
TOGETHER = 100
"""Documents applied in one transaction."""
_GRAPH, _VECTORS = "graph.jsonl", "vectors.f32"


class Source(DocumentReader, ChangeReader, AliasReader, ContributionReader, Protocol):
    """A store to read from."""

    def embedder(self) -> str | None:
        """See GraphMaintenance."""
        ...


class Target(GraphWriter, GraphMaintenance, ChangeReader, Protocol):
    """A store to write to."""


def export_graph(source: Source, workspace: str, folder: Path) -> int:
    """Write what is live into a folder that is empty or not there yet; the number of documents.

    Raises:
        ConflictError: there is something in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise ConflictError(f"{folder} is not empty")
    revision = source.revision(workspace)
    count = 0
    with (folder / _GRAPH).open("w", encoding="utf-8") as lines, (folder / _VECTORS).open("wb") as vectors:
        header = {
            "format": FORMAT, "workspace": workspace, "revision": revision, "embedder": source.embedder(),
            "verdicts": [asdict(verdict) for verdict in source.verdicts(workspace, revision)],
        }  # fmt: skip
        lines.write(json.dumps(header) + "\n")
        for document in _documents(source, workspace, revision):
            change = source.contribution(workspace, document.id, revision)
            vectors.write(np.ascontiguousarray(change.vectors, dtype="<f4").tobytes())
            lines.write(json.dumps(_to_json(change)) + "\n")
            count += 1
    return count


def import_graph(target: Target, folder: Path) -> int:
    """Put an export into a store that holds nothing of its workspace; the number of documents.

    Raises:
        InputError: the folder holds no export, or a damaged one.
        ConflictError: the store holds something already.
        ConfigurationError: its vectors are of another embedder.
    """
    try:
        with (folder / _GRAPH).open(encoding="utf-8") as lines:
            header = json.loads(next(lines))
            if header["format"] != FORMAT:
                raise InputError(f"{folder} is of format {header['format']}; this Quipu reads {FORMAT}")
            workspace = str(header["workspace"])
            if target.revision(workspace):
                raise ConflictError(f"the store already holds workspace {workspace!r}; import into an empty one")
            if header["embedder"] is not None:
                target.stamp_embedder(header["embedder"])
            count = _apply_all(target, workspace, lines, (folder / _VECTORS).read_bytes())
            target.decide(workspace, [Verdict(**verdict) for verdict in header["verdicts"]])
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise InputError(f"{folder} holds no export that can be read: {error}") from error
    return count


def _apply_all(target: Target, workspace: str, lines: Iterator[str], vectors: bytes) -> int:
    count, place = 0, 0
    waiting: list[GraphChange] = []
    for line in lines:
        change, place = _from_json(json.loads(line), vectors, place)
        waiting.append(change)
        if len(waiting) == TOGETHER:
            target.apply(workspace, waiting)
            waiting = []
        count += 1
    if waiting:
        target.apply(workspace, waiting)
    return count


def _documents(source: DocumentReader, workspace: str, revision: int) -> Iterator[Document]:
    after = ""
    while page := source.documents(workspace, revision, after=after, limit=500):
        yield from page
        after = page[-1].id


def _to_json(change: GraphChange) -> dict[str, Any]:
    raw = {
        "document": asdict(change.document), "text": change.text, "dimension": change.vectors.shape[1],
        "chunks": [asdict(chunk) for chunk in change.chunks],
        "positions": [asdict(position) for position in change.positions],
        "mentions": [asdict(mention) for mention in change.mentions],
        "relations": [asdict(relation) for relation in change.relations],
        "aliases": [asdict(alias) for alias in change.aliases],
    }  # fmt: skip
    for name in ("created_at", "updated_at"):
        raw["document"][name] = raw["document"][name].isoformat()
    return raw


def _from_json(raw: dict[str, Any], vectors: bytes, place: int) -> tuple[GraphChange, int]:
    """A change, and where the vectors of the next one begin."""
    size = len(raw["chunks"]) * raw["dimension"] * 4
    if place + size > len(vectors):
        raise ValueError("vectors are missing")
    rows = np.frombuffer(vectors, dtype="<f4", count=size // 4, offset=place).reshape(-1, raw["dimension"])
    change = GraphChange(
        document=_document(raw["document"]),
        text=raw["text"],
        chunks=tuple(_chunk(chunk) for chunk in raw["chunks"]),
        positions=tuple(Position(**position) for position in raw["positions"]),
        vectors=rows.astype(np.float32),
        mentions=tuple(Mention(**mention) for mention in raw["mentions"]),
        relations=tuple(Relation(**relation) for relation in raw["relations"]),
        aliases=tuple(Alias(**alias) for alias in raw["aliases"]),
    )
    return change, place + size


def _document(raw: dict[str, Any]) -> Document:
    moments = {name: datetime.fromisoformat(raw[name]) for name in ("created_at", "updated_at")}
    metadata = {name: _tuple(value) for name, value in raw["metadata"].items()}
    return Document(**{**raw, **moments, "metadata": metadata})


def _chunk(raw: dict[str, Any]) -> Chunk:
    return Chunk(**{**raw, "headings": tuple(raw["headings"]), "sentences": tuple(Span(**s) for s in raw["sentences"])})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
