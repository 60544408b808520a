"""Short passages, all different, for models that take their time."""

from datetime import UTC, datetime

from graph.model import DEFAULT_WORKSPACE, Document
from graph.ports.spending import Payer, nobody
from ingest.model import ChunkText, Passages

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def slow_passages(number: int, payer: Payer = nobody) -> Passages:
    """Each ends with its number, from 0 on, and a full stop."""
    document = Document(
        id="selm", version=1, title="Selm", source="selm", media_type="text/plain", metadata={}, content_hash="x",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    texts = [f"The Selm Tower has a door number {place}." for place in range(number)]
    chunks = [ChunkText(start=0, end=len(text), text=text, headings=(), page=None, sentences=()) for text in texts]
    return Passages(workspace=DEFAULT_WORKSPACE, document=document, chunks=tuple(chunks), payer=payer)
