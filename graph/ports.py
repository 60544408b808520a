"""What the rooms above may ask of the stores, indexes and models: protocols of at most six methods.

Every store call carries the workspace first. Reads at a revision see exactly that revision:
elements with ``valid_from <= revision < valid_to``.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from graph.filters import Filters
from graph.jobs import Job, JobError, JobProgress, JobState, NewJob
from graph.model import (
    Alias,
    Chunk,
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
    PastRevision,
    PlacedChunk,
    Relation,
    Removal,
    RevisionRecord,
    RowArray,
    Verdict,
)
from graph.prompting import Completion, Prompt
from graph.walk_model import FoundPassage, NameMention, NamePassages, PassageCard, PassageWords, TitleWords


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
        """Live entities whose normalised name starts with or contains ``key``; most mentioned first, then by id."""
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
        """The verdicts that count at ``revision``, by ids, whether or not their entities live."""
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
        """What changed for the indexes; its cost follows the change, not the corpus."""
        ...

    def vectors(self, workspace: str, chunk_ids: Sequence[str]) -> Mapping[str, FloatArray]:
        """Stored vectors of chunks, live or closed, for those of ``chunk_ids`` that are held."""
        ...


class DifferenceReader(Protocol):
    """What is different at ``until`` from what was at ``since``: the net result, not the way there.

    Each method gives what differs in order of its key, what comes after the key ``after``, at most
    ``limit``. Its cost follows what changed in between. Purged documents were never there.

    Raises:
        NotFoundError: ``since`` has been swept.
    """

    def changed_documents(
        self, workspace: str, since: int, until: int, *, after: str = "", limit: int = 100
    ) -> tuple[Difference[Document], ...]:
        """Documents that came, went, or are live in another version; by id."""
        ...

    def changed_entities(
        self, workspace: str, since: int, until: int, *, after: str = "", limit: int = 100
    ) -> tuple[Difference[Entity], ...]:
        """Entities that came, went, or differ in name, type, or number of mentions or documents; by id."""
        ...

    def changed_facts(
        self, workspace: str, since: int, until: int, *, after: tuple[str, str, str] = ("", "", ""), limit: int = 100
    ) -> tuple[Difference[Fact], ...]:
        """Facts that came, went, or differ in their number of passages or in their documents; by key."""
        ...


class GraphWriter(Protocol):
    """The only way knowledge changes in daily work. Every call is one transaction."""

    def apply(self, workspace: str, changes: Sequence[GraphChange]) -> tuple[int, ...]:
        """Replace each document's earlier contribution: one revision per change, all in one transaction.

        Applying what is already there (same version, same content) returns the revision it got the
        first time. A change that is :class:`~graph.errors.Superseded` fails the whole call.
        """
        ...

    def remove(self, workspace: str, document_id: str, version: int) -> Removal:
        """Withdraw a document. ``version`` is the deletion's own number, so older jobs cannot bring it back.

        Removing what is not live makes no new revision, but still bars versions below ``version``.
        """
        ...


class GraphMaintenance(Protocol):
    """Rare writes. Each that changes knowledge is a revision too."""

    def purge(self, workspace: str, document_id: str, version: int) -> Removal:
        """Delete every version of a document at every revision, and the bytes they occupied."""
        ...

    def sweep(self, workspace: str, keep_from: int) -> GraphCounts:
        """Drop what was closed at or before revision ``keep_from``; older revisions stop being readable."""
        ...

    def decide(self, workspace: str, verdicts: Sequence[Verdict]) -> int:
        """Merge entities or keep them apart: one revision, at which it can be read.

        What is decided already makes no new revision. Raises InputError unless ``first_id < second_id``.
        """
        ...

    def workspaces(self) -> tuple[str, ...]:
        """Every workspace ever written, sorted."""
        ...

    def embedder(self) -> str | None:
        """Identity of the embedder whose vectors are stored; None while there are none."""
        ...

    def stamp_embedder(self, identity: str) -> None:
        """Record the embedder. Raises ConfigurationError if another one is recorded."""
        ...


class HistoryKeeper(Protocol):
    """What was, moved from one store to another."""

    def horizon(self, workspace: str) -> int:
        """The oldest revision that can still be read."""
        ...

    def restore(self, workspace: str, revisions: Sequence[PastRevision], horizon: int) -> None:
        """Make revisions again as they were, with their numbers and moments, after the newest: one transaction.

        What a purge took goes here as well, and what is before ``horizon`` cannot be read here either. Raises
        ConflictError where the first is not the next one.
        """
        ...


class VectorExchange(Protocol):
    """Vectors of another embedder: laid beside those in use, and then put in their place."""

    def unstaged(self, workspace: str, identity: str, *, limit: int = 256) -> tuple[tuple[str, Chunk], ...]:
        """Chunks, live or closed, that have no vector of this embedder laid beside; each after its document's title."""
        ...

    def stage(self, workspace: str, identity: str, vectors: Mapping[str, FloatArray]) -> None:
        """Lay vectors beside, by chunk id. Another embedder's that lay there go; chunks that went are passed over."""
        ...

    def adopt(self, identity: str) -> None:
        """Put what is laid beside in place of every vector, at every revision: one transaction, one revision each.

        Raises ConflictError where a chunk has none yet.
        """
        ...


