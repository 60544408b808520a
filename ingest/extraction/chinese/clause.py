"""One clause of a Chinese sentence: its pieces, and what a run of them is."""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extraction.chinese.pieces import Tagged
from ingest.extraction.chinese.words import AND, IS, LIGHT, NEAR, NOT_PLACED, NOUNS, PLACED, RANGES
from ingest.extraction.stating.stated import End

MOST_WORD = 8
"""Characters of a role or a measure; more is no word but a description."""
_NO_UNITS = frozenset("vpucdxf")
_BESIDE = frozenset("sfv")
_NO_MEASURES = ("年", "天", "%")
"""Counts of years are those of a reign, or before our time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A verb with its 于 or 在, the names or the day there, and the place after them: 位于 X."""

    said: str
    ends: tuple[End, ...]
    after: int


class Clause:
    """The pieces of a clause, by their places in it."""

    def __init__(self, pieces: Sequence[Tagged]) -> None:
        self.pieces = [piece for piece, _ in pieces]
        self._tags = [tag for _, tag in pieces]

    def __len__(self) -> int:
        return len(self.pieces)

    def word(self, place: int) -> str:
        """The word at a place; empty where none stands."""
        held = 0 <= place < len(self) and self.pieces[place].kind == "word"
        return self.pieces[place].small if held else ""

    def tag(self, place: int) -> str:
        """The first letter of a word's tag: v, n, p …"""
        return self._tags[place][:1] if self.word(place) else ""

    def kind(self, place: int) -> str:
        """What a piece is; empty where none stands."""
        return self.pieces[place].kind if 0 <= place < len(self) else ""

    def is_noun(self, place: int) -> bool:
        """Whether a word is of those that make up names of roles and measures."""
        return bool(self.word(place)) and self._tags[place] in NOUNS and self.word(place) not in LIGHT

    def is_verb(self, place: int) -> bool:
        """Whether a word is a verb."""
        return bool(self.word(place)) and self._tags[place] in {"v", "vn"}

    def nouns(self, place: int) -> int:
        """The place after the nouns that begin at one."""
        while self.is_noun(place):
            place += 1
        return place

    def are_nouns(self, begin: int, end: int) -> bool:
        """Whether there are only nouns from one place to another."""
        return begin < end and all(self.is_noun(at) for at in range(begin, end))

    def said(self, begin: int, end: int) -> str:
        """The words from one place to another."""
        return "".join(piece.small for piece in self.pieces[begin:end])

    def end(self, place: int) -> End:
        """A name or value as the end of a statement."""
        piece = self.pieces[place]
        if piece.kind == "date":
            return End(start=piece.start, end=piece.end, kind="date")
        return End(start=piece.start, end=piece.end, kind="quantity" if piece.kind == "quantity" else "name")

    def names(self, place: int) -> tuple[tuple[End, ...], int]:
        """The names of 甲、乙和丙, and the place after them."""
        ends, at = [self.end(place)], place + 1
        while self.word(at) in AND and self.kind(at + 1) == "name":
            ends.append(self.end(at + 1))
            at += 2
        return tuple(ends), at

    def is_measure(self, place: int) -> bool:
        """Whether a piece is a quantity, and all of it."""
        if self.kind(place) != "quantity" or self.word(place + 1)[:1].isdigit():
            return False
        return not self.pieces[place].small.endswith(_NO_MEASURES)

    def measure(self, place: int) -> End:
        """A quantity with the noun it counts: 9.89万 + 人."""
        piece, last = self.pieces[place], self.pieces[place]
        if self.word(place + 1) and self.tag(place + 1) not in _NO_UNITS and self.pieces[place + 1].start == piece.end:
            last = self.pieces[place + 1]
        return End(start=piece.start, end=last.end, kind="quantity")

    def is_range(self, place: int) -> bool:
        """Whether a day is the end of a span: 1990年至1994年."""
        return self.kind(place) == "date" == self.kind(place - 2) and self.word(place - 1) in RANGES

    def placed(self, place: int) -> Placed | None:
        """位于X, 出生于X, 建于1978年, 设在X."""
        word, at = self.word(place), place + 1
        if word and not word.endswith(PLACED):
            word, at = word + self.word(at), at + 1
        if not 2 <= len(word) <= 4 or not word.endswith(PLACED) or word in NOT_PLACED:
            return None
        if self.tag(place) not in {"v", "n"} and word not in {"位于", "位於"}:
            return None
        if self.kind(at) == "name":
            ends, after = self.names(at)
            return Placed(said=word, ends=ends, after=after)
        return Placed(said=word, ends=(self.end(at),), after=at + 1) if self.kind(at) == "date" else None

    def is_only_before(self, place: int) -> bool:
        """Whether what follows a name makes it part of something else: 明世宗嘉靖四十四年, 领域作出贡献的学者."""
        if place >= len(self) or self.word(place) in {"的", *AND, *LIGHT}:
            return False
        if not self.word(place):
            return self.kind(place) != "date"
        return self.tag(place) not in _BESIDE or self.word(place) in NEAR

    def goes_on_later(self, place: int) -> bool:
        """Whether a verb stands at a place or after it."""
        return any(self.is_verb(at) or self.word(at) in IS for at in range(place, len(self)))
