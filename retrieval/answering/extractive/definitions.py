"""Answers that say what a thing is: the sentence that defines it first, then what else is known of it. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.text.inert import inert_line
from graph.text.names import norm
from graph.text.tokens import is_east_asian
from retrieval.answer import Claim
from retrieval.answering.extractive.prose import Line, lines_of, prose_of
from retrieval.answering.extractive.table_rows import head_of
from retrieval.answering.weights import LIST_LIMITS
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion

_DEFINES = re.compile(
    r"\s*(?:\([^()]{0,120}\)|（[^（）]{0,60}）|,[^,.]{1,80},|，[^，。]{1,30}，)?\s*"
    r"(?:(?P<what>(?:is|was|are|were)\s+(?:an?|the|one|any|both|part|now|also|still|originally)\b"
    r"|(?:refers?|referred) to|means|denotes|stands for|是|指|为|系|即|乃)"
    r"|(?P<that>is|was|are|were|has|had|lies|stands|consists|belongs|makes|produces|works|位于|由|成立|建于|创建|始建|，))"
)
_ARTICLES = re.compile(r"(?:the|a|an)\s+|[《“\"‘「『]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    item: Evidence
    line: Line
    worth: int

    @property
    def text(self) -> str:
        return self.line.text(self.item.placed.chunk)


def defined(read: ReadQuestion, evidence: Sequence[Evidence]) -> list[Claim]:
    """What the evidence says of the thing that the question names, most defining first; nothing if it is not named."""
    if read.broad is None or not norm(read.broad.subject):
        return []
    subject = norm(read.broad.subject)
    said = list(_said(subject, evidence))
    if not said or (max(one.worth for one in said) < 2 and not _known(subject, evidence)):
        return []
    first = max(said, key=lambda one: (one.worth, -one.item.marker, -one.line.start))
    own = [one for one in said if one is not first and _is_own(subject, one.item)]
    others = [one for one in said if one is not first and not _is_own(subject, one.item)]
    claims = [_claim(first, "")] + [_claim(one, "") for one in own[: LIST_LIMITS.own_sentences]]
    for one in _one_of_each(others, first):
        title = inert_line(one.item.placed.document.title)
        claims += _with_head(one, f"\n- {title}: ")
    return claims


def _known(subject: str, evidence: Sequence[Evidence]) -> bool:
    return any(_is_own(subject, item) for item in evidence)


def _is_own(subject: str, item: Evidence) -> bool:
    return norm(item.placed.document.title) == subject


def _said(subject: str, evidence: Sequence[Evidence]) -> Iterator[_Said]:
    """Sentences of the thing's own documents and sentences and rows that name it, with how defining they are."""
    for item in evidence:
        own = _is_own(subject, item)
        prose = prose_of(item)
        for place, line in enumerate(prose):
            text = line.text(item.placed.chunk)
            worth = _worth(subject, text)
            if own and place == 0 and item.placed.position.ordinal == 0:
                worth = max(worth, 2)
            if own or worth or _names(subject, text):
                yield _Said(item=item, line=line, worth=worth + 2 * own)
        if not own:
            for line in lines_of(item):
                if line.kind in {"row", "item"} and _names(subject, line.text(item.placed.chunk)):
                    yield _Said(item=item, line=line, worth=0)


def _worth(subject: str, text: str) -> int:
    """3: says what it is; 2: says something else of it; 0: does not begin with it."""
    rest = _after(subject, text)
    if rest is None:
        return 0
    found = _DEFINES.match(rest)
    if found is None:
        return 1
    return 3 if found["what"] else 2


def _after(subject: str, text: str) -> str | None:
    """What follows the subject at the beginning of a sentence."""
    start = 0
    while found := _ARTICLES.match(text, start):
        start = found.end()
    pattern = r"[\W_]+".join(map(re.escape, subject.split()))
    found = re.match(rf"(?:{pattern})[》”\"’」』]?", text[start:], re.IGNORECASE)
    if found is None:
        return None
    rest = text[start + found.end() :]
    return None if rest[:1].isalnum() and not is_east_asian(subject[-1]) else rest


def _names(subject: str, text: str) -> bool:
    key = norm(text)
    return subject in key if is_east_asian(subject) else f" {subject} " in f" {key} "


def _one_of_each(others: Sequence[_Said], first: _Said) -> Iterator[_Said]:
    """The best of each further document."""
    seen = {first.item.placed.document.id}
    for one in sorted(others, key=lambda one: (one.item.marker, -one.worth)):
        if one.item.placed.document.id in seen:
            continue
        seen.add(one.item.placed.document.id)
        yield one
        if len(seen) > LIST_LIMITS.other_documents:
            return


def _claim(said: _Said, lead: str) -> Claim:
    chunk = said.item.placed.chunk
    quoted = chunk.text[said.line.quoted.start : said.line.quoted.end]
    return Claim(text=" ".join(said.text.split()), quotes=((said.item.marker, quoted),), lead=lead)


def _with_head(said: _Said, lead: str) -> list[Claim]:
    """A row comes after the names of its columns."""
    chunk = said.item.placed.chunk
    if said.line.kind != "row":
        return [_claim(said, lead)]
    order = next((n for n, span in enumerate(chunk.sentences) if span.start == said.line.start), None)
    head = head_of(chunk, order) if order is not None else None
    if head is None:
        return [_claim(said, lead)]
    span = chunk.sentences[head]
    text = chunk.text[span.start : span.end]
    return [Claim(text=text, quotes=((said.item.marker, text),), lead=lead), _claim(said, "\n  ")]
