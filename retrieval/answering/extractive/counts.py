"""Sentences that state how many there are of what is asked for. Pure."""

import re
from collections.abc import Sequence

from graph.text.tokens import is_east_asian, stems, words
from retrieval.answer import Claim
from retrieval.answering.extractive.prose import prose_of
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion
from retrieval.questions.terms import QuestionTerms

_NUMBER = re.compile(
    r"\d[\d.,\u00a0 ]*|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|dozens?|million|billion)(?:-\w+)?",
    re.IGNORECASE,
)
_HAN_NUMBER = r"[\d０-９][\d０-９,.，]*|[零〇一二三四五六七八九十百千万亿两]+"
_MEASURE = re.compile(r"(?:多少|几)(?P<m>[个名位种家座所本部条项篇份颗只台辆次届支套张块人层间棵头幅枚])")
_BETWEEN = 3
"""Words between a number and what it counts, at most."""


def stated(read: ReadQuestion, evidence: Sequence[Evidence]) -> list[Claim]:
    """The first sentence with a number of the things asked for, that holds the rest of the question with its title."""
    if read.broad is None:
        return []
    asked = QuestionTerms(read.broad.core, tuple(stems(read.broad.core)))
    for item in evidence:
        titled = asked.held(item.placed.document.title)
        for line in prose_of(item):
            text = line.text(item.placed.chunk)
            if len(asked.all) > len(asked.held(text) | titled):
                continue
            if _counts(read.text, read.broad.subject, text):
                return [Claim(text=" ".join(text.split()), quotes=((item.marker, text),))]
    return []


def _counts(question: str, subject: str, text: str) -> bool:
    if is_east_asian(question):
        measure = _MEASURE.search(question)
        things = "|".join(re.escape(one) for one in ((measure["m"] if measure else ""), subject) if one)
        return bool(things) and re.search(rf"(?:{_HAN_NUMBER})[\u3400-\u9fff]{{0,2}}?(?:{things})", text) is not None
    of = frozenset(stems(subject))
    run = words(text)
    places = [place for place, word in enumerate(run) if _NUMBER.fullmatch(word)]
    return any(of <= frozenset(stems(" ".join(run[place + 1 : place + 2 + _BETWEEN + len(of)]))) for place in places)
