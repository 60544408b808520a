"""The short answer to a question, and the sentences that give it: what generators and answers ask for. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from graph.text.tokens import is_east_asian
from retrieval.answer import Citation, Claim, Derivation, LiteralSpan, ShortAnswer
from retrieval.answering.short.following import follow
from retrieval.answering.short.literal import literal_answer
from retrieval.answering.short.polarity import Stand, says_so
from retrieval.answering.short.verdicts import YES_OR_NO, two_sides
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion


def derive(read: ReadQuestion, evidence: Sequence[Evidence]) -> Derivation | None:
    """A short answer that rules are sure of, with all the sentences that it rests on; None where they are not."""
    if read.answer_type == "comparison":
        return two_sides(read, evidence)
    if read.answer_type == "yes_no":
        stand = says_so(read, evidence)
        return _stood(read, stand) if stand else None
    return follow(read, evidence)


def short_answer(read: ReadQuestion, evidence: Sequence[Evidence], citations: Sequence[Citation]) -> ShortAnswer | None:
    """The short answer that is given by what an answer cites, whoever wrote the answer."""
    derived = derive(read, evidence)
    short = cited_by(derived.short, citations) if derived else None
    return short or literal_answer(read, citations)


def cited_by(short: ShortAnswer, citations: Sequence[Citation]) -> ShortAnswer | None:
    """A short answer with the markers of the citations whose quotes hold its spans; None unless all are quoted."""
    spans: list[LiteralSpan] = []
    for span in short.derived_from:
        holding = next((one for one in citations if _holds(one, span)), None)
        if holding is None:
            return None
        spans.append(replace(span, marker=holding.marker))
    return replace(short, derived_from=tuple(spans))


def _holds(citation: Citation, span: LiteralSpan) -> bool:
    return citation.document_id == span.document_id and citation.start <= span.start and span.end <= citation.end


def _stood(read: ReadQuestion, stand: Stand) -> Derivation:
    placed = stand.item.placed
    span = placed.chunk.sentences[stand.order]
    sentence = placed.chunk.text[span.start : span.end]
    chinese = is_east_asian(read.text)
    text = YES_OR_NO[stand.yes, chinese]
    whole = LiteralSpan(
        marker=stand.item.marker, document_id=placed.document.id, start=placed.position.start + span.start,
        end=placed.position.start + span.end, text=sentence,
    )  # fmt: skip
    return Derivation(
        words=text + ("。" if chinese else "."),
        claims=(Claim(text=sentence, quotes=((stand.item.marker, sentence),)),),
        short=ShortAnswer(text=text, kind="verdict", derived_from=(whole,)),
    )
