"""Lines on their way to disk: taken at once, written by a thread of its own.

A line is with the operating system within a moment of its call's end and on disk a second later: a ``kill -9`` loses
what waits (``waiting``), a power cut a second more. No call waits for its line, and none fails for want of one: where
the disk takes none, up to ``MOST_WAITING`` lines wait, later ones are counted as lost, and a line of its own says how
many once the disk takes lines again.
"""

import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice

import structlog

from api.audit.files import AuditFiles, Kept
from api.audit.lines import AuditLine
from api.settings import MIB, Settings

MOST_WAITING = 20_000
SYNC_SECONDS = 1.0
PAUSE_SECONDS = 0.02
"""Between two writes, so that lines of a busy service go together."""
BATCH = 200
GAP = "background:audit-gap"
_log = structlog.get_logger()


class AuditTrail:
    """Takes lines. ``files`` None: keeps none."""

    def __init__(self, files: AuditFiles | None) -> None:
        self._files = files
        self._waiting: deque[tuple[float, str]] = deque()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self._gap = 0
        self._said = ""
        self.lost = 0
        self._thread = threading.Thread(target=self._write_on, name="audit", daemon=True)
        if files is not None:
            self._thread.start()

    @property
    def waiting(self) -> int:
        """Lines that are not with the operating system yet."""
        return len(self._waiting)

    @property
    def lag(self) -> float:
        """Seconds that the oldest of them has waited."""
        with self._lock:
            return time.monotonic() - self._waiting[0][0] if self._waiting else 0.0

    def record(self, line: AuditLine) -> None:
        """Take a line; quick, and from any thread."""
        if self._files is None:
            return
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                self.lost += 1
                self._gap += 1
                return
            self._waiting.append((time.monotonic(), line.to_json()))
        self._wake.set()

    def note(self, action: str, workspace: str, ids: Sequence[str] = (), *, status: int = 200) -> None:
        """Take a line for something that the service does by itself."""
        at = datetime.now(UTC)
        self.record(AuditLine(at=at, key=None, workspace=workspace, action=action, ids=ids, status=status))

    def close(self) -> None:
        """Write what waits, and end."""
        if self._files is not None:
            self._stopping = True
            self._wake.set()
            self._thread.join()

    def _write_on(self) -> None:
        synced, stopping = time.monotonic(), False
        while not stopping:
            self._wake.wait(SYNC_SECONDS)
            self._wake.clear()
            stopping = self._stopping
            try:
                self._write()
                if stopping or time.monotonic() - synced >= SYNC_SECONDS:
                    self._sync(close=stopping)
                    synced = time.monotonic()
                self._said = ""
            except OSError as error:
                self._say(str(error))
                time.sleep(0.0 if stopping else SYNC_SECONDS)
            time.sleep(0.0 if stopping else PAUSE_SECONDS)

    def _write(self) -> None:
        while self._files is not None and (batch := self._batch()):
            self._files.append(batch)
            with self._lock:
                for _ in batch:
                    self._waiting.popleft()
            self._tell_gap(self._files)

    def _sync(self, *, close: bool) -> None:
        if self._files is not None:
            self._files.close() if close else self._files.sync()

    def _say(self, cause: str) -> None:
        if cause != self._said:
            _log.error("audit lines cannot be written; they wait", cause=cause, waiting=self.waiting)
        self._said = cause

    def _batch(self) -> list[str]:
        with self._lock:
            return [line for _, line in islice(self._waiting, BATCH)]

    def _tell_gap(self, files: AuditFiles) -> None:
        with self._lock:
            gap, self._gap = self._gap, 0
        if gap:
            line = AuditLine(at=datetime.now(UTC), key=None, workspace=None, action=GAP, ids=[str(gap)], status=507)
            files.append([line.to_json()])
            _log.error("audit lines were lost while the disk took none", lines=gap)


def open_trail(settings: Settings, opened: ExitStack) -> AuditTrail:
    """The trail that settings ask for; ``opened`` closes it."""
    folder = settings.audit_folder
    kept = Kept(days=settings.audit_days, bytes=settings.audit_mib * MIB)
    trail = AuditTrail(AuditFiles(folder, kept) if folder else None)
    opened.callback(trail.close)
    return trail
