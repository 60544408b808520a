"""A short answer over named relations: from what the question names to what is asked of the last. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.answer import Derivation, ShortAnswer, ShortKind
from retrieval.answering.short.paths import AskedPath, Wanted, asked_path
from retrieval.answering.short.relatives import relatives_of
from retrieval.answering.stated.countries import countries_in
from retrieval.answering.stated.sides import Named
from retrieval.answering.stated.statements import (
    Stated,
    Value,
    claims_of,
    dates_of,
    passages_of,
    predicate_of,
    statements_of,
)
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion

_PLACE = r"(?:the )?[^\W\d_a-z][\w'’.-]*(?: (?:(?:de|of|la|upon|the|on|am|al|del|di) )*[^\W\d_a-z][\w'’.-]*)*"
_HAN_PLACE = r"[\u4e00-\u9fff·]{2,14}?(?=[，。、；（(]|的|$)"
_DATE = r"(?:[^()\n.;]{0,40}?\d{3,4},? )"
_BIRTHPLACE = re.compile(
    rf"\bborn\b(?:[^().;]{{0,50}}?|{_DATE}) ?(?:in|at|near) (?:the (?:\w+ )?(?:city|town|village) of )?(?P<en>{_PLACE})"
    rf"|\bborn {_DATE}(?P<after>{_PLACE})(?=[,)])|(?:出生|生|诞生|誕生)(?:地)?(?:为|是|[于於在])(?P<han>{_HAN_PLACE})"
)
_DEATHPLACE = re.compile(
    rf"\b(?:died|death|passed away)\b(?:[^().;]{{0,60}}?) (?:in|at|near) (?:(?:his|her) home in )?(?P<en>{_PLACE})"
    rf"|(?:逝世|去世|病逝|卒)[于於](?P<han>{_HAN_PLACE})"
)
_ONE_OF_SEVERAL = re.compile(r",? (?:and|&) [^\W\d_a-z]|, [^\W\d_a-z][\w'’.-]* |[、和与]")
"""What follows a name that is not the only one."""
_NO_PLACE = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b|\d"
)
_KINDS: dict[Wanted, ShortKind] = {
    "birth": "date", "death": "date", "begin": "date", "release": "date", "birthplace": "place", "deathplace": "place",
    "nationality": "name", "identity": "person",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stop:
    """Somebody or something on the way, with what is said of it and the sentences that led there."""

    statements: tuple[Stated, ...]
    way: tuple[Stated, ...]
    seen: frozenset[int]


def follow(read: ReadQuestion, evidence: Sequence[Evidence]) -> Derivation | None:
    """What is asked, with the sentences that lead there; None where a rule does not read all of the question."""
    asked = asked_path(read.text, evidence)
    if asked is None:
        return None
    start = _Stop(statements=tuple(statements_of(asked.named, evidence)), way=(), seen=frozenset())
    found = next(_follow(asked, 0, start, evidence), None)
    if found is None:
        return None
    value, way = found
    short = ShortAnswer(text=value.text, kind=_KINDS[asked.wanted], derived_from=(value.span,))
    return Derivation(words="", claims=claims_of((*way, value.stated)), short=short)


def _follow(
    asked: AskedPath, hop: int, stop: _Stop, evidence: Sequence[Evidence]
) -> Iterator[tuple[Value, tuple[Stated, ...]]]:
    if hop == len(asked.relations):
        yield from ((value, stop.way) for value in _values(asked.wanted, stop.statements))
        return
    for value in relatives_of(asked.relations[hop], stop.statements):
        if asked.wanted == "identity" and hop + 1 == len(asked.relations):
            if _ONE_OF_SEVERAL.match(value.stated.text[value.end :]):
                return
            yield value, stop.way
            continue
        named = Named.of(value.text, titled=True)
        seen = stop.seen | {value.stated.item.marker}
        about = tuple(one for one in passages_of(named, evidence) if one.item.marker not in seen)
        yield from _follow(asked, hop + 1, _Stop(statements=about, way=(*stop.way, value.stated), seen=seen), evidence)


def _values(wanted: Wanted, statements: Sequence[Stated]) -> Iterator[Value]:
    if wanted in {"birth", "death", "begin", "release"}:
        yield from (value for value, _ in dates_of(wanted, statements))
    elif wanted == "nationality":
        yield from _nationalities(statements)
    elif wanted in {"birthplace", "deathplace"}:
        yield from _places(_BIRTHPLACE if wanted == "birthplace" else _DEATHPLACE, statements)


def _nationalities(statements: Sequence[Stated]) -> Iterator[Value]:
    """What a definition calls somebody; the first of several."""
    for stated in statements:
        start, end = predicate_of(stated)
        for _, at, to in countries_in(stated.text):
            if stated.defines and start <= at < min(end, start + 60):
                yield Value(stated=stated, start=at, end=to)
                break


def _places(words: re.Pattern[str], statements: Sequence[Stated]) -> Iterator[Value]:
    for stated in statements:
        for found in words.finditer(stated.text):
            part = next((name for name, text in found.groupdict().items() if text), None)
            if part and not _NO_PLACE.match(found[part]):
                end = found.end(part) - (found[part].endswith(".") and "." not in found[part][:-1])
                yield Value(stated=stated, start=found.start(part), end=end)
