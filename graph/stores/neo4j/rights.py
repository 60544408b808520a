"""Who may read documents, in Neo4j: RightsReader, and what transactions write of it."""

from collections.abc import Mapping, Sequence

from typing_extensions import override

from graph.ports.reading import RightsReader
from graph.rights import Readers, Rights, listed
from graph.stores.cypher import rights as statements_of
from graph.stores.neo4j.connection import Row, Statements
from graph.stores.neo4j.reading import Neo4jReading
from graph.stores.neo4j.rows import batches


class Neo4jRights(Neo4jReading, RightsReader):
    """Rights as they stand now."""

    @override
    def rights(self, workspace: str, document_ids: Sequence[str] | None = None) -> Mapping[str, Rights]:
        if document_ids is None:
            return _read(self._database.read(statements_of.RIGHTS, w=workspace))
        found: dict[str, Rights] = {}
        for batch in batches(sorted(set(document_ids))):
            found |= _read(self._database.read(statements_of.RIGHTS_OF, w=workspace, ids=batch))
        return found


async def read_rights(statements: Statements, workspace: str, document_ids: Sequence[str]) -> dict[str, Rights]:
    """The rights of documents as a transaction sees them."""
    return _read(await statements.run(statements_of.RIGHTS_OF, w=workspace, ids=document_ids))


async def write_rights(statements: Statements, workspace: str, rights: Mapping[str, Rights]) -> None:
    """Put rights in the place of those that these documents have."""
    kept = [
        {
            "id": document, "readers": listed(one.readers), "coming": listed(one.coming), "version": one.version,
            "waits": one.waits,
        }
        for document, one in sorted(rights.items()) if not one.plain
    ]  # fmt: skip
    for rows in batches(kept):
        await statements.run(statements_of.SET_RIGHTS, w=workspace, rows=rows)
    for ids in batches(sorted(document for document, one in rights.items() if one.plain)):
        await statements.run(statements_of.DROP_RIGHTS, w=workspace, ids=ids)


def _read(rows: Sequence[Row]) -> dict[str, Rights]:
    return {
        row[0]: Rights(readers=_readers(row[1]), coming=_readers(row[2]), version=row[3], waits=row[4]) for row in rows
    }


def _readers(listed: Sequence[str] | None) -> Readers:
    return None if listed is None else frozenset(listed)
