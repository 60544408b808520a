"""What was said before a question, as exchanges: a question and its answer. Pure."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from graph.text.tokens import EAST_ASIAN_RUN, is_east_asian
from retrieval.model import Utterance

_MARKER = re.compile(r"\s?\[\d{1,3}\]|\s?【\d{1,3}】")
_SOURCE = re.compile(r"(?m)^\[\d{1,3}\] .*$")
"""A line in which an answer names a source, as chat clients get it."""
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[^a-z])|(?<=[。！？；])|\n+")
_CITED = re.compile(r"\[\d{1,3}\]")
_TELLING = re.compile(r"\d|[\"“”「」《》]|(?<!\A)(?<![.!?] )\b[A-Z]\w")


_COURTESIES = frozenset(
    """
    thanks thank you that that's thats is it it's i i'll do see understand ok okay yes no great good fine cool nice
    interesting sorry hi hello hey bye please help my apologies never mind nevermind got to know wow all right alright
    too bad very so much for the your letting informing me know really helpful informative impressive there information
    this was a lot welcome appreciate awesome perfect excellent amazing
    """.split()
)
_COURTESIES_HAN = re.compile(
    r"(?:非常|多|很|太)?(?:谢谢|感谢|謝謝|感謝)(?:你|您)?(?:了|啦)?|好(?:的|吧|了)?|明白(?:了)?|知道(?:了)?|你好|您好|嗯+|哦+|没事|不用了?|再见|抱歉|不好意思|原来如此"
)

MOST_COURTEOUS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and what was answered to it, "" where nothing was.

    ``asked_at`` and ``answered_at`` count utterances from 1. ``standalone`` is the question as it was understood then.
    """

    question: str
    asked_at: int
    answer: str = ""
    answered_at: int = 0
    standalone: str = ""


def exchanges_of(history: Sequence[Utterance]) -> tuple[Exchange, ...]:
    """What was said, oldest first; utterances of one speaker that follow each other belong together."""
    found: list[Exchange] = []
    for number, said in enumerate(history, start=1):
        if said.speaker == "user":
            found.append(Exchange(question=said.text.strip(), asked_at=number, standalone=said.text.strip()))
        elif found:
            last = found[-1]
            found[-1] = replace(last, answer=f"{last.answer}\n{said.text}".strip(), answered_at=number)
        else:
            found.append(Exchange(question="", asked_at=0, answer=said.text.strip(), answered_at=number))
    return tuple(found)


def is_small_talk(text: str) -> bool:
    """Whether an utterance is a courtesy, and asks about nothing."""
    if is_east_asian(text):
        return len(text) < MOST_COURTEOUS and not re.search(r"\w", _COURTESIES_HAN.sub("", text))
    words = re.findall(r"[\w'’]+", text.lower())
    return "?" not in text and bool(words) and all(word.replace("’", "'") in _COURTESIES for word in words)


def without_markers(text: str) -> str:
    """An answer's text without its sources and their markers, which mean nothing in another answer."""
    return _MARKER.sub("", _SOURCE.sub("", text)).strip()


def sentences_of(text: str) -> list[str]:
    """The sentences of an utterance, whole."""
    return [part.strip() for part in _SENTENCES.split(text) if part.strip()]


def fitted(exchanges: Sequence[Exchange], room: int, measure: Callable[[str], int]) -> tuple[Exchange, ...]:
    """As many exchanges as fit, the newest first; what is cut is cut by exchange, and in an answer by sentence.

    The newest answer may take half of the room, an older one half of what is left. In an answer its first sentence and
    those with names, numbers, quotes or citations are kept before others. No question is cut: the first that
    does not fit ends what is kept.
    """
    kept: list[Exchange] = []
    for exchange in reversed(exchanges):
        room -= measure(exchange.question)
        if room < 0:
            break
        answer = _shortened(exchange.answer, room // 2, measure)
        room -= measure(answer)
        kept.append(replace(exchange, answer=answer))
    return tuple(reversed(kept))


def _shortened(answer: str, room: int, measure: Callable[[str], int]) -> str:
    if measure(answer) <= room:
        return answer
    sentences = sentences_of(answer)
    order = sorted(range(len(sentences)), key=lambda place: (place > 0, not _tells(sentences[place]), place))
    chosen: set[int] = set()
    for place in order:
        cost = measure(sentences[place])
        if cost <= room:
            chosen.add(place)
            room -= cost
    glue = "" if EAST_ASIAN_RUN.search(answer) else " "
    return glue.join(sentences[place] for place in sorted(chosen))


def _tells(sentence: str) -> bool:
    return _CITED.search(sentence) is not None or _TELLING.search(sentence) is not None
