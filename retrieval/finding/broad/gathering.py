"""What an answer may rest on, by the kind of question: the best passages, or what a broad question needs."""

from graph.view.snapshot import Snapshot
from retrieval.finding.broad.listing import passages_for_list
from retrieval.finding.broad.subjects import passages_on
from retrieval.finding.broad.whole import everything, one_document
from retrieval.finding.evidence import gather_evidence
from retrieval.model import Gathered, SearchResult
from retrieval.questions.read_question import ReadQuestion


def gather(read: ReadQuestion, found: SearchResult, snapshot: Snapshot) -> Gathered:
    """Evidence, at the revision of the snapshot and from what its audience may read."""
    evidence = gather_evidence(found.hits, found.chunks)
    kind = read.broad.kind if read.broad else None
    if kind == "overview":
        return everything(read, snapshot)
    if kind == "summary":
        evidence = one_document(read, evidence, snapshot) or passages_on(read, evidence, snapshot)
    elif kind == "definition":
        evidence = passages_on(read, evidence, snapshot)
    elif kind in {"list", "count"}:
        evidence = passages_for_list(read, evidence, snapshot)
    return Gathered(evidence=evidence)
