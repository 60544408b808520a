"""What may be read of a store.

Every call carries the workspace first. Reads at a revision see exactly that revision: elements with
``valid_from <= revision < valid_to``.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from graph.audience import Audience
from graph.filters import Filters
from graph.model import (
    Alias,
    Difference,
    Document,
    Entity,
    Fact,
    FloatArray,
    GraphChange,
    GraphCounts,
    IndexDelta,
    IndexRow,
    Mention,
    PlacedChunk,
    Relation,
    RevisionRecord,
    Verdict,
)
from graph.ports.browsing import RevisionReader, SurroundingsReader
from graph.rights import Rights


class SelfCheck(Protocol):
    """Whether files are whole, looked at part by part."""

    def parts(self) -> tuple[str, ...]:
        """What can be looked at, each by itself."""
        ...

    def part_damage(self, part: str) -> tuple[str, ...]:
        """What is wrong with one part, in sentences."""
        ...


class IntegrityReader(SelfCheck, Protocol):
    """Whether what is stored is what was written."""

    def damage(self, workspace: str, document_id: str) -> tuple[str, ...]:
        """What is wrong with the versions kept of one document, in sentences; nothing if there are none."""
        ...


class DocumentReader(Protocol):
    """Documents as they stand at a revision."""

    def document(self, workspace: str, document_id: str, revision: int) -> Document:
        """The version live at ``revision``. Raises NotFoundError."""
        ...

    def documents(
        self, workspace: str, revision: int, *, after: str = "", limit: int = 100, filters: Filters | None = None
    ) -> tuple[Document, ...]:
        """Live documents in order of id, those after the id ``after``, at most ``limit``."""
        ...

    def versions(self, workspace: str, document_id: str) -> tuple[tuple[Document, int, int | None], ...]:
        """Every version kept, oldest first, each with its ``valid_from`` and ``valid_to`` (None: live)."""
        ...

    def text(self, workspace: str, document_id: str, revision: int) -> str:
        """The whole text of the version live at ``revision``. Raises NotFoundError."""
        ...

    def document_chunks(self, workspace: str, document_id: str, revision: int) -> tuple[PlacedChunk, ...]:
        """The live chunks of one document in order. Raises NotFoundError."""
        ...

    def document_counts(self, workspace: str, document_id: str, revision: int) -> GraphCounts:
        """What one document contributes (zeros if it is not live)."""
        ...


class GraphReader(Protocol):
    """Chunks, entities and relations as they stand at a revision."""

    def chunks(self, workspace: str, ids: Sequence[str], revision: int) -> tuple[PlacedChunk, ...]:
        """Those of ``ids`` that are live, in the order asked for; the others are left out."""
        ...

    def find_entities(self, workspace: str, key: str, revision: int, *, limit: int = 20) -> tuple[Entity, ...]:
        """Live entities whose normalised name holds ``key``; most mentioned first, then by that name."""
        ...

    def entity(self, workspace: str, entity_id: str, revision: int) -> Entity:
        """One live entity. Raises NotFoundError."""
        ...

    def mentions(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Mention, ...]:
        """Live mentions of an entity, by chunk id and start."""
        ...

    def relations(self, workspace: str, entity_id: str, revision: int, *, limit: int = 100) -> tuple[Relation, ...]:
        """Live relations from or to an entity, by chunk id, start, predicate."""
        ...

    def counts(self, workspace: str, revision: int) -> GraphCounts:
        """How much is live in the workspace."""
        ...


class ContributionReader(Protocol):
    """What a document gave to the graph, as one value."""

    def contribution(self, workspace: str, document_id: str, revision: int) -> GraphChange:
        """The change that put there what is live of a document. Raises NotFoundError."""
        ...


class AliasReader(Protocol):
    """Which entities are one thing, as it stands at a revision."""

    def aliases(
        self, workspace: str, revision: int, *, entity_ids: Sequence[str] | None = None, limit: int = 10_000
    ) -> tuple[Alias, ...]:
        """Live aliases, of these entities only where they are given; by ids, chunk id and start.

        A verdict that two entities are apart hides what texts state of them.
        """
        ...

    def verdicts(self, workspace: str, revision: int) -> tuple[Verdict, ...]:
        """The verdicts that count at ``revision``, by ids, whether or not their entities live.

        Who may not read everything sees those on entities that they see.
        """
        ...


class ChangeReader(Protocol):
    """The revision log, and what the resident indexes need to follow it."""

    def revision(self, workspace: str) -> int:
        """The newest committed revision; 0 for a workspace never written."""
        ...

    def revision_at(self, workspace: str, moment: datetime) -> int:
        """The newest revision committed at or before ``moment`` (timezone-aware)."""
        ...

    def log(self, workspace: str, since: int, until: int) -> tuple[RevisionRecord, ...]:
        """The records of revisions in ``(since, until]``, in order."""
        ...

    def rows(self, workspace: str, revision: int) -> Iterator[IndexRow]:
        """Every live chunk at ``revision``, streamed, by chunk id."""
        ...

    def delta(self, workspace: str, since: int, until: int) -> IndexDelta:
        """What changed for the indexes; its cost depends on the change, not on the corpus."""
        ...

    def vectors(self, workspace: str, chunk_ids: Sequence[str]) -> Mapping[str, FloatArray]:
        """Stored vectors of chunks, live or closed, for those of ``chunk_ids`` that are held."""
        ...


class DifferenceReader(Protocol):
    """What is different at ``until`` from what was at ``since``. Changes that were undone in between do not count.

    Each method gives at most ``limit`` differences in order of their key, beginning after the key ``after``. Its
    cost depends on how much changed in between. A purged document counts as one that never was.

    Raises:
        NotFoundError: ``since`` has been swept.
    """

    def changed_documents(
        self, workspace: str, since: int, until: int, *, after: str = "", limit: int = 100
    ) -> tuple[Difference[Document], ...]:
        """Documents that were added, removed, or are live in another version; by id."""
        ...

    def changed_entities(
        self, workspace: str, since: int, until: int, *, after: str = "", limit: int = 100
    ) -> tuple[Difference[Entity], ...]:
        """Entities that were added, removed, or differ in name, type, or number of mentions or documents; by id."""
        ...

    def changed_facts(
        self, workspace: str, since: int, until: int, *, after: tuple[str, str, str] = ("", "", ""), limit: int = 100
    ) -> tuple[Difference[Fact], ...]:
        """Facts that were added, removed, or differ in their number of chunks or in their documents; by key."""
        ...


class RightsReader(Protocol):
    """Who may read documents, as it stands now."""

    def rights(self, workspace: str, document_ids: Sequence[str] | None = None) -> Mapping[str, Rights]:
        """The rights of documents, of these only where they are given; what the whole workspace may read is left out.

        A document that is deleted keeps its rights as long as any version of it is kept.
        """
        ...


class KnowledgeReader(
    DocumentReader, GraphReader, SurroundingsReader, ChangeReader, RevisionReader, DifferenceReader, AliasReader,
    Protocol,
):  # fmt: skip
    """Every reading port of a store, for one audience: what it may not read is not there."""


class SharedKnowledge(KnowledgeReader, RightsReader, Protocol):
    """A store as Quipu's own work reads it, unrestricted; whoever reads it for others reads it as them."""

    def read_as(self, audience: Audience) -> KnowledgeReader:
        """The same store as an audience may read it: documents that it may not read, and all that only they say, are
        not there, at any revision.
        """
        ...
