"""Deleting all that is kept of a workspace. Every step may be repeated, so that a kill in between leaves nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.admission.in_hand import InHand
from graph.ports.jobs import JobQueue
from graph.ports.operations import OperationalState
from graph.ports.writing import WorkspaceEraser
from ingest.ports import BlobStore, UploadRegister
from retrieval.standing.ports import WatchRegister


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Call it with a workspace into which nobody comes any more.

    ``forget``: what else forgets a workspace, given its name.
    """

    in_hand: InHand
    state: OperationalState
    jobs: JobQueue
    graph: WorkspaceEraser
    uploads: UploadRegister
    blobs: BlobStore
    watches: WatchRegister
    forget: Sequence[Callable[[str], object]]

    def __call__(self, workspace: str) -> bool:
        """Whether all is gone; not yet, where a request or a job is still under way in it. Raises DependencyError."""
        if not (self.in_hand.end(workspace) and self._forget_uploads(workspace)):
            return False
        while watches := self.watches.page(workspace):
            for watch in watches:
                self.watches.delete(workspace, watch.id)
        self.graph.erase(workspace)
        for forget in self.forget:
            forget(workspace)
        self.state.erase_freed_pages()
        return True

    def _forget_uploads(self, workspace: str) -> bool:
        """Jobs, register and bytes go in one step, and first: a start in between finds nothing to order again.

        A crash leaves the hashes registered, and nobody is told meanwhile that the same bytes are there.
        """
        with self.state.transaction():
            if not self.jobs.forget(workspace):
                return False
            for digest in self.uploads.forget_workspace(workspace):
                self.blobs.delete(digest)
        return True
