"""Documents read by a model that misbehaves, over real HTTP: every passage is read, fails with a reason, or waits."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from misbehaving import LASTING, MISBEHAVIOURS
from model_server import ModelServer
from served_model import served_model

from graph.errors import DependencyError
from graph.model import DEFAULT_WORKSPACE, Document
from graph.operations.database import OperationsDatabase
from graph.operations.jobs import SqliteJobQueue
from graph.ports.spending import Tally
from ingest.chunking import split_document
from ingest.extraction.llm_extractor import LlmExtractor
from ingest.model import Extraction, LoadedDocument, Passages, Section
from ingest.model_reading import ExtractionSchema
from ingest.ports import ExtractionCache
from ingest.tables.extractions import SqliteExtractionCache
from ingest.tables.uploads import SqliteUploadRegister

TEXT = "The Selm Tower was designed by Edda Brink. It is made of larch. Ana Ruiz painted its door."
WAITS = {"refuses", "fails", "busy, come back tomorrow", "busy, nonsense", "silent", "one token every half second",
         "drops the connection", "busy, come back soon"}  # fmt: skip
STATES = {"prose around JSON": "model", "half characters": "model", "one slot": "model",
          "ten thousand entities": "partly", "cut within relations": "partly", "cut in the second half too": "partly",
          "loops one entity to the limit": "partly", "loops a sentence in an answer": "partly"}  # fmt: skip
"""What becomes of a passage; those that are not named here fail."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ExtractionCache]:
    operations = OperationsDatabase(tmp_path / "operations.sqlite")
    SqliteJobQueue(operations)
    yield SqliteExtractionCache(operations, SqliteUploadRegister(operations))
    operations.close()


def passages(tally: Tally) -> Passages:
    document = Document(
        id="selm", version=1, title="Selm Tower", source="selm", media_type="text/plain", metadata={}, content_hash="x",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    loaded = LoadedDocument(text=TEXT, sections=(Section(start=0, end=len(TEXT)),))
    return Passages(
        workspace=DEFAULT_WORKSPACE, document=document, chunks=tuple(split_document(loaded)), payer=tally.add
    )


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_reading_ends_in_time_with_a_reason_or_with_what_is_in_the_text(cache: ExtractionCache, name: str) -> None:
    with ModelServer(MISBEHAVIOURS[name]) as server:
        model = served_model(server, protocol="openai", llm_timeout_seconds=2.0 if name in WAITS else 60.0)
        extractor = LlmExtractor(model=model, cache=cache, schema=ExtractionSchema())
        tally = Tally()
        outcome = outcome_of(extractor, tally)
        extractor.close()
        if name in LASTING:
            server.wait_for_gone(len(server.asked))
    if isinstance(outcome, DependencyError):
        assert name in WAITS
        assert str(outcome)
        return
    assert outcome.state == STATES.get(name, "failed")
    assert bool(outcome.failure) == (outcome.state != "model")
    assert tally.cost.calls == len(server.asked) or outcome.state == "failed"
    if name in STATES:
        assert (
            "partly" if {"answer cut off", "answer repeated itself"} & set(outcome.rejected) else "model"
        ) == outcome.state
    assert all(found.name in f"Selm Tower {TEXT}" for found in outcome.names)
    assert {"Selm Tower", "Edda Brink"} <= {found.name for found in outcome.names}, "names by rule stay"


def outcome_of(extractor: LlmExtractor, tally: Tally) -> Extraction | DependencyError:
    try:
        return extractor.extract([passages(tally)], lambda *_: True)[0][0]
    except DependencyError as error:
        return error
