"""A sentence in pieces: names, values, words and marks, in order. Pure."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.model import Span
from ingest.extraction.stating.words import HIS, is_noun, parts_of_speech
from ingest.model import ExtractedName

PieceKind = Literal["name", "date", "quantity", "number", "word", "mark"]
_TOKEN = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*|\d[\d.,]*\d|\d|[^\w\s]")
_JOINED = re.compile(r" (?:(and|in|at|from)|(on|to)(?= \d)|(for)(?= the )) ")
"""What joins two names to one run of capitals; "Convention on …" and "Institute for …" are names by themselves."""
_TRAILING = re.compile(r"(?:\s+(?:in|at|on|to|from|for|and|of|the|until|\W))+\Z")
_SKIPPED = frozenset("\"“”„«»'‘’*_`")
_OPENING, _CLOSING = frozenset("([（［"), frozenset(")]）］")
_POSSESSIVE = ("'s", "’s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a sentence, by its place in the chunk. ``small`` is a word as written in small letters."""

    kind: PieceKind
    start: int
    end: int
    small: str
    possessive: bool = False

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these words."""
        return self.kind == "word" and self.small in words


def pieces_of(text: str, sentence: Span, names: Sequence[ExtractedName], titles: frozenset[str]) -> list[Piece]:
    """The pieces of a sentence without what stands in parentheses. ``names`` are those found in it.

    ``titles``: names that are kept whole even where words such as "from" join their parts.
    """
    held = held_pieces(text, names, titles)
    starts = [piece.start for piece in held]
    found: list[Piece] = []
    place, depth = sentence.start, 0
    while match := _TOKEN.search(text, place, sentence.end):
        number = bisect_left(starts, match.start())
        if number < len(held) and starts[number] < match.end():
            piece = held[number]
            place = max(piece.end + 2 * piece.possessive, match.end())
        else:
            piece, place = _piece(match), match.end()
        depth += (piece.small in _OPENING) - (piece.small in _CLOSING and depth > 0)
        if not depth and piece.small not in _CLOSING and piece.small not in _SKIPPED:
            found.append(piece)
    return found


def _piece(match: "re.Match[str]") -> Piece:
    token = match.group()
    kind: PieceKind = "word" if token[0].isalpha() else "number" if token[0].isdigit() else "mark"
    return Piece(kind=kind, start=match.start(), end=match.end(), small=token.lower())


def held_pieces(text: str, names: Sequence[ExtractedName], titles: frozenset[str]) -> list[Piece]:
    """The names and values of a sentence in order, none within another."""
    return list(_held(text, names, titles))


def _held(text: str, names: Sequence[ExtractedName], titles: frozenset[str]) -> Iterator[Piece]:
    """Names and values, the longest first where they overlap; joined names in their parts."""
    end = -1
    for start, stop, kind in sorted(_spans(text, names), key=lambda span: (span[0], -span[1])):
        if start < end or start == stop:
            continue
        end = stop
        small = text[start:stop].lower()
        if kind == "name" and small not in titles:
            yield from _parts(text, start, stop)
        elif kind in {"name", "quoted"}:
            yield _name(text, start, stop)
        else:
            yield Piece(kind="date" if kind == "date" else "quantity", start=start, end=stop, small=small)


def _spans(text: str, names: Sequence[ExtractedName]) -> Iterator[tuple[int, int, str]]:
    """Ranges of names and values; a name ends before a day: "Samir Odeh on 9 February 1987"."""
    days = [name for name in names if name.type == "date" and not name.name.isdigit()]
    for name in names:
        if name.type in {"date", "quantity", "quoted"}:
            yield name.start, name.end, name.type
        elif name.type != "noun phrase":
            stop = min((day.start for day in days if name.start <= day.start < name.end), default=name.end)
            if stop < name.end:
                stop -= len(text[name.start : stop]) - len(_TRAILING.sub("", text[name.start : stop].rstrip()))
            if not any(day.start <= name.start < day.end for day in days):
                yield name.start, stop, "name"


def _parts(text: str, start: int, end: int) -> Iterator[Piece]:
    """ "South Hill in Virginia and Roanoke" in three; "Ministry of Education and Science" whole."""
    for match in _JOINED.finditer(text, start, end):
        left, right = text[start : match.start()], text[match.end() : end]
        word = text[match.start() + 1 : match.end() - 1]
        if (word == "for" and " " in left) or (word == "and" and _is_one(left, right)):
            continue
        if match.start() <= start or not left[0].isupper():
            continue
        yield _name(text, start, match.start())
        yield Piece(kind="word", start=match.start() + 1, end=match.end() - 1, small=word)
        start = match.end()
        if right[:4] == "the ":
            yield Piece(kind="word", start=start, end=start + 3, small="the")
            start += 4
    yield _name(text, start, end)


def _is_one(left: str, right: str) -> bool:
    """Whether what "and" joins is one name: "Ministry of Trade and Industry", "Economic and Monetary Union of …"."""
    if " of " in left and " " not in right:
        return True
    parts = parts_of_speech(left.lower())
    return " " not in left and "ADJ" in parts


def _name(text: str, start: int, end: int) -> Piece:
    possessive = text.endswith(_POSSESSIVE, start, end)
    end -= 2 * possessive
    return Piece(kind="name", start=start, end=end, small=text[start:end].lower(), possessive=possessive)


def is_common(piece: Piece, text: str, known: frozenset[str]) -> bool:
    """Whether a single capitalised word that begins a sentence is a common word: no other place writes it so."""
    if " " in piece.small or piece.small in known or text[piece.start : piece.end].isupper():
        return False
    return bool(parts_of_speech(piece.small)) or is_noun(piece.small) or piece.small in HIS
