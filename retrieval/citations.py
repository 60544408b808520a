"""Verified citations: a quote counts only if it stands literally in the passage it claims. Pure."""

import re
from collections.abc import Sequence

from retrieval.model import Citation, Draft, Evidence

_MARKER = re.compile(r"\s?\[(\d{1,4})\]")


def verify_citations(draft: Draft, evidence: Sequence[Evidence]) -> tuple[str, tuple[Citation, ...], int]:
    """The draft's text with unverified markers removed, its verified citations, and how many were dropped.

    Each quote is mapped by code to the document's offsets; a marker that is not among the evidence, or a
    quote that is not literally in that passage, is dropped.
    """
    by_marker = {item.marker: item for item in evidence}
    found: list[Citation] = []
    dropped = 0
    for marker, quote in draft.quotes:
        item = by_marker.get(marker)
        place = item.placed.chunk.text.find(quote) if item and quote.strip() else -1
        if item is None or place < 0:
            dropped += 1
            continue
        start = item.placed.position.start + place
        citation = Citation(
            marker=marker,
            document_id=item.placed.document.id,
            version=item.placed.document.version,
            chunk_id=item.placed.chunk.id,
            title=item.placed.document.title,
            quote=quote,
            start=start,
            end=start + len(quote),
            page=item.placed.position.page,
        )
        if citation not in found:
            found.append(citation)
    verified = {citation.marker for citation in found}
    text = _MARKER.sub(lambda match: match.group() if int(match.group(1)) in verified else "", draft.text)
    return text, tuple(found), dropped
