"""Sends a write plan to Neo4j, within one transaction, in a dozen statements."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from graph.errors import InputError
from graph.rights import Rights
from graph.stores.alike import Reading, metadata_text
from graph.stores.cypher import administration, writing
from graph.stores.neo4j.connection import Row, Statements
from graph.stores.neo4j.rights import read_rights, write_rights
from graph.stores.neo4j.rows import batches, chunk_row, nested_of, walk_row
from graph.stores.neo4j.write_plan import Life, StoredState, WritePlan


class PlanWriter:
    """Sends one plan over the statements of one transaction."""

    def __init__(self, plan: WritePlan, statements: Statements) -> None:
        self._plan = plan
        self._statements = statements

    async def write(self, *, walked: bool = False) -> None:
        """Send everything. What ends is moved to the past first, so that a chunk that comes back begins anew.

        ``walked`` gives new chunks and entities the terms by which a walk finds them.
        """
        touched = await self._end()
        await self._write_documents()
        touched |= await self._begin(walked)
        await self._send(writing.RETIRE_CHUNKS, "ids", self._plan.ended.keys() | {b.chunk for b in self._plan.begun})
        await self._send(writing.RETIRE_ENTITIES, "ids", touched)
        await self._retire_documents()
        await self.finish()

    async def finish(self) -> None:
        """Write verdicts and rights, log the revisions and publish the counter."""
        await write_rights(self._statements, self._plan.workspace, self._plan.rights)
        for revision, verdicts in self._plan.decided:
            rows = [asdict(verdict) for verdict in verdicts]
            for statement in (writing.END_VERDICTS, writing.BEGIN_VERDICTS):
                await self._run(statement, rows=rows, revision=revision)
        if not self._plan.records:
            return
        now = datetime.now(UTC)
        await self._run(administration.RECORD, rows=self._plan.records, token=self._statements.token, now=now)
        await self._run(administration.PUBLISH, revision=self._plan.revision)

    async def _end(self) -> set[str]:
        """Close lives and versions; the entities that lost a mention."""
        rows = sorted([chunk, revision] for chunk, revision in self._plan.ended.items())
        touched: set[str] = set()
        for batch in batches(rows):
            for statement in (writing.END_LIVES, writing.END_RELATIONS, writing.END_ALIASES):
                await self._run(statement, rows=batch)
            found = await self._run(writing.END_MENTIONS, rows=batch)
            touched.update(found[0][0] if found else [])
        ended = sorted([document, revision] for document, revision in self._plan.versions_ended.items())
        await self._send(writing.END_VERSIONS, "rows", ended)
        return touched

    async def _write_documents(self) -> None:
        await self._send(writing.REVIVE_DOCUMENTS, "ids", self._plan.touched)
        rows = [self._document_row(identifier) for identifier in sorted(self._plan.touched)]
        await self._send(writing.MERGE_DOCUMENTS, "rows", rows)
        for statement, past in ((writing.BEGIN_VERSIONS, False), (writing.BEGIN_PAST_VERSIONS, True)):
            versions = [row for row in self._plan.versions if (row["valid_to"] is not None) == past]
            await self._send(statement, "rows", versions, size=100)

    def _document_row(self, document_id: str) -> dict[str, object]:
        """What a live document shows of its present version."""
        state = self._plan.states[document_id]
        row: dict[str, object] = {"id": document_id, "barrier": state.barrier, "removed": state.removed}
        if document_id in self._plan.changes:
            document = self._plan.changes[document_id].document
            row |= {
                "title": document.title, "version": document.version, "source": document.source,
                "media_type": document.media_type, "metadata": metadata_text(document.metadata),
                "created_at": document.created_at, "updated_at": document.updated_at,
            }  # fmt: skip
        return row

    async def _retire_documents(self) -> None:
        """Documents that are not live keep nothing but the number that older versions may not pass."""
        rows = [
            {"id": identifier, "barrier": state.barrier, "removed": state.removed}
            for identifier, state in sorted(self._plan.states.items())
            if identifier in self._plan.touched and state.version is None
        ]
        await self._send(writing.RETIRE_DOCUMENTS, "rows", rows)

    async def _begin(self, walked: bool) -> set[str]:
        """Write lives that began; the entities of those that ended at once."""
        entities = {
            mention.entity_id: [
                mention.entity_id, mention.key, mention.name, mention.type,
                nested_of(mention.name) if walked else None,
            ]
            for life in reversed(self._plan.begun) for mention in reversed(life.reading[1])
        }  # fmt: skip
        await self._send(writing.REVIVE_ENTITIES, "ids", entities)
        await self._send(writing.MERGE_ENTITIES, "rows", sorted(entities.values()))
        await self._write_chunks(walked)
        lasting = [_life_row(life) for life in self._plan.begun if life.until is None]
        passing = [_life_row(life) for life in self._plan.begun if life.until is not None]
        for part, present, past in writing.BEGIN:
            for statement, rows in ((present, lasting), (past, passing)):
                await self._send(statement, "rows", [row for row in rows if row[part]])
        return {m.entity_id for life in self._plan.begun if life.until is not None for m in life.reading[1]}

    async def _write_chunks(self, walked: bool) -> None:
        ids = sorted({life.chunk for life in self._plan.begun})
        await self._send(writing.REVIVE_CHUNKS, "ids", ids)
        known: set[str] = set()
        for batch in batches(ids):
            known |= {row[0] for row in await self._run(writing.KNOWN_CHUNKS, ids=batch)}
        new = [self._plan.chunks[identifier] for identifier in ids if identifier not in known]
        if new:
            await _check_dimension(self._statements, len(new[0][1]))
        rows = [
            chunk_row(chunk, vector) | (walk_row(title, chunk.headings, chunk.text) if walked else {})
            for chunk, vector, title in new
        ]  # fmt: skip
        await self._send(writing.MERGE_CHUNKS, "rows", rows, size=100)

    async def _run(self, statement: str, **values: object) -> list[Row]:
        return await self._statements.run(statement, w=self._plan.workspace, **values)

    async def _send(self, statement: str, name: str, values: Iterable[Any], *, size: int = 500) -> None:
        """A statement over many values, in parts; sets are sorted."""
        ordered = sorted(values) if isinstance(values, set | dict | frozenset) else list(values)
        for batch in batches(ordered, size):
            await self._run(statement, **{name: batch})


async def plan_for(statements: Statements, workspace: str, document_ids: Sequence[str]) -> WritePlan:
    """Take the workspace's lock and read what is live of some documents."""
    revision = int((await statements.run(administration.LOCK, w=workspace))[0][0])
    statements.since = revision
    states: dict[str, StoredState] = {}
    for batch in batches(sorted(set(document_ids))):
        for row in await statements.run(writing.STATES, w=workspace, ids=batch):
            state = StoredState(
                barrier=row[1], removed=row[2], version=row[3], digest=row[4] or "", since=row[5] or 0,
                version_stored=row[3] is not None,
            )  # fmt: skip
            for chunk, digest in row[6]:
                reading: Reading = (digest, [], [], [])
                state.lives[chunk] = Life(chunk=chunk, document=row[0], reading=reading, since=0, stored=True)
            states[row[0]] = state
    rights: dict[str, Rights] = {}
    for batch in batches(sorted(set(document_ids))):
        rights |= await read_rights(statements, workspace, batch)
    return WritePlan(workspace, revision, states, rights)


async def _check_dimension(statements: Statements, dimension: int) -> None:
    stored = (await statements.run(administration.SET_DIMENSION, dimension=dimension))[0][0]
    if stored != dimension:
        raise InputError(f"vectors of {dimension} numbers in a store of {stored}")


def _life_row(life: Life) -> dict[str, Any]:
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
