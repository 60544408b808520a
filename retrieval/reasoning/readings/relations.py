"""What the relations of the graph say to one question of a plan: things, each with the sentence that states it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.view.snapshot import Snapshot
from retrieval.answering.short.spans import holds
from retrieval.facts.asked import read_facts
from retrieval.facts.facts import Facts
from retrieval.facts.model import FactQuery, FactRows
from retrieval.facts.phrases import content_words
from retrieval.facts.telling import evidence_of, quoted_of, shown_rows
from retrieval.facts.texts import told_query, told_rows
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion
from retrieval.reasoning.readings.guessing import asked_kind
from retrieval.reasoning.readings.reading import Reading

MOST_ROWS = 10
_PASSAGES = 3
"""Passages of rows that are read before those of the search."""
_KINDS = frozenset({"list", "intersect", "newest", "oldest"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """The query that a question was read as, and its rows: at least one."""

    query: FactQuery
    rows: FactRows

    def told_to(self, question: str) -> tuple[str, str]:
        """What was asked and what was found, for whoever asks the question."""
        return told_query(self.query), told_rows(self.rows, question)

    def before(self, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """The passages that state the rows, and then those of a search."""
        every = {item.placed.chunk.id: item for item in (*evidence_of(self.rows)[:_PASSAGES], *evidence)}
        return tuple(replace(item, marker=marker) for marker, item in enumerate(every.values(), start=1))

    def reading(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> Reading | None:
        """The thing that alone satisfies the query, as a passage of the evidence names it; None where several do."""
        things = shown_rows(self.rows)
        if len(things) != 1 or self.rows.completeness.bounded:
            return None
        markers = {item.placed.chunk.id: item.marker for item in evidence}
        stated = quoted_of(things[0])[0]
        answer = stated.target if stated.out else stated.source
        marker = markers.get(stated.quote.placed.chunk.id)
        if marker is None or not _fits(answer, read):
            return None
        return Reading(answer=answer, marker=marker, quote=stated.quote.text)


def _fits(answer: str, read: ReadQuestion) -> bool:
    """Whether a thing can be of the asked kind: relations of one meaning lead to days as well as to places."""
    kind = asked_kind(read)
    if kind in {"time", "number"}:
        return holds(kind, answer, read.text)
    return kind not in {"person", "place"} or not any(map(str.isdigit, answer))


def related(read: ReadQuestion, snapshot: Snapshot) -> Related | None:
    """What relations say to a question; None where it is no question to them, or none of them answers it."""
    query = read_facts(read.text, snapshot, read.question.filters, MOST_ROWS)
    if query is None or query.kind not in _KINDS or not all(content_words(one.predicate) for one in query.conditions):
        return None
    rows = Facts().ask(query, snapshot)
    return Related(query=query, rows=rows) if rows.rows else None
