"""One body of evidence out of several searches, as large as that of one. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from graph.model import PlacedChunk
from retrieval.finding.evidence import gather_evidence
from retrieval.model import Evidence, Hit, SearchResult
from retrieval.reasoning.model import Finding


def merged(whole: SearchResult, findings: Sequence[Finding], k: int) -> SearchResult:
    """The ``k`` best passages of all searches at one revision.

    First come those that answers are cited from, in the order of their questions; then in turns the next best of the
    search for the whole question and of each search for a part of it, so that no part is left without its passages.
    Where a part was searched by a guess, the search for the whole has two turns for each of theirs.
    """
    chunks: dict[str, PlacedChunk] = dict(whole.chunks)
    hits: dict[str, Hit] = {hit.chunk_id: hit for hit in whole.hits}
    own = [hit.chunk_id for hit in whole.hits]
    parts: list[list[str]] = []
    cited: list[str] = []
    for finding in findings:
        parts.append([item.placed.chunk.id for item in finding.evidence])
        for item in finding.evidence:
            chunks.setdefault(item.placed.chunk.id, item.placed)
            hits.setdefault(item.placed.chunk.id, item.hit)
        if finding.citation is not None:
            cited.append(finding.citation.chunk_id)
    guessed = any(not finding.sure for finding in findings[:-1])
    lists = [own[::2], own[1::2], *parts] if guessed else [own, *parts]
    order = list(dict.fromkeys((*cited, *_in_turns(lists))))[:k]
    ranked = tuple(replace(hits[one], rank=rank) for rank, one in enumerate(order, start=1))
    return replace(whole, hits=ranked, chunks={one: chunks[one] for one in order})


def evidence_of(result: SearchResult) -> tuple[Evidence, ...]:
    """The evidence that a search gives."""
    return gather_evidence(result.hits, result.chunks)


def markers_of(evidence: Sequence[Evidence]) -> Mapping[str, int]:
    """The marker of each passage, by the id of its chunk."""
    return {item.placed.chunk.id: item.marker for item in evidence}


def _in_turns(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    for place in range(max(map(len, lists), default=0)):
        yield from (one[place] for one in lists if place < len(one))
