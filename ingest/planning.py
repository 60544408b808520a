"""From what was read in a document version to the one value that changes the graph. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from graph.filters import LANGUAGE
from graph.identity import chunk_id
from graph.model import Chunk, Document, FloatArray, GraphChange, Position
from graph.text.languages import language_of
from ingest.given_names import base_name, kept_metadata
from ingest.model import ChunkText, Extraction, LoadedDocument, Upload
from ingest.resolving.resolution import resolve


def document_of(upload: Upload, loaded: LoadedDocument) -> Document:
    """The version. What its sender gave goes before what the file says of itself."""
    stem = base_name(upload.source).rsplit(".", 1)[0]
    title = upload.title if upload.title is not None else (loaded.title or stem)
    return Document(
        id=upload.document_id, version=upload.version, title=" ".join(title.split())[:500], source=upload.source,
        media_type=upload.kind, metadata={**kept_metadata(loaded.metadata), **upload.metadata},
        content_hash=upload.content_hash,
        created_at=upload.created_at, updated_at=upload.updated_at,
    )  # fmt: skip


def with_language(document: Document, text: str) -> Document:
    """The version with the language of its text, where that is certain."""
    found = language_of(text)
    return document if found is None else replace(document, metadata={**document.metadata, LANGUAGE: found})


def chunk_ids(document: Document, texts: Iterable[ChunkText]) -> list[str]:
    """The id of each chunk. Equal passages of a document are told apart by their order."""
    seen: Counter[bytes] = Counter()
    found = []
    for text in texts:
        said = "\0".join((*text.headings, "", text.text)).encode("utf-8", "surrogatepass")
        content = hashlib.blake2b(said, digest_size=16).digest()
        found.append(chunk_id(document.id, document.title, text.headings, text.text, seen[content]))
        seen[content] += 1
    return found


def place_chunks(
    document: Document, texts: Sequence[ChunkText], ids: Sequence[str], first: int = 0
) -> tuple[tuple[Chunk, ...], tuple[Position, ...]]:
    """Chunks with their ids, and where they stand; ``first`` is the number of the first of them in the document."""
    chunks = tuple(
        Chunk(id=identity, document_id=document.id, headings=text.headings, text=text.text, sentences=text.sentences)
        for identity, text in zip(ids, texts, strict=True)
    )
    positions = tuple(
        Position(chunk_id=identity, ordinal=ordinal, start=text.start, end=text.end, page=text.page)
        for ordinal, (identity, text) in enumerate(zip(ids, texts, strict=True), start=first)
    )
    return chunks, positions


def embedded_text(title: str, chunk: Chunk) -> str:
    """What is embedded for a chunk: its document's title, headings and text."""
    return "\n".join(part for part in (title, " › ".join(chunk.headings), chunk.text) if part)


def plan_change(
    workspace: str, document: Document, text: str, placed: tuple[tuple[Chunk, ...], tuple[Position, ...]],
    extractions: Iterable[Extraction], vectors: FloatArray,
) -> GraphChange:  # fmt: skip
    """What the chunks of a document version contribute: all of it, or a part."""
    chunks, positions = placed
    resolved = [
        resolve(workspace, document.title, chunk.id, extraction)
        for chunk, extraction in zip(chunks, extractions, strict=True)
    ]
    return GraphChange(
        document=document,
        text=text,
        chunks=chunks,
        positions=positions,
        vectors=vectors,
        mentions=tuple(mention for mentions, _, _ in resolved for mention in mentions),
        relations=tuple(relation for _, relations, _ in resolved for relation in relations),
        aliases=tuple(alias for _, _, aliases in resolved for alias in aliases),
    )
