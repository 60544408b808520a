"""What is kept of a remote store is never older than its last write."""

from datetime import UTC, datetime

from graph.model import Chunk, Document, PlacedChunk, Position
from graph.stores.neo4j.placed_cache import KEPT, PlacedCache

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def placed(chunk: str, document: str = "d", version: int = 1) -> PlacedChunk:
    return PlacedChunk(
        chunk=Chunk(id=chunk, document_id=document, headings=(), text="x", sentences=()),
        position=Position(chunk_id=chunk, ordinal=0, start=0, end=1),
        document=Document(
            id=document, version=version, title="", source="", media_type="", metadata={}, content_hash="",
            created_at=NOW, updated_at=NOW,
        ),
    )  # fmt: skip


def test_kept_from_the_revision_on_since_which_it_stands() -> None:
    cache = PlacedCache()
    cache.put("w", [(3, placed("a"))], cache.writes)
    assert list(cache.get("w", ["a", "b"], 3)) == ["a"]
    assert cache.get("w", ["a"], 2) == {}
    assert cache.get("other", ["a"], 3) == {}


def test_a_write_ends_what_was_read_before_and_meanwhile() -> None:
    cache = PlacedCache()
    cache.put("w", [(1, placed("a")), (1, placed("b", "e"))], cache.writes)
    before = cache.writes
    with cache.changing("w", ["d"]):
        assert list(cache.get("w", ["a", "b"], 1)) == ["b"]
        cache.put("w", [(1, placed("a"))], cache.writes)
        assert cache.get("w", ["a"], 1) == {}
    cache.put("w", [(1, placed("a"))], before)
    assert cache.get("w", ["a"], 1) == {}
    cache.put("w", [(2, placed("a", version=2))], cache.writes)
    assert cache.get("w", ["a"], 2)["a"].document.version == 2


def test_the_least_used_goes() -> None:
    cache = PlacedCache()
    cache.put("w", [(1, placed("first"))], cache.writes)
    for number in range(KEPT):
        cache.put("w", [(1, placed(str(number)))], cache.writes)
    assert cache.get("w", ["first"], 1) == {}
    assert list(cache.get("w", ["0"], 1)) == ["0"]
