"""What the sentences of a passage state of its names: relations, with the rule that read each. Pure."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from sys import intern

from graph.model import Span
from graph.text.names import norm
from graph.text.tokens import is_east_asian
from graph.text.tokens import words as words_of
from ingest.extraction.chinese.clauses import ChineseClauses
from ingest.extraction.english.clauses import Clauses
from ingest.extraction.stating.pieces import Piece, is_common, pieces_of
from ingest.extraction.stating.referring import Referents
from ingest.extraction.stating.stated import TITLE, End, Statement
from ingest.model import ChunkText, ExtractedName, ExtractedRelation

MAX_RELATIONS = 60
MAX_PREDICATE = 80
_QUALIFIER = re.compile(r"\s*[(（][^()（）]*[)）]$")
_TYPES = {"name": "name", "date": "date", "quantity": "quantity", "phrase": "noun phrase"}


def stated_relations(
    title: str, chunk: ChunkText, names: list[ExtractedName], rows: frozenset[int]
) -> list[ExtractedRelation]:
    """What sentences state, but those that are ``rows`` of a table. An end that is not among ``names`` is added."""
    by_sentence: dict[int, list[ExtractedName]] = {}
    for name in names:
        if name.sentence >= 0:
            by_sentence.setdefault(name.sentence, []).append(name)
    statements: list[Statement] = []
    named = _whole_titles(title, chunk)
    referents = Referents(chunk.text, _title_in(title, [*names, *named]))
    english, chinese = Clauses(referents), ChineseClauses(chunk.text, referents)
    titles = frozenset([_QUALIFIER.sub("", title).strip().lower()])
    known = _capitals(chunk, names, title)
    for number, sentence in enumerate(chunk.sentences):
        held = by_sentence.get(number, []) + [name for name in named if sentence.start <= name.start < sentence.end]
        if number in rows or len(statements) >= MAX_RELATIONS:
            continue
        if is_east_asian(chunk.text[sentence.start : sentence.end]):
            statements += chinese.read(sentence, held, titles)
            continue
        pieces = pieces_of(chunk.text, sentence, held, titles)
        statements += english.read(_uncapitalised(pieces, chunk.text, known))
    return list(_as_relations(chunk, statements[:MAX_RELATIONS], names))


def _whole_titles(title: str, chunk: ChunkText) -> list[ExtractedName]:
    """Where a title of several words stands in the text as it is, which the rules for names would cut."""
    title = _QUALIFIER.sub("", title).strip()
    if not title or len(title) > 100 or (" " not in title.strip() and not is_east_asian(title)):
        return []
    return [
        ExtractedName(name=title, type="title", sentence=-1, start=match.start(), end=match.end(), is_name=False)
        for match in re.finditer(rf"(?<![a-zA-Z0-9]){re.escape(title)}(?![a-zA-Z0-9])", chunk.text)
    ]


def _title_in(title: str, names: Sequence[ExtractedName]) -> End | None:
    """Where the text itself first names its document's title, or a person of the title by the surname."""
    keys = {norm(title), norm(title.partition(",")[0])} - {""}
    for name in names:
        if name.end and norm(name.name) in keys:
            return End(start=name.start, end=name.end)
    return None


def _capitals(chunk: ChunkText, names: Iterable[ExtractedName], title: str) -> frozenset[str]:
    """Single words that are written with a capital where no sentence begins, or in the title."""
    begins = {sentence.start for sentence in chunk.sentences}
    words = {name.name.lower() for name in names if name.sentence >= 0 and name.start not in begins}
    return frozenset(words | {word.lower() for word in words_of(title)})


def _uncapitalised(pieces: list[Piece], text: str, known: frozenset[str]) -> list[Piece]:
    """The pieces, where a common word at the beginning is no name."""
    first = pieces[0] if pieces else None
    if first is not None and first.kind == "name" and is_common(first, text, known):
        pieces[0] = Piece(kind="word", start=first.start, end=first.end, small=first.small)
    return pieces


def _as_relations(
    chunk: ChunkText, statements: Sequence[Statement], names: list[ExtractedName]
) -> Iterator[ExtractedRelation]:
    begins = [sentence.start for sentence in chunk.sentences]
    place_of: dict[tuple[int, int], int] = {}
    for place, name in enumerate(names):
        if name.sentence >= 0:
            place_of.setdefault((name.start, name.end), place)
    seen: set[tuple[int, str, int]] = set()
    for one in statements:
        source, target = (_named(end, chunk.text, begins, place_of, names) for end in (one.source, one.target))
        key = (source, one.predicate, target)
        if key not in seen and len(one.predicate) <= MAX_PREDICATE:
            seen.add(key)
            yield ExtractedRelation(
                source=source, target=target, predicate=intern(one.predicate), start=one.start, end=one.end,
                extractor=intern(one.extractor),
            )  # fmt: skip


def _named(
    end: End, text: str, begins: Sequence[int], place_of: dict[tuple[int, int], int], names: list[ExtractedName]
) -> int:
    key = (end.start, end.end)
    if key not in place_of:
        place_of[key] = len(names)
        names.append(
            ExtractedName(
                name=intern(text[end.start : end.end]), type=_TYPES[end.kind], start=end.start, end=end.end,
                sentence=bisect_right(begins, end.start) - 1, is_name=False,
            )
        )  # fmt: skip
    return place_of[key]


__all__ = ["TITLE", "Span", "stated_relations"]
