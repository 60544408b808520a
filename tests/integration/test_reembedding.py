"""Another embedder under a view that is already there, and work that is broken off."""

import numpy as np
import pytest
from hashing_embedder import HashingEmbedder
from small_world import SmallWorld

from graph.model import DEFAULT_WORKSPACE as W
from graph.model import FloatArray
from ingest.upkeep.reembedding import embed_anew
from retrieval.finding.search import PassageRetriever
from retrieval.model import Question


class Tiring(HashingEmbedder):
    """Gives up at its third call."""

    calls = 0

    def embed_passages(self, texts: list[str]) -> FloatArray:  # type: ignore[override]
        self.calls += 1
        if self.calls == 3:
            raise KeyboardInterrupt
        return super().embed_passages(texts)


def test_work_goes_on_where_it_was_broken_off_and_views_follow(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.put("selm", "The Selm Tower was designed by Edda Brink. " * 30)
    world.put("selm", "The Selm Tower was designed by Edda Brink, it is said. " * 30)
    old = world.store.revision(W)
    world.store.stamp_embedder(world.embedder.identity)
    world.views.snapshot(W)
    lacking = world.store.lacking
    monkeypatch.setattr(world.store, "lacking", lambda workspace, identity: lacking(workspace, identity, limit=1))
    chunks = len(lacking(W, "any"))
    assert chunks >= 3
    with pytest.raises(KeyboardInterrupt):
        embed_anew(world.store, Tiring(32))
    other = HashingEmbedder(32)
    assert embed_anew(world.store, other) == chunks - 2
    world.store.adopt(other.identity)

    retriever = PassageRetriever(other)
    for revision in (None, old, old - 1):
        snapshot = world.views.snapshot(W, as_of=revision)
        question = Question(workspace=W, text="Who designed the Selm Tower?", mode="vector", k=1)
        (hit,) = retriever.search(retriever.read(question), snapshot)
        row = snapshot.row(hit.chunk_id)
        assert row is not None
        assert snapshot.vectors(np.array([row], dtype=np.int32)).shape == (1, 32)
