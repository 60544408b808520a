"""Passages for an overview of everything that may be read, and for the summary of one document."""

from collections.abc import Iterator, Sequence

from graph.model import Document, PlacedChunk
from graph.text.names import norm
from graph.view.snapshot import Snapshot
from retrieval.finding.broad.passages import as_evidence, of_graph
from retrieval.finding.weights import BROAD_LIMITS
from retrieval.model import Evidence, Gathered, Overview
from retrieval.questions.broad_questions import BroadQuestion
from retrieval.questions.read_question import ReadQuestion

_NO_THINGS = frozenset({"year", "date", "number", "quantity", "phrase", "noun phrase", "time"})
"""Types of entities that are browsed and are no answer to what documents are about."""


def everything(read: ReadQuestion, snapshot: Snapshot) -> Gathered:
    """The first passage of each of the newest documents, how many there are, and what they mention most."""
    filters, most = read.question.filters, BROAD_LIMITS.counted
    documents = snapshot.documents(filters, most + 1)
    counted = documents[:most]
    newest = sorted(counted, key=lambda one: (one.updated_at, one.id), reverse=True)
    shown = sorted(newest[: BROAD_LIMITS.documents], key=lambda one: one.id)
    first = (_telling(snapshot.document_chunks(document.id)) for document in shown)
    evidence = as_evidence(of_graph(placed) for placed in first if placed is not None)
    total = len(counted) if filters or len(documents) <= most else snapshot.counts().documents
    return Gathered(
        evidence=evidence,
        overview=Overview(
            documents=total, more=bool(filters) and len(documents) > most, newest=newest[0] if newest else None,
            names=tuple(_names(evidence, snapshot)),
        ),
    )  # fmt: skip


def _telling(chunks: Sequence[PlacedChunk]) -> PlacedChunk | None:
    """The first passage that is more than headings, of the first few."""
    named = ({norm(placed.document.title), *map(norm, placed.chunk.headings)} for placed in chunks)
    for placed, names in zip(chunks[: BROAD_LIMITS.own], named, strict=False):
        if norm(placed.chunk.text) not in names:
            return placed
    return chunks[0] if chunks else None


def _names(evidence: Sequence[Evidence], snapshot: Snapshot) -> Iterator[tuple[str, int]]:
    """Those of the names mentioned most that stand in the evidence, each with the first passage that it stands in."""
    found = 0
    things = [one for one in snapshot.entities("", BROAD_LIMITS.entities) if one.type not in _NO_THINGS]
    titles = {norm(item.placed.document.title) for item in evidence}
    for entity in things:
        part = any(entity.key != one.key and entity.key in one.key for one in things)
        if entity.documents < 2 or (part and entity.key not in titles) or not any(map(str.isalpha, entity.name)):
            continue
        marker = next((item.marker for item in evidence if entity.name in item.placed.chunk.text), None)
        if marker is not None:
            yield entity.name, marker
            found += 1
        if found == BROAD_LIMITS.names:
            return


def one_document(
    read: ReadQuestion, broad: BroadQuestion, found: Sequence[Evidence], snapshot: Snapshot
) -> tuple[Evidence, ...]:
    """The passages of the document that the question names, in order; none where no document is called so."""
    candidates = {item.placed.document.id: item.placed.document for item in found}
    named = _named(broad.subject, list(candidates.values()))
    if named is None:
        named = _named(broad.subject, snapshot.documents(read.question.filters, BROAD_LIMITS.counted))
    if named is None:
        return ()
    return as_evidence(map(of_graph, snapshot.document_chunks(named.id)))


def _named(subject: str, documents: Sequence[Document]) -> Document | None:
    """The document whose title or id is this, else the first of whose title it is a part."""
    key = norm(subject)
    exact = (one for one in documents if key in {norm(one.title), norm(one.id)} or subject in {one.id, one.source})
    part = (one for one in documents if key and f" {key} " in f" {norm(one.title)} ")
    return next(exact, None) or next(part, None)
