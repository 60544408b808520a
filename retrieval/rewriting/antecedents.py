"""What a word that refers stands for, of all that was said before. Pure."""

from collections.abc import Iterator, Sequence, Set

from graph.text.names import norm
from graph.text.tokens import is_east_asian, stems
from retrieval.questions.english_nouns import kind_of
from retrieval.rewriting.dependence import Form, Reference
from retrieval.rewriting.topics import ExchangeTopics, Topic

DEPTH = 4
"""Exchanges that a word may refer back over."""
MAIN_NAMES = 2
MAIN_PHRASES = 3


def antecedent(reference: Reference, earlier: Sequence[ExchangeTopics], taken: Set[str] = frozenset()) -> Topic | None:
    """What it stands for: the nearest exchange that named something of its kind; None where none did."""
    if reference.number:
        return _item(reference.number, earlier)
    for topics in reversed(earlier[-DEPTH:]):
        candidates = _called(reference.noun, topics) if reference.noun else _of_form(reference.form, topics)
        for topic in candidates:
            if norm(topic.text) not in taken:
                return topic
    if reference.noun:
        return _spoken_of(reference.noun, earlier)
    return None


def main_topics(earlier: Sequence[ExchangeTopics]) -> list[Topic]:
    """What was spoken of last: the names of the last question with any, else its phrases."""
    for topics in reversed(earlier[-DEPTH:]):
        if topics.asked:
            return list(topics.asked[:MAIN_NAMES])
        if topics.phrases:
            return list(topics.phrases[-MAIN_PHRASES:])
        if topics.answered:
            return [topics.answered]
    return []


def _item(number: int, earlier: Sequence[ExchangeTopics]) -> Topic | None:
    for topics in reversed(earlier[-DEPTH:]):
        if len(topics.items) > 1 and number <= len(topics.items):
            return topics.items[number - 1 if number > 0 else -1]
    return None


def _of_form(form: Form, topics: ExchangeTopics) -> Iterator[Topic]:
    answered = topics.answered
    persons = [topic for topic in (*topics.asked, *topics.told) if topic.kind == "person"]
    things = [topic for topic in topics.asked if topic.kind != "person"]
    if form == "person":
        if answered is not None and (answered.kind == "person" or answered.noun == "person"):
            yield answered
        yield from persons
        yield from (topic for topic in topics.asked if " " not in topic.text)
        return
    entity = answered is not None and answered.kind != "person" and answered.noun != "person"
    if form == "place" and answered is not None and entity and (answered.noun == "place" or kind_of(answered.noun) == "place"):
        yield answered
    if form == "several" and answered is not None:
        yield answered
    if form == "thing" and answered is not None and entity and answered.noun not in {"place", "list", "definition", "any"}:
        yield answered
    yield from things
    if answered is not None and entity:
        yield answered
    if form == "several":
        yield from topics.asked
    yield from _phrases(form, topics)
    yield from (topic for topic in topics.told if topic.kind != "person" or form == "several")


def _phrases(form: Form, topics: ExchangeTopics) -> Iterator[Topic]:
    plural = [topic for topic in topics.phrases if topic.text.endswith("s")]
    if form == "several":
        yield from reversed(plural)
    yield from reversed(topics.phrases)


def _called(noun: str, topics: ExchangeTopics) -> Iterator[Topic]:
    """Names that a noun may stand for: what a question asked for by it, and names that end with it."""
    head = noun.split()[-1] if not is_east_asian(noun) else noun
    stem = set(stems(head))
    if topics.answered is not None and (set(stems(topics.answered.noun)) & stem or (is_east_asian(noun) and topics.answered.noun and topics.answered.noun in noun)):
        yield topics.answered
    for topic in (*topics.asked, *topics.told):
        if is_east_asian(noun):
            if topic.text.endswith(noun) or topic.text.endswith(noun[-1:]):
                yield topic
        elif set(stems(topic.text)) & stem:
            yield topic
    kind = kind_of(head) if not is_east_asian(noun) else "any"
    if kind in {"person", "place"}:
        yield from _of_form("person" if kind == "person" else "place", topics)


def _spoken_of(noun: str, earlier: Sequence[ExchangeTopics]) -> Topic | None:
    """The name spoken of where something was called so; where no name was, the phrase that holds it."""
    wanted = set(stems(noun.split()[-1] if not is_east_asian(noun) else noun))
    for topics in reversed(earlier[-DEPTH:]):
        text = f"{topics.exchange.standalone} {topics.exchange.answer}"
        if wanted & set(stems(text)):
            things = [topic for topic in topics.asked if topic.kind != "person"] or list(topics.asked)
            if things:
                return things[0]
            for topic in reversed(topics.phrases):
                return topic
    return None
