"""Groups of verbs, and the one form in which they are written in predicates. Pure.

Told as past, perfect or passive: the simple past (``founded``, ``wrote``); as present: as it is (``employs``). Where
nobody is said to have done it, the participle and a preposition: ``born in``, ``located in``, ``written in``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extraction.stating.pieces import Piece
from ingest.extraction.stating.words import (
    BE,
    HAVE,
    MODALS,
    NEGATIONS,
    is_adverb,
    is_finite,
    is_participle,
    is_past,
    told,
    verb_lemma,
)

_TELLING = frozenset("say state claim believe note argue suggest think tell announce appear seem".split())
"""Verbs after which somebody's words or thoughts stand, which are not stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbGroup:
    """The verbs of a clause; ``after`` is the piece after them. Several have the same objects: "owned and run by"."""

    after: int
    words: tuple[str, ...] = ()
    passive: bool = False
    past: bool = False
    copula: bool = False
    participle: bool = False
    unreal: bool = False

    @property
    def told(self) -> str:
        """The verb in a predicate."""
        return self.words[-1] if self.passive else told(self.words[-1])


def verb_group(pieces: Sequence[Piece], place: int) -> VerbGroup | None:
    """The verbs that begin at a piece, if any do."""
    place, auxiliaries, denied = _auxiliaries(pieces, place)
    if denied:
        return VerbGroup(after=place + 1, unreal=True)
    word = pieces[place].small if place < len(pieces) and pieces[place].kind == "word" else ""
    was = auxiliaries[-1] if auxiliaries else ""
    if was and is_participle(word):
        return _joined(pieces, place, passive=was in BE)
    if was in BE:
        unreal = word.endswith("ing") and bool(verb_lemma(word))
        return VerbGroup(after=place + unreal, unreal=unreal, copula=True)
    if was in HAVE:
        return VerbGroup(after=place, words=(was,))
    return _joined(pieces, place, passive=False) if is_finite(word) else None


def _auxiliaries(pieces: Sequence[Piece], place: int) -> tuple[int, list[str], bool]:
    """The place of the main verb, the auxiliaries before it, and whether it is denied or only possible."""
    found: list[str] = []
    denied = False
    while place < len(pieces) and pieces[place].kind == "word":
        word = pieces[place].small
        if word in BE or word in HAVE:
            found.append(word)
        elif word in MODALS or word in NEGATIONS or word.endswith(("n't", "n’t")):
            denied = True
        elif not is_adverb(word):
            break
        place += 1
    return place, found, denied


def _joined(pieces: Sequence[Piece], place: int, *, passive: bool) -> VerbGroup:
    """A verb, and those that are joined to it: "designed, built and run"."""
    words = [pieces[place].small]
    place += 1
    at = place
    while at + 1 < len(pieces) and pieces[at].small in {",", "and"}:
        at += 1 + (pieces[at].small == "," and pieces[at + 1].is_word("and"))
        following = pieces[at].small if at < len(pieces) and pieces[at].kind == "word" else ""
        if not is_past(following) or not is_past(words[-1]):
            break
        words.append(following)
        at += 1
        place = at
    if _is_wished(pieces, place) or verb_lemma(words[-1]) in _TELLING:
        return VerbGroup(after=place + 1, unreal=True)
    return VerbGroup(
        after=place, words=tuple(words), passive=passive, past=is_past(words[-1]),
        participle=is_participle(words[-1]),
    )  # fmt: skip


def _is_wished(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a verb says what comes of another one: "wanted to buy", "stopped taking", "said that …"."""
    if place >= len(pieces) or pieces[place].kind != "word":
        return False
    word = pieces[place].small
    if word == "that" or (word.endswith("ing") and verb_lemma(word)):
        return True
    following = pieces[place + 1].small if place + 1 < len(pieces) and pieces[place + 1].kind == "word" else ""
    return word == "to" and (bool(verb_lemma(following)) or following in {"be", "have"})
