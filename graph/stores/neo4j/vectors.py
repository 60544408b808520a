"""VectorExchange over Neo4j."""

from collections.abc import Mapping

from graph.errors import ConflictError
from graph.model import Chunk, FloatArray
from graph.stores.neo4j import cypher
from graph.stores.neo4j.connection import Statements
from graph.stores.neo4j.reading import Neo4jReading
from graph.stores.neo4j.rows import batches, read_chunk
from graph.stores.neo4j.writing import plan_for


class Neo4jVectorExchange(Neo4jReading):
    """The part of the store that changes embedders. Vectors wait as a property of their own."""

    def unstaged(self, workspace: str, identity: str, *, limit: int = 256) -> tuple[tuple[str, Chunk], ...]:
        """See VectorExchange."""
        rows = self._database.read(cypher.UNSTAGED, w=workspace, identity=identity, n=limit)
        return tuple((str(row[-1]), read_chunk(row)) for row in rows)

    def stage(self, workspace: str, identity: str, vectors: Mapping[str, FloatArray]) -> None:
        """See VectorExchange."""
        rows = [[chunk, vector.tolist()] for chunk, vector in vectors.items()]

        async def work(statements: Statements) -> None:
            if not (await statements.run(cypher.IS_STAGED, identity=identity))[0][0]:
                await statements.run(cypher.CLEAR_STAGED)
                await statements.run(cypher.SET_STAGED, identity=identity)
            for batch in batches(rows):
                await statements.run(cypher.STAGE, w=workspace, rows=batch)

        self._database.write("", work)

    def adopt(self, identity: str) -> None:
        """See VectorExchange. Everything in one transaction: the server needs memory for all vectors twice."""
        workspaces = [row[0] for row in self._database.read(cypher.WORKSPACES)]

        async def work(statements: Statements) -> None:
            for workspace in reversed(workspaces):  # the first is locked last: its log tells whether this was committed
                plan = await plan_for(statements, workspace, [])
                if plan.revision:
                    plan.record("reembed", None, None)
                    await plan.finish(statements)
            missing = (await statements.run(cypher.COUNT_UNSTAGED, identity=identity))[0][0]
            if missing:
                raise ConflictError(f"{missing} passages have no vector by {identity!r} yet")
            await statements.run(cypher.SET_ADOPTED, identity=identity)
            await statements.run(cypher.ADOPT)

        self._database.write(workspaces[0] if workspaces else "", work)
