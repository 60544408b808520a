"""One writing transaction on Neo4j: first planned in memory from what is live, then written in a dozen statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from graph.errors import InputError, Superseded
from graph.model import Chunk, FloatArray, GraphChange, PastRevision, Verdict
from graph.stores.alike import Reading, metadata_text, readings_of
from graph.stores.change_check import change_digest, check_next
from graph.stores.neo4j import cypher
from graph.stores.neo4j.connection import Statements
from graph.stores.neo4j.rows import batches, chunk_row, nested_of, version_row, walk_row

NO_READING: Reading = ("", [], [], [])


@dataclass(slots=True, kw_only=True)
class _Life:
    """A chunk with a reading, live from ``since``; ``stored`` if it was there before this transaction."""

    chunk: str
    document: str
    reading: Reading
    since: int
    until: int | None = None
    stored: bool = False


@dataclass(slots=True, kw_only=True)
class _State:
    """A document as the transaction leaves it so far."""

    barrier: int = 0
    removed: bool = False
    version: int | None = None
    digest: str = ""
    since: int = 0
    lives: dict[str, _Life] = field(default_factory=dict)
    version_stored: bool = False


class WritePlan:
    """What one transaction does to a workspace, revision by revision. Pure; ``write`` sends it."""

    def __init__(self, workspace: str, revision: int, states: Mapping[str, _State]) -> None:
        self.workspace = workspace
        self.revision = revision
        self._states = dict(states)
        self._touched: set[str] = set()
        self._changes: dict[str, GraphChange] = {}
        self._begun: list[_Life] = []
        self._ended: dict[str, int] = {}
        self._versions: list[dict[str, Any]] = []
        self._versions_ended: dict[str, int] = {}
        self._records: list[dict[str, object]] = []
        self._moment: datetime | None = None
        self._decided: list[tuple[int, Sequence[Verdict]]] = []
        self._chunks: dict[str, tuple[Chunk, FloatArray, str]] = {}

    def apply(self, change: GraphChange) -> int:
        """Replace the document's contribution; returns the revision at which this one is live."""
        readings = readings_of(change)
        digest = change_digest(change, [readings[chunk.id][0] for chunk in change.chunks])
        document = change.document
        state = self._state(document.id)
        if (state.version, state.digest) == (document.version, digest):
            return state.since
        self.bar(document.id, document.version, removed=False)
        self.record("apply", document.id, document.version)
        self._change_lives(state, document.id, readings)
        self._end_version(state, document.id)
        self._versions.append(version_row(change, digest, self.revision))
        for place, chunk in enumerate(change.chunks):
            self._chunks.setdefault(chunk.id, (chunk, change.vectors[place], document.title))
        self._changes[document.id] = change
        state.version, state.digest, state.since = document.version, digest, self.revision
        return self.revision

    def withdraw(self, document_id: str, version: int) -> bool:
        """Close all of a document at the next revision; whether it was live."""
        state = self._state(document_id)
        if state.version is None:
            return False
        self.record("remove", document_id, version)
        self._change_lives(state, document_id, {})
        self._end_version(state, document_id)
        state.version = None
        self._changes.pop(document_id, None)
        return True

    def bar(self, document_id: str, version: int, *, removed: bool) -> None:
        """Let no version below this one be applied any more."""
        state = self._state(document_id)
        if version < state.barrier or (version == state.barrier and state.removed and not removed):
            what = "removed" if state.removed else "written"
            raise Superseded(
                f"document {document_id!r} was {what} as version {state.barrier}; version {version} is older"
            )
        state.barrier, state.removed = version, removed
        self._touched.add(document_id)

    def forget(self, document_id: str) -> None:
        """The document has been purged: nothing of it is left to close."""
        state = self._state(document_id)
        state.version, state.version_stored = None, False
        state.lives.clear()

    def record(self, kind: str, document_id: str | None, version: int | None) -> None:
        """Raise the counter and log why."""
        self.revision += 1
        self._records.append(
            {
                "revision": self.revision, "kind": kind, "document_id": document_id, "version": version,
                "committed_at": self._moment,
            }
        )  # fmt: skip

    def restore(self, past: PastRevision) -> None:
        """Make a revision again as it was."""
        record = past.record
        check_next(record, self.revision)
        self._moment = record.committed_at
        if past.change is not None:
            self.apply(past.change)
            return
        if record.kind != "remove" or not self.withdraw(record.document_id or "", record.version or 0):
            self.record(record.kind, record.document_id, record.version)
        if record.document_id and record.version is not None:
            self.bar(record.document_id, record.version, removed=record.kind != "apply")
        self.decide(past.verdicts)

    def decide(self, verdicts: Sequence[Verdict]) -> None:
        """Let verdicts count from this revision on."""
        if verdicts:
            self._decided.append((self.revision, verdicts))

    def _state(self, document_id: str) -> _State:
        return self._states.setdefault(document_id, _State())

    def _change_lives(self, state: _State, document_id: str, wanted: Mapping[str, Reading]) -> None:
        for chunk, life in list(state.lives.items()):
            if chunk not in wanted or wanted[chunk][0] != life.reading[0]:
                life.until = self.revision
                if life.stored:
                    self._ended[chunk] = self.revision
                del state.lives[chunk]
        for chunk, reading in wanted.items():
            if chunk not in state.lives:
                life = _Life(chunk=chunk, document=document_id, reading=reading, since=self.revision)
                state.lives[chunk] = life
                self._begun.append(life)

    def _end_version(self, state: _State, document_id: str) -> None:
        if state.version is None:
            return
        if state.version_stored:
            self._versions_ended[document_id] = self.revision
            state.version_stored = False
            return
        last = next(row for row in reversed(self._versions) if row["document_id"] == document_id)
        last["valid_to"] = self.revision

    # --- writing

    async def write(self, statements: Statements, *, walked: bool = False) -> None:
        """Send everything. What ends is moved to the past first, so that a chunk that comes back begins anew.

        ``walked`` gives new chunks and entities what a walk finds them by.
        """
        touched = await self._end(statements)
        await self._write_documents(statements)
        touched |= await self._begin(statements, walked)
        await self._send(statements, cypher.RETIRE_CHUNKS, "ids", self._ended.keys() | {b.chunk for b in self._begun})
        await self._send(statements, cypher.RETIRE_ENTITIES, "ids", touched)
        await self._retire_documents(statements)
        await self.finish(statements)

    async def finish(self, statements: Statements) -> None:
        """Write verdicts, log the revisions and publish the counter."""
        for revision, verdicts in self._decided:
            rows = [asdict(verdict) for verdict in verdicts]
            for statement in (cypher.END_VERDICTS, cypher.BEGIN_VERDICTS):
                await statements.run(statement, w=self.workspace, rows=rows, revision=revision)
        if not self._records:
            return
        now = datetime.now(UTC)
        await statements.run(cypher.RECORD, w=self.workspace, rows=self._records, token=statements.token, now=now)
        await statements.run(cypher.PUBLISH, w=self.workspace, revision=self.revision)

    async def _end(self, statements: Statements) -> set[str]:
        """Close lives and versions; the entities that lost a mention."""
        rows = sorted([chunk, revision] for chunk, revision in self._ended.items())
        touched: set[str] = set()
        for batch in batches(rows):
            for statement in (cypher.END_LIVES, cypher.END_RELATIONS, cypher.END_ALIASES):
                await statements.run(statement, w=self.workspace, rows=batch)
            found = await statements.run(cypher.END_MENTIONS, w=self.workspace, rows=batch)
            touched.update(found[0][0] if found else [])
        ended = sorted([document, revision] for document, revision in self._versions_ended.items())
        await self._send(statements, cypher.END_VERSIONS, "rows", ended)
        return touched

    async def _write_documents(self, statements: Statements) -> None:
        await self._send(statements, cypher.REVIVE_DOCUMENTS, "ids", self._touched)
        rows = [self._document_row(identifier) for identifier in sorted(self._touched)]
        await self._send(statements, cypher.MERGE_DOCUMENTS, "rows", rows)
        for statement, past in ((cypher.BEGIN_VERSIONS, False), (cypher.BEGIN_PAST_VERSIONS, True)):
            versions = [row for row in self._versions if (row["valid_to"] is not None) == past]
            await self._send(statements, statement, "rows", versions, size=100)

    def _document_row(self, document_id: str) -> dict[str, object]:
        """What a live document shows of its present version."""
        state = self._states[document_id]
        row: dict[str, object] = {"id": document_id, "barrier": state.barrier, "removed": state.removed}
        if document_id in self._changes:
            document = self._changes[document_id].document
            row |= {
                "title": document.title, "version": document.version, "source": document.source,
                "media_type": document.media_type, "metadata": metadata_text(document.metadata),
                "created_at": document.created_at, "updated_at": document.updated_at,
            }  # fmt: skip
        return row

    async def _retire_documents(self, statements: Statements) -> None:
        """Documents that are not live keep nothing but the number that older versions may not pass."""
        rows = [
            {"id": identifier, "barrier": state.barrier, "removed": state.removed}
            for identifier, state in sorted(self._states.items())
            if identifier in self._touched and state.version is None
        ]
        await self._send(statements, cypher.RETIRE_DOCUMENTS, "rows", rows)

    async def _begin(self, statements: Statements, walked: bool) -> set[str]:
        """Write lives that began; the entities of those that ended at once."""
        entities = {
            mention.entity_id: [
                mention.entity_id, mention.key, mention.name, mention.type,
                nested_of(mention.name) if walked else None,
            ]
            for life in reversed(self._begun) for mention in reversed(life.reading[1])
        }  # fmt: skip
        await self._send(statements, cypher.REVIVE_ENTITIES, "ids", entities)
        await self._send(statements, cypher.MERGE_ENTITIES, "rows", sorted(entities.values()))
        await self._write_chunks(statements, walked)
        lasting = [_life_row(life) for life in self._begun if life.until is None]
        passing = [_life_row(life) for life in self._begun if life.until is not None]
        for part, present, past in cypher.BEGIN:
            for statement, rows in ((present, lasting), (past, passing)):
                await self._send(statements, statement, "rows", [row for row in rows if row[part]])
        return {m.entity_id for life in self._begun if life.until is not None for m in life.reading[1]}

    async def _write_chunks(self, statements: Statements, walked: bool) -> None:
        ids = sorted({life.chunk for life in self._begun})
        await self._send(statements, cypher.REVIVE_CHUNKS, "ids", ids)
        known: set[str] = set()
        for batch in batches(ids):
            known |= {row[0] for row in await statements.run(cypher.KNOWN_CHUNKS, w=self.workspace, ids=batch)}
        new = [self._chunks[identifier] for identifier in ids if identifier not in known]
        if new:
            await _check_dimension(statements, len(new[0][1]))
        rows = [
            chunk_row(chunk, vector) | (walk_row(title, chunk.headings, chunk.text) if walked else {})
            for chunk, vector, title in new
        ]  # fmt: skip
        await self._send(statements, cypher.MERGE_CHUNKS, "rows", rows, size=100)

    async def _send(
        self, statements: Statements, statement: str, name: str, values: Iterable[Any], *, size: int = 500
    ) -> None:
        """A statement over many values, in parts; sets are sorted."""
        ordered = sorted(values) if isinstance(values, set | dict | frozenset) else list(values)
        for batch in batches(ordered, size):
            await statements.run(statement, w=self.workspace, **{name: batch})


