"""The ExtractionCache port, run over every adapter."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kept_state import KINDS, Kept, kept_state

from graph.model import Document
from ingest.model import Upload
from ingest.model_reading import ModelReading

W = "w"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
READ = ModelReading(answer='{"entities": []}')
FAILED = ModelReading(answer="", failure="it was cut off")


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    with kept_state(request.param, tmp_path) as found:
        yield found


def document(kept: Kept, document_id: str) -> Document:
    """A document whose first version is registered."""
    upload = Upload(
        workspace=W, document_id=document_id, version=1, title=None, source=document_id, media_type="text/plain",
        metadata={}, content_hash=f"hash of {document_id}", created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    kept.register.add(upload, deleted=False, job_id="")
    return Document(
        id=document_id, version=1, title="", source=document_id, media_type="text/plain", metadata={},
        content_hash=upload.content_hash, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


class TestExtractionCache:
    def test_what_was_put_is_held(self, kept: Kept) -> None:
        one = document(kept, "a")
        kept.cache.put(W, one, "d1", READ)
        kept.cache.put(W, one, "d2", FAILED)
        assert kept.cache.get(["d1", "d2", "d3"]) == {"d1": READ, "d2": FAILED}
        assert kept.cache.get([]) == {}

    def test_more_than_a_batch_can_be_asked_for(self, kept: Kept) -> None:
        one = document(kept, "a")
        with kept.state.transaction():
            for number in range(1100):
                kept.cache.put(W, one, f"d{number}", READ)
        assert len(kept.cache.get([f"d{number}" for number in range(1200)])) == 1100

    def test_a_later_answer_takes_the_place_of_an_earlier_one(self, kept: Kept) -> None:
        one = document(kept, "a")
        kept.cache.put(W, one, "d", FAILED)
        kept.cache.put(W, one, "d", READ)
        assert kept.cache.get(["d"]) == {"d": READ}

    def test_nothing_is_kept_of_a_document_that_was_purged_meanwhile(self, kept: Kept) -> None:
        one, other = document(kept, "a"), document(kept, "b")
        kept.cache.put(W, other, "shared", READ)
        kept.register.forget(W, "a", 1)
        kept.cache.put(W, one, "d", READ)
        kept.cache.use(W, one, ["shared"])
        assert kept.cache.get(["d"]) == {}
        assert kept.cache.forget(W, "b") == 1, "the purged one does not hold on to it"

    def test_forgetting_leaves_what_another_document_leads_to(self, kept: Kept) -> None:
        one, other = document(kept, "a"), document(kept, "b")
        kept.cache.put(W, one, "mine", READ)
        kept.cache.put(W, one, "ours", READ)
        kept.cache.use(W, other, ["ours"])
        assert kept.cache.forget(W, "a") == 1
        assert kept.cache.get(["mine", "ours"]) == {"ours": READ}
        assert kept.cache.forget(W, "b") == 1
        assert kept.cache.get(["ours"]) == {}
        assert kept.cache.forget(W, "b") == 0

    def test_a_workspace_takes_along_what_only_it_leads_to(self, kept: Kept) -> None:
        one, two = document(kept, "a"), document(kept, "b")
        kept.cache.put(W, one, "mine", READ)
        kept.cache.put(W, two, "mine", READ)
        kept.cache.put(W, one, "shared", READ)
        kept.register.add(
            Upload(
                workspace="other", document_id="a", version=1, title=None, source="a", media_type="text/plain",
                metadata={}, content_hash="h", created_at=NOW, updated_at=NOW,
            ), deleted=False, job_id="",
        )  # fmt: skip
        kept.cache.use("other", one, ["shared"])
        kept.cache.forget_workspace(W)
        assert kept.cache.get(["mine", "shared"]) == {"shared": READ}
        kept.cache.forget_workspace("other")
        assert kept.cache.get(["shared"]) == {}

    def test_failures_of_a_document_are_forgotten_alone(self, kept: Kept) -> None:
        one, other = document(kept, "a"), document(kept, "b")
        kept.cache.put(W, one, "read", READ)
        kept.cache.put(W, one, "failed", FAILED)
        kept.cache.put(W, other, "other's", FAILED)
        kept.cache.forget_failures(W, "a")
        assert kept.cache.get(["read", "failed", "other's"]) == {"read": READ, "other's": FAILED}
        kept.cache.forget_failures(W, "a")
        kept.cache.put(W, one, "failed", READ)
        assert kept.cache.get(["failed"]) == {"failed": READ}
