"""An answer to one question of a plan holds only with a sentence that says it. Pure."""

from collections.abc import Mapping, Sequence

from graph.text.held_names import holds_name, norm_text
from graph.text.names import norm
from graph.text.normal import normal
from graph.text.tokens import is_east_asian
from retrieval.answer import Citation, Claim
from retrieval.answering.citations import verify_claim
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion
from retrieval.reasoning.model import Finding
from retrieval.reasoning.readings.guessing import is_about, names_in, outer
from retrieval.reasoning.replies import ReadReply

_YES_OR_NO = frozenset({"yes", "no", "是", "不是", "否"})


def cited_sentence(marker: int, quote: str, evidence: Sequence[Evidence], read: ReadQuestion) -> Citation | None:
    """The whole sentence (or sentences) that a quote is of; None where the passage does not hold it."""
    verified = verify_claim(Claim(text=quote, quotes=((marker, quote),)), evidence, read)
    if not verified.citations:
        return None
    found = verified.citations[0]
    item = next(one for one in evidence if one.marker == marker)
    chunk, begin = item.placed.chunk, item.placed.position.start
    start, end = found.start - begin, found.end - begin
    touched = [span for span in chunk.sentences if span.start < end and start < span.end]
    if not touched:
        return found
    whole = chunk.text[touched[0].start : touched[-1].end]
    claim = Claim(text=whole, quotes=((marker, whole),))
    return next(iter(verify_claim(claim, evidence, read).citations), found)


def verified_reply(
    reply: ReadReply, handles: Mapping[str, int], evidence: Sequence[Evidence], read: ReadQuestion
) -> tuple[str, Citation] | None:
    """The answer with its sentence; None unless the passage holds the quote, and the quoted sentence the answer.

    An answer that its sentence denies, plans or only reports does not hold either (``retrieval.answering.citations``).
    """
    marker = handles.get(reply.passage)
    if marker is None or not reply.answer or not reply.quote:
        return None
    cited = cited_sentence(marker, reply.quote, evidence, read)
    if cited is None:
        return None
    if read.answer_type in {"yes_no", "comparison"} and reply.answer.lower().strip(" .。") in _YES_OR_NO:
        return reply.answer, cited
    if not _stands_in(reply.answer, f"{cited.title} {' '.join(cited.headings)} {cited.quote}"):
        return None
    claim = Claim(text=reply.answer, quotes=((marker, cited.quote),))
    return (reply.answer, cited) if verify_claim(claim, evidence, read).citations else None


def names_its_subject(finding: Finding) -> bool:
    """Whether the sentence that a step was read in, or what it stands under, names what the step asks about.

    True where nothing was read, and where rules are sure: they have followed the names through several sentences.
    """
    cited = finding.citation
    if cited is None or finding.short is not None:
        return True
    if is_east_asian(finding.asked):  # names of Han have no edges that a rule sees: the reader has looked for them
        return not finding.by_model or any(
            _shares(finding.asked, part) for part in (cited.title, cited.quote)
        )  # fmt: skip
    names = outer(norm(finding.asked[start:end]) for start, end in names_in(finding.asked))
    over = f"{cited.title} {' '.join(cited.headings)}"
    return not names or any(is_about(cited.quote, over, frozenset({one})) for one in names)


def _shares(asked: str, text: str) -> bool:
    """Whether two texts of Han have three characters in a row in common."""
    return any(asked[place : place + 3] in text for place in range(len(asked) - 2))


def _stands_in(answer: str, text: str) -> bool:
    if is_east_asian(answer):
        return "".join(normal(answer).split()) in "".join(normal(text).split())
    key = norm(answer)
    return bool(key) and holds_name(norm_text(text), key)
