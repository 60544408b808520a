"""A sentence as it is held against others: its words, what it says of numbers, days and names, whether it
denies. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.text.polarity import is_negation, modals, negations
from graph.text.stop_words import STOP_WORDS
from graph.text.tokens import fold, is_east_asian, stems
from retrieval.answering.conflicts.names import NamedValue, named_values
from retrieval.answering.conflicts.quantities import Quantity, quantities
from retrieval.model import Evidence

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*[+#]*")
_HAN_SOFT = re.compile(
    "正式|最终|最終|最后|最後|目前|现在|現在|如今|截至|总共|總共|一共|共有|著名|其中|可以|允许|允許|可能|必须|必須|应当|應當|"
    "不再|并非|並非|没有|沒有|禁止|严禁|嚴禁|不得|不能|不可|不会|不會|不是|未能|尚未|切勿|请勿|"
    "[的了是在于於和与與及也都就而被把对對从從以为為由至到有其该該此这這那之所并並且等已将將又还還则則会會能可不没沒无無未勿约約共每各]"
)
"""Words and characters that carry no content of their own, or that are read elsewhere: what denies and permits."""
_SOFT = frozenset(
    "allowed allow allows permitted permit permits currently now officially finally originally also still".split()
)
_ADVERB = re.compile(r"(?<!dai)(?<!week)(?<!month)(?<!quarter)(?<!year)(?<=[a-z]{3})ly$")
_CONDITIONS = frozenset("without unless except only".split())
_REPORTED = re.compile(
    r"^(?:according to|as reported by|in the words of) (?:[^,]{1,60},\s|the [a-z]+ )|"
    r"^[^,]{1,60}\b(?:says?|said|reports?|"
    r"reported|states?|stated|wrote|writes|confirms?|confirmed|announced|claims?|"
    r"claimed) that\s|"
    r"^(?:据|據|根据|根據)[^，]{1,20}?(?:，|记载|記載|报道|報道)，?",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[,;:()](?=\s|$)|(?<=\s)\(|[，；（）]")
_SCOPE = re.compile(r"\b(?:in|at|on|for|of|within|under|per)\b", re.IGNORECASE)
_AGENT = re.compile(r"\b(?:by|with|after|before|when|while|where|who|which|that|and|but)\b", re.IGNORECASE)
SAYS = re.compile(
    r"\b(?:is|are|was|were|be|been|being|become|becomes|became|remains?|stays?|has|have|had|will|must|may|shall|should|can)\b|"
    r"[a-z](?:ed|es|s) ",
    re.IGNORECASE,
)
"""Where a sentence begins to say something of its subject, nearly always."""
_NEAR = 3
"""Words before a value that say what it is the value of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word in its place. ``key`` is what it is compared by; ``name`` whether it may be (part of) a name."""

    key: str
    name: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The words around a value: those ``before`` it in its clause, those that say where it holds (``scope``).

    ``near`` are the keys of the last before it that are no names, ``unit`` those of the words right behind it.
    """

    before: tuple[Word, ...]
    scope: tuple[Word, ...]
    near: frozenset[str]
    unit: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heard:
    """A sentence in its passage, not read yet. ``start`` and ``end`` count from the beginning of the chunk.

    ``asked`` are the terms of the question that it holds together with the titles it stands under.
    """

    item: Evidence
    start: int
    end: int
    text: str
    asked: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Heard):
    """A sentence as it was read.

    ``words`` are its words but function words, negations, quantities, and whoever reports it; ``keys`` what these are
    compared by, ``titled`` the same of the titles it stands under, ``known`` both, ``subject`` those of names that it
    begins with.
    """

    words: tuple[Word, ...]
    keys: frozenset[str]
    known: frozenset[str]
    titled: frozenset[str]
    subject: frozenset[str]
    quantities: tuple[Quantity, ...]
    named: tuple[NamedValue, ...]
    denies: bool
    conditions: frozenset[str]

    @property
    def times(self) -> tuple[Quantity, ...]:
        """The days and years that it states."""
        return tuple(value for value in self.quantities if value.kind == "date")

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Where the clause around ``start:end`` begins and ends; it reaches back until there is a word before it."""
        before = [0, *(match.end() for match in _BREAK.finditer(self.text, 0, start))]
        while len(before) > 1 and not any(before[-1] <= word.start < start for word in self.words):
            before.pop()
        after = _BREAK.search(self.text, end)
        return before[-1], after.start() if after else len(self.text)

    def frame(self, start: int, end: int) -> Frame:
        """The words around a value."""
        begin, stop = self.clause(start, end)
        before = tuple(word for word in self.words if begin <= word.start < start)
        behind = [word for word in self.words if end <= word.start < stop]
        if is_east_asian(self.text[begin:stop]):
            return Frame(before=(*before, *behind), scope=(), near=_keys((*before, *behind)), unit=_keys(behind[:2]))
        agent = _AGENT.search(self.text, end, stop)
        scope = _SCOPE.search(self.text, end, agent.start() if agent else stop)
        return Frame(
            before=before,
            scope=tuple(
                word for word in behind if scope and scope.end() <= word.start < (agent.start() if agent else stop)
            ),
            near=_keys([word for word in before if not word.name][-_NEAR:]),
            unit=_keys(_until(behind, scope, agent)[:2]),
        )


def read_statement(heard: Heard) -> Statement:
    """A sentence, read."""
    item, text = heard.item, heard.text
    values, reported = quantities(text), _REPORTED.match(text)
    begin = reported.end() if reported else 0
    words = tuple(
        word for word in _words(text)
        if word.start >= begin and not any(one.start < word.end and word.start < one.end for one in values)
    )  # fmt: skip
    around = " ".join((item.placed.document.title, *item.placed.chunk.headings))
    keys, titled = _keys(words), _keys(list(_words(around)))
    says = SAYS.search(text, begin)
    head = min([says.start() if says else len(text), *(one.start for one in values)])
    return Statement(
        item=item, start=heard.start, end=heard.end, text=text, asked=heard.asked, words=words, keys=keys,
        known=keys | titled, titled=titled,
        subject=_keys([word for word in words if word.start < head and text[word.start].isupper()]),
        quantities=values, named=named_values(text),
        denies=negations(text) % 2 == 1, conditions=modals(text) & _CONDITIONS,
    )  # fmt: skip


def _until(words: list[Word], *ends: re.Match[str] | None) -> list[Word]:
    stop = min((match.start() for match in ends if match), default=None)
    return [word for word in words if stop is None or word.start < stop]


def _keys(words: Sequence[Word]) -> frozenset[str]:
    return frozenset(word.key for word in words)


def _words(text: str) -> Iterator[Word]:
    for match in _TOKEN.finditer(text):
        if is_east_asian(match[0]):
            yield from _han_words(match[0], match.start())
        else:
            yield from _word(match[0], match.start(), match.end())


def _word(written: str, start: int, end: int) -> Iterator[Word]:
    """As it is written where capitals or signs tell it apart: US is not us, and C++ not C#."""
    large = written[0].isupper()
    if (
        (len(written) > 1 and written.isupper())
        or written[-1] in "+#"
        or (large and len(written) == 1 and written not in "AI")
    ):
        yield Word(key=written, name=True, start=start, end=end)
    elif fold(written) not in STOP_WORDS | _SOFT and not is_negation(written) and not _ADVERB.search(written):
        yield from (
            Word(key=stem, name=(large and start > 0) or written.isdigit(), start=start, end=end)
            for stem in stems(written)[:1]
        )


def _han_words(run: str, offset: int) -> Iterator[Word]:
    """Its characters, for where words begin and end differs from one sentence to the next."""
    left = _HAN_SOFT.sub(lambda found: " " * len(found[0]), run)
    for place, sign in enumerate(left, start=offset):
        if sign.isalnum():
            yield Word(key=sign, name=True, start=place, end=place + 1)
