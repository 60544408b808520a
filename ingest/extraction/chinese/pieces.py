"""The clauses of a Chinese sentence, each in pieces: names, values, and words with the tags of the segmenter. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import rjieba

from graph.model import Span
from graph.text.tokens import is_east_asian
from ingest.extraction.chinese.words import PLACED
from ingest.extraction.stating.pieces import Piece, held_pieces
from ingest.model import ExtractedName

Tagged = tuple[Piece, str]
_BREAKS = frozenset("，,；;。！？!?：:")
_OPENING, _CLOSING = frozenset("（(["), frozenset("）)]")
_QUOTES = frozenset('《》「」『』“”"〈〉 　')
_LATIN = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9 .'’&-]+")
_TRAILING = re.compile("(?<=..)[则則为為时時亦均也曾被将將是]$")


def clauses_of(
    text: str, sentence: Span, names: Sequence[ExtractedName], titles: frozenset[str]
) -> Iterator[list[Tagged]]:
    """The clauses of a sentence, without what stands in parentheses."""
    clause: list[Tagged] = []
    depth = 0
    held = held_pieces(text, [_as_named(text, name) for name in names], titles)
    for piece, tag in _tagged(text, sentence, held):
        depth += (piece.small in _OPENING) - (piece.small in _CLOSING and depth > 0)
        if depth or piece.small in _CLOSING or piece.small in _QUOTES:
            continue
        if piece.small not in _BREAKS:
            clause.append((piece, tag))
        elif clause:
            yield clause
            clause = []
    if clause:
        yield clause


def _tagged(text: str, sentence: Span, held: Sequence[Piece]) -> Iterator[Tagged]:
    """Names and values as they are held, and the words between them with their tags."""
    place = sentence.start
    for piece in [*held, None]:
        stop = piece.start if piece is not None else sentence.end
        for word, tag in rjieba.tag(text[place:stop]) if stop > place else ():
            if word.strip():
                yield Piece(kind="word", start=place, end=place + len(word), small=word), tag
            place += len(word)
        if piece is not None:
            yield piece, ""
            place = piece.end + 2 * piece.possessive


def _as_named(text: str, name: ExtractedName) -> ExtractedName:
    """A name without the 于 of the verb before it, a particle after it, or Chinese after Latin: Diderot是谈论者."""
    before = text[max(0, name.start - 1) : name.start]
    if name.name[:1] in PLACED and len(name.name) > 2 and is_east_asian(before) and before not in "年月日":
        return replace(name, name=name.name[1:], start=name.start + 1)
    if match := _TRAILING.search(name.name):
        return replace(name, name=name.name[: match.start()], end=name.end - 1)
    match = _LATIN.match(name.name)
    if match is None or not is_east_asian(name.name[match.end() :]):
        return name
    cut = match.group().rstrip(" .-'’&")
    return replace(name, name=cut, end=name.start + len(cut))
