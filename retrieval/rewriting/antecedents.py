"""What a word that refers stands for, of all that was said before. Pure."""

from collections.abc import Sequence

from graph.text.tokens import is_east_asian, stems
from retrieval.questions.english_nouns import kind_of
from retrieval.rewriting.reading.dependence import Form, Reference
from retrieval.rewriting.things import is_thing
from retrieval.rewriting.topics import ExchangeTopics, Topic

DEPTH = 4
"""Exchanges that a word may refer back over."""
_WORKS = frozenset("书 書 书籍 小说 小說 作品 著作 散文集 诗集 电影 影片 歌 歌曲 专辑 剧 电视剧 游戏 文章 论文".split())
_BODIES = frozenset(
    "company corporation firm team club band group organisation organization university college school".split()
)
"""What a question asks for that may be named as persons are."""
MAIN_NAMES = 2
MAIN_PHRASES = 3


def antecedents(reference: Reference, earlier: Sequence[ExchangeTopics]) -> tuple[Topic, ...]:
    """What it stands for, by the nearest exchange that named something of its kind; several where it is not certain."""
    if reference.number:
        return _item(reference.number, earlier)
    for topics in reversed(earlier[-DEPTH:]):
        found = _called(reference.noun, topics) if reference.noun else _of_form(reference.form, topics)
        if found:
            return found
    return _spoken_of(reference.noun, earlier) if reference.noun else ()


def main_topics(earlier: Sequence[ExchangeTopics]) -> list[Topic]:
    """What was spoken of last: the names of the last question with any, else its phrases."""
    for topics in reversed(earlier[-DEPTH:]):
        if topics.asked:
            return list(topics.asked[:MAIN_NAMES])
        if topics.phrases:
            return list(topics.phrases[-MAIN_PHRASES:])
        if topics.answered:
            return list(topics.answered[:1])
    return []


def _item(number: int, earlier: Sequence[ExchangeTopics]) -> tuple[Topic, ...]:
    for topics in reversed(earlier[-DEPTH:]):
        if len(topics.items) > 1 and number <= len(topics.items):
            return (topics.items[number - 1 if number > 0 else -1],)
    return ()


def _of_form(form: Form, topics: ExchangeTopics) -> tuple[Topic, ...]:
    if form == "person":
        return _persons(topics)
    if form == "several":
        plural = [topic for topic in topics.phrases if topic.text.endswith("s")]
        return topics.answered or topics.asked[:1] or tuple(plural[-1:]) or topics.phrases[-1:] or topics.told[:1]
    asked = [topic for topic in topics.asked if topic.kind != "person"] or list(topics.asked)
    answered = _things(topics)
    if len(topics.answered) == 1 and answered and not _is_uncertain(answered[0]):
        return tuple(answered) if answered[0].noun != "definition" or not asked else tuple(asked[:1])
    if answered:
        return (*answered, *asked[:1])
    told = [topic for topic in topics.told if topic.kind != "person"]
    return tuple(asked[:1]) or topics.phrases[-1:] or tuple(told[:1])


def _things(topics: ExchangeTopics) -> list[Topic]:
    """What was asked for and may be a thing: names that are shaped as those of persons only where several are left,
    or where a company was asked for. "Who made it?" may be answered by a company, too.
    """
    certain = [topic for topic in topics.answered if topic.kind != "person" or topic.noun in _BODIES]
    unknown = [topic for topic in topics.answered if topic not in certain and not _of_person(topic)]
    return [*certain, *unknown]


def _of_person(topic: Topic) -> bool:
    return topic.noun == "person" or kind_of(topic.noun) == "person"


def _is_uncertain(topic: Topic) -> bool:
    """Whether a name answered "who", is not shaped as a person's and does not say either that it is a thing's."""
    return _of_person(topic) and not is_thing(topic.text)


def _persons(topics: ExchangeTopics) -> tuple[Topic, ...]:
    answered = [topic for topic in topics.answered if topic.kind == "person" or topic.noun == "person"]
    if answered:
        return tuple(answered)
    persons = [topic for topic in (*topics.asked, *topics.told) if topic.kind == "person"]
    of_no_kind = [topic for topic in topics.answered if topic.noun in {"", "any"} and not is_thing(topic.text)]
    if of_no_kind:
        return (*of_no_kind, *persons[:1])
    single = [topic for topic in topics.asked if " " not in topic.text and not topic.text.isupper()]
    return tuple(persons[:1] or single[:1])


def says_itself(topic: Topic, noun: str) -> bool:
    """Whether a name says itself what a noun calls it: "that school" for Lakeholm School."""
    return topic.text.endswith(noun[-1]) if is_east_asian(noun) else bool(set(stems(topic.text)) & set(stems(noun)))


def _called(noun: str, topics: ExchangeTopics) -> tuple[Topic, ...]:
    """Names that a noun may stand for: what a question asked for by it, and names that say it themselves."""
    if is_east_asian(noun):
        asked_so = [topic for topic in topics.answered if topic.noun and (topic.noun in noun or noun in topic.noun)]
        alike = [topic for topic in (*topics.asked, *topics.told, *topics.phrases) if says_itself(topic, noun)]
        named = sorted(alike, key=lambda topic: not topic.text.endswith(noun))  # 长宁大学 before 天文学 for 大学
        said = f"{topics.exchange.standalone} {topics.exchange.answer}"
        works = [topic for topic in (*topics.asked, *topics.told) if noun in _WORKS and f"《{topic.text}》" in said]
        return tuple(asked_so or named[:1] or works[:1])
    words = set(stems(noun))
    asked_so = [topic for topic in topics.answered if set(stems(topic.noun)) & words]
    named = [topic for topic in (*topics.asked, *topics.told) if says_itself(topic, noun)]
    if asked_so or named:
        return tuple(asked_so or named[:1])
    kind = kind_of(noun.rsplit(maxsplit=1)[-1])
    return _of_form("person" if kind == "person" else "place", topics) if kind in {"person", "place"} else ()


def _spoken_of(noun: str, earlier: Sequence[ExchangeTopics]) -> tuple[Topic, ...]:
    """The name spoken of where something was called so; where no name was, the phrase spoken of."""
    wanted = set(stems(noun)) if not is_east_asian(noun) else {noun}
    for topics in reversed(earlier[-DEPTH:]):
        text = f"{topics.exchange.standalone} {topics.exchange.answer}"
        if wanted & set(stems(text)) or any(word in text for word in wanted if is_east_asian(word)):
            things = [topic for topic in topics.asked if topic.kind != "person"] or list(topics.asked)
            if things or topics.phrases:
                return tuple(things[:1]) or topics.phrases[-1:]
    return ()