class VectorIndex(Protocol):
    """Vectors by row number; search among the rows a mask allows."""

    def search(self, query: FloatArray, k: int, allowed: NDArray[np.bool_]) -> tuple[RowArray, FloatArray]:
        """The ``k`` best allowed rows by inner product, best first, ties by row; ``len(allowed)`` rows count."""
        ...

    def vectors(self, rows: RowArray) -> FloatArray:
        """The stored vectors of ``rows``, float32 ``(len(rows), d)``."""
        ...


class WalkedVectorIndex(VectorIndex, Protocol):
    """An index inside a store."""

    @property
    def cut_short(self) -> bool:
        """Whether a search stopped before it had found as many as were asked for."""
        ...


class RowNumbers(Protocol):
    """Numbers that stand for chunks while one question is answered."""

    def numbers(self, chunk_ids: Sequence[str]) -> RowArray:
        """The rows of live chunks; -1 where no number is left."""
        ...

    def chunk_id(self, row: int) -> str:
        """The chunk of a row."""
        ...


class GraphWalk(Protocol):
    """A store that finds and follows what a question needs by itself, for graphs that memory does not hold.

    Every call is one round trip for all it is asked, and sees one revision. What is not live is left out.
    """

    def passages_of(
        self, workspace: str, keys: Sequence[str], revision: int, *, most: int
    ) -> Mapping[str, NamePassages]:
        """Where normalised names are mentioned; the passages of one with more than ``most`` mentions are left out."""
        ...

    def names_in(
        self, workspace: str, chunk_ids: Sequence[str], revision: int
    ) -> Mapping[str, tuple[NameMention, ...]]:
        """The names that passages mention, in order, then those at the edges of these that others mention."""
        ...

    def cards(self, workspace: str, chunk_ids: Sequence[str], revision: int) -> Mapping[str, PassageCard]:
        """What ranking asks of passages."""
        ...

    def matching(self, workspace: str, stems: Sequence[str], k: int, revision: int) -> tuple[FoundPassage, ...]:
        """The ``k`` best passages of the keyword index for some stems, best first; fewer: there are no more."""
        ...

    def vector_index(self, workspace: str, revision: int, rows: RowNumbers) -> WalkedVectorIndex:
        """The store's own vector index, by the row numbers of one question."""
        ...


class WordReader(Protocol):
    """The words of passages, to be counted."""

    def live_words(
        self, workspace: str, revision: int, *, after: str = "", limit: int = 1000
    ) -> tuple[PassageWords, ...]:
        """Those of live passages in order of chunk id, those after the id ``after``, at most ``limit``."""
        ...

    def words_of(self, workspace: str, chunk_ids: Sequence[str]) -> tuple[PassageWords, ...]:
        """Those of some passages, live or closed, for those of ``chunk_ids`` that are held."""
        ...

    def title_words(self, workspace: str, document_ids: Sequence[str], revision: int) -> tuple[TitleWords, ...]:
        """Those of the titles of documents, for those of ``document_ids`` that are live."""
        ...


class Embedder(Protocol):
    """Text to unit vectors."""

    @property
    def identity(self) -> str:
        """Name and fingerprint: two embedders with the same identity give the same vectors."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> FloatArray:
        """float32 ``(len(texts), dimension)``, rows of unit length."""
        ...

    def embed_question(self, text: str) -> FloatArray:
        """float32 ``(dimension,)``, unit length. Does not wait behind long passage batches."""
        ...

    def reads(self, text: str) -> bool:
        """Whether vectors of this text mean anything: a model for English cannot tell Chinese texts apart."""
        ...


class LanguageModel(Protocol):
    """A language model as Quipu calls it: budgeted before the call, checked after it, retried, bounded, counted."""

    @property
    def identity(self) -> str:
        """Provider, model and parameters that change answers, such as ``ollama/llama3.1:8b``: part of cache keys."""
        ...

    @property
    def context_tokens(self) -> int:
        """Tokens of prompt and answer together."""
        ...

    @property
    def sees(self) -> bool | None:
        """Whether it reads images; None before its server has been asked."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, never fewer than the model will count."""
        ...

    async def complete(self, prompt: Prompt) -> Completion:
        """The whole answer.

        Raises:
            DependencyError: the server cannot be reached, refuses, or is too slow, after retries.
            ModelOutputError: the prompt does not fit the context window, or the server cut it.
        """
        ...

    def stream(self, prompt: Prompt) -> AsyncIterator[str | Completion]:
        """Pieces of the answer as they come, then the :class:`Completion`, once. Closing it ends the request."""
        ...


class JobQueue(Protocol):
    """Durable work. A job claimed by a worker that dies is handed out again once its lease ends."""

    def submit(self, jobs: Sequence[NewJob]) -> tuple[Job, ...]:
        """Add jobs in order, within the surrounding transaction of the operational database if there is one."""
        ...

    def claim(self, kind: str, limit: int, lease_seconds: float) -> tuple[Job, ...]:
        """Take up to ``limit`` jobs of one workspace: highest priority first, then in order of submission."""
        ...

    def update(self, job_id: str, *, state: JobState, progress: JobProgress, error: JobError | None = None) -> Job:
        """Record progress and renew the lease, or end the job. A terminal job is left as it is."""
        ...

    def get(self, workspace: str, job_id: str) -> Job:
        """One job. Raises NotFoundError."""
        ...

    def list(
        self, workspace: str, *, state: JobState | None = None, document_id: str | None = None, limit: int = 100
    ) -> tuple[Job, ...]:
        """Jobs, newest first."""
        ...

    def request(self, workspace: str, job_id: str, action: str) -> Job:
        """``"cancel"`` (at once if queued, else at the next step) or ``"retry"`` (a failed or cancelled job)."""
        ...
