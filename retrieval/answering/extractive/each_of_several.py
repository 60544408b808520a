"""A sentence for each of several things that a question names together: "when were A, B and C founded?". Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from graph.text.names import norm
from retrieval.answering.extractive.sentences import Sentence
from retrieval.answering.stated.sides import titles_in
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion

_JOINED = re.compile(
    r"[》」』”\"]?\s*(?:,|，|、|;|&|和|与|與|及|以及|(?:,? ?and|,? ?or)\b)\s*(?:(?:the|an?) )?[《「『“\"]?", re.I
)
_MOST = 6
"""Things of which one sentence each is shown."""


def of_each(read: ReadQuestion, sentences: Sequence[Sentence], evidence: Sequence[Evidence]) -> list[Sentence]:
    """The sentence of each thing's own passages that says most of what is asked; none unless each has one."""
    named = _named_together(read.text, evidence)
    chosen = [_of_one(name, sentences) for name in named]
    return [one for one in chosen if one is not None] if len(named) > 1 and None not in chosen else []


def _named_together(question: str, evidence: Sequence[Evidence]) -> list[str]:
    """Titles that stand in the question side by side, in order; the longest where one holds another."""
    spans = titles_in(question, evidence)
    outer = sorted(one for one in spans if not any(a <= one[0] and one[1] <= b and (a, b) != one for a, b in spans))
    together = all(_JOINED.fullmatch(question[one[1] : other[0]]) for one, other in pairwise(outer))
    names = list(dict.fromkeys(norm(question[start:end].strip('《》「」『』“”"')) for start, end in outer))
    return names if together and len(names) <= _MOST else []


def _of_one(name: str, sentences: Sequence[Sentence]) -> Sentence | None:
    """What holds a value of the asked kind, and of the question a word that its title does not."""
    own = [one for one in sentences if one.title == name and one.value and (one.terms | one.related) - one.titled]
    return max(
        own, key=lambda one: (len((one.terms | one.related) - one.titled), -one.marker, -one.order), default=None
    )
