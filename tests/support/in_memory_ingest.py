"""What ingestion keeps, without a database or a file."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from math import isfinite
from typing import cast

from in_memory_operations import InMemoryJobQueue, InMemoryState

from graph.errors import DependencyError
from graph.identity import content_hash
from graph.jobs import TERMINAL, Job
from graph.model import Document, Metadata
from graph.quotas import Holding
from graph.rights import Readers
from ingest.acknowledged import PICTURES, AcknowledgedChange, AcknowledgedChanges, State
from ingest.model import LineBox, ReadingReport, RegisteredVersion, Upload, Withdrawal
from ingest.model_reading import ModelReading
from ingest.ports import (
    SETTLED_SECONDS,
    BlobStore,
    ExtractionCache,
    Holdings,
    UploadRegister,
    VersionRegister,
)
from ingest.reading_reports import LinePlaces

Key = tuple[str, str]


class InMemoryUploadRegister(UploadRegister):
    def __init__(self, state: InMemoryState) -> None:
        self._state = state
        self._versions: dict[tuple[str, str, int], RegisteredVersion] = state.table()
        self._withdrawals: dict[Key, Withdrawal] = state.table()
        self._readings: dict[tuple[str, str, int], ReadingReport] = state.table()

    def latest(self, workspace: str, document_id: str) -> RegisteredVersion | None:
        with self._state.transaction():
            return self._newest(workspace).get(document_id)

    def get(self, workspace: str, document_id: str, version: int) -> Upload | None:
        with self._state.transaction():
            found = self._versions.get((workspace, document_id, version))
            return found.upload if found else None

    def twin(
        self, workspace: str, content_hash: str, title: str | None, metadata: Metadata, readers: Readers
    ) -> RegisteredVersion | None:
        wanted = content_hash, title, _plain(metadata), readers
        with self._state.transaction():
            for _, found in sorted(self._newest(workspace).items()):
                upload = found.upload
                key = upload.content_hash, upload.title, _plain(upload.metadata), upload.readers
                if not found.deleted and key == wanted:
                    return found
        return None

    def add(self, upload: Upload, *, deleted: bool, job_id: str) -> None:
        key = (upload.workspace, upload.document_id, upload.version)
        with self._state.transaction():
            if key in self._versions:
                raise DependencyError(f"version {upload.version} of {upload.document_id!r} is registered already")
            self._versions[key] = RegisteredVersion(upload=upload, deleted=deleted, job_id=job_id)

    def set_readers(self, workspace: str, document_id: str, version: int, readers: Readers) -> None:
        with self._state.transaction():
            held = self._versions[workspace, document_id, version]
            self._versions[workspace, document_id, version] = replace(
                held, upload=replace(held.upload, readers=readers)
            )

    def set_reading(self, workspace: str, document_id: str, version: int, report: ReadingReport) -> None:
        with self._state.transaction():
            held = self._versions.get((workspace, document_id, version))
            if held is not None and held.upload.content_hash:
                self._readings[workspace, document_id, version] = report

    def readings(self, workspace: str, versions: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], ReadingReport]:
        return {one: self._readings[workspace, *one] for one in versions if (workspace, *one) in self._readings}

    def holders(self, workspace: str, digest: str) -> Sequence[str]:
        newest = self._newest(workspace)
        return [
            one for one in sorted(newest) if newest[one].upload.content_hash == digest and not newest[one].deleted
        ]  # fmt: skip

    def page(self, workspace: str, *, after: str = "", limit: int = 500) -> Sequence[RegisteredVersion]:
        with self._state.transaction():
            newest = self._newest(workspace)
        return [newest[document_id] for document_id in sorted(newest) if document_id > after][:limit]

    def workspaces(self) -> Sequence[str]:
        return sorted({workspace for workspace, _, _ in self._versions})

    def members(self, workspace: str, parent: str, *, after: str = "", limit: int = 500) -> Sequence[RegisteredVersion]:
        with self._state.transaction():
            found = [
                held
                for document_id, held in sorted(self._newest(workspace).items())
                if held.upload.parent == parent and document_id > after
            ]
            return found[:limit]

    def confirm(self, workspace: str, document_id: str, version: int, parent_version: int) -> None:
        with self._state.transaction():
            held = self._versions[workspace, document_id, version]
            self._versions[workspace, document_id, version] = replace(
                held, upload=replace(held.upload, parent_version=parent_version)
            )

    def begin_withdrawal(self, withdrawal: Withdrawal) -> None:
        with self._state.transaction():
            key = (withdrawal.workspace, withdrawal.document_id)
            held = self._withdrawals.get(key)
            self._withdrawals[key] = replace(withdrawal, purge=withdrawal.purge or bool(held and held.purge))

    def end_withdrawal(self, withdrawal: Withdrawal) -> None:
        with self._state.transaction():
            key = (withdrawal.workspace, withdrawal.document_id)
            held = self._withdrawals.get(key)
            if held is not None and held.version == withdrawal.version:
                del self._withdrawals[key]

    def withdrawals(self) -> Sequence[Withdrawal]:
        return list(self._withdrawals.values())

    def digests(self, *, after: str = "", limit: int | None = None) -> Sequence[str]:
        held = {each.upload.content_hash for each in self._versions.values() if not each.deleted}
        return sorted(digest for digest in held if digest > after)[:limit]

    def refers(self, digest: str) -> bool:
        return digest in self.digests()

    def named(self, workspace: str, token: str) -> Sequence[RegisteredVersion]:
        return [
            held
            for (place, _, _), held in sorted(self._versions.items())
            if place == workspace and held.upload.token == token
        ]

    def forget(self, workspace: str, document_id: str, version: int) -> Sequence[str]:
        with self._state.transaction():
            return self._blank(
                key for key in self._versions if key[:2] == (workspace, document_id) and key[2] <= version
            )  # fmt: skip

    def forget_workspace(self, workspace: str) -> Sequence[str]:
        with self._state.transaction():
            mine = [key for key in self._versions if key[0] == workspace]
            gone = {self._versions.pop(key).upload.content_hash for key in mine} - {""}
            for key in mine:
                self._readings.pop(key, None)
            for place in [place for place in self._withdrawals if place[0] == workspace]:
                del self._withdrawals[place]
            return [digest for digest in sorted(gone) if not self.refers(digest)]

    def forget_superseded(self, workspace: str, before: datetime) -> Sequence[str]:
        with self._state.transaction():
            return self._blank(
                (place, document_id, version)
                for (place, document_id, version), held in self._versions.items()
                if place == workspace and held.upload.content_hash and not held.deleted
                and any(
                    other[:2] == (workspace, document_id) and other[2] > version and newer.upload.updated_at < before
                    for other, newer in self._versions.items()
                )
            )  # fmt: skip

    def _blank(self, keys: object) -> Sequence[str]:
        gone = set()
        for key in list(keys):  # type: ignore[call-overload]
            held = self._versions[key]
            self._readings.pop(key, None)
            gone.add(held.upload.content_hash)
            blank = replace(held.upload, title=None, source="", metadata={}, content_hash="", readers=None)
            self._versions[key] = replace(held, upload=blank)
        return [digest for digest in sorted(gone - {""}) if not self.refers(digest)]

    def _newest(self, workspace: str) -> dict[str, RegisteredVersion]:
        found: dict[str, RegisteredVersion] = {}
        for (place, document_id, version), held in self._versions.items():
            if place == workspace and (
                document_id not in found or version > found[document_id].upload.version
            ):  # fmt: skip
                found[document_id] = held
        return found


class InMemoryAcknowledgedChanges(AcknowledgedChanges):
    def __init__(self, register: InMemoryUploadRegister, jobs: InMemoryJobQueue) -> None:
        self._register = register
        self._jobs = jobs

    def newest(self) -> int:
        return max((kept.sequence for kept in self._jobs.kept()), default=-1)

    def count(self, workspace: str, *, up_to: int | None = None) -> int:
        return len(self.under_way(workspace, up_to=up_to, limit=sys.maxsize))

    def under_way(self, workspace: str, *, up_to: int | None = None, limit: int) -> Sequence[AcknowledgedChange]:
        going = [
            self._of(workspace, one.document_id, one.version, "", "under way")
            for one in self._register.withdrawals()
            if one.workspace == workspace
        ]
        jobs = [
            self._of(workspace, str(kept.job.document_id), kept.job.version or 0, kept.job.id, "under way")
            for kept in sorted(self._jobs.kept(), key=lambda kept: kept.sequence)
            if kept.job.workspace == workspace and (up_to is None or kept.sequence <= up_to) and _holds_up(kept.job)
        ]
        return [*going, *jobs][:limit]

    def named(self, workspace: str, token: str) -> Sequence[AcknowledgedChange]:
        held = self._register.named(workspace, token)
        return [self._change(workspace, one) for one in held]

    def _change(self, workspace: str, one: RegisteredVersion) -> AcknowledgedChange:
        upload, state = one.upload, "readable"
        newest = self._register.latest(workspace, upload.document_id)
        assert newest is not None
        if one.deleted:
            going = any(
                (each.workspace, each.document_id) == (workspace, upload.document_id)
                for each in self._register.withdrawals()
            )
            return self._of(
                workspace, upload.document_id, upload.version, one.job_id, "under way" if going else "readable"
            )
        of_version = [
            kept.job for kept in self._jobs.kept()
            if (kept.job.workspace, kept.job.document_id, kept.job.version)
            == (workspace, upload.document_id, upload.version)
        ]  # fmt: skip
        own = next(job for job in of_version if job.id == one.job_id)
        if own.state in {"failed", "cancelled"} and newest.upload.version > upload.version:
            return self._change(workspace, newest)
        if any(map(_holds_up, of_version)):
            state = "under way"
        elif own.state in {"failed", "cancelled"}:
            state = own.state
        return self._of(workspace, upload.document_id, upload.version, one.job_id, state)

    def _of(self, workspace: str, document_id: str, version: int, job_id: str, state: str) -> AcknowledgedChange:
        upload = self._register.get(workspace, document_id, version)
        return AcknowledgedChange(
            document_id=document_id, version=version, job_id=job_id, kept=bool(upload and upload.content_hash),
            state=cast(State, state),
        )  # fmt: skip


def _holds_up(job: Job) -> bool:
    waited_for = job.kind == "ingest" or (job.kind == "extract" and job.payload == PICTURES)
    return waited_for and job.state not in TERMINAL


class InMemoryExtractionCache(ExtractionCache):
    def __init__(self, state: InMemoryState, versions: VersionRegister) -> None:
        self._state = state
        self._versions = versions
        self._readings: dict[str, ModelReading] = state.table()
        self._uses: dict[tuple[str, str, str], None] = state.table()

    def get(self, digests: Sequence[str]) -> Mapping[str, ModelReading]:
        return {digest: self._readings[digest] for digest in digests if digest in self._readings}

    def put(self, workspace: str, document: Document, digest: str, reading: ModelReading) -> None:
        with self._state.transaction():
            if self._there(workspace, document):
                self._readings[digest] = reading
                self._uses[workspace, document.id, digest] = None

    def use(self, workspace: str, document: Document, digests: Sequence[str]) -> None:
        with self._state.transaction():
            if self._there(workspace, document):
                self._uses.update(dict.fromkeys((workspace, document.id, digest) for digest in digests))

    def forget_failures(self, workspace: str, document_id: str) -> None:
        with self._state.transaction():
            for place, document, digest in self._uses:
                if (place, document) == (workspace, document_id):
                    reading = self._readings.get(digest)
                    if reading is not None and reading.failure:
                        del self._readings[digest]

    def forget(self, workspace: str, document_id: str) -> int:
        with self._state.transaction():
            mine = [key for key in self._uses if key[:2] == (workspace, document_id)]
            for key in mine:
                del self._uses[key]
            still = {digest for _, _, digest in self._uses}
            gone = [digest for _, _, digest in mine if digest not in still]
            for digest in gone:
                self._readings.pop(digest, None)
            return len(gone)

    def forget_workspace(self, workspace: str) -> None:
        with self._state.transaction():
            for document_id in {document for place, document, _ in self._uses if place == workspace}:
                self.forget(workspace, document_id)

    def _there(self, workspace: str, document: Document) -> bool:
        upload = self._versions.get(workspace, document.id, document.version)
        return upload is not None and bool(upload.content_hash)


class InMemoryLinePlaces(LinePlaces):
    """Looks whether a version is still there when it is asked."""

    def __init__(self, versions: VersionRegister) -> None:
        self._versions = versions
        self._boxes: dict[tuple[str, str, int], Sequence[LineBox]] = {}

    def set_places(self, workspace: str, document_id: str, version: int, boxes: Sequence[LineBox]) -> None:
        finite = [box for box in boxes if all(map(isfinite, (box.x0, box.y0, box.x1, box.y1)))]
        self._boxes[workspace, document_id, version] = finite

    def places(self, workspace: str, document_id: str, version: int, start: int, end: int) -> Sequence[LineBox]:
        upload = self._versions.get(workspace, document_id, version)
        held = self._boxes.get((workspace, document_id, version), ()) if upload and upload.content_hash else ()
        return [box for box in held if box.start < end and box.end > start]


class InMemoryHoldings(Holdings):
    counted = True

    def __init__(self, state: InMemoryState) -> None:
        self._sizes: dict[Key, int] = state.table()

    def held(self, workspace: str, *, within: str | None = None) -> Holding:
        sizes = [
            size
            for (place, document_id), size in self._sizes.items()
            if place == workspace and (within is None or document_id.startswith(f"{within}/"))
        ]
        return Holding(documents=len(sizes), bytes=sum(sizes))

    def size_of(self, workspace: str, document_id: str) -> int | None:
        return self._sizes.get((workspace, document_id))

    def hold(self, workspace: str, document_id: str, size: int) -> None:
        self._sizes[workspace, document_id] = size

    def release(self, workspace: str, document_id: str) -> None:
        self._sizes.pop((workspace, document_id), None)

    def forget_all(self, workspace: str | None = None) -> None:
        for key in [key for key in self._sizes if workspace in {None, key[0]}]:
            del self._sizes[key]


class InMemoryBlobStore(BlobStore):
    """``now`` is the time in seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self._held: dict[str, tuple[bytes, float]] = {}

    def put(self, data: bytes) -> str:
        digest = content_hash(data)
        self._held.setdefault(digest, (data, self.now))
        return digest

    def get(self, digest: str) -> bytes:
        if digest not in self._held:
            raise DependencyError(f"the uploaded bytes {digest} cannot be read")
        return self._held[digest][0]

    def size(self, digest: str) -> int:
        return len(self._held[digest][0]) if digest in self._held else 0

    def settled(self, seconds: float = SETTLED_SECONDS) -> Sequence[str]:
        return sorted(digest for digest, (_, since) in self._held.items() if since < self.now - seconds)

    def delete(self, digest: str) -> bool:
        return self._held.pop(digest, None) is not None


def _plain(metadata: Metadata) -> str:
    return json.dumps(dict(metadata), sort_keys=True)
