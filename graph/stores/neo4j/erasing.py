"""Deleting a workspace from Neo4j, some nodes at a time: each transaction ends well within its deadline."""

from graph.stores.cypher import administration, forgetting
from graph.stores.neo4j.connection import Neo4jDatabase, Statements

AT_ONCE = 200


def erase_workspace(database: Neo4jDatabase, workspace: str) -> None:
    """Delete every node of a workspace, and the workspace itself last; again where that was cut off."""

    async def lock(statements: Statements) -> None:
        await statements.run(administration.LOCK, w=workspace)

    async def some(statements: Statements) -> int:
        rows = await statements.run(forgetting.ERASE_NODES, w=workspace, n=AT_ONCE)
        return int(rows[0][0])

    async def last(statements: Statements) -> None:
        await statements.run(forgetting.ERASE_WORKSPACE, w=workspace)

    database.write(workspace, lock)  # whoever is writing into it has ended then
    while database.write(workspace, some):
        continue
    database.write(workspace, last)
