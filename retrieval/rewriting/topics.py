"""What an exchange was about: the names and phrases of its question and of its answer, for later questions. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from graph.text.held_names import holds_name, norm_text
from graph.text.names import norm
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import fold, is_east_asian, stems
from retrieval.answering.short.spans import spans_of
from retrieval.questions.answer_kinds import AnswerType
from retrieval.questions.question_words import answer_type, asked_noun
from retrieval.rewriting.asking_back import asked_about
from retrieval.rewriting.chinese_topics import noun_phrases, predicate_name
from retrieval.rewriting.exchanges import Exchange, sentences_of, without_markers
from retrieval.rewriting.generic_words import GENERIC, WORD
from retrieval.rewriting.known_names import FindsNames
from retrieval.rewriting.reading.english_words import VERB
from retrieval.rewriting.things import is_surnamed, is_thing

TopicKind = Literal["person", "name", "phrase"]
READ_SENTENCES = 3
"""Of an answer, from its beginning: what it says first answers."""
MOST_SENTENCES = 6
"""Of an answer, of which those that say most of what was asked may answer."""
MOST_TOPICS = 12
MOST_UNCERTAIN = 5
"""Entities that an answer may have meant, where it does not tell."""
MOST_ANSWERING = 3
SHORT_WORDS, SHORT_HAN = 8, 12
"""An answer of no more words, or characters of Chinese, is what was asked for, whatever it is."""
_EXPLAINS = re.compile(r"\W*(?:why|how)\b|.*(?:为什么|为何|怎么|怎样|如何)", re.IGNORECASE)
"""A question that asks for no entity, but how or why something is so."""
_DATE = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\b", re.IGNORECASE
)
_NOT_FOUND = re.compile(r"\ANot found in the documents|\A文档中没有找到答案")
LONGEST_HAN_NAME = 3
_TELLS = re.compile(r"(?:It|He|She|They|There|This|That|We|I) ")
_PREDICATES = re.compile("[是为為由于於在有]")
_BY = re.compile(r"\bby (?:the )?\Z")
_OF_COUNTRY = re.compile(r"(?:[A-Z][a-z]+ )?[A-Z][a-z]+(?:an|ish|ese|ch)")
_OWNS = re.compile(r"['’]s? (?:[a-z-]+ ){0,4}|的[^，。；、,;的]{0,6}")
_ITEM = re.compile(r"(?m)^[ \t]*(?:[-*•·]|\(?\d{1,2}[.)、])[ \t]*(?P<item>[^\n]{2,80}?)(?:[:：,，.。;；(（–-].*)?$")
_IN_A_ROW = re.compile(
    r"\A\s*(?:\([^()]*\)|（[^（）]*）)?\s*(?:,? and |,|、|和|与|以及|及|;|；)\s*(?:and )?(?:the )?\s*\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something an exchange was about, as it stands in an utterance. ``noun``: what a question called it that asked for
    it, "" where none did.
    """

    text: str
    said_at: int
    kind: TopicKind
    noun: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeTopics:
    """What one exchange was about, each in the order of the text.

    ``answered`` is what its question asked for (several where that is not certain), ``asked`` stands in the question,
    ``told`` only in the answer; ``phrases`` are of the question. ``items`` are what the answer lists.
    """

    exchange: Exchange
    answered: tuple[Topic, ...]
    asked: tuple[Topic, ...]
    told: tuple[Topic, ...]
    phrases: tuple[Topic, ...]
    items: tuple[Topic, ...]


