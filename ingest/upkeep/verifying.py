"""``quipu verify``: whether store, views, register, bytes and jobs agree, while the service goes on; and repairs.

No repair deletes what was acknowledged and not withdrawn. What cannot be repaired is reported.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from graph.errors import DependencyError
from graph.jobs import Job, JobProgress, JobState
from graph.model import REWRITING
from graph.ports.jobs import WorkQueue
from graph.ports.reading import ChangeReader, DocumentReader, IntegrityReader, RightsReader
from graph.ports.writing import RightsWriter
from graph.view.knowledge_view import KnowledgeViews
from graph.view.verification import VIEW_CHECKS, Check, check, check_store, check_view
from ingest.intake import Intake
from ingest.ports import BlobStore, UploadRegister
from ingest.upkeep.catching_up import behind, catch_up

TRIES = 3
"""How often store and view are looked at where a purge or sweep rewrites history; and what seems lost, once more."""
PAUSE_SECONDS = 0.2
OPEN: tuple[JobState, ...] = ("queued", "running", "waiting")
_PAGE = 1000


class StoredGraph(DocumentReader, ChangeReader, IntegrityReader, RightsReader, RightsWriter, Protocol):
    """What is verified of a graph store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found at a revision. ``repaired`` says what was done; the checks were made afterwards."""

    revision: int
    checks: tuple[Check, ...]
    repaired: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether everything agrees."""
        return not any(one.wrong for one in self.checks)


