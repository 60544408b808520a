"""Where a text itself says that two names are one thing: "International Business Machines (IBM)", 又称, 简称. Pure.

Abbreviations in parentheses are told from other parentheses by their letters, after Schwartz and Hearst: *A simple
algorithm for identifying abbreviation definitions in biomedical text* (2003).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import rjieba

from graph.model import Span
from graph.text.names import norm
from graph.text.names_chinese import MAX_LENGTH
from graph.text.tokens import is_east_asian
from ingest.model import ExtractedName

_SAYS = re.compile(
    r"[\"”»]?\s{0,8}[,(]\s{0,8}"
    r"(?:(?:also|better|formerly|previously|originally|commonly|popularly|otherwise) (?:known|called|named|referred to)"
    r"(?: as)?|a\.?k\.?a\.?|alias|(?:abbreviated|shortened)(?: (?:as|to))?|or simply)\s{1,8}(?:the )?[\"“«]?",
    re.IGNORECASE,
)
_SAYS_HAN = re.compile(
    r"[》」』”]?[，,（(]?\s{0,8}(?:(?:也|又|亦|或)?(?:被)?(?:简称|簡稱|缩写|縮寫|又称|又稱|又名|亦称|亦稱|亦名|也称|也稱|也叫|别称|別稱|"
    r"别名|別名|原名|本名|旧称|舊稱|俗称|俗稱|全称|全稱|全名|英文名)|(?<=[（(])即)(?:为|為|作|是)?\s{0,8}[：:]?\s{0,8}[《「『“\"]?"
)
_FOREIGN = re.compile(
    r"[》」』”]?\s{0,8}[（(]\s{0,8}(?:英语|英語|英文|英文名)?\s{0,8}[：:]?\s{0,8}(?=[A-Z][\w .&'’-]{1,60}[，,；;、）)])"
)
_LATIN = re.compile(r"[A-Z][\w.&'’-]*(?: [\w.&'’-]+)*")
_HAN_NAME = re.compile(r"[\w·]{2,20}(?=[》」』”\"，。；：、,;（）()\s]|\Z)")
_OPENING = re.compile(r"\s?[(（]\s*")
_SHORT = re.compile(r"(?=(?:[^A-Z)]*[A-Z]){2})[A-Z0-9][\w&.-]{1,9}(?=\s*[),;），；])")
_CLAUSE = re.compile(r"[\w·‧・]*\Z")
_CLOSING = re.compile(r"\s*[)）]")
_NOMINAL = frozenset({"n", "nr", "nrt", "nrfg", "ns", "nt", "nz", "j"})
_PARTICLES = frozenset("的是在了由和与與及为為于於至到从從向往之乃与把被对對")
"""Characters after which a Chinese name can begin. After any other, what was found may be the tail of a longer name."""
_DATES = frozenset({"date", "quantity", "noun phrase"})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedAlias:
    """Two ranges of a text that name one thing."""

    first: Span
    second: Span


def stated_aliases(text: str, names: Sequence[ExtractedName]) -> tuple[StatedAlias, ...]:
    """Pairs of names that the text says to be one thing, in its order; ``names`` are those found in it.

    The second name of a pair need not be among ``names``: whatever stands after 简称 is a name because it stands there.
    """
    found: dict[tuple[int, int, int, int], StatedAlias] = {}
    ends: dict[int, list[ExtractedName]] = {}
    starts: dict[int, list[ExtractedName]] = {}
    for name in names:
        if name.sentence >= 0 and name.is_name and name.type not in _DATES:
            ends.setdefault(name.end, []).append(name)
            starts.setdefault(name.start, []).append(name)
    for first, second in _pairs(text, ends, starts):
        if norm(text[first.start : first.end]) != norm(text[second.start : second.end]):
            key = (first.start, first.end, second.start, second.end)
            found.setdefault(key, StatedAlias(first=first, second=second))
    return tuple(found[key] for key in sorted(found))


def is_abbreviation(short: str, long: str) -> bool:
    """Whether the letters of ``short`` occur in ``long`` in order, the first one at its beginning."""
    letters = [letter for letter in short.casefold() if letter.isalnum()]
    rest = long.casefold()
    if len(letters) < 2 or len(letters) >= len(rest) or " " not in long.strip() or rest[0] != letters[0]:
        return False
    place = len(rest)
    for letter in reversed(letters[1:]):
        place = rest.rfind(letter, 1, place)
        if place < 1:
            return False
    initials = sum(rest[at] == letter for at, letter in _word_starts(rest, letters))
    return initials >= (len(letters) + 1) // 2


def _word_starts(text: str, letters: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Beginnings of words with the letter of an abbreviation that each could give, in order."""
    left = list(letters)
    for match in re.finditer(r"[^\W_]+", text):
        if left and text[match.start()] == left[0]:
            yield match.start(), left.pop(0)


_Names = dict[int, list[ExtractedName]]


def _pairs(text: str, ends: _Names, starts: _Names) -> Iterator[tuple[Span, Span]]:
    for says, inferred in ((_SAYS, _LATIN), (_SAYS_HAN, _HAN_NAME), (_FOREIGN, _LATIN)):
        for match in says.finditer(text):
            first = _whole(text, _longest(ends.get(match.start(), ())))
            if first is None or (says is _FOREIGN and not is_east_asian(text[first.start : first.end])):
                continue
            second = None if says is _FOREIGN else _longest(starts.get(match.end(), ()))
            if second is None and says is not _SAYS:
                second = _literal(inferred, text, match.end())
            if second is not None:
                yield first, second
    yield from _abbreviations(text, ends, starts)


def _abbreviations(text: str, ends: _Names, starts: _Names) -> Iterator[tuple[Span, Span]]:
    """``Long Name (LN)`` and ``LN (Long Name)``."""
    for end, before in ends.items():
        opening = _OPENING.match(text, end)
        if opening is None:
            continue
        short = _literal(_SHORT, text, opening.end())
        longest_first = sorted(before, key=lambda name: name.start)
        for name in longest_first if short else ():
            if short and is_abbreviation(text[short.start : short.end], name.name):
                yield _span(name), short
                break
        for name in starts.get(opening.end(), ()):
            if _CLOSING.match(text, name.end) and is_abbreviation(before[0].name, name.name):
                yield _span(before[0]), _span(name)


def _longest(names: Sequence[ExtractedName]) -> Span | None:
    return _span(max(names, key=lambda name: name.end - name.start)) if names else None


def _whole(text: str, span: Span | None) -> Span | None:
    """A Chinese name with all that belongs to it.

    That is the whole clause that the name ends, where the clause is short. None where the span is but a name's tail.
    """
    if span is None or not is_east_asian(text[span.start]):
        return span
    clause = _CLAUSE.search(text, max(0, span.start - MAX_LENGTH - 1), span.start)  # a longer one is refused below
    begin = clause.start() if clause else span.start
    if begin == span.start or text[span.start - 1] in _PARTICLES:
        return span
    if span.end - begin > MAX_LENGTH or _PARTICLES & set(text[begin : span.start]):
        return None
    if rjieba.tag(text[begin : span.end])[0][1] not in _NOMINAL:
        return None
    return Span(start=begin, end=span.end)


def _literal(pattern: re.Pattern[str], text: str, start: int) -> Span | None:
    match = pattern.match(text, start)
    return Span(start=match.start(), end=match.end()) if match else None


def _span(name: ExtractedName) -> Span:
    return Span(start=name.start, end=name.end)
