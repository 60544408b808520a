"""What the evidence states of a side: its sentences, the one that defines it, and values in them. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.text.names import norm
from retrieval.answer import Claim, LiteralSpan
from retrieval.answering.stated.countries import countries_in, states_in
from retrieval.answering.stated.moments import Moment, moments_in
from retrieval.answering.stated.sides import Named
from retrieval.model import Evidence

Event = Literal["birth", "death", "begin", "release"]
SUBJECT = 40
"""Characters at the beginning of a sentence within which its subject ends."""
_IS = re.compile(r"\b(?:is|was|are|were) (?:an?|the|one of)\b|\b(?:is|was|are|were)\b|是|为|為")
_BORN = re.compile(r"\b(?:born|b\.)|出生|生于|生於|诞生|誕生", re.IGNORECASE)
_DIED = re.compile(r"\b(?:died|death|d\.)|去世|逝世|卒于|卒於|病逝|死于", re.IGNORECASE)
_BEGAN = re.compile(
    r"\b(?:founded|formed|established|created|started|opened|built|constructed|completed|began|begun|launched"
    r"|incorporated|"
    r"introduced|since|published|released|organized|dates? (?:back )?(?:from|to)|founding)\b"
    r"|成立|建立|创[立办建刊]|創[立辦建刊]|建成|建于|建於|开[放业馆办]|開[放業館辦]|始建|落成|竣工", re.IGNORECASE
)  # fmt: skip
_RELEASED = re.compile(
    r"\b(?:released?|premiered|published|aired|debuted|came out|issued|first shown|opened)\b|上映|发行|發行"
    r"|出版|播出|首播|发表|發表", re.IGNORECASE
)  # fmt: skip
_OF_A_YEAR = re.compile(
    r"\b(?:is|was|are|were) (?:an?|the)(?:(?: [\w-]+){0,3}? (?=(?:1[89]|20)\d{2}\b)"
    r"|(?: [\w-]+){1,4}? (?:of|from) (?=(?:1\d|20)\d{2}(?:[,.;)]|\Z)))"
)
_BRACKETS = re.compile(r"[(（]([^()（）]{4,160})[)）]")
NAME = r"[A-Z][\w'’.-]*(?:,? (?:[A-Z][\w'’.-]*|de|von|van|der|den|la|le|di|da|al|bin|el|y|Jr\.?|Sr\.?))*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A sentence of the evidence that is about a side."""

    item: Evidence
    order: int
    text: str
    defines: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a sentence gives, at ``start`` to ``end`` of it."""

    stated: Stated
    start: int
    end: int

    @property
    def text(self) -> str:
        """The value as it is written."""
        return self.stated.text[self.start : self.end]

    @property
    def span(self) -> LiteralSpan:
        """Where it stands in its document."""
        item = self.stated.item
        offset = item.placed.position.start + item.placed.chunk.sentences[self.stated.order].start
        return LiteralSpan(
            marker=item.marker, document_id=item.placed.document.id, start=offset + self.start, end=offset + self.end,
            text=self.text,
        )  # fmt: skip


def claims_of(statements: Iterable[Stated]) -> tuple[Claim, ...]:
    """Each sentence once, as a claim that quotes itself."""
    sentences = dict.fromkeys((one.item.marker, one.text) for one in statements)
    return tuple(Claim(text=text, quotes=((marker, text),)) for marker, text in sentences)


def statements_of(side: Named, evidence: Sequence[Evidence]) -> list[Stated]:
    """Sentences of passages with the side's title, those that define it first; else those that begin with its name."""
    titled = [item for item in evidence if norm(item.placed.document.title) == side.key]
    written = [item for item in titled if _plain(item.placed.document.title) == _plain(side.name)]
    found = [stated for item in written or titled for stated in _sentences(item)]
    if found:
        return sorted(found, key=lambda one: not one.defines)
    named = re.compile(rf"(?<!\w){re.escape(side.name)}(?!\w)" if side.name.isascii() else re.escape(side.name), re.I)
    return [one for item in evidence for one in _sentences(item, defining=False) if named.search(one.text[:SUBJECT])]


def passages_of(side: Named, evidence: Sequence[Evidence]) -> list[Stated]:
    """Only sentences of passages with the side's title."""
    return [one for one in statements_of(side, evidence) if norm(one.item.placed.document.title) == side.key]


