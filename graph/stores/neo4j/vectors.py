"""VectorExchange over Neo4j."""

from collections.abc import Mapping

from typing_extensions import override

from graph.errors import ConflictError
from graph.model import Chunk, FloatArray
from graph.ports.writing import VectorExchange
from graph.stores.cypher import administration, staging
from graph.stores.neo4j.connection import Statements
from graph.stores.neo4j.reading import Neo4jReading
from graph.stores.neo4j.rows import batches, read_chunk
from graph.stores.neo4j.writing import PlanWriter, plan_for


class Neo4jVectorExchange(Neo4jReading, VectorExchange):
    """The part of the store that changes embedders. Vectors wait as a property of their own."""

    @override
    def lacking(self, workspace: str, identity: str, *, limit: int = 256) -> tuple[tuple[str, Chunk], ...]:
        rows = self._database.read(staging.UNSTAGED, w=workspace, identity=identity, n=limit)
        return tuple((str(row[-1]), read_chunk(row)) for row in rows)

    @override
    def add_beside(self, workspace: str, identity: str, vectors: Mapping[str, FloatArray]) -> None:
        rows = [[chunk, vector.tolist()] for chunk, vector in vectors.items()]

        async def work(statements: Statements) -> None:
            if not (await statements.run(staging.IS_STAGED, identity=identity))[0][0]:
                await statements.run(staging.CLEAR_STAGED)
                await statements.run(staging.SET_STAGED, identity=identity)
            for batch in batches(rows):
                await statements.run(staging.STAGE, w=workspace, rows=batch)

        self._database.write("", work)

    @override
    def adopt(self, identity: str) -> None:
        """Everything in one transaction: the server needs memory for all vectors twice."""
        workspaces = [row[0] for row in self._database.read(administration.WORKSPACES)]

        async def work(statements: Statements) -> None:
            for workspace in reversed(workspaces):  # the first is locked last: its log tells whether this was committed
                plan = await plan_for(statements, workspace, [])
                if plan.revision:
                    plan.record("reembed", None, None)
                    await PlanWriter(plan, statements).finish()
            missing = (await statements.run(staging.COUNT_UNSTAGED, identity=identity))[0][0]
            if missing:
                raise ConflictError(f"{missing} passages have no vector by {identity!r} yet")
            await statements.run(staging.SET_ADOPTED, identity=identity)
            await statements.run(staging.ADOPT)

        self._database.write(workspaces[0] if workspaces else "", work)
