"""One body of evidence out of several searches, as large as that of one. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from graph.model import PlacedChunk
from retrieval.finding.evidence import gather_evidence
from retrieval.model import Evidence, Hit, SearchResult
from retrieval.modes import SearchMode
from retrieval.reasoning.model import Finding, ReasoningState

_SURE = 5
"""Passages of a search that knows an earlier answer for certain, which are taken before the worse half of the whole."""
_GUESSED: Mapping[SearchMode, int] = {"hybrid": 5, "vector": 3, "keyword": 3, "graph": 3}
"""As many where the earlier answer is a guess. Chains bring what answers a question as a whole to the first places, so
that a guess costs little there; by words alone it may stand as far down as there are places."""
_UNREAD = 1
"""As many of a search for which nothing was known, and which was read in vain."""


def merged(whole: SearchResult, state: ReasoningState, k: int, mode: SearchMode) -> SearchResult:
    """The ``k`` best passages of all searches at one revision.

    First come those that answers are cited from, in the order of their questions, and the better half of the search for
    the whole question: what one search finds is not lost by looking further. Then, in turns, the best of each search
    that knows more than the whole did, the fewer the less certain that is; then the rest of the whole, and of them.
    """
    chunks: dict[str, PlacedChunk] = dict(whole.chunks)
    hits: dict[str, Hit] = {hit.chunk_id: hit for hit in whole.hits}
    for item in (item for finding in state.findings for item in finding.evidence):
        chunks.setdefault(item.placed.chunk.id, item.placed)
        hits.setdefault(item.placed.chunk.id, item.hit)
    own = [hit.chunk_id for hit in whole.hits]
    cited = [finding.citation.chunk_id for finding in state.findings if finding.citation is not None]
    every = [[item.placed.chunk.id for item in finding.evidence] for finding in state.findings]
    more = [ids[: _places(finding, state, mode)] for ids, finding in zip(every, state.findings, strict=True)]
    order = list(dict.fromkeys((*cited, *own[: k // 2], *_in_turns(more), *own, *_in_turns(every))))[:k]
    ranked = tuple(replace(hits[one], rank=rank) for rank, one in enumerate(order, start=1))
    return replace(whole, hits=ranked, chunks={one: chunks[one] for one in order})


def _places(finding: Finding, state: ReasoningState, mode: SearchMode) -> int:
    """How many passages of the search for one question are taken, beside the one that its answer is cited from.

    What was asked without an earlier answer that it names says nothing that the whole question does not say.
    """
    needed = next((one.needs for one in state.plan.questions if one.number == finding.number), ())
    found = {one.number: one for one in state.findings if one.answer}
    if not needed:
        return 0 if finding.answer else _UNREAD
    if any(number not in found for number in needed):
        return 0
    return _SURE if all(found[number].sure for number in needed) else _GUESSED[mode]


def evidence_of(result: SearchResult) -> tuple[Evidence, ...]:
    """The evidence that a search gives."""
    return gather_evidence(result.hits, result.chunks)


def markers_of(evidence: Sequence[Evidence]) -> Mapping[str, int]:
    """The marker of each passage, by the id of its chunk."""
    return {item.placed.chunk.id: item.marker for item in evidence}


def _in_turns(lists: Sequence[Sequence[str]]) -> Iterator[str]:
    for place in range(max(map(len, lists), default=0)):
        yield from (one[place] for one in lists if place < len(one))
