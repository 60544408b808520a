"""The graph store on Neo4j: what is known, by revision, as a graph that people can read (docs/neo4j.md)."""

import uuid
from collections.abc import Mapping, Sequence

from typing_extensions import override

from graph.audience import Audience
from graph.errors import ConfigurationError
from graph.long_change import AnyChange
from graph.model import GraphCounts, PastRevision, Removal, Verdict
from graph.ports.reading import KnowledgeReader, SharedKnowledge
from graph.ports.writing import GraphMaintenance, GraphWriter, HistoryKeeper, RightsWriter, WorkspaceEraser
from graph.rights import Readers, Rights
from graph.stores.change_check import check_past, check_verdicts, checked
from graph.stores.cypher import administration, forgetting, reading, writing
from graph.stores.cypher import rights as rights_statements
from graph.stores.erased import ErasedWorkspaces
from graph.stores.neo4j.connection import Neo4jAddress, Neo4jDatabase, Row, Statements, T, Work
from graph.stores.neo4j.differences import Neo4jReader, read_verdict
from graph.stores.neo4j.erasing import erase_workspace
from graph.stores.neo4j.integrity import Neo4jIntegrity
from graph.stores.neo4j.rights import Neo4jRights, write_rights
from graph.stores.neo4j.rows import batches
from graph.stores.neo4j.vectors import Neo4jVectorExchange
from graph.stores.neo4j.walk import Neo4jWalk
from graph.stores.neo4j.write_plan import WritePlan
from graph.stores.neo4j.writing import PlanWriter, plan_for

SWEPT_AT_ONCE = 200


