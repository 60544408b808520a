"""A question and what was said before it, made into one question that stands alone: by rule. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from graph.text.names import norm
from graph.text.tokens import is_east_asian
from retrieval.rewriting.asking_back import asked_about
from retrieval.rewriting.exchanges import Exchange, is_small_talk
from retrieval.rewriting.known_names import FindsNames
from retrieval.rewriting.meaning.writer import Understood, Writer
from retrieval.rewriting.reading.chinese import DEED_HAN, read_chinese
from retrieval.rewriting.reading.chinese_subject import is_bound, lacks_subject
from retrieval.rewriting.reading.dependence import ALONE, Dependence
from retrieval.rewriting.reading.english import read_english
from retrieval.rewriting.reading.english_words import DOES_IT
from retrieval.rewriting.topics import ExchangeTopics, topics_of

_ASKING = frozenset({"nothing", "reference", "subject"})
MOST_EXCHANGES = 8
"""Exchanges that are looked back on, the newest."""


def understood(text: str, exchanges: Sequence[Exchange], find: FindsNames) -> Understood:
    """The question as it stands alone; its own text, byte for byte, where it lacks nothing."""
    earlier: list[ExchangeTopics] = []
    spoken = [exchange for exchange in exchanges if not is_small_talk(exchange.question)]
    for exchange in spoken[-MOST_EXCHANGES:]:
        meant = _understood(exchange.question, earlier, find) if exchange.question else Understood(text="")
        if asked_about(exchange.answer):
            meant = Understood(text=exchange.question)
        told = {one.name: one.turn for one in meant.carried}
        earlier.append(topics_of(replace(exchange, standalone=meant.text), find, told))
    return _understood(text, earlier, find)


def _understood(text: str, earlier: Sequence[ExchangeTopics], find: FindsNames) -> Understood:
    chinese = is_east_asian(text)
    lacks = _read(text)
    if lacks.lack == "nothing" and chinese and earlier and not find(text) and lacks_subject(text):
        lacks = Dependence(lack="subject")
    if chinese and lacks.lack == "reference":
        free = tuple(one for one in lacks.references if not is_bound(text, one, find))
        lacks = replace(lacks, references=free) if free else ALONE
    chosen = _chosen(text, earlier, find)
    if chosen is not None:
        return chosen
    writer = Writer(text, lacks, earlier, find, chinese=chinese)
    deed = (DEED_HAN if chinese else DOES_IT).search(text)
    somebody = any(one.form in {"person", "several"} for one in lacks.references)
    if deed and (somebody or chinese) and earlier and earlier[-1].exchange.question and lacks.lack in _ASKING:
        return writer.doing(deed.span())
    match lacks.lack:
        case "nothing":
            return Understood(text=text)
        case "reference":
            return writer.referring(text, lacks.references)
        case "counterpart" | "correction" | "bare" | "asking" if earlier:
            return writer.continuing()
        case _:
            return writer.about()


def _read(text: str) -> Dependence:
    """What a question lacks, by the rules of its language."""
    return read_chinese(text) if is_east_asian(text) else read_english(text)


def _chosen(text: str, earlier: Sequence[ExchangeTopics], find: FindsNames) -> Understood | None:
    """The question that was asked back about, with what this one says in place of the word that was unclear."""
    back = asked_about(earlier[-1].exchange.answer) if earlier else None
    if back is None or (not back.whole and back.word not in earlier[-1].exchange.question):
        return None
    candidates = back.candidates
    lacks = _read(text)
    said = _LEADS.sub("", lacks.rest or text).strip(' ?？.。!！"“”《》')
    named = {norm(one): one for one in candidates}
    numbers = [one.number for one in lacks.references if one.number]
    if numbers and 0 < numbers[0] <= len(candidates):
        said = candidates[numbers[0] - 1]
    elif norm(said) not in named and (lacks.lack not in {"bare", "correction"} or not find(said)):
        return None
    if back.whole:
        asked, said = earlier[-1].exchange.question, named.get(norm(said), said)
        return Understood(text=f"{said}{asked}" if is_east_asian(asked) else f"{asked.rstrip(' ?')} ({said})?")
    said = ("the " if _ARTICLE.search(text) and not numbers else "") + named.get(norm(said), said)
    asked = earlier[-1].exchange.question.replace(back.word, said, 1)
    left = _read(asked)
    first = _understood(asked, earlier[:-1], find) if left.lack == "reference" else Understood(text=asked)
    return first if first.unclear is None else Understood(text=asked)


_ARTICLE = re.compile(r"\A(?:.*\s)?the [\w]", re.IGNORECASE)
_LEADS = re.compile(r"\A\s*(?:(?:I mean|it is|it['’]s|the)\s+|(?:我?(?:是说|说的是|指的是)|是)\s*)+", re.IGNORECASE)
