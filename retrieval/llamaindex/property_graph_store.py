"""Quipu's graph for LlamaIndex: a read-only property graph store. Import it only where LlamaIndex is wanted."""

from collections.abc import Iterator, Sequence
from typing import Any, NoReturn, Protocol

from llama_index.core.graph_stores.types import EntityNode, LabelledNode, PropertyGraphStore, Relation, Triplet

from graph.errors import ConflictError
from graph.model import DEFAULT_WORKSPACE, Entity
from graph.model import Relation as Statement
from graph.ports.reading import ChangeReader, GraphReader
from graph.text.names import norm

SAME_KEY = 50
"""Entities looked at for one name."""


class GraphOfAStore(GraphReader, ChangeReader, Protocol):
    """What the view reads."""


class QuipuPropertyGraph(PropertyGraphStore):  # type: ignore[misc,unused-ignore]
    """What is live in a workspace, whichever store keeps it. A node's id is the entity's name, as LlamaIndex has it.

    Properties name where a relation was read (``chunk_id``) and how often an entity is mentioned. Every writing method
    raises ConflictError: write by ingesting documents.
    """

    supports_structured_queries = False
    supports_vector_queries = False

    def __init__(self, graph: GraphOfAStore, *, workspace: str = DEFAULT_WORKSPACE) -> None:
        self._graph = graph
        self._workspace = workspace

    @property
    def client(self) -> GraphOfAStore:
        """The readers behind it."""
        return self._graph

    def get(self, properties: dict[str, Any] | None = None, ids: list[str] | None = None) -> list[LabelledNode]:
        """Entities by name, or the most mentioned ones; only those that have the properties."""
        revision = self._graph.revision(self._workspace)
        if ids is None:
            found = list(self._graph.find_entities(self._workspace, "", revision, limit=100))
        else:
            found = [entity for name in ids for entity in self._named(name, revision)]
        return [node for node in map(_node, found) if _has(node.properties, properties)]

    def get_triplets(
        self,
        entity_names: list[str] | None = None,
        relation_names: list[str] | None = None,
        properties: dict[str, Any] | None = None,
        ids: list[str] | None = None,
    ) -> list[Triplet]:
        """Statements from or to entities, of some predicates, whose relation has the properties."""
        revision = self._graph.revision(self._workspace)
        names = [*(entity_names or ()), *(ids or ())]
        return [
            triplet
            for entity in {e.id: e for name in names for e in self._named(name, revision)}.values()
            for triplet in self._triplets(entity, revision)
            if (not relation_names or triplet[1].label in relation_names) and _has(triplet[1].properties, properties)
        ]

    def get_rel_map(
        self, graph_nodes: list[LabelledNode], depth: int = 2, limit: int = 30, ignore_rels: list[str] | None = None
    ) -> list[Triplet]:
        """Statements within ``depth`` steps of some entities, nearest first, at most ``limit``."""
        revision = self._graph.revision(self._workspace)
        found: dict[tuple[str, str, str, str], Triplet] = {}
        frontier, seen = [node.id for node in graph_nodes], set[str]()
        for _ in range(depth):
            reached: list[str] = []
            for name in dict.fromkeys(frontier):
                for triplet in self._of_name(name, revision, seen):
                    if triplet[1].label not in (ignore_rels or ()):
                        found.setdefault(_key(triplet), triplet)
                        reached += [triplet[0].id, triplet[2].id]
            frontier = reached
        return list(found.values())[:limit]

    def structured_query(self, query: str, param_map: dict[str, Any] | None = None) -> NoReturn:
        """Not offered: nobody's text becomes Cypher here."""
        raise ConflictError("this view takes no queries; ask Neo4j itself (docs/neo4j.md)")

    def vector_query(self, query: Any, **kwargs: Any) -> NoReturn:
        """Not offered: QuipuRetriever finds passages."""
        raise ConflictError("this view has no vectors; use retrieval.llamaindex.retriever.QuipuRetriever")

    def upsert_nodes(self, nodes: Sequence[LabelledNode]) -> NoReturn:
        """Refused."""
        raise _read_only()

    def upsert_relations(self, relations: list[Relation]) -> NoReturn:
        """Refused."""
        raise _read_only()

    def delete(
        self,
        entity_names: list[str] | None = None,
        relation_names: list[str] | None = None,
        properties: dict[str, Any] | None = None,
        ids: list[str] | None = None,
    ) -> NoReturn:
        """Refused."""
        raise _read_only()

    def _named(self, name: str, revision: int) -> list[Entity]:
        key = norm(name)
        found = self._graph.find_entities(self._workspace, key, revision, limit=SAME_KEY) if key else ()
        return [entity for entity in found if entity.key == key]

    def _of_name(self, name: str, revision: int, seen: set[str]) -> Iterator[Triplet]:
        """Statements of the entities of a name that have not been visited yet."""
        for entity in self._named(name, revision):
            if entity.id not in seen:
                seen.add(entity.id)
                yield from self._triplets(entity, revision)

    def _triplets(self, entity: Entity, revision: int) -> list[Triplet]:
        known = {entity.id: _node(entity)}
        return [
            _triplet(self._end(r.source_id, revision, known), r, self._end(r.target_id, revision, known))
            for r in self._graph.relations(self._workspace, entity.id, revision)
        ]

    def _end(self, entity_id: str, revision: int, known: dict[str, EntityNode]) -> EntityNode:
        if entity_id not in known:
            known[entity_id] = _node(self._graph.entity(self._workspace, entity_id, revision))
        return known[entity_id]


def _node(entity: Entity) -> EntityNode:
    properties = {"mentions": entity.mentions, "documents": entity.documents}
    return EntityNode(name=entity.name, label=entity.type or "entity", properties=properties)


def _triplet(source: EntityNode, statement: Statement, target: EntityNode) -> Triplet:
    properties = {"chunk_id": statement.chunk_id, "extractor": statement.extractor}
    relation = Relation(label=statement.predicate, source_id=source.id, target_id=target.id, properties=properties)
    return source, relation, target


def _key(triplet: Triplet) -> tuple[str, str, str, str]:
    return triplet[0].id, triplet[1].label, triplet[2].id, str(triplet[1].properties["chunk_id"])


def _has(found: dict[str, Any], wanted: dict[str, Any] | None) -> bool:
    return all(found.get(name) == value for name, value in (wanted or {}).items())


def _read_only() -> ConflictError:
    return ConflictError("this view is read-only; the graph changes when documents are ingested or deleted")