async def plan_for(statements: Statements, workspace: str, document_ids: Sequence[str]) -> WritePlan:
    """Take the workspace's lock and read what is live of some documents."""
    revision = int((await statements.run(cypher.LOCK, w=workspace))[0][0])
    statements.since = revision
    states: dict[str, _State] = {}
    for batch in batches(sorted(set(document_ids))):
        for row in await statements.run(cypher.STATES, w=workspace, ids=batch):
            state = _State(
                barrier=row[1], removed=row[2], version=row[3], digest=row[4] or "", since=row[5] or 0,
                version_stored=row[3] is not None,
            )  # fmt: skip
            for chunk, digest in row[6]:
                reading = (digest, *NO_READING[1:])
                state.lives[chunk] = _Life(chunk=chunk, document=row[0], reading=reading, since=0, stored=True)
            states[row[0]] = state
    return WritePlan(workspace, revision, states)


async def _check_dimension(statements: Statements, dimension: int) -> None:
    stored = (await statements.run(cypher.SET_DIMENSION, dimension=dimension))[0][0]
    if stored != dimension:
        raise InputError(f"vectors of {dimension} numbers in a store of {stored}")


def _life_row(life: _Life) -> dict[str, Any]:
    digest, mentions, relations, aliases = life.reading
    return {
        "chunk": life.chunk, "document": life.document, "reading": digest, "since": life.since, "until": life.until,
        "mentions": [
            [m.entity_id, order, m.sentence, m.start, m.end, m.name, m.key, m.type, m.is_name]
            for order, m in enumerate(mentions)
        ],
        "relations": [
            [r.source_id, r.target_id, r.predicate, r.start, r.end, r.extractor, order]
            for order, r in enumerate(relations)
        ],
        "aliases": [
            [a.first_id, a.second_id, a.reason, a.start, a.end, order] for order, a in enumerate(aliases)
        ],
    }  # fmt: skip
