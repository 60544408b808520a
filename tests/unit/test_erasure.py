"""Deleting what is kept of a workspace: nobody is inside any more, and wherever it is cut off it can be done again."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from kept_state import Kept, in_memory

from api.admission.erasure import Erasure
from api.admission.in_hand import InHand
from graph.errors import DependencyError
from graph.jobs import JobProgress, NewJob
from graph.ports.writing import WorkspaceEraser
from ingest.model import Upload

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Graph(WorkspaceEraser):
    def __init__(self) -> None:
        self.erased: list[str] = []
        self.down = False

    def erase(self, workspace: str) -> None:
        if self.down:
            raise DependencyError("it is down")
        self.erased.append(workspace)

    def readmit(self, workspace: str) -> None:
        raise NotImplementedError


def upload(kept: Kept, workspace: str, data: bytes) -> str:
    digest = kept.blobs.put(data)
    (job,) = kept.jobs.submit([NewJob(workspace=workspace, kind="ingest", document_id=digest, version=1)])
    version = Upload(
        workspace=workspace, document_id=digest, version=1, title=None, source="s", media_type="text/plain",
        metadata={}, content_hash=digest, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    kept.register.add(version, deleted=False, job_id=job.id)
    return digest


@pytest.fixture
def kept() -> Kept:
    return in_memory()


def erasure(kept: Kept, graph: Graph, *forget: Callable[[str], object]) -> Erasure:
    return Erasure(
        in_hand=InHand(), state=kept.state, jobs=kept.jobs, graph=graph, uploads=kept.register, blobs=kept.blobs,
        watches=kept.watches, forget=forget,
    )  # fmt: skip


def test_bytes_that_another_workspace_needs_stay(kept: Kept) -> None:
    mine, shared = upload(kept, "w", b"mine"), upload(kept, "w", b"shared")
    upload(kept, "v", b"shared")
    forgotten: list[str] = []
    assert erasure(kept, Graph(), forgotten.append)("w")
    assert forgotten == ["w"]
    assert kept.blobs.get(shared) == b"shared"
    with pytest.raises(DependencyError):
        kept.blobs.get(mine)
    assert kept.register.workspaces() == ["v"]


def test_nothing_goes_while_a_job_is_under_way(kept: Kept) -> None:
    digest = upload(kept, "w", b"mine")
    (job,) = kept.jobs.claim("ingest", 1, 60)
    graph = Graph()
    assert not erasure(kept, graph)("w")
    assert (kept.blobs.get(digest), graph.erased) == (b"mine", [])
    kept.jobs.update(job.id, state="cancelled", progress=JobProgress())
    assert erasure(kept, graph)("w")
    assert graph.erased == ["w"]


def test_where_the_graph_is_down_a_start_finds_nothing_to_order_again(kept: Kept) -> None:
    """A register that names jobs which are gone kept a service from starting."""
    upload(kept, "w", b"mine")
    graph = Graph()
    graph.down = True
    with pytest.raises(DependencyError):
        erasure(kept, graph)("w")
    assert (kept.register.workspaces(), kept.jobs.list("w")) == ([], ())
    graph.down = False
    assert erasure(kept, graph)("w")
    assert graph.erased == ["w"]