class Verifier:
    """Over one data folder. What a repair orders, the workers do. ``more`` looks at what others keep."""

    def __init__(  # noqa: PLR0913 - built in one place, from all that is compared
        self, *, graph: StoredGraph, views: KnowledgeViews, register: UploadRegister, blobs: BlobStore, jobs: WorkQueue,
        intake: Intake, more: Sequence[Callable[[str], Check]] = (),
    ) -> None:  # fmt: skip
        self._graph = graph
        self._views = views
        self._register = register
        self._blobs = blobs
        self._jobs = jobs
        self._intake = intake
        self._more = more

    def verify(self, workspace: str, *, repair: bool = False) -> Verification:
        """Look at everything; with ``repair`` mend what can be mended, and look again.

        Raises:
            DependencyError: the graph cannot be reached.
        """
        found = self._look(workspace)
        if not repair or found.sound:
            return found
        repaired = tuple(self._repair(workspace, {one.name: one for one in found.checks}))
        again = self._look(workspace)
        return Verification(revision=again.revision, checks=again.checks, repaired=repaired)

    def _look(self, workspace: str) -> Verification:
        revision, checks = self._knowledge(workspace)
        return Verification(
            revision=revision,
            checks=(
                *checks, self._stored(workspace), self._documents(workspace), self._bytes(), self._left_over(),
                self._jobs_of(workspace), *(verify(workspace) for verify in self._more),
            ),
        )  # fmt: skip

    def _knowledge(self, workspace: str) -> tuple[int, tuple[Check, ...]]:
        """Store and view at one revision, which no purge or sweep has touched meanwhile."""
        revision, checks = 0, tuple[Check, ...]()
        for _ in range(TRIES):
            snapshot = self._views.snapshot(workspace)
            revision = snapshot.revision
            checks = check_store(self._graph, workspace, revision)
            checks += check_view(snapshot, self._views.fresh(workspace, revision))
            log = self._graph.log(workspace, revision, self._graph.revision(workspace))
            if not any(one.wrong for one in checks) or not any(record.kind in REWRITING for record in log):
                break
        return revision, checks

    def _stored(self, workspace: str) -> Check:
        """Every version, past ones too, is what was written; so are the files it stands in."""
        ids = list(self._document_ids(workspace))
        parts = self._graph.parts()
        problems = [problem for part in parts for problem in self._graph.part_damage(part)]
        problems += [problem for one in ids for problem in self._graph.damage(workspace, one)]
        return check("stored versions", len(ids), problems)

    def _documents(self, workspace: str) -> Check:
        """What the register has seen done stands in the graph, and what it has seen deleted does not."""
        still = set(behind(workspace, self._register, self._graph, self._jobs))
        for _ in range(TRIES):  # what was under way at one look has arrived by a later one
            if still:
                time.sleep(PAUSE_SECONDS)
                still &= set(behind(workspace, self._register, self._graph, self._jobs))
        total = sum(1 for _ in self._document_ids(workspace))
        return check(
            "documents in the graph", total,
            (
                f"{one.document_id!r} is {'deleted' if one.deleted else f'version {one.version}'} by the register,"
                f" {'absent' if one.live is None else f'version {one.live}'} in the graph"
                for one in sorted(still, key=lambda one: one.document_id)
            ),
        )  # fmt: skip

    def _bytes(self) -> Check:
        """The uploaded bytes of every version are there, undamaged."""
        digests = self._register.digests()
        damaged = {digest: problem for digest in digests if (problem := self._damage(digest))}
        for _ in range(TRIES):  # bytes that were purged or swept during a look are no damage, and soon named no more
            if damaged:
                time.sleep(PAUSE_SECONDS)
                named = set(self._register.digests())
                damaged = {one: problem for one in damaged if one in named and (problem := self._damage(one))}
        return check("uploaded bytes", len(digests), damaged.values())

    def _damage(self, digest: str) -> str | None:
        try:
            self._blobs.get(digest)
        except DependencyError as error:
            return str(error)
        return None

    def _left_over(self) -> Check:
        """Every file of bytes belongs to a version."""
        files = self._blobs.settled()
        unowned = self._unowned(files)
        still = set(self._blobs.settled()) if unowned else set[str]()  # a purge may have removed its files
        return check(
            "files of bytes", len(files), (f"{name} belongs to no document" for name in unowned if name in still)
        )

    def _unowned(self, files: Sequence[str]) -> list[str]:
        known = set(self._register.digests())
        return [name for name in files if name not in known]

    def _jobs_of(self, workspace: str) -> Check:
        """Every job that waits is about a version that exists."""
        waiting = list(self._waiting(workspace))
        return check(
            "jobs", len(waiting), (f"job {job.id} is about nothing there is" for job in waiting if self._aimless(job))
        )

    def _waiting(self, workspace: str) -> Iterator[Job]:
        for state in OPEN:
            yield from self._jobs.list(workspace, state=state, limit=_PAGE)

    def _aimless(self, job: Job) -> bool:
        if job.document_id is None or job.version is None:
            return job.kind != "evaluation"
        return self._register.get(job.workspace, job.document_id, job.version) is None

    def _document_ids(self, workspace: str) -> Iterator[str]:
        after = ""
        while page := self._register.page(workspace, after=after):
            yield from (newest.upload.document_id for newest in page)
            after = page[-1].upload.document_id

    def _repair(self, workspace: str, found: dict[str, Check]) -> Iterator[str]:
        if any(found[name].wrong for name in VIEW_CHECKS if name in found):
            revision = self._views.rebuild(workspace)
            yield f"the view was built anew at revision {revision}"
        if found["documents in the graph"].wrong:
            done = catch_up(workspace, self._register, self._graph, self._jobs)
            self._intake.finish_withdrawals()
            yield f"{done.read} documents are read again, {done.withdrawn} were withdrawn"
        if found["files of bytes"].wrong:
            gone = self._intake.discard(self._unowned(self._blobs.settled()))
            yield f"{gone} files that belonged to no document were removed"
        if found["jobs"].wrong:
            aimless = [job for job in self._waiting(workspace) if self._aimless(job)]
            for job in aimless:
                self._jobs.update(job.id, state="cancelled", progress=JobProgress())
            yield f"{len(aimless)} jobs were cancelled"