class Neo4jGraphStore(
    Neo4jIntegrity, Neo4jRights, Neo4jVectorExchange, Neo4jWalk, SharedKnowledge, GraphWriter, RightsWriter,
    GraphMaintenance, HistoryKeeper, WorkspaceEraser,
):  # fmt: skip
    """Every port of a graph store over one Neo4j database, which one Quipu owns.

    Call ``open`` before anything else. Raises DependencyError where the server is down, frozen or refuses.
    """

    def __init__(self, address: Neo4jAddress) -> None:
        super().__init__(Neo4jDatabase(address))
        self._erased = ErasedWorkspaces()

    def open(self, owner: str) -> None:
        """Connect, bring the schema up to date, and claim the database for the data folder ``owner``.

        Raises:
            DependencyError: the server cannot be used now; try again.
            ConfigurationError: it refuses us, a newer Quipu wrote it, or another data folder owns it.
        """
        self._database.check_access()
        self._migrate()
        stored = str(self._once(administration.CLAIM, owner=owner))
        if stored != owner:
            raise ConfigurationError(
                f"Neo4j at {self._database.address.url} belongs to another Quipu; set QUIPU_DATA_DIR to the folder that"
                " wrote it, or QUIPU_GRAPH_URL and QUIPU_NEO4J_DATABASE to an empty database;"
                " if its operations.sqlite was lost, `quipu restore` a backup, or let `quipu repair` rebuild it"
            )
        self._store_id = self.store_id()

    def owner(self) -> str | None:
        """The data folder that it belongs to; None as long as none has claimed it. May be called before ``open``."""
        self._database.check_access()
        self._migrate()
        found = self._database.read(administration.READ_STORE)[0][2]
        return None if found is None else str(found)

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    @override
    def read_as(self, audience: Audience) -> KnowledgeReader:
        return self if audience.unrestricted else Neo4jReader(self, audience)

    # --- GraphWriter

    @override
    def apply(self, workspace: str, changes: Sequence[AnyChange]) -> tuple[int, ...]:
        whole = checked(changes)

        async def work(statements: Statements) -> tuple[int, ...]:
            plan = await self._plan(statements, workspace, [change.document.id for change in whole])
            revisions = tuple(plan.apply(change) for change in whole)
            await PlanWriter(plan, statements).write(walked=self._walked)
            return revisions

        return self._write(workspace, [change.document.id for change in changes], work)

    @override
    def remove(self, workspace: str, document_id: str, version: int) -> Removal:

        async def work(statements: Statements) -> Removal:
            plan = await self._plan(statements, workspace, [document_id])
            before = plan.revision
            withdrawn = plan.withdraw(document_id, version)
            plan.bar(document_id, version, removed=True)
            gone = GraphCounts()
            if withdrawn:
                rows = await statements.run(reading.DOCUMENT_COUNTS, w=workspace, id=document_id, r=before)
                chunks, mentions, relations, entities = rows[0]
                gone = GraphCounts(
                    documents=1, chunks=chunks, mentions=mentions, entities=entities, relations=relations
                )
            await PlanWriter(plan, statements).write()
            return Removal(revision=plan.revision, gone=gone)

        return self._write(workspace, [document_id], work)

    # --- RightsWriter

    @override
    def set_readers(self, workspace: str, document_id: str, version: int, readers: Readers) -> int:

        async def work(statements: Statements) -> int:
            plan = await self._plan(statements, workspace, [document_id])
            plan.give(document_id, version, readers)
            await PlanWriter(plan, statements).finish()
            return plan.revision

        return self._database.write(workspace, work)

    @override
    def restore_rights(self, workspace: str, rights: Mapping[str, Rights]) -> None:

        async def work(statements: Statements) -> None:
            await self._plan(statements, workspace, [])
            await statements.run(rights_statements.DROP_ALL_RIGHTS, w=workspace)
            await write_rights(statements, workspace, rights)

        self._database.write(workspace, work)

    # --- GraphMaintenance

    @override
    def purge(self, workspace: str, document_id: str, version: int) -> Removal:
        """Neo4j frees the bytes; its transaction log keeps them until it is pruned."""

        async def work(statements: Statements) -> Removal:
            plan = await self._plan(statements, workspace, [document_id])
            plan.bar(document_id, version, removed=True)
            counted, versions = await _purge(statements, workspace, document_id)
            plan.forget(document_id, version)
            if versions:
                plan.record("purge", document_id, version)
            await PlanWriter(plan, statements).write()
            return Removal(revision=plan.revision, gone=_counts(counted, counted[1], min(versions, 1)))

        return self._write(workspace, [document_id], work)

    @override
    def sweep(self, workspace: str, keep_from: int) -> GraphCounts:

        async def work(statements: Statements) -> GraphCounts:
            plan = await self._plan(statements, workspace, [])
            horizon = min(keep_from, plan.revision)
            bounds = {"w": workspace, "horizon": horizon}
            counted = (await statements.run(forgetting.SWEPT_COUNTS, **bounds))[0]
            while rows := await statements.run(forgetting.SWEPT, n=SWEPT_AT_ONCE, **bounds):
                await statements.run(forgetting.SWEEP_CHUNKS, w=workspace, ids=sorted({row[0] for row in rows}))
                await _settle_entities(statements, workspace, sorted({one for row in rows for one in row[1]}))
            versions = (await statements.run(forgetting.SWEEP_VERSIONS, **bounds))[0][0]
            await statements.run(forgetting.SET_HORIZON, **bounds)
            plan.record("sweep", None, None)
            await PlanWriter(plan, statements).finish()
            return _counts(counted, counted[0], versions)

        counts = self._database.write(workspace, work)
        self.revision(workspace)
        return counts

    @override
    def decide(self, workspace: str, verdicts: Sequence[Verdict]) -> int:
        check_verdicts(verdicts)

        async def work(statements: Statements) -> int:
            plan = await self._plan(statements, workspace, [])
            rows = await statements.run(reading.VERDICTS, w=workspace, r=plan.revision)
            known = {(row[0], row[1]): read_verdict(row) for row in rows}
            wanted = {(verdict.first_id, verdict.second_id): verdict for verdict in verdicts}
            new = [wanted[pair] for pair in sorted(wanted) if known.get(pair) != wanted[pair]]
            if new:
                plan.record("merge", None, None)
                plan.decide(new)
                await PlanWriter(plan, statements).finish()
            return plan.revision

        return self._database.write(workspace, work)

    @override
    def erase(self, workspace: str) -> None:
        self._erased.add(workspace)
        erase_workspace(self._database, workspace)
        self.forget_read(workspace)

    @override
    def readmit(self, workspace: str) -> None:
        self.forget_read(workspace)
        self._erased.discard(workspace)

    @override
    def restore(self, workspace: str, revisions: Sequence[PastRevision], horizon: int) -> None:
        check_past(revisions)
        documents = [past.record.document_id for past in revisions if past.record.document_id]

        async def work(statements: Statements) -> None:
            for past in revisions:
                if past.record.kind == "purge" and past.record.document_id:
                    await _purge(statements, workspace, past.record.document_id)
            plan = await self._plan(statements, workspace, documents)
            for past in revisions:
                plan.restore(past)
            await PlanWriter(plan, statements).write(walked=self._walked)
            await statements.run(forgetting.SET_HORIZON, w=workspace, horizon=horizon)

        self._write(workspace, documents, work)
        self.revision(workspace)

    @override
    def workspaces(self) -> tuple[str, ...]:
        return tuple(row[0] for row in self._database.read(administration.WORKSPACES))

    @override
    def embedder(self) -> str | None:
        stamped: str | None = self._database.read(administration.READ_STORE)[0][3]
        return stamped

    @override
    def stamp_embedder(self, identity: str) -> None:
        stamped = self._once(administration.STAMP, identity=identity)
        if stamped != identity:
            raise ConfigurationError(
                f"the vectors in {self._database.address.url} were made by {stamped!r}, not by {identity!r};"
                " set QUIPU_EMBEDDER back, or let `quipu reindex` embed everything anew"
            )

    # --- inside

    async def _plan(self, statements: Statements, workspace: str, document_ids: Sequence[str]) -> WritePlan:
        plan = await plan_for(statements, workspace, document_ids)
        self._erased.check(workspace)
        return plan

    def _write(self, workspace: str, document_ids: Sequence[str], work: Work[T]) -> T:
        """A transaction that changes documents."""
        with self._placed.changing(workspace, document_ids):
            return self._database.write(workspace, work)

    def _migrate(self) -> None:
        """Bring constraints and indexes to the newest version; a migration that was interrupted is repeated."""
        self._database.change_schema(administration.MIGRATIONS[0][0])
        self._once(administration.CREATE_STORE, id=uuid.uuid4().hex)
        version = int(self._database.read(administration.READ_STORE)[0][1])
        if version > len(administration.MIGRATIONS):
            raise ConfigurationError(
                f"Neo4j at {self._database.address.url} was written by a newer Quipu (schema {version});"
                " use that version or another database"
            )
        for number, statements in enumerate(administration.MIGRATIONS[version:], start=version + 1):
            for statement in statements:
                self._database.change_schema(statement)
            self._once(administration.SET_SCHEMA, schema=number)

    def _once(self, statement: str, **values: object) -> object:
        """The first value of a small write outside every workspace."""
        rows = self._database.write("", lambda statements: statements.run(statement, **values))
        return rows[0][0] if rows else None


