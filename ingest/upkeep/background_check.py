"""The slow check that goes on while the service runs: files, stored versions and uploaded bytes, a slice at a time.

It keeps its place over restarts. A slice is followed by a rest of nineteen times as long, so that it takes a twentieth
of one core at most; its thread gives way to all others.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

import structlog

from graph.errors import DependencyError, QuipuError
from graph.ports.operations import CheckPosition, CheckRegister
from graph.ports.reading import IntegrityReader, SelfCheck
from ingest.ports import BlobStore, UploadRegister

FILES, DOCUMENTS, BYTES = "files", "documents", "bytes"
SLICE = 8
"""Documents, or files of bytes, that are looked at without a rest."""
SHARE = 19.0
REST_SECONDS = 0.05
TROUBLE_SECONDS = 60.0
NICE = 19
_log = structlog.get_logger()


class Parts(Protocol):
    """What is checked: the graph, the file of the operational state, the register and the bytes it refers to."""

    @property
    def graph(self) -> IntegrityReader:
        """Of the stored versions."""
        ...

    @property
    def database(self) -> SelfCheck:
        """Of the operational state."""
        ...

    @property
    def uploads(self) -> UploadRegister:
        """Which documents and bytes there are."""
        ...

    @property
    def blobs(self) -> BlobStore:
        """The bytes."""
        ...


class BackgroundCheck:
    """One pass after another, each ``hours`` after the last began; none where that is 0.

    Args:
        parts: what is checked.
        register: keeps its place and its findings.
        hours: from the beginning of a pass to the next.
    """

    def __init__(self, parts: Parts, register: CheckRegister, hours: float) -> None:
        self._parts = parts
        self._register = register
        self._seconds = hours * 3600.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="background-check", daemon=True)
        self._told: set[str] = set()
        self._count = len(register.problems())
        self._steps: dict[str, Callable[[CheckPosition], tuple[CheckPosition, Mapping[str, Sequence[str]]]]] = {
            FILES: self._files, DOCUMENTS: self._documents, BYTES: self._bytes,
        }  # fmt: skip

    def start(self) -> None:
        """Begin, in a thread of its own."""
        if self._seconds > 0:
            self._thread.start()

    def stop(self) -> None:
        """End after the slice in hand."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(30.0)

    def problems(self) -> Sequence[str]:
        """That it has found something, without names: anybody may read this; empty where all is sound."""
        if not self._count:
            return ()
        return (f"{self._count} damaged things were found on the disk: the log and `quipu verify` name them",)

    def count(self) -> int:
        """How many problems are known."""
        return self._count

    def step(self) -> bool:
        """Look at the next slice; False where no pass is due. Raises DependencyError."""
        position = self._register.position()
        if not position.phase:
            if time.time() < position.begun_at + self._seconds:
                return False
            position = CheckPosition(phase=FILES, begun_at=time.time())
        after, looked_at = self._steps[position.phase](position)
        self._register.move(after, looked_at)
        if self._count or any(looked_at.values()):
            self._count = len(self._register.problems())
        for problem in (one for found in looked_at.values() for one in found if one not in self._told):
            self._told.add(problem)
            _log.error("damage was found", problem=problem)
        return True

    def _run(self) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
        rest = REST_SECONDS
        while not self._stopping.wait(rest):
            begun = time.monotonic()
            try:
                self.step()
                rest = max(REST_SECONDS, SHARE * (time.monotonic() - begun))
            except QuipuError as error:
                _log.warning("the background check waits", cause=str(error))
                rest = TROUBLE_SECONDS

    def _files(self, position: CheckPosition) -> tuple[CheckPosition, Mapping[str, Sequence[str]]]:
        owners: tuple[tuple[str, SelfCheck], ...] = (("graph", self._parts.graph), ("state", self._parts.database))
        for name, owner in owners:
            for part in owner.parts():
                subject = f"{name} {part}"
                if subject > position.after:
                    return replace(position, after=subject), {subject: owner.part_damage(part)}
        return replace(position, phase=DOCUMENTS, after=""), {}

    def _documents(self, position: CheckPosition) -> tuple[CheckPosition, Mapping[str, Sequence[str]]]:
        """The next documents of a workspace; then those of the next workspace."""
        workspaces = [one for one in self._parts.uploads.workspaces() if one >= position.workspace]
        if not workspaces:
            return replace(position, phase=BYTES, workspace="", after=""), {}
        workspace = workspaces[0]
        after = position.after if workspace == position.workspace else ""
        page = self._parts.uploads.page(workspace, after=after, limit=SLICE)
        if not page:
            later = workspaces[1] if len(workspaces) > 1 else None
            if later is None:
                return replace(position, phase=BYTES, workspace="", after=""), {}
            return replace(position, workspace=later, after=""), {}
        ids = [one.upload.document_id for one in page]
        found = {f"document {workspace} {one}": self._parts.graph.damage(workspace, one) for one in ids}
        return replace(position, workspace=workspace, after=ids[-1]), found

    def _bytes(self, position: CheckPosition) -> tuple[CheckPosition, Mapping[str, Sequence[str]]]:
        digests = self._parts.uploads.digests(after=position.after, limit=SLICE)
        if not digests:
            return CheckPosition(begun_at=position.begun_at, ended_at=time.time()), {}
        return replace(position, after=digests[-1]), {f"bytes {one}": self._damage(one) for one in digests}

    def _damage(self, digest: str) -> Sequence[str]:
        try:
            self._parts.blobs.get(digest)
        except DependencyError as error:
            return (str(error),) if self._parts.uploads.refers(digest) else ()
        return ()
