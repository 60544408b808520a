"""How soon the page paints in a real Chromium, and how much is loaded before the graph is opened. Prints JSON.

``python -m benchmarks.page http://127.0.0.1:8000`` looks at a running service, as a visitor who has never been there.
"""

import argparse
import gzip
import json
import statistics
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

from browser import Window, window

_PAINTED = "() => performance.getEntriesByName('first-contentful-paint').map(one => one.startTime)"


def visit_once(chromium: Window, origin: str) -> tuple[float, int]:
    """Milliseconds until the first paint with content; bytes, gzipped, of all files of the page."""
    with chromium.visit(origin, refused=True) as visit:
        visit.go()
        visit.page.get_by_role("main").wait_for()
        visit.page.wait_for_load_state("load")
        visit.page.wait_for_function(f"({_PAINTED})().length > 0")
        return visit.page.evaluate(_PAINTED)[0], sum(len(gzip.compress(one.body())) for one in visit.files)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("origin")
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with window() as chromium:
        found = [visit_once(chromium, options.origin.rstrip("/")) for _ in range(options.times)]
    paints = [paint for paint, _ in found]
    print(
        json.dumps(
            {
                "first_contentful_paint_ms": {"median": round(statistics.median(paints)), "worst": round(max(paints))},
                "gzipped_bytes": max(size for _, size in found),
            }
        )
    )


if __name__ == "__main__":
    main()
