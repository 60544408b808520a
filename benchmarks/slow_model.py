"""Passages read by a scripted server that has few slots and writes a few tokens a second, in real time.

``python -m benchmarks.slow_model [--passages 100] [--tokens-a-second 3] [--slots 1] [--untold]``: whether any call ran
into a time-out, how far the end that is told after ten passages lies from the real one, and what speed was measured.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from api.language_models import build_language_model
from api.settings import Settings
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from ingest.extraction.llm_extractor import LlmExtractor
from ingest.model_reading import ExtractionSchema
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.uploads import SqliteUploadRegister
from ingest.under_way.expected_end import ExpectedEnd

PROMPT_SECONDS = 4.0
ANNOUNCED_AFTER = 10


def run(number: int, speed: float, slots: int, *, tells: bool) -> dict[str, Any]:
    """Figures of one reading."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
    from model_server import Asked, ModelServer, Reply
    from slow_passages import slow_passages

    def slowly(asked: Asked) -> Reply:
        text = ['{"entities": [],', *[" "] * (6 + len(asked.user) * 7 % 9), '"relations": []}']
        return Reply(pieces=[PROMPT_SECONDS, *(part for word in text for part in (word, 1 / speed))])

    expected, told = ExpectedEnd(), dict[int, float]()

    def tell(_: int, done: int) -> bool:
        end = expected.told("slow", done, number)
        if end is not None:
            told.setdefault(done, end)
        return True

    with tempfile.TemporaryDirectory() as folder, ModelServer(slowly, slots=slots) as server:
        server.tells_slots = tells
        model = build_language_model("openai/test", Settings(llm="openai/test", llm_url=server.url))
        assert model is not None
        operations = OperationsDatabase(Path(folder) / "operations.sqlite")
        SqliteJobQueue(operations)
        cache = SqliteExtractionCache(operations, SqliteUploadRegister(operations))
        extractor = LlmExtractor(model=model, cache=cache, schema=ExtractionSchema())
        started = time.time()
        (read,) = extractor.extract([slow_passages(number)], tell)
        took = time.time() - started
        extractor.close()
        operations.close()
        return {
            "passages read": sum(one.state == "model" for one in read), "calls": len(server.asked),
            "calls given up": server.gone, "most at the server at once": server.most_open, "seconds": round(took, 1),
            f"end told after {ANNOUNCED_AFTER}": round(told[ANNOUNCED_AFTER] - started, 1),
            "measured tokens a second": model.standing.output_tokens_per_second,
        }  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, default=100)
    parser.add_argument("--tokens-a-second", type=float, default=3.0)
    parser.add_argument("--slots", type=int, default=1)
    parser.add_argument("--untold", action="store_true", help="the server does not say how many slots it has")
    asked = parser.parse_args()
    figures = run(asked.passages, asked.tokens_a_second, asked.slots, tells=not asked.untold)
    for name, figure in figures.items():
        print(f"{name}: {figure}")


if __name__ == "__main__":
    main()
