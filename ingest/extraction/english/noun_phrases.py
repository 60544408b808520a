"""Noun phrases of an English sentence: names one after the other, values, and what is named by common words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.extraction.stating.pieces import Piece
from ingest.extraction.stating.stated import End
from ingest.extraction.stating.words import (
    BE,
    CONJUNCTIONS,
    DETERMINERS,
    HAVE,
    HIS,
    PREPOSITIONS,
    PRONOUNS,
    is_adverb,
    is_finite,
    is_noun,
    is_participle,
    parts_of_speech,
    verb_lemma,
)

MOST_WORDS = 5
"""Words of a phrase that is kept; a longer one says too much for a predicate."""
MOST_NAMES = 12
_CLOSED = CONJUNCTIONS | PREPOSITIONS | DETERMINERS | HIS | PRONOUNS
_WAYS = frozenset("north south east west northeast northwest southeast southwest along away about".split())
_DATES = frozenset(["date", "quantity"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A noun phrase: the names or the value that it is, or ``words`` if it ends with common ones; ``after`` it."""

    after: int
    ends: tuple[End, ...] = ()
    words: tuple[Piece, ...] = field(default=())
    determiner: str = ""

    @property
    def named(self) -> bool:
        """Whether it is names, and no value."""
        return bool(self.ends) and self.ends[0].kind == "name"

    @property
    def is_only_a_kind(self) -> bool:
        """Whether it is "the company", without anything that tells which."""
        return not self.ends and self.determiner == "the" and len(self.words) == 1

    @property
    def common(self) -> str:
        """Its common words."""
        return " ".join(piece.small for piece in self.words if piece.kind == "word")

    @property
    def holds_names(self) -> bool:
        """Whether names stand among its common words."""
        return any(piece.kind == "name" for piece in self.words)

    @property
    def head(self) -> str:
        """The last common word."""
        return self.words[-1].small if self.words else ""


def phrase_at(pieces: Sequence[Piece], place: int, *, subject: bool = False) -> Phrase | None:
    """The noun phrase that begins at a piece, if one does; one that is no ``subject`` ends before another clause."""
    determiner = ""
    if place < len(pieces) and pieces[place].is_word(*DETERMINERS):
        determiner = pieces[place].small
        place += 1
    value = _value(pieces, place)
    if value is not None:
        return value
    begin = place
    while place < len(pieces) and place - begin < 2 * MOST_WORDS and _in_phrase(pieces, place):
        place += 1
    taken = pieces[begin:place]
    if not taken:
        return None
    if taken[-1].kind == "name":
        ends, after = _enumerated(pieces, place - 1, subject=subject)
        words = tuple(piece for piece in taken[:-1] if piece.kind == "word")
        return Phrase(after=after, ends=ends, words=words, determiner=determiner)
    if not is_noun(taken[-1].small) and "ADJ" not in parts_of_speech(taken[-1].small):
        return None
    return Phrase(after=place, words=tuple(taken), determiner=determiner)


def _in_phrase(pieces: Sequence[Piece], place: int) -> bool:
    piece = pieces[place]
    if piece.kind == "name":
        return not piece.possessive
    if piece.kind == "number":
        return True
    if piece.kind == "date":  # "a 2000 American comedy film"
        return place + 1 < len(pieces) and pieces[place + 1].kind in {"name", "word"} and _noun_like(pieces[place + 1])
    if piece.kind != "word" or piece.small in _CLOSED or not _noun_like(piece):
        return False
    if place and pieces[place - 1].kind == "name" and piece.small in _WAYS:
        return False
    following = pieces[place + 1].small if place + 1 < len(pieces) else ""
    return not (is_participle(piece.small) and following in PREPOSITIONS)


def _noun_like(piece: Piece) -> bool:
    if piece.kind == "name":
        return True
    if piece.small in _CLOSED:
        return False
    parts = parts_of_speech(piece.small)
    if "NOUN" in parts or "ADJ" in parts:
        return not (parts >= {"VERB"} and piece.small.endswith("ed") and "ADJ" not in parts)
    return not parts and not verb_lemma(piece.small) and not is_adverb(piece.small) and len(piece.small) > 3


def _value(pieces: Sequence[Piece], place: int) -> Phrase | None:
    """A date, a quantity, or a number with the noun it counts."""
    if place >= len(pieces):
        return None
    piece = pieces[place]
    following = pieces[place + 1] if place + 1 < len(pieces) else None
    if piece.kind in _DATES:
        if (
            piece.kind == "date"
            and following is not None
            and following.kind in {"name", "word"}
            and _noun_like(following)
        ):
            return None
        end = End(start=piece.start, end=piece.end, kind="date" if piece.kind == "date" else "quantity")
        return Phrase(after=place + 1, ends=(end,))
    if piece.kind == "number" and following is not None and following.kind == "word" and is_noun(following.small):
        last = place + 1
        while (
            last + 1 < len(pieces)
            and pieces[last + 1].kind == "word"
            and _noun_like(pieces[last + 1])
            and last < place + 3
        ):
            last += 1
        return Phrase(after=last + 1, ends=(End(start=piece.start, end=pieces[last].end, kind="quantity"),))
    return None


def _is_verb(piece: Piece) -> bool:
    return piece.kind == "word" and (piece.small in BE or piece.small in HAVE or is_finite(piece.small))


def _enumerated(pieces: Sequence[Piece], place: int, *, subject: bool) -> tuple[tuple[End, ...], int]:
    """The names of "A, B and C" from the first of them on, and the place after it; one where nothing closes a list."""
    names, listed, at = [pieces[place]], 1, place + 1
    after = at
    while at < len(pieces) and len(names) < MOST_NAMES:
        closing = pieces[at].is_word("and", "or")
        comma = pieces[at].small == ","
        if not closing and not comma:
            break
        at += 1
        if comma and at < len(pieces) and pieces[at].is_word("and", "or"):
            closing, at = True, at + 1
        if at < len(pieces) and pieces[at].is_word("the"):
            at += 1
        if at >= len(pieces) or pieces[at].kind != "name" or pieces[at].possessive:
            break
        names.append(pieces[at])
        at += 1
        if closing:
            if subject or at >= len(pieces) or not _is_verb(pieces[at]):
                listed, after = len(names), at
            break
    return tuple(End(start=name.start, end=name.end) for name in names[:listed]), after
