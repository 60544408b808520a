"""Large files through the whole way of a document: seconds and memory of each step, the longest silence, cancelling.

``python -m benchmarks.big_files table --size 200000`` (rows), ``pages --size 300`` (of a PDF), ``mailbox --size 50``
(MB). Names and relations are read by rule, vectors come from a quick hashing embedder of 384 dimensions, the store is
SQLite. Memory is what is resident above the time before, at its peak: of this process, which stands for the service and
gives freed memory back as it does, and of the cell that parses. Dictionaries that the first text of all loads are there
before. What stays after the commit is told apart, and so is the view that takes in the new revision, which is no part
of taking a document in: it is what questions need of each passage from then on. ``--cancel commit`` gives the document
up in that step, and tells how long that took.
"""

import argparse
import io
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from small_world import SmallWorld, small_world  # noqa: E402

from api.footprint.resident_memory import GIVEN_BACK_SECONDS, FreedMemory, keep_together  # noqa: E402
from graph.model import DEFAULT_WORKSPACE  # noqa: E402
from ingest.model import Upload  # noqa: E402
from ingest.outcomes import Failure, IngestReport  # noqa: E402

MIB = 1024 * 1024
NAMES = ("Ada Stone", "Ben Wood", "Cleo Marsh", "Dan Rivers", "Eve Hill", "Finn Lake", "Gwen Field")
TOWNS = ("Selm", "Torvik", "Marrow", "Calder", "Ostby")
SENTENCE = "{} of {} paid {} coins for the crossing at the old bridge on day {} of the year."


def table(rows: int) -> bytes:
    """A CSV of six columns."""
    lines = ["order,customer,town,day,pieces,price"]
    lines += [
        f"ORD-{n:07d},{NAMES[n % 7]} {n % 1013},{TOWNS[n % 5]},"
        f"2025-{n % 12 + 1:02d}-{n % 28 + 1:02d},{n % 97},{n % 9973 / 7:.2f}"
        for n in range(rows)
    ]
    return ("\n".join(lines) + "\n").encode()


def sentence(number: int) -> str:
    """One that no other is like."""
    return SENTENCE.format(NAMES[number % 7], TOWNS[number % 5], number, number % 365 + 1)


def pages(count: int) -> bytes:
    """A PDF of so many pages of forty lines."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    written = io.BytesIO()
    canvas = Canvas(written, pagesize=A4)
    for number in range(count):
        for line in range(40):
            canvas.drawString(50, 790 - 18 * line, sentence(40 * number + line))
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def mailbox(megabytes: int) -> bytes:
    """Mails of 50 kB each."""
    mails = []
    for number in range(20 * megabytes):
        body = "\n".join(sentence(600 * number + line) for line in range(600))
        mails.append(
            f"From a@example.org Fri Jan  2 09:30:00 2026\nFrom: a@example.org\nSubject: Tolls {number}\n"
            f"Message-ID: <{number}@example.org>\nDate: Fri, 2 Jan 2026 09:30:00 +0000\n\n{body}\n\n"
        )
    return "".join(mails).encode()


KINDS = {
    "table": ("big.csv", "text/csv", table), "pages": ("big.pdf", "application/pdf", pages),
    "mailbox": ("big.mbox", "application/mbox", mailbox),
}  # fmt: skip


class Watch:
    """Looks at memory ten times a second, and at how long nothing was told. ``cancel`` is the step to give up in."""

    def __init__(self, cancel: str) -> None:
        self._me = psutil.Process()
        self._before = self._me.memory_info().rss
        self._cancel = cancel
        self.cancelled_at = 0.0
        self.step = "begin"
        self.peaks: dict[str, float] = defaultdict(float)
        self.cells: dict[str, float] = defaultdict(float)
        self.seconds: dict[str, float] = defaultdict(float)
        self.silence: dict[str, float] = defaultdict(float)
        self._told = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def tell(self, upload: Upload, step: str, done: int, total: int) -> bool:
        """As a worker is told."""
        del upload, total
        self.enter(step)
        if step == self._cancel and done and not self.cancelled_at:
            self.cancelled_at = time.monotonic()
        return not self.cancelled_at

    def enter(self, step: str) -> None:
        """Something was told of a step."""
        now = time.monotonic()
        self.silence[self.step] = max(self.silence[self.step], now - self._told)
        self.seconds[self.step] += now - self._told
        self._told, self.step = now, step

    def resident(self) -> int:
        """Bytes above the time before, once what was freed has been given back."""
        time.sleep(GIVEN_BACK_SECONDS + 1)
        return int(self._me.memory_info().rss - self._before)

    def close(self) -> None:
        """The end."""
        self._stop.set()
        self._thread.join()
        self.enter("end")

    def _look(self) -> None:
        while not self._stop.wait(0.1):
            mine = self._me.memory_info().rss - self._before
            self.peaks[self.step] = max(self.peaks[self.step], mine / MIB)
            children = 0.0
            for each in self._me.children(recursive=True):
                try:
                    children = max(children, each.memory_full_info().uss / MIB)
                except psutil.Error:
                    continue
            self.cells[self.step] = max(self.cells[self.step], children)


def main() -> None:
    """Print a line for each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--cancel", default="", choices=["", "load", "extract", "embed", "commit"])
    given = parser.parse_args()
    name, media_type, made = KINDS[given.kind]
    data = made(given.size)
    keep_together()
    freed = FreedMemory()
    freed.start()
    with tempfile.TemporaryDirectory() as folder, small_world(Path(folder)) as world:
        world.embedder.dimension = 384
        world.put("warm.csv", table(50), media_type="text/csv")
        world.put("warm.txt", "Ada Stone, who was born in Selm, built the old bridge. It was sold in 1931.\n")
        world.views.catch_up(DEFAULT_WORKSPACE)
        upload = world.upload(name, data, media_type=media_type)
        size = len(data)
        del data
        watch = Watch(given.cancel)
        (outcome,) = world.pipeline.run([upload], watch.tell)
        _report(given.kind, size, outcome, watch, world)
        freed.stop()


def _report(kind: str, size: int, outcome: IngestReport | Failure, watch: Watch, world: SmallWorld) -> None:
    if isinstance(outcome, Failure):
        watch.close()
        late = time.monotonic() - watch.cancelled_at
        print(f"{kind}, {size / MIB:.1f} MiB: {outcome.step}: {outcome.error}; {late:.1f} s after it was cancelled")
    else:
        watch.enter("view")
        stays = watch.resident()
        world.views.catch_up(DEFAULT_WORKSPACE)
        view = watch.resident() - stays
        watch.close()
        print(f"{kind}, {size / MIB:.1f} MiB: {outcome.chunks} chunks, {outcome.relations} relations")
        print(f"stays {stays / MIB:+.0f} MiB; the view {view / MIB:+.0f} MiB, {view / outcome.chunks:.0f} B a passage")
    for step in watch.peaks:
        print(
            f"{step:8} {watch.seconds[step]:6.1f} s  peak +{watch.peaks[step]:6.0f} MiB"
            f"  cell {watch.cells[step]:5.0f} MiB  longest silence {watch.silence[step]:5.1f} s"
        )


if __name__ == "__main__":
    main()
