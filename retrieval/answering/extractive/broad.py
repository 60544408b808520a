"""Answers without a model to questions that no single sentence answers. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from graph.text.tokens import is_east_asian
from retrieval.answer import Claim
from retrieval.answering.broad_texts import counted, summary_note
from retrieval.answering.extractive.counts import stated
from retrieval.answering.extractive.definitions import defined
from retrieval.answering.extractive.lists import listed
from retrieval.answering.extractive.overviews import overview, summary
from retrieval.model import Evidence
from retrieval.questions.broad_questions import BroadKind
from retrieval.questions.read_question import ReadQuestion

Written = tuple[Sequence[Claim], tuple[str, ...]]
"""Claims, and notes on how complete they are."""
NOTHING: Written = ((), ())


def written(read: ReadQuestion, evidence: Sequence[Evidence]) -> Written:
    """The answer to a broad question; nothing where it is none, or the evidence holds no such answer."""
    if read.broad is None or not evidence:
        return NOTHING
    return _BY_KIND[read.broad.kind](read, evidence)


def _list(read: ReadQuestion, evidence: Sequence[Evidence]) -> Written:
    found = listed(read, evidence)
    return (found.claims, found.notes) if found else NOTHING


def _count(read: ReadQuestion, evidence: Sequence[Evidence]) -> Written:
    """The statement of the number; where there is none, the things themselves, told to be counted."""
    if said := stated(read, evidence):
        return said, ()
    found = listed(read, evidence)
    if found is None or found.unit == "statements":
        return NOTHING
    line = counted(found.count, found.unit, zh=is_east_asian(read.text))
    first = replace(found.claims[0], lead=line + found.claims[0].lead)
    return (first, *found.claims[1:]), found.notes


def _definition(read: ReadQuestion, evidence: Sequence[Evidence]) -> Written:
    return defined(read, evidence), ()


def _overview(_: ReadQuestion, evidence: Sequence[Evidence]) -> Written:
    return overview(evidence), ()


def _summary(read: ReadQuestion, evidence: Sequence[Evidence]) -> Written:
    claims, total = summary(read, evidence)
    if not claims:
        return _definition(read, evidence)
    title = evidence[0].placed.document.title
    return claims, (summary_note(len(claims), total, title, zh=is_east_asian(read.text)),)


_BY_KIND: Mapping[BroadKind, Callable[[ReadQuestion, Sequence[Evidence]], Written]] = {
    "list": _list, "count": _count, "definition": _definition, "overview": _overview, "summary": _summary,
}  # fmt: skip
