"""A plan by rule: which questions lead to the answer of one. Pure."""

from collections.abc import Mapping, Sequence

from graph.model import Span
from graph.text.names import find_names
from graph.text.tokens import east_asian_share, is_east_asian
from retrieval.answering.short.asked import Asked, read_comparison
from retrieval.answering.stated.sides import named_sides, titles_in
from retrieval.model import Evidence
from retrieval.questions.question_words import asks_yes_or_no
from retrieval.questions.read_question import MAX_NAMED, ReadQuestion
from retrieval.reasoning.chinese_plans import chinese_plan
from retrieval.reasoning.english_plans import english_plan
from retrieval.reasoning.model import Plan, SubQuestion

_MADE_BY = {
    "en": "Who is the {role} of {side}?",
    "zh": {"director": "{side}的导演是谁？", "composer": "{side}的作曲者是谁？", "performer": "{side}的演唱者是谁？",
           "author": "{side}的作者是谁？", "founder": "{side}的创始人是谁？"},
}  # fmt: skip
_OF_ONE: Mapping[str, Mapping[str, str]] = {
    "birth": {"en": "When was {side} born?", "zh": "{side}是什么时候出生的？"},
    "death": {"en": "When did {side} die?", "zh": "{side}是什么时候去世的？"},
    "release": {"en": "When was {side} released?", "zh": "{side}是什么时候发行的？"},
    "begin": {"en": "When was {side} founded?", "zh": "{side}是什么时候成立的？"},
    "country": {"en": "Which country is {side} from?", "zh": "{side}是哪个国家的？"},
}
"""What a comparison asks of one of its sides, by what it compares."""
_OF_ANY = {"en": "What is {side}?", "zh": "{side}是什么？"}


def plan_by_rule(read: ReadQuestion, evidence: Sequence[Evidence]) -> Plan:
    """The questions that a rule parts a question into; the question alone where there is nothing to part.

    ``evidence``: what was found to the question as a whole. Titles in it tell where names stand that no rule sees.
    """
    questions = _sides(read, evidence) if read.answer_type == "comparison" else ()
    if questions:
        return Plan(questions=questions, kind="sides")
    questions = _chain(read.text[:MAX_NAMED], evidence)
    if questions:
        return Plan(questions=questions, kind="chain")
    return Plan(questions=(SubQuestion(number=1, text=read.text),), kind="one")


def _chain(text: str, evidence: Sequence[Evidence]) -> tuple[SubQuestion, ...]:
    if east_asian_share(text) > 0.3:
        return chinese_plan(text)
    found = find_names(text, [Span(start=0, end=len(text))])
    names = {(one.start, one.end) for one in found if one.sentence >= 0 and one.end > one.start and one.kind != "year"}
    titles = {(start, end) for start, end in titles_in(text, evidence) if " " in text[start:end]}
    return english_plan(text, sorted(names | titles))


def _sides(read: ReadQuestion, evidence: Sequence[Evidence]) -> tuple[SubQuestion, ...]:
    """A question for each side, or for who made it and then for them."""
    sides = named_sides(read.text, evidence)
    if sides is None:
        return ()
    rest = read.text
    for side in sides:
        rest = rest.replace(side.name, " ")
    language = "zh" if is_east_asian(read.text) else "en"
    asked = read_comparison(rest, verdict=asks_yes_or_no(read.text))
    names = [side.name for side in sides]
    makers = _makers(asked, names, language)
    of_one = _OF_ONE.get(asked.by, _OF_ANY)[language]
    begun = len(makers)
    about = [f"#{number}" for number in range(1, begun + 1)] or names
    instead = {number: f"{asked.role} {name}" for number, name in enumerate(names, start=1)} if makers else {}
    ends = [
        SubQuestion(
            number=begun + place, text=of_one.format(side=side),
            instead={place: instead[place]} if makers else {},
        )
        for place, side in enumerate(about, start=1)
    ]  # fmt: skip
    return (*makers, *ends)


def _makers(asked: Asked, names: Sequence[str], language: str) -> list[SubQuestion]:
    if asked.role is None:
        return []
    chinese = _MADE_BY["zh"]
    form = (chinese.get(asked.role, "") if isinstance(chinese, dict) else "") if language == "zh" else _MADE_BY["en"]
    return (
        [
            SubQuestion(number=number, text=form.format(role=asked.role, side=name))
            for number, name in enumerate(names, start=1)
        ]
        if isinstance(form, str) and form
        else []
    )
