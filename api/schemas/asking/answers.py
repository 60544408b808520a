"""Bodies of answers and their citations."""

import math
from collections.abc import Sequence
from datetime import date

from pydantic import BaseModel, Field

from api.schemas.asking.questions import PENDING, WhyBody, why_body
from api.schemas.asking.understanding import (
    ChangedTurnBody,
    ClarificationBody,
    RewrittenBody,
    StepBody,
    SufficiencyBody,
    changed_turn_body,
    clarification_body,
    rewritten_body,
    step_body,
    sufficiency_body,
)
from api.schemas.strict import rounded
from graph.errors import InputError
from ingest.loaders.page_views import Box
from retrieval.answer import Answer, Citation, Conflict, ConflictKind, Refusal, ShortAnswer, ShortKind
from retrieval.model import Evidence
from retrieval.modes import Mode

MAX_PLACE = 1e6
"""Points: no page of a PDF is as wide."""


class BoxBody(BaseModel):
    """Where a line stands on a page as it is shown, in points from the page's lower left corner."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


def parse_box(raw: str) -> Box:
    """A box on a page. Raises InputError."""
    try:
        x0, y0, x1, y1 = map(float, raw.split(","))
    except ValueError:
        x0, y0, x1, y1 = (math.nan,) * 4
    if not (-MAX_PLACE < x0 <= x1 < MAX_PLACE and -MAX_PLACE < y0 <= y1 < MAX_PLACE):
        raise InputError("a box is x0,y0,x1,y1 in points, from the lower left corner to the upper right one")
    return x0, y0, x1, y1


class CitationBody(BaseModel):
    """A literal quote: ``content[start:end] == quote`` in that version of the document.

    ``marker`` is the number of its passage in the answer's text, ``[1]`` for the passage that is cited first.
    ``headings`` are those that it stands under. Where it is a row of a table, the last may name the columns.
    ``boxes``: the lines it stands on, where the document is a PDF whose places are known.
    """

    marker: int
    document_id: str
    version: int
    chunk_id: str
    title: str
    quote: str
    start: int
    end: int
    page: int | None
    headings: list[str]
    boxes: list[BoxBody] | None = None


class PassageBody(BaseModel):
    """A passage that an answer may rest on, and why it was found. ``rank`` counts from 1 and is no marker."""

    rank: int
    document_id: str
    chunk_id: str
    title: str
    why: WhyBody


class EvidenceBody(BaseModel):
    """The passages that an answer may rest on."""

    passages: list[PassageBody]


class TokenBody(BaseModel):
    """More of the answer's text, which nothing takes back."""

    text: str


class SideBody(BaseModel):
    """What one source says, and the day that it states in its metadata or title; null where it states none."""

    date: date | None
    citation: CitationBody


class ConflictBody(BaseModel):
    """Sources that say different things, the newest first, those without a day last.

    ``contradiction``: not all of them can be true. ``namesakes``: what the question names stands for several things.
    """

    kind: ConflictKind
    sides: list[SideBody]


class NearBody(BaseModel):
    """Where a passage stands that came near a question that was not answered: a pointer and no answer."""

    document_id: str
    chunk_id: str
    title: str
    headings: list[str]
    page: int | None


class RefusalBody(BaseModel):
    """Why there is no answer, as far as that can be told.

    ``nearest`` are the passages that came nearest, best first; ``unknown_terms`` words of the question that no
    document holds which the caller may read.
    """

    nearest: list[NearBody]
    unknown_terms: list[str]


class LiteralSpanBody(BaseModel):
    """A piece of a citation's quote: ``text`` stands at ``start`` to ``end`` of the document."""

    marker: int
    document_id: str
    start: int
    end: int
    text: str


class ShortAnswerBody(BaseModel):
    """The answer in a word, where rules are sure of it.

    A person, date, number, place or name is itself the text of the one span that it is derived from, and ``marker``,
    ``start`` and ``end`` are those of the span. A ``verdict`` (yes or no) and a ``choice`` (one of two sides that the
    question names) follow from the spans, all of which are cited.
    """

    text: str
    kind: ShortKind
    marker: int | None
    start: int | None
    end: int | None
    derived_from: list[LiteralSpanBody]


