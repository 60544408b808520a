"""A hundred passages for a server with one slot that writes three tokens a second, sped up by forty.

The time-outs are sped up by more than that, so that a line of ten at the server would be taken for silence. When the
end comes is told and compared by the server's own clock, which a busy machine does not put out.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from model_server import Asked, ModelServer, Reply
from slow_passages import slow_passages

from api.language_models import build_language_model
from api.settings import Settings
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from graph.ports.spending import Tally
from ingest.extraction.llm_extractor import LlmExtractor
from ingest.model_reading import ExtractionSchema
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.uploads import SqliteUploadRegister
from ingest.under_way.expected_end import ExpectedEnd

CHUNKS = 100
TIMES_FASTER = 40
TOKEN_SECONDS = 1 / 3 / TIMES_FASTER
PROMPT_SECONDS = 4.0 / TIMES_FASTER
FIRST_TOKEN_SECONDS = 5.0


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[SqliteExtractionCache]:
    operations = OperationsDatabase(tmp_path / "operations.sqlite")
    SqliteJobQueue(operations)
    yield SqliteExtractionCache(operations, SqliteUploadRegister(operations))
    operations.close()


class SlowModel:
    """Answers in eight to sixteen tokens; ``now`` is its clock, in seconds that it has worked."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self, asked: Asked) -> Reply:
        number = int(asked.user.rsplit(" ", 1)[-1].strip("."))
        return Reply(pieces=self._pieces(6 + 7 * number % 9))

    def _pieces(self, spaces: int) -> Iterator[str | float]:
        for text in ("", '{"entities": [],', *[" "] * spaces, '"relations": []}'):
            if text:
                yield text
            seconds = TOKEN_SECONDS if text else PROMPT_SECONDS
            yield seconds
            self.now += seconds


@pytest.mark.parametrize("tells", [True, False], ids=["its slots are told", "its slots are not told"])
def test_a_hundred_passages_wait_their_turn_and_the_end_is_known_after_ten(
    cache: SqliteExtractionCache, tells: bool
) -> None:
    slow = SlowModel()
    with ModelServer(slow, slots=1) as server:
        server.tells_slots = tells
        settings = Settings(llm="openai/test", llm_url=server.url, llm_timeout_seconds=2 * FIRST_TOKEN_SECONDS)
        model = build_language_model("openai/test", settings)
        assert model is not None
        extractor = LlmExtractor(model=model, cache=cache, schema=ExtractionSchema())
        expected, told = ExpectedEnd(lambda: slow.now), list[tuple[int, float]]()

        def tell(_: int, done: int) -> bool:
            if end := expected.told("selm", done, CHUNKS):
                told.append((done, end))
            return True

        tally = Tally()
        (extractions,) = extractor.extract([slow_passages(CHUNKS, tally.add)], tell)
        extractor.close()
        standing = model.standing
    assert [one.state for one in extractions] == ["model"] * CHUNKS
    assert (tally.cost.calls, len(server.asked), server.gone) == (CHUNKS, CHUNKS, 0)
    assert server.most_open <= (1 if tells else 4), "a busy machine may look quicker for a while than it is"
    assert {done for done, _ in told} >= set(range(10, CHUNKS + 1))
    for done, end in told[9:]:
        assert abs(end - slow.now) <= 0.25 * slow.now, done
    assert 0 < (standing.output_tokens_per_second or 0) < 1.1 / TOKEN_SECONDS
