"""How ids follow from content, so that writing the same thing twice writes it once."""

import hashlib
from collections.abc import Sequence


def _digest(*parts: str) -> str:
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "big"))
        state.update(data)
    return state.hexdigest()


def chunk_id(document_id: str, title: str, headings: Sequence[str], text: str, occurrence: int) -> str:
    """Id of the ``occurrence``-th chunk (from 0) of a document with exactly this content."""
    return _digest("chunk", document_id, title, str(len(headings)), *headings, text, str(occurrence))


def entity_id(workspace: str, key: str, discriminator: str = "") -> str:
    """Id of the entity that a normalised name stands for; ``discriminator`` separates homonyms."""
    return _digest("entity", workspace, key, discriminator)


def content_hash(data: bytes) -> str:
    """SHA-256 of uploaded bytes, hex."""
    return hashlib.sha256(data).hexdigest()