async def _purge(statements: Statements, workspace: str, document_id: str) -> tuple[Row, int]:
    """Delete everything of a document; returns the counts of what was deleted, and how many versions."""
    key = {"w": workspace, "id": document_id}
    counted = (await statements.run(forgetting.PURGED_COUNTS, **key))[0]
    found = await statements.run(forgetting.PURGED_ENTITIES, **key)
    await statements.run(forgetting.PURGE_EDGES, **key)
    await statements.run(forgetting.PURGE_CHUNKS, **key)
    versions = (await statements.run(forgetting.PURGE_VERSIONS, **key))[0][0]
    await _settle_entities(statements, workspace, found[0][0], rename=True)
    return counted, versions


async def _settle_entities(
    statements: Statements, workspace: str, ids: Sequence[str], *, rename: bool = False
) -> None:  # fmt: skip
    """Entities whose mentions were deleted: drop those without any, retire those without a live one."""
    for batch in batches(ids):
        await statements.run(forgetting.DROP_ENTITIES, w=workspace, ids=batch)
        await statements.run(writing.RETIRE_ENTITIES, w=workspace, ids=batch)
        if rename:
            await statements.run(forgetting.RENAME_ENTITIES, w=workspace, ids=batch)


def _counts(counted: Sequence[int], chunks: int, documents: int) -> GraphCounts:
    _, _, mentions, relations, entities = counted
    return GraphCounts(
        documents=documents, chunks=chunks, mentions=mentions, entities=entities, relations=relations
    )  # fmt: skip
