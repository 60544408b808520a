"""Whether a conversation notices what no longer holds: by a script, half of it in Chinese. Prints JSON; ``wrong``: 0.

python -m benchmarks.conversations               # 500 conversations
python -m benchmarks.conversations --count 52    # each kind of change twice in both languages
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from scripted_conversations import campaign
from small_world import small_world

SHOWN = 20


def main() -> None:
    """Run the script, and print what was noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, small_world(Path(folder)) as world:
        tally = campaign(given.count, Path(folder), world, seed=given.seed)
    told = {
        "conversations": tally.conversations, "changed": tally.changed, "noticed": tally.noticed,
        "wrong": len(tally.wrong), "first": tally.wrong[:SHOWN], "seconds": round(time.perf_counter() - started, 1),
    }  # fmt: skip
    sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