def topics_of(exchange: Exchange, find: FindsNames, carried: Mapping[str, int]) -> ExchangeTopics:
    """What an exchange was about. ``carried`` says at which utterance names stand that its question took over."""
    question = exchange.standalone
    asked = [
        _named(question, start, end, carried.get(question[start:end], exchange.asked_at))
        for start, end in find(question)
    ]
    answer = "" if asked_about(exchange.answer) else without_markers(exchange.answer)
    every = [] if _NOT_FOUND.match(answer) else sentences_of(answer)[:MOST_SENTENCES]
    said = every[:READ_SENTENCES]
    told: dict[str, Topic] = {}
    known = {norm(topic.text) for topic in asked}
    for sentence in said:
        for start, end in heads_first(sentence, find(sentence)):
            key = norm(sentence[start:end])
            if key and not _within(key, known) and not _DATE.match(sentence[start:end]):
                told.setdefault(key, _named(sentence, start, end, exchange.answered_at))
    return ExchangeTopics(
        exchange=exchange,
        answered=_answered(exchange, every, find),
        asked=tuple(asked[:MOST_TOPICS]),
        told=tuple(told.values())[:MOST_TOPICS],
        phrases=tuple(_phrases(question, exchange.asked_at, carried)),
        items=tuple(_items(answer, said, find, exchange.answered_at)),
    )


