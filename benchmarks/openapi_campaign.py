"""Sends what the OpenAPI document allows, and what it forbids, to a running service, and prints as JSON what it
answered that the document does not say. Every phase and check of schemathesis, with each key in turn.

python -m benchmarks.openapi_campaign http://127.0.0.1:8000 --key ADMIN --key ASK --examples 50 --seed 1
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "tests" / "support"))

from openapi_campaign import campaign


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="a service that holds the samples, best one that may be thrown away afterwards")
    parser.add_argument("--key", action="append", default=[], help="a key to send; one campaign for each")
    parser.add_argument("--examples", type=int, default=20, help="of each operation and phase")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    results = {}
    for number, key in enumerate(options.key or [None], start=1):
        with tempfile.TemporaryDirectory() as folder:
            found = campaign(
                options.url, Path(folder), "--seed", str(options.seed), "--max-examples", str(options.examples), key=key
            )
        results[f"key {number}" if key else "no key"] = {
            "operations": len(found.statuses),
            "reached_2xx": round(found.reached, 4),
            "unreached": found.unreached,
            "requests": sum(sum(one.values()) for one in found.statuses.values()),
            "server_errors": sum(
                count for one in found.statuses.values() for code, count in one.items() if code >= 500
            ),
            "broken_word": found.broken_word(),
            "other_failures": {name: len(one) for name, one in found.failures.items()},
        }
    print(json.dumps(results, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
