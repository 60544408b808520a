"""A short answer that is a literal span of a cited sentence, where rules are sure which one it is. Pure.

Sure is the only date or number of the one cited sentence that holds (nearly) all of what the question asks about; and
what stands after the attribute that is asked for (…的首都是什么: 首都为…). Everything else is left to the sentences.
"""

import re
from collections.abc import Iterator, Sequence

from graph.text.tokens import is_east_asian, stems
from retrieval.answer import Citation, LiteralSpan, ShortAnswer
from retrieval.answering.short.spans import spans_of
from retrieval.answering.weights import ANSWER_WEIGHTS
from retrieval.questions.read_question import ReadQuestion

_ATTRIBUTE = re.compile(
    r"(?:的|之)(?P<attribute>[\u4e00-\u9fff]{2,6}?)(?:是|为|為|叫|有)?(?:什么|什麼|谁|誰|哪里|哪裡|哪儿|哪位"
    r"|多少)[？?\s]*\Z"
)
_VALUE = (
    r"(?:名?[是为為叫]|[:：]|位于"
    r"|位於)?[《「『“\"]?(?P<value>[^，。、；：！？,;《》「」『』“”\"（）()是为的]{{{least},14}})[》」』”\"]?(?=[，。；（(]|\Z)"
)
_MEASURES = frozenset(stems("many much far tall old large big high deep wide heavy long often"))
"""Words of "how many" and the like, which an answer does not repeat."""
_KIND_OF_ATTRIBUTE = re.compile(r"谁|誰|哪位")


def literal_answer(read: ReadQuestion, citations: Sequence[Citation]) -> ShortAnswer | None:
    """What answers in a word; None where rules are not sure."""
    holding = [one for one in citations if _share(read, one) >= ANSWER_WEIGHTS.short_coverage]
    found = {text: answer for answer in _answers(read, holding) if (text := answer.text)}
    return next(iter(found.values())) if len(found) == 1 else None


def _answers(read: ReadQuestion, citations: Sequence[Citation]) -> Iterator[ShortAnswer]:
    for citation in citations:
        spans = list(_of_attribute(read.text, citation.quote))
        if not spans and read.answer_type in {"time", "number"}:
            spans = spans_of(read.answer_type, citation.quote, f"{read.text} {citation.title}")
        if len(spans) == 1:
            yield _short(read, citation, *spans[0])


def _share(read: ReadQuestion, citation: Citation) -> float:
    """How much of what the question asks about a cited sentence holds, with its title."""
    held = read.terms.held(f"{citation.title} {' '.join(citation.headings)} {citation.quote}")
    asked = [term for term in read.terms.all if term not in _MEASURES]
    return sum(term in held for term in asked) / len(asked) if asked else 0.0


def _of_attribute(question: str, quote: str) -> Iterator[tuple[int, int]]:
    asked = _ATTRIBUTE.search(question) if is_east_asian(question) else None
    if asked is None:
        return
    for found in re.finditer(re.escape(asked["attribute"]) + _VALUE.format(least=2), quote):
        if found["value"] not in question and re.search(r"[\w]", found["value"]):
            yield found.span("value")


def _short(read: ReadQuestion, citation: Citation, start: int, end: int) -> ShortAnswer:
    span = LiteralSpan(
        marker=citation.marker, document_id=citation.document_id,
        start=citation.start + start, end=citation.start + end, text=citation.quote[start:end],
    )  # fmt: skip
    if read.answer_type == "time":
        return ShortAnswer(text=span.text, kind="date", derived_from=(span,))
    if read.answer_type == "number":
        return ShortAnswer(text=span.text, kind="number", derived_from=(span,))
    kind_of_person = _KIND_OF_ATTRIBUTE.search(read.text) is not None
    return ShortAnswer(
        text=span.text, kind="person" if kind_of_person else "place" if read.answer_type == "place" else "name",
        derived_from=(span,),
    )  # fmt: skip