class AnswerBody(BaseModel):
    """An answer; every citation has been verified.

    ``answer`` is Markdown that clients may render: it has no HTML, image or link in it, whatever the documents say.
    All else is data and literal.
    """

    answer: str
    citations: list[CitationBody]
    abstained: bool
    revision: int
    mode: Mode
    steps: list[StepBody]
    paths: list[WhyBody]
    conflict: ConflictBody | None
    short_answer: ShortAnswerBody | None
    refusal: RefusalBody | None = None
    rewritten: RewrittenBody | None = None
    clarification: ClarificationBody | None = None
    sufficiency: SufficiencyBody | None = None
    changed_since: list[ChangedTurnBody] = []
    usage: dict[str, int]
    timings: dict[str, float]
    degraded: list[str]
    notes: list[str] = []
    pending: int = Field(default=0, ge=0, description=PENDING)


def pending_text(pending: int, *, chinese: bool = False) -> str:
    """What an answer does not contain yet, for people."""
    if chinese:
        return f"还有 {pending} 份文档正在读取，不在此答案中"
    return f"{'1 document is' if pending == 1 else f'{pending} documents are'} still being read, and not in this answer"


def citation_body(citation: Citation) -> CitationBody:
    """A citation for people."""
    return CitationBody(
        marker=citation.marker, document_id=citation.document_id, version=citation.version,
        chunk_id=citation.chunk_id, title=citation.title, quote=citation.quote, start=citation.start,
        end=citation.end, page=citation.page, headings=list(citation.headings),
    )  # fmt: skip


def evidence_body(evidence: Sequence[Evidence]) -> EvidenceBody:
    """What was found, for people."""
    return EvidenceBody(
        passages=[
            PassageBody(
                rank=item.marker, document_id=item.placed.document.id, chunk_id=item.placed.chunk.id,
                title=item.placed.document.title, why=why_body(item.hit.why),
            )
            for item in evidence
        ]
    )  # fmt: skip


def answer_body(answer: Answer) -> AnswerBody:
    """An answer for people."""
    return AnswerBody(
        answer=answer.text,
        citations=[citation_body(citation) for citation in answer.citations],
        abstained=answer.abstained,
        revision=answer.revision,
        mode=answer.mode,
        steps=[step_body(step) for step in answer.steps],
        paths=[why_body(why) for why in answer.paths],
        conflict=_conflict_body(answer.conflict) if answer.conflict else None,
        short_answer=_short_body(answer.short_answer) if answer.short_answer else None,
        refusal=_refusal_body(answer.refusal) if answer.refusal else None,
        rewritten=rewritten_body(answer.rewritten),
        clarification=clarification_body(answer.clarification),
        sufficiency=sufficiency_body(answer.sufficiency),
        changed_since=[changed_turn_body(turn) for turn in answer.changed_since],
        usage={
            "calls": answer.calls, "tokens": answer.tokens, "dropped_citations": answer.dropped_citations,
            "dropped_sentences": answer.dropped_sentences,
        },
        timings=rounded(answer.timings),
        degraded=list(answer.degraded),
        notes=list(answer.notes),
        pending=answer.pending,
    )  # fmt: skip


def _short_body(short: ShortAnswer) -> ShortAnswerBody:
    literal = short.literal
    return ShortAnswerBody(
        text=short.text, kind=short.kind,
        marker=literal.marker if literal else None,
        start=literal.start if literal else None,
        end=literal.end if literal else None,
        derived_from=[
            LiteralSpanBody(
                marker=span.marker, document_id=span.document_id, start=span.start, end=span.end, text=span.text
            )
            for span in short.derived_from
        ],
    )  # fmt: skip


def _conflict_body(conflict: Conflict) -> ConflictBody:
    return ConflictBody(
        kind=conflict.kind,
        sides=[SideBody(date=side.dated, citation=citation_body(side.citation)) for side in conflict.sides],
    )


def _refusal_body(refusal: Refusal) -> RefusalBody:
    return RefusalBody(
        nearest=[
            NearBody(
                document_id=item.placed.document.id, chunk_id=item.placed.chunk.id, title=item.placed.document.title,
                headings=list(item.placed.chunk.headings), page=item.placed.position.page,
            )
            for item in refusal.nearest
        ],
        unknown_terms=list(refusal.unknown_terms),
    )  # fmt: skip
