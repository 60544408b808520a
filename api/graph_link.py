"""The link to the graph store: opening it, trying again while it is down, and bringing back what it lost."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from graph.errors import ConfigurationError, DependencyError
from graph.ports.jobs import JobQueue
from graph.ports.operations import GraphWitness, ReadRules
from graph.ports.reading import SharedKnowledge
from graph.ports.writing import GraphMaintenance, GraphWriter, RightsWriter, WorkspaceEraser
from graph.view.knowledge_view import KnowledgeViews
from ingest.extraction.stating.stated import RULES
from ingest.intake import Intake
from ingest.ports import UploadRegister
from ingest.upkeep.catching_up import catch_up
from ingest.upkeep.reading_anew import FIRST_RULES, read_anew

RETRY_SECONDS = 2.0
LOST_REGISTER = (
    "operations.sqlite holds no upload of the documents in the graph, so it was lost; put it back, `quipu restore` a"
    " backup, or let `quipu repair` rebuild the register from the graph (access keys, jobs and watches are lost then)"
)
_log = structlog.get_logger()


class GraphStore(SharedKnowledge, GraphWriter, RightsWriter, GraphMaintenance, WorkspaceEraser, Protocol):
    """A graph store as a service uses it."""

    def open(self, owner: str) -> None:
        """Connect and bring the schema up to date.

        Raises:
            ConfigurationError: it belongs to another data folder, or cannot be used at all.
            DependencyError: it cannot be reached now.
        """
        ...

    def claim(self, owner: str) -> None:
        """Belong to this data folder, unless ``open`` has seen to it."""
        ...

    def close(self) -> None:
        """Let go of every connection."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedState:
    """What is compared with the graph: what was seen of it, and what was acknowledged."""

    witness: GraphWitness
    uploads: UploadRegister
    jobs: JobQueue
    intake: Intake
    rules: ReadRules


class GraphLink:
    """Holds a graph store open.

    Args:
        store: the store.
        embedder: identity of the embedder whose vectors it holds.
        views: what questions see of it.
        prepare: what the store needs before it serves walks.
    """

    def __init__(
        self, store: GraphStore, *, embedder: str, views: KnowledgeViews, state: LinkedState,
        prepare: Callable[[], object],
    ) -> None:  # fmt: skip
        self.problem: str | None = None
        self._store = store
        self._embedder = embedder
        self._views = views
        self._state = state
        self._prepare = prepare

    def open(self) -> None:
        """Open the store, or note in ``problem`` why it cannot be used now.

        Raises:
            ConfigurationError: it never can.
        """
        try:
            self._store.open(self._state.witness.owner)
            self._check_register()
            self._store.claim(self._state.witness.owner)
            self._store.stamp_embedder(self._embedder)
            self.problem = None
        except DependencyError as error:
            self.problem = str(error)

    def await_graph(self, stopping: threading.Event) -> None:
        """Try until the graph can be used, the work that it lost is ordered again, and the views stand."""
        while not stopping.is_set():
            if self.problem:
                self.open()
            try:
                if not self.problem:
                    self._catch_up()
                    return
            except DependencyError as error:
                self.problem = str(error)
            _log.warning("the graph is tried again", cause=self.problem)
            stopping.wait(RETRY_SECONDS)

    def _check_register(self) -> None:
        """A graph without a register is half of a data folder: versions would begin anew, and every key is lost."""
        if not self._state.uploads.workspaces() and any(map(self._store.revision, self._store.workspaces())):
            raise ConfigurationError(LOST_REGISTER)

    def _catch_up(self) -> None:
        """Compare the graph with the register of uploads, and bring the views up."""
        self._prepare()
        witness = self._state.witness
        for workspace in self._state.uploads.workspaces():
            revision, seen = self._store.revision(workspace), witness.seen(workspace)
            if revision < seen:
                done = catch_up(workspace, self._state.uploads, self._store, self._state.jobs)
                _log.warning(
                    "the graph is older than the data folder, and catches up", workspace=workspace, revision=revision,
                    seen=seen, documents_to_read=done.read, documents_to_withdraw=done.withdrawn,
                )  # fmt: skip
            witness.note(workspace, revision)
        self._read_anew()
        self._state.intake.finish_withdrawals()
        self._views.warm(self._store.workspaces())

    def _read_anew(self) -> None:
        """Order every document to be read again, where an upgrade has changed the rules for names and relations."""
        before = self._state.rules.known() or FIRST_RULES
        ordered = read_anew(RULES, self._state.rules, self._state.uploads, self._state.jobs)
        if ordered:
            _log.warning(
                "documents are read again, for the rules have changed; what was read before is served meanwhile",
                documents=ordered, before=before, now=RULES,
            )  # fmt: skip