def heads_first(sentence: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Names of a sentence in order; those that only own the next ("Lin's teacher Zhou Mingyuan") after all others."""
    found = sorted({*spans, *_owned(sentence, spans)})
    owners = {span for span, after in pairwise(found) if _OWNS.fullmatch(sentence[span[1] : after[0]])}
    return sorted(found, key=lambda span: (span in owners, span))


def _owned(sentence: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The name at the end of 是林雨桐的导师周明远, which no rule finds by itself."""
    name = predicate_name(sentence) if is_east_asian(sentence) else ""
    start = sentence.find(name) if name else -1
    if start >= 0 and not any(first < start + len(name) and start < last for first, last in spans):
        yield start, start + len(name)


def is_person(name: str) -> bool:
    """Whether a name is shaped as that of a person."""
    found = spans_of("person", name, "")
    return bool(found) and found[0][1] - found[0][0] >= len(name) - 4


def _named(text: str, start: int, end: int, said_at: int) -> Topic:
    """A name in its place: no person has an article."""
    topic = _topic(text[start:end], said_at)
    return replace(topic, kind="name") if text[:start].lower().endswith("the ") else topic


def _topic(text: str, said_at: int, noun: str = "") -> Topic:
    surnamed = is_east_asian(text) and len(text) <= LONGEST_HAN_NAME and is_surnamed(text)
    person = (surnamed or is_person(text)) and not is_thing(text)
    return Topic(text=text, said_at=said_at, kind="person" if person else "name", noun=noun)


def _within(key: str, known: set[str]) -> bool:
    return any(f" {key} " in f" {other} " or (is_east_asian(key) and key in other) for other in known)


def _answered(exchange: Exchange, said: list[str], find: FindsNames) -> tuple[Topic, ...]:
    """What a question asked for, as far as its answer tells: one entity where that is certain, else those it may be.

    None where it asked for a time, a number or for no entity.
    """
    question = exchange.standalone
    asked, noun = answer_type(question), asked_noun(question)
    if not said or asked in {"time", "number", "yes_no", "overview", "comparison"}:
        return ()
    if _is_short(said):
        text = re.sub(r"\A(?:the|The) ", "", said[0].strip(" .。！!"))
        if norm(text) and norm(text) not in norm(question):
            names = [said[0][start:end] for start, end in find(said[0]) if not _DATE.match(said[0][start:end])]
            whole = names[0] if len(names) == 1 and len(names[0]) * 2 > len(text) else text
            return (_topic(whole, exchange.answered_at, noun or asked),)
    if asked not in {"person", "place", "kind", "any"} or _EXPLAINS.match(question):
        return ()
    return _meant(exchange, said, find)


def _meant(exchange: Exchange, said: list[str], find: FindsNames) -> tuple[Topic, ...]:
    """The entities of the sentences that answer, one of which is asked for."""
    question = exchange.standalone
    asked = answer_type(question)
    noun = asked_noun(question) or asked
    topics: list[Topic] = []
    for sentence in _answering(question, said, find):
        named = predicate_name(sentence) if asked == "person" and is_east_asian(sentence) else ""
        if named and named not in question:
            return (Topic(text=named, said_at=exchange.answered_at, kind="person", noun=noun),)
        topics = [_topic(text, exchange.answered_at, noun) for text in _named_in(sentence, question, asked, find)]
        if topics:
            break
    persons = [topic for topic in topics if topic.kind == "person"]
    return tuple((persons if asked == "person" and persons else topics)[:MOST_UNCERTAIN])


def _answering(question: str, said: list[str], find: FindsNames) -> list[str]:
    """The sentences by how much of the question they say: first its names, then its other words; then as they stand."""
    names = [norm(question[start:end]) for start, end in find(question)]
    wanted = set(stems(question))

    def said_of_it(sentence: str) -> tuple[int, int]:
        key = norm_text(sentence)
        return sum(holds_name(key, name) for name in names), len(wanted & set(stems(sentence)))

    return sorted(said, key=said_of_it, reverse=True)[:MOST_ANSWERING]


def _named_in(sentence: str, question: str, asked: AnswerType, find: FindsNames) -> list[str]:
    """Names of a sentence that its question does not hold, those first that something was done "by"; no owners."""
    known = norm(question)
    spans = [span for span in heads_first(sentence, find(sentence)) if not _describes(sentence, span)]
    texts = {sentence[start:end] for start, end in spans}
    if asked in {"person", "place"}:
        found = spans_of(asked, sentence, question)[:MOST_UNCERTAIN]
        texts |= {re.sub(r"\A(?:the|The) |['’]s\Z", "", sentence[start:end]) for start, end in found}
    texts = {text for text in texts if not _within(norm(text), {known}) and not _DATE.match(text)}
    kept = longest_texts(sorted(texts, key=sentence.find))
    owners = {
        one for one, other in pairwise(kept)
        if _OWNS.fullmatch(sentence[sentence.find(one) + len(one) : sentence.find(other)])
    }  # fmt: skip
    done_by = [text for text in kept if _BY.search(sentence[: sentence.find(text)])]
    return [*done_by, *(text for text in kept if text not in done_by and text not in owners)]


def _describes(sentence: str, span: tuple[int, int]) -> bool:
    """Whether a name only says of which country what follows it is: "a French missile"."""
    name = sentence[span[0] : span[1]]
    return _OF_COUNTRY.fullmatch(name) is not None and re.match(r"[ -][a-z]", sentence[span[1] :]) is not None


def longest_texts(texts: list[str]) -> list[str]:
    """Those that no other one holds."""
    return [text for text in texts if not any(text != other and text in other for other in texts)]


def _is_short(said: list[str]) -> bool:
    if len(said) != 1 or said[0].strip(" .%$€").replace(",", "").isdigit() or _TELLS.match(said[0]):
        return False
    if is_east_asian(said[0]):
        return len(said[0]) <= SHORT_HAN and _PREDICATES.search(said[0]) is None
    return len(said[0].split()) <= SHORT_WORDS and VERB.search(said[0]) is None


def _phrases(text: str, said_at: int, carried: Mapping[str, int]) -> Iterator[Topic]:
    """Runs of content words of a question, in order."""
    for start, end in noun_phrases(text) if is_east_asian(text) else _runs(text):
        yield Topic(text=text[start:end], said_at=carried.get(text[start:end], said_at), kind="phrase")


def _runs(text: str) -> Iterator[tuple[int, int]]:
    run: list[re.Match[str]] = []
    for match in WORD.finditer(text):
        word = fold(match.group())
        content = word not in STOP_WORDS and word not in GENERIC
        if run and (not content or text[run[-1].end() : match.start()].strip()):
            yield run[0].start(), run[-1].end()
            run = []
        if content:
            run.append(match)
    if run:
        yield run[0].start(), run[-1].end()


def _items(answer: str, said: list[str], find: FindsNames, said_at: int) -> Iterator[Topic]:
    """What an answer lists: lines that begin as items do, or names in a row."""
    lines = [found["item"].strip() for found in _ITEM.finditer(answer)]
    if len(lines) > 1:
        yield from (_topic(line, said_at) for line in lines[:MOST_TOPICS])
        return
    for sentence in said:
        spans = find(sentence)
        row: list[tuple[int, int]] = []
        for span in spans:
            if row and not _IN_A_ROW.match(sentence[row[-1][1] : span[0]]):
                if len(row) > 1:
                    break
                row = []
            row.append(span)
        if len(row) > 1:
            yield from (_topic(sentence[start:end], said_at) for start, end in row)
            return
