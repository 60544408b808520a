"""What may be written to a store. Every call carries the workspace first."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from graph.long_change import AnyChange
from graph.model import Chunk, FloatArray, GraphCounts, PastRevision, Removal, Verdict
from graph.rights import Readers, Rights


class GraphWriter(Protocol):
    """The only way knowledge changes in daily work. Every call is one transaction."""

    def apply(self, workspace: str, changes: Sequence[AnyChange]) -> tuple[int, ...]:
        """Replace each document's earlier contribution: one revision per change, all in one transaction.

        What reading the parts of a long one raises is raised, and nothing is written.

        Applying what is already there (same version, same content) returns the revision it got the
        first time. A change that is :class:`~graph.errors.Superseded` fails the whole call.
        """
        ...

    def remove(self, workspace: str, document_id: str, version: int) -> Removal:
        """Withdraw a document. ``version`` is the deletion's own number, so older jobs cannot bring it back.

        Removing what is not live makes no new revision, but still bars versions below ``version``.
        """
        ...


class RightsWriter(Protocol):
    """Who may read a document. See :mod:`graph.rights` for when what is given takes effect."""

    def set_readers(self, workspace: str, document_id: str, version: int, readers: Readers) -> int:
        """Give a document readers with a version of it, live or still to come: a revision, at which it can be read.

        What holds already makes no new revision.
        """
        ...

    def restore_rights(self, workspace: str, rights: Mapping[str, Rights]) -> None:
        """Put these rights in the place of all there are, as no revision: part of moving a workspace."""
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


class WorkspaceEraser(Protocol):
    """Workspaces that come to an end."""

    def erase(self, workspace: str) -> None:
        """Delete a workspace at every revision, and the bytes it occupied; again where that was cut off.

        What is written into it afterwards is refused as Superseded, until ``readmit``. Raises DependencyError.
        """
        ...

    def readmit(self, workspace: str) -> None:
        """Let a new workspace of the same name be written, from revision 0 on."""
        ...


class HistoryKeeper(Protocol):
    """The history of a workspace, as it is moved from one store to another."""

    def horizon(self, workspace: str) -> int:
        """The oldest revision that can still be read."""
        ...

    def barriers(self, workspace: str) -> Mapping[str, int]:
        """Every document ever written or removed, and the newest version it was told of; none below is applied."""
        ...

    def restore(self, workspace: str, revisions: Sequence[PastRevision], horizon: int) -> None:
        """Repeat revisions as they were, with their numbers and moments, after the newest one, in one transaction.

        A purge among them deletes here as well, and no revision before ``horizon`` can be read here either. Raises
        ConflictError if the first of them does not follow the newest one.
        """
        ...


class VectorExchange(Protocol):
    """Vectors of another embedder: stored beside those in use until all of them replace the old ones at once."""

    def lacking(self, workspace: str, identity: str, *, limit: int = 256) -> tuple[tuple[str, Chunk], ...]:
        """Chunks, live or closed, of which no vector by this embedder is stored yet: (document title, chunk) pairs."""
        ...

    def add_beside(self, workspace: str, identity: str, vectors: Mapping[str, FloatArray]) -> None:
        """Store vectors by chunk id. Those of a third embedder are dropped; ids of chunks that are gone are ignored."""
        ...

    def adopt(self, identity: str) -> None:
        """Replace every vector, at every revision, in one transaction; each workspace gets one revision.

        Raises ConflictError if a chunk has no vector by this embedder yet.
        """
        ...
