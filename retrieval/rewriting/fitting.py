"""Whether a name can stand where another one stood in a question: a thing is not born, and a person is not built. Pure.

Only what shows by the words themselves counts; of most names and questions nothing is known, and they fit.
"""

import re
from collections.abc import Sequence

from graph.text.names import norm
from graph.text.tokens import is_east_asian
from retrieval.questions.english_nouns import kind_of
from retrieval.rewriting.things import is_surnamed, is_thing
from retrieval.rewriting.topics import ExchangeTopics, is_person

_OF_PERSONS = re.compile(
    r"\b(?:born|die[sd]?|marr(?:y|ies|ied)|stud(?:y|ied|ies)|graduated?|retired?|wife|husband|spouse|mother|father"
    r"|children|childhood|he|she|him|his|her)\b|出生|生于|生於|毕业|畢業|去世|逝世|结婚|結婚|妻子|丈夫|退休|她|(?<!其)他"
    r"|\A\W*who (?:is|was) (?!the |an? |.* of )[\w'’ .-]+\?*\Z|\A[^的]{2,4}是谁",
    re.IGNORECASE,
)
_OF_THINGS = re.compile(
    r"\b(?:buil[dt]|rebuilt|designed|invented|composed|wrote|written|founded|established|opened|published|manufactured|located|situated|inhabitants|population"
    r"|headquarters)\b|建于|建於|建成|建造|成立|设立|設立|出版|制造|製造|海拔|口径|口徑|坐落|总部|總部|人口",
    re.IGNORECASE,
)
_WHO_IS = re.compile(r"\A\W*who (?:is|was) (?!the |an? )", re.IGNORECASE)
_ACTS = re.compile(r"\bby (?!whom)|\bdid\b|[由被](?![谁誰哪何什])", re.IGNORECASE)
"""Such a question names who built or founded."""


def is_known_person(name: str, earlier: Sequence[ExchangeTopics]) -> bool:
    """Whether a name is a person's: it answered who somebody is, or is a Chinese name by its surname."""
    if is_thing(name):
        return False
    answered = [topic for topics in earlier for topic in topics.answered if topic.text == name]
    asked_so = any(
        name in topics.exchange.standalone and _WHO_IS.match(topics.exchange.standalone) for topics in earlier
    )
    asked_so = asked_so or any(topic.noun == "person" or kind_of(topic.noun) == "person" for topic in answered)
    return asked_so or (is_east_asian(name) and is_surnamed(name))


def fits(name: str, said: str, topics: ExchangeTopics, earlier: Sequence[ExchangeTopics]) -> bool:
    """Whether an earlier question can be asked of a name, which stands so in what was ``said`` now."""
    question = topics.exchange.standalone
    of_persons = _OF_PERSONS.search(question) or _OF_PERSONS.search(topics.exchange.question)
    if is_thing(name, said):
        return of_persons is None or any(is_thing(topic.text, question) for topic in topics.asked)
    of_things = _OF_THINGS.search(question) is not None and not _ACTS.search(question)
    return of_persons is not None or not of_things or not is_known_person(name, earlier)


def counterpart(before: str, old: Sequence[tuple[int, int]], name: str) -> tuple[int, int]:
    """Which of the names of a question another one takes the place of: one that ends alike, else one of its kind."""
    tail = name[-1:] if is_east_asian(name) else norm(name).split()[-1:]

    def likeness(span: tuple[int, int]) -> tuple[bool, bool, bool, int]:
        other = before[span[0] : span[1]]
        ends = other[-1:] if is_east_asian(other) else norm(other).split()[-1:]
        return (ends == tail, is_thing(other) == is_thing(name), is_person(other) == is_person(name), -span[0])

    return max(old, key=likeness)
