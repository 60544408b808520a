"""A plan as a language model wrote it, and the one of a question that has no parts. Pure."""

import re
from collections.abc import Sequence

from retrieval.questions.english_nouns import kind_of
from retrieval.questions.read_question import ReadQuestion
from retrieval.reasoning.model import Plan, SubQuestion

_WHOLE = frozenset({"overview", "summary"})
"""What is asked of everything, and has no parts."""


_NOTE = re.compile(
    r"(?!(?:Wh[a-z]+|How|In|Is|Are|Was|Were|Do|Does|Did|Has|Have|Had|Name|List|Give|Find)\b)"
    r"(?P<of>#\d{1,2}|(?:The |A |An )?[A-Z\d].*?),? (?P<role>(?:country|place|date|cause) of [a-z]+|[a-z]+)"
)
"""A step written as a note: "The Low Mill author", "#1 place of birth"."""


def _asked(text: str) -> str:
    """A step as a question, which rules read better than a note of the same meaning."""
    found = _NOTE.fullmatch(text.strip())
    if found is None:
        return text
    person = found["role"] == "performer" or kind_of(found["role"]) == "person"
    if not person and " of " not in found["role"]:
        return text
    return f"{'Who' if person else 'What'} is the {found['role']} of {found['of']}?"


def is_of_everything(read: ReadQuestion) -> bool:
    """Whether a question is asked of everything there is: neither a model nor a rule has to split it."""
    return read.broad is not None and read.broad.kind in _WHOLE


def unsplit(question: str, *, by_model: bool = False) -> Plan:
    """The plan that consists of the question itself."""
    return Plan(questions=(SubQuestion(number=1, text=question),), kind="one", by_model=by_model)


def written_plan(question: str, texts: Sequence[str]) -> Plan:
    """A model's questions, each of which names answers of earlier ones alone.

    Words for an answer that is missing are those of its question. One question alone is the question itself, whatever
    words the model has for it.
    """
    if len(texts) == 1:
        return unsplit(question, by_model=True)
    words: dict[int, str] = {}
    questions: list[SubQuestion] = []
    for number, text in enumerate(map(_asked, texts), start=1):
        needs = SubQuestion(number=number, text=text).needs
        questions.append(SubQuestion(number=number, text=text, instead={need: words[need] for need in needs}))
        words[number] = questions[-1].filled({}).rstrip("?？ ")
    return Plan(questions=tuple(questions), kind="chain" if questions[-1].needs else "sides", by_model=True)
