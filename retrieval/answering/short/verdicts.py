"""Verdicts of questions that compare two sides, from a literal value of each. Pure.

"Which was born first, A or B?", "is A older than B?", "are A and B both film directors?", A和B哪个更早成立. A verdict
is given only where the evidence states a value of each side, and the two values decide: a day does not decide against
the year that it is in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.text.tokens import is_east_asian
from retrieval.answer import Derivation, ShortAnswer
from retrieval.answering.short.asked import Asked, read_comparison
from retrieval.answering.short.kinds import TOLD_ELSEWHERE, asked_stems, kind_holds
from retrieval.answering.short.relatives import relatives_of
from retrieval.answering.stated.countries import countries_in
from retrieval.answering.stated.moments import earlier
from retrieval.answering.stated.sides import Named, named_sides
from retrieval.answering.stated.sizes import sizes_of
from retrieval.answering.stated.statements import (
    Event,
    Stated,
    Value,
    claims_of,
    dates_of,
    passages_of,
    places_of,
    same_of,
    statements_of,
)  # fmt: skip
from retrieval.model import Evidence
from retrieval.questions.question_words import asks_yes_or_no
from retrieval.questions.read_question import ReadQuestion

MOST_PLACES = 2
"""Countries of one side, at most, of which one that both have is the country of both."""
YES_OR_NO = {(True, False): "Yes", (False, False): "No", (True, True): "是", (False, True): "不是"}
"""The words of a verdict: whether it is so, and whether they are Chinese."""
_Date = tuple[Value, tuple[int, ...]]
_BRACKETED = re.compile(r"\([^()]*\)")
_LATER = re.compile(r"\b(?:later|last|after)\b", re.IGNORECASE)
_EVENTS: dict[str, Event] = {"birth": "birth", "death": "death", "release": "release", "publication": "release"}
_EVENT = r"\b(?P<event>birth|death|form(?:ing|ation)|founding|release|opening|publication|creation) of (?:the )?\W?"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A side with the sentences about it, or about who made it, and those that lead there."""

    named: Named
    way: tuple[Stated, ...]
    statements: tuple[Stated, ...]


_Sides = tuple[_Side, _Side]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """A value of each side; ``first`` says whether the first side is meant, or for yes and no whether it is so."""

    values: tuple[Value, Value]
    first: bool


def two_sides(read: ReadQuestion, evidence: Sequence[Evidence]) -> Derivation | None:
    """What a comparison comes to, with the sentences of both sides that it rests on; None where nothing decides."""
    names = named_sides(read.text, evidence)
    if names is None:
        return None
    yes_or_no = asks_yes_or_no(read.text)
    rest = read.text
    for named in names:
        rest = rest.replace(named.name, " ")
    rest = _BRACKETED.sub(" ", rest)
    asked = read_comparison(rest, verdict=yes_or_no)
    for one in _sides(names[0], asked, evidence):
        for other in _sides(names[1], asked, evidence):
            sides = (one, other)
            decided = _by_events(read.text, sides) or _decide(asked, rest, sides, yes_or_no=yes_or_no)
            if decided is not None:
                return _derived(read.text, sides, decided, yes_or_no=yes_or_no)
    return None


def _sides(named: Named, asked: Asked, evidence: Sequence[Evidence]) -> Iterator[_Side]:
    statements = tuple(statements_of(named, evidence))
    if asked.role is None:
        yield _Side(named=named, way=(), statements=statements)
        return
    for value in relatives_of(asked.role, statements):
        maker = Named.of(value.text, titled=True)
        about = tuple(one for one in passages_of(maker, evidence) if one.item.marker != value.stated.item.marker)
        if about:
            yield _Side(named=named, way=(value.stated,), statements=about)


def _decide(asked: Asked, rest: str, sides: _Sides, *, yes_or_no: bool) -> _Decided | None:
    match asked.by:
        case "kind":
            return _by_kind(rest, sides, yes_or_no=yes_or_no)
        case "size":
            return _by_size(asked, sides)
        case "country" | "state" | "same":
            return _by_what_they_share(asked.by, asked.cue, sides)
        case "birth":  # what is no person is older by when it began
            return _by_date("birth", sides, least=asked.least) or _by_date("begin", sides, least=asked.least)
        case _:
            return _by_date(asked.by, sides, least=asked.least)


def _by_events(question: str, sides: _Sides) -> _Decided | None:
    """Each by an event of its own: "which came first, the founding of A or the birth of B?"."""
    events = [re.search(_EVENT + re.escape(side.named.name), question, re.IGNORECASE) for side in sides]
    dates = [
        next(dates_of(_EVENTS.get(event["event"].lower(), "begin"), side.statements), None)
        for event, side in zip(events, sides, strict=True) if event
    ]  # fmt: skip
    return _sooner(dates[0], dates[1], least=_LATER.search(question) is None) if len(dates) == len(sides) else None


def _by_date(event: Event, sides: _Sides, *, least: bool) -> _Decided | None:
    one, other = (next(dates_of(event, side.statements), None) for side in sides)
    return _sooner(one, other, least=least)


def _sooner(one: _Date | None, other: _Date | None, *, least: bool) -> _Decided | None:
    if one is None or other is None:
        return None
    sooner = earlier(one[1], other[1])
    return None if sooner is None else _Decided(values=(one[0], other[0]), first=sooner == least)


def _by_what_they_share(what: Literal["country", "state", "same"], cue: str, sides: _Sides) -> _Decided | None:
    one, other = (
        next(same_of(cue, side.statements) if what == "same" else places_of(what, side.statements), None)
        for side in sides
    )
    if one is None or other is None:
        return None
    shared = one[1] & other[1]
    if shared and max(len(one[1]), len(other[1])) > MOST_PLACES:
        return None
    return _Decided(values=(one[0], other[0]), first=bool(shared))


def _by_size(asked: Asked, sides: _Sides) -> _Decided | None:
    one, other = (next(sizes_of(asked.cue, side.statements), None) for side in sides)
    if one is None or other is None or one[1] == other[1]:
        return None
    return _Decided(values=(one[0], other[0]), first=(one[1] < other[1]) == asked.least)


def _by_kind(rest: str, sides: _Sides, *, yes_or_no: bool) -> _Decided | None:
    """Both must be defined; one of which it does not hold suffices for no, and one must hold for a choice."""
    wanted = asked_stems(rest, [side.named.name for side in sides])
    country = frozenset(name for name, _, _ in countries_in(rest))
    told = TOLD_ELSEWHERE.search(rest) is not None
    defined = [next((one for one in side.statements if one.defines), None) for side in sides]
    if not (wanted or country) or None in defined:
        return None
    (one, value), (other, second) = (kind_holds(wanted, country, stated, told=told) for stated in defined if stated)
    if one is None or other is None or (not yes_or_no and one == other):
        return None
    return _Decided(values=(value, second), first=one and (other or not yes_or_no))


def _derived(question: str, sides: _Sides, decided: _Decided, *, yes_or_no: bool) -> Derivation:
    chinese = is_east_asian(question)
    meant = sides[0 if decided.first else 1].named
    text = YES_OR_NO[decided.first, chinese] if yes_or_no else meant.name
    stated = [one for side, value in zip(sides, decided.values, strict=True) for one in (*side.way, value.stated)]
    return Derivation(
        words=text + ("。" if chinese else "."),
        claims=claims_of(stated),
        short=ShortAnswer(
            text=text, kind="verdict" if yes_or_no else "choice",
            derived_from=tuple(value.span for value in decided.values),
        ),
    )  # fmt: skip