def dates_of(event: Event, statements: Sequence[Stated]) -> Iterator[tuple[Value, tuple[int, ...]]]:
    """When something happened, as it is written and as (year, month, day), in order of the sentences."""
    for stated in statements:
        for moment in _moments(event, stated):
            yield Value(stated=stated, start=moment.start, end=moment.end), moment.parts


def places_of(
    level: Literal["country", "state"], statements: Sequence[Stated]
) -> Iterator[tuple[Value, frozenset[str]]]:
    """The countries or states that defining sentences name."""
    look = countries_in if level == "country" else states_in
    for stated in statements:
        start, end = predicate_of(stated)
        found = [one for one in look(stated.text) if start <= one[1] < end] if stated.defines else []
        if found:
            yield Value(stated=stated, start=found[0][1], end=found[-1][2]), frozenset(name for name, _, _ in found)


def same_of(cue: str, statements: Sequence[Stated]) -> Iterator[tuple[Value, frozenset[str]]]:
    """The name of the thing that is asked about, beside the word for it: "the girl group Apink", "Hull City"."""
    words = {"band": "band|group|duo|trio", "group": "group|band"}.get(cue, cue)
    named = re.compile(rf"\b(?:{words}),? (?:the )?(?P<name>{NAME})|(?P<before>{NAME}) (?i:{words})\b")
    for stated in statements:
        for found in named.finditer(stated.text):
            part = "name" if found["name"] else "before"
            yield Value(stated=stated, start=found.start(part), end=found.end(part)), frozenset({norm(found[part])})


def predicate_of(stated: Stated) -> tuple[int, int]:
    """Where what the sentence says of its subject stands: from the verb on, at most 300 characters."""
    text = _BRACKETS.sub(lambda found: " " * len(found[0]), stated.text)
    verb = _IS.search(text)
    return (verb.end(), min(len(text), verb.end() + 300)) if verb else (0, min(len(text), 300))


def _plain(title: str) -> str:
    return re.sub(r"[\W_]+", " ", title).strip().lower()


def _sentences(item: Evidence, *, defining: bool = True) -> Iterator[Stated]:
    chunk = item.placed.chunk
    for order, span in enumerate(chunk.sentences):
        text = chunk.text[span.start : span.end]
        defines = defining and order < 2 and item.placed.position.start == 0 and _IS.search(text) is not None
        yield Stated(item=item, order=order, text=text, defines=defines)


def _moments(event: Event, stated: Stated) -> Iterator[Moment]:
    found = list(moments_in(stated.text))
    if not found:
        return
    if event in {"birth", "death"}:
        yield from _of_a_life(event, stated, found)
    elif event == "release":
        yield from (*_near(_RELEASED, stated, found), *_of_a_work(stated, found), *_near(_BEGAN, stated, found))
    else:
        yield from (*_near(_BEGAN, stated, found), *_of_a_work(stated, found))


def _of_a_life(event: Event, stated: Stated, found: Sequence[Moment]) -> Iterator[Moment]:
    """In brackets after a name: one date after "born", or two of birth and death; else beside a verb."""
    brackets = _BRACKETS.search(stated.text) if stated.defines else None
    if brackets:
        within = [one for one in found if brackets.start() <= one.start < brackets.end()]
        if len(within) == 2:
            yield within[event == "death"]
        elif (len(within) == 1 and event == "birth" and _BORN.search(brackets[1])) or (
            len(within) == 1 and re.search(r"[–—-]\s*\Z" if event == "birth" else r"\A\s*[?–—-]", brackets[1])
        ):
            yield within[0]
    yield from _near(_BORN if event == "birth" else _DIED, stated, found)


def _near(words: re.Pattern[str], stated: Stated, found: Sequence[Moment]) -> Iterator[Moment]:
    """The first date after a word, or in Chinese right before it, with nothing between that ends the clause."""
    for verb in words.finditer(stated.text):
        after = next((one for one in found if one.start >= verb.end()), None)
        if (
            after
            and after.start - verb.end() <= 60
            and not re.search(r"[.;。；]\s|\b(?:and|but|until)\b", stated.text[verb.end() : after.start])
        ):
            yield after
            return
        before = [one for one in found if 0 <= verb.start() - one.end <= 12]
        if before and not verb[0].isascii():
            yield before[-1]
            return


def _of_a_work(stated: Stated, found: Sequence[Moment]) -> Iterator[Moment]:
    """A year before the kind of thing, or after it: "is a 1938 American film", "is an atlas of 1512"."""
    year = _OF_A_YEAR.search(stated.text) if stated.defines else None
    if year:
        yield from (one for one in found if one.start == year.end())
