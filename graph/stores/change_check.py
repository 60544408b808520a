"""What every store demands of a :class:`graph.model.GraphChange`, and how it recognises one it has seen. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence, Set

import numpy as np

from graph.errors import ConflictError, InputError
from graph.long_change import AnyChange, gathered
from graph.model import (
    Alias,
    Chunk,
    FloatArray,
    GraphChange,
    Mention,
    PastRevision,
    Position,
    Relation,
    RevisionRecord,
    Verdict,
)

_NONE: Set[str] = frozenset()


def check_change(change: GraphChange) -> None:
    """Raise InputError, naming the document, if the change breaks the contract of ``GraphChange``."""
    problem = _first_problem(change)
    if problem:
        raise InputError(f"document {change.document.id!r} version {change.document.version}: {problem}")


def checked(changes: Iterable[AnyChange]) -> list[GraphChange]:
    """Changes as a store needs them that plans the whole of each before it writes. Raises as ``check_change``."""
    whole = [gathered(change) for change in changes]
    for change in whole:
        check_change(change)
    return whole


def stacked(vectors: Sequence[FloatArray]) -> FloatArray:
    """Vectors as the rows of a ``GraphChange``; shape (0, 0) where a document has no chunks yet."""
    return np.stack(vectors) if vectors else np.empty((0, 0), dtype=np.float32)


def _first_problem(change: GraphChange) -> str | None:
    chunks = {chunk.id: chunk for chunk in change.chunks}
    if len(chunks) != len(change.chunks):
        return "two chunks have the same id"
    if len(change.positions) != len(change.chunks):
        return "every chunk needs one position"
    if change.vectors.ndim != 2 or len(change.vectors) != len(change.chunks):
        return f"vectors of shape {change.vectors.shape} for {len(change.chunks)} chunks"
    if not np.isfinite(change.vectors).all():
        return "a vector is not finite"
    for chunk, position in zip(change.chunks, change.positions, strict=True):
        if problem := _misplaced(change, chunk, position):
            return problem
    return _dangling(chunks, change)


def _misplaced(change: GraphChange, chunk: Chunk, position: Position) -> str | None:
    if chunk.document_id != change.document.id or position.chunk_id != chunk.id:
        return f"chunk {chunk.id} belongs elsewhere"
    if change.text[position.start : position.end] != chunk.text:
        return f"chunk {chunk.id} does not stand at [{position.start}, {position.end})"
    return None


def _dangling(chunks: dict[str, Chunk], change: GraphChange) -> str | None:
    mentioned: dict[str, set[str]] = {}
    for mention in change.mentions:
        if mention.chunk_id not in chunks:
            return f"a mention of {mention.name!r} is in no chunk of the change"
        mentioned.setdefault(mention.chunk_id, set()).add(mention.entity_id)
    for relation in change.relations:
        if not {relation.source_id, relation.target_id} <= mentioned.get(relation.chunk_id, _NONE):
            return f"the relation {relation.predicate!r} has an end that its chunk does not mention"
    return _loose_alias(mentioned, change.aliases)


def _loose_alias(mentioned: Mapping[str, Set[str]], aliases: Iterable[Alias]) -> str | None:
    for alias in aliases:
        if alias.first_id >= alias.second_id:
            return "the ids of an alias are not in order"
        if not {alias.first_id, alias.second_id} <= mentioned.get(alias.chunk_id, _NONE):
            return "an alias has an end that its chunk does not mention"
    return None


def check_verdicts(verdicts: Iterable[Verdict]) -> None:
    """Raise InputError unless the ids of each verdict are two and in order."""
    for verdict in verdicts:
        if verdict.first_id >= verdict.second_id:
            raise InputError("a verdict is about two entities, the smaller id first")


def change_digest(change: AnyChange, positions: Iterable[Position], readings: Iterable[str]) -> str:
    """Recognises a change: equal digests under one version number mean the same contribution.

    Args:
        change: its document and its text count.
        positions: of all of its chunks, in order.
        readings: the digest of the reading of each.
    """
    document = change.document
    fields = [document.title, document.source, document.media_type, document.content_hash, document.stage]
    placed = [[p.chunk_id, p.start, p.end, p.page] for p in positions]
    metadata = {name: document.metadata[name] for name in sorted(document.metadata)}
    return _hash(
        [
            fields,
            metadata,
            hashlib.sha256(change.text.encode("utf-8", "surrogatepass")).hexdigest(),
            placed,
            list(readings),
        ]
    )


def check_past(revisions: Iterable[PastRevision]) -> None:
    """Raise InputError if the change of a revision breaks the contract of ``GraphChange``, or is none of its record."""
    for past in revisions:
        if past.change is not None:
            check_change(past.change)
            document = past.change.document
            if past.record.kind != "apply" or (document.id, document.version) != (
                past.record.document_id, past.record.version,
            ):  # fmt: skip
                raise InputError(f"revision {past.record.revision} is no change of {document.id!r}")
        check_verdicts(past.verdicts)


def check_next(record: RevisionRecord, newest: int) -> None:
    """Raise ConflictError unless a revision follows the newest one."""
    if record.revision != newest + 1:
        raise ConflictError(f"revision {record.revision} does not follow {newest}, the newest in the store")


def reading_digest(mentions: Iterable[Mention], relations: Iterable[Relation], aliases: Iterable[Alias] = ()) -> str:
    """Recognises a reading: what was found in one chunk."""
    return _hash(
        [
            [[m.entity_id, m.sentence, m.start, m.end, m.name, m.key, m.type, m.is_name] for m in mentions],
            [[r.source_id, r.target_id, r.predicate, r.start, r.end, r.extractor] for r in relations],
            [[a.first_id, a.second_id, a.reason, a.start, a.end] for a in aliases],
        ]
    )


def _hash(value: object) -> str:
    return hashlib.blake2b(json.dumps(value, ensure_ascii=True).encode("ascii"), digest_size=16).hexdigest()
