"""A long CSV through the whole way of a document: seconds and memory of each step, and the longest silence.

``python benchmarks/long_table.py --rows 200000``. Names and relations are read by rule, vectors come from a quick
hashing embedder of 384 dimensions, the store is SQLite. Memory is what is resident above the time before, at its peak:
of this process, which stands for the service, and of the cell that parses.
"""

import argparse
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from small_world import small_world  # noqa: E402

from ingest.model import Upload  # noqa: E402
from ingest.outcomes import Failure  # noqa: E402

MIB = 1024 * 1024
NAMES = ("Ada Stone", "Ben Wood", "Cleo Marsh", "Dan Rivers", "Eve Hill", "Finn Lake", "Gwen Field")
TOWNS = ("Selm", "Torvik", "Marrow", "Calder", "Ostby")


def table(rows: int) -> bytes:
    """A CSV of six columns."""
    lines = ["order,customer,town,day,pieces,price"]
    lines += [
        f"ORD-{n:07d},{NAMES[n % 7]} {n % 1013},{TOWNS[n % 5]},"
        f"2025-{n % 12 + 1:02d}-{n % 28 + 1:02d},{n % 97},{n % 9973 / 7:.2f}"
        for n in range(rows)
    ]
    return ("\n".join(lines) + "\n").encode()


class Watch:
    """Looks at memory ten times a second, and at how long nothing was told."""

    def __init__(self) -> None:
        self._me = psutil.Process()
        self._before = self._me.memory_info().rss
        self.step, self.done = "begin", 0
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
        now = time.monotonic()
        self.silence[self.step] = max(self.silence[self.step], now - self._told)
        self.seconds[self.step] += now - self._told
        self._told, self.step, self.done = now, step, done
        return True

    def close(self) -> None:
        """The end."""
        self._stop.set()
        self._thread.join()
        now = time.monotonic()
        self.silence[self.step] = max(self.silence[self.step], now - self._told)
        self.seconds[self.step] += now - self._told

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
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    data = table(rows)
    with tempfile.TemporaryDirectory() as folder, small_world(Path(folder)) as world:
        world.embedder.dimension = 384
        world.put("warm.csv", table(50), media_type="text/csv")
        upload = world.upload("orders.csv", data, media_type="text/csv")
        size = len(data)
        del data
        watch = Watch()
        (report,) = world.pipeline.run([upload], watch.tell)
        watch.close()
        if isinstance(report, Failure):
            raise SystemExit(f"{report.step}: {report.error}")
        print(f"{rows} rows, {size / MIB:.1f} MiB: {report.chunks} chunks, {report.relations} relations")
        for step in watch.seconds:
            print(
                f"{step:8} {watch.seconds[step]:6.1f} s  peak +{watch.peaks[step]:6.0f} MiB"
                f"  cell {watch.cells[step]:5.0f} MiB  longest silence {watch.silence[step]:5.1f} s"
            )


if __name__ == "__main__":
    main()
