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
    evidence, broad = gather_evidence(found.hits, found.chunks), read.broad
    if broad is None:
        return Gathered(evidence=evidence)
    if broad.kind == "overview":
        return everything(read, snapshot)
    if broad.kind in {"list", "count"}:
        return Gathered(evidence=passages_for_list(read, broad, evidence, snapshot))
    of_one = one_document(read, broad, evidence, snapshot) if broad.kind == "summary" else ()
    return Gathered(evidence=of_one or passages_on(read, broad, evidence, snapshot))
