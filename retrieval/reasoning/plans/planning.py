"""A plan by rule: which questions lead to the answer of one. Pure."""

import re
from collections.abc import Mapping, Sequence

from graph.model import Span
from graph.text.names import find_names, norm
from graph.text.tokens import east_asian_share, is_east_asian
from retrieval.answering.short.asked import Asked, read_comparison
from retrieval.answering.stated.sides import named_sides, titles_in
from retrieval.model import Evidence
from retrieval.questions.question_words import asks_yes_or_no
from retrieval.questions.read_question import MAX_NAMED, ReadQuestion
from retrieval.reasoning.model import Plan, SubQuestion
from retrieval.reasoning.plans.chinese_plans import chinese_plan
from retrieval.reasoning.plans.english_plans import english_plan
from retrieval.reasoning.plans.joined import FOUND, halves_of
from retrieval.reasoning.plans.written import unsplit

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
    "since": {"en": "When does {side} date from?", "zh": "{side}始于什么时候？"},
    "built": {"en": "When was {side} built?", "zh": "{side}是什么时候建成的？"},
    "country": {"en": "Which country is {side} from?", "zh": "{side}是哪个国家的？"},
}
"""What a comparison asks of one of its sides, by what it compares."""
_OF_ANY = {"en": "What is {side}?", "zh": "{side}是什么？"}
_SAYS_BIRTH = re.compile(r"\b(?:born|birth)|出生|生于|生於", re.IGNORECASE)
_BEGINNINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("birth", re.compile(r"\b(?:was|were) born\b|\((?:born |b\. )?[^()]{0,30}\b\d{4} ?[–-]|出生|生于|生於|诞生")),
    ("begin", re.compile(r"\b(?:founded|established|formed|incorporated)\b|成立|创立|創立|创办|創辦|设立|設立|建校")),
    ("release", re.compile(r"\b(?:released|published|premiered|issued)\b|出版|上映|发行|發行|发表|發表")),
    ("built", re.compile(r"\b(?:built|constructed|completed|opened|erected)\b|建于|建於|建成|落成|修建|始建")),
)
"""What the beginning of a thing is called, by words of the first sentences about it: the first that is found counts."""
_NO_PERSON = re.compile(
    r"\b(?:University|College|School|Institute|Observatory|Museum|Library|Society|Company|Group|Works|Bank|Club|Party"
    r"|Church|Bridge|Tower|Telescope|Station|Hotel|Castle|Palace|Airport|Theatre|Theater|Hospital|Academy)\b"
    r"|(?:大学|大學|学院|學院|学校|學校|天文台|博物馆|博物館|图书馆|圖書館|公司|集团|集團|厂|廠|银行|銀行|桥|橋|塔|站|寺|宫|宮|奖|獎|医院|醫院)\Z"
)


def plan_by_rule(read: ReadQuestion, evidence: Sequence[Evidence]) -> Plan:
    """The questions that a rule parts a question into; the question alone where there is nothing to part.

    ``evidence``: what was found to the question as a whole. Titles in it tell where names stand that no rule sees.
    """
    questions = _sides(read, evidence) if read.answer_type == "comparison" else ()
    if questions:
        return Plan(questions=questions, kind="sides")
    questions = _joined(read.text[:MAX_NAMED], evidence)
    if questions:
        return Plan(questions=questions, kind="joined")
    questions = _chain(read.text[:MAX_NAMED], evidence)
    if questions:
        return Plan(questions=questions, kind="chain")
    return unsplit(read.text)


def _chain(text: str, evidence: Sequence[Evidence]) -> tuple[SubQuestion, ...]:
    if east_asian_share(text) > 0.3:
        return chinese_plan(text)
    found = find_names(text, [Span(start=0, end=len(text))])
    names = {(one.start, one.end) for one in found if one.sentence >= 0 and one.end > one.start and one.kind != "year"}
    titles = {(start, end) for start, end in titles_in(text, evidence) if " " in text[start:end]}
    return english_plan(text, sorted(names | titles))


def _joined(text: str, evidence: Sequence[Evidence]) -> tuple[SubQuestion, ...]:
    """The questions of both halves of a sentence that asks two things; none where it asks one."""
    halves = halves_of(text)
    if halves is None:
        return ()
    first = _parts(halves.first, evidence)
    end = len(first)
    second = tuple(_after(one, end, halves.first) for one in _parts(halves.second, evidence))
    return (*first, *second)


def _parts(text: str, evidence: Sequence[Evidence]) -> tuple[SubQuestion, ...]:
    return _chain(text, evidence) or (SubQuestion(number=1, text=text),)


def _after(one: SubQuestion, end: int, first: str) -> SubQuestion:
    """A question of the second half: it is counted on, and names what the first half finds by its number."""

    def counted(text: str) -> str:
        return re.sub(r"#(\d{1,2})", lambda found: f"#{int(found[1]) + end}", text).replace(FOUND, f"#{end}")

    words = first.rstrip("?？")
    instead = {number + end: said.replace(FOUND, words) for number, said in one.instead.items()}
    if FOUND in one.text:
        instead[end] = words
    return SubQuestion(number=one.number + end, text=counted(one.text), instead=instead)


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
    by = [asked.by if makers else _beginning(asked, name, read.text, evidence) for name in names]
    begun = len(makers)
    about = [f"#{number}" for number in range(1, begun + 1)] or names
    instead = {number: f"{asked.role} {name}" for number, name in enumerate(names, start=1)} if makers else {}
    ends = [
        SubQuestion(
            number=begun + place, text=_OF_ONE.get(event, _OF_ANY)[language].format(side=side),
            instead={place: instead[place]} if makers else {},
        )
        for place, (side, event) in enumerate(zip(about, by, strict=True), start=1)
    ]  # fmt: skip
    return (*makers, *ends)


def _beginning(asked: Asked, name: str, question: str, evidence: Sequence[Evidence]) -> str:
    """What is asked of one side: "older" asks of a person when they were born, of a work when it was published."""
    if asked.by not in {"birth", "begin"} or _SAYS_BIRTH.search(question):
        return asked.by
    key = norm(name)
    for item in evidence:
        if norm(item.placed.document.title) == key:
            text = item.placed.chunk.text[:600]
            found = [(match.start(), event) for event, words in _BEGINNINGS if (match := words.search(text))]
            return min(found)[1] if found else "since"
    return "begin" if _NO_PERSON.search(name) else asked.by


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
