"""What the graph stores do alike. Pure."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from typing_extensions import override

from graph.errors import InputError
from graph.long_change import AnyChange
from graph.model import (
    Alias,
    Difference,
    Document,
    Entity,
    Fact,
    GraphChange,
    IndexRow,
    Mention,
    Metadata,
    Position,
    Relation,
)
from graph.stores.change_check import change_digest, reading_digest

Reading = tuple[str, list[Mention], list[Relation], list[Alias]]
MentionRow = tuple[str, str, str, str]
"""A mention as its entity is told from it: (name, type, key, document id)."""
Moved = dict[str, Counter[MentionRow]]
K = TypeVar("K", str, tuple[str, str, str])
V = TypeVar("V", Document, Entity, Fact)


def metadata_text(metadata: Metadata) -> str:
    """Metadata as JSON."""
    return json.dumps(dict(metadata), ensure_ascii=False, sort_keys=True)


def read_metadata(text: str) -> Metadata:
    """The metadata that ``metadata_text`` wrote; none where they cannot be read any more."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


def readings_of(change: GraphChange) -> dict[str, Reading]:
    """Chunk id → (digest, mentions, relations, aliases) of a change."""
    mentions: dict[str, list[Mention]] = {chunk.id: [] for chunk in change.chunks}
    relations: dict[str, list[Relation]] = {chunk.id: [] for chunk in change.chunks}
    aliases: dict[str, list[Alias]] = {chunk.id: [] for chunk in change.chunks}
    for mention in change.mentions:
        mentions[mention.chunk_id].append(mention)
    for relation in change.relations:
        relations[relation.chunk_id].append(relation)
    for alias in change.aliases:
        aliases[alias.chunk_id].append(alias)
    found: dict[str, Reading] = {}
    for chunk in change.chunks:
        parts = mentions[chunk.id], relations[chunk.id], aliases[chunk.id]
        found[chunk.id] = (reading_digest(*parts), *parts)
    return found


class RowsRead(Iterable[IndexRow]):
    """Rows of an index that are read while they are taken, so that many of them are never held at once."""

    def __init__(self, read: Callable[[], Iterator[IndexRow]]) -> None:
        self._read = read

    @override
    def __iter__(self) -> Iterator[IndexRow]:
        return self._read()


class Written:
    """What has been written of a change so far: no texts, and no names.

    ``readings`` has the number of each chunk in order, and that of its reading.
    """

    def __init__(self) -> None:
        self.readings: dict[int, int] = {}
        self.positions: list[Position] = []
        self._digests: list[str] = []
        self._ids: set[str] = set()

    def add(
        self, part: GraphChange, readings: Mapping[str, Reading], numbers: Sequence[int], kept: Sequence[int]
    ) -> None:  # fmt: skip
        """Note a part. Raises InputError where it has a chunk that another part has."""
        ids = {chunk.id for chunk in part.chunks}
        if not ids.isdisjoint(self._ids):
            raise InputError(f"document {part.document.id!r}: two chunks have the same id")
        self._ids |= ids
        self.positions += part.positions
        self._digests += [readings[chunk.id][0] for chunk in part.chunks]
        self.readings.update(zip(numbers, kept, strict=True))

    def digest(self, change: AnyChange) -> str:
        """The digest of the change, once all of its parts are noted."""
        return change_digest(change, self.positions, self._digests)


def read_entity(entity_id: str, mentions: Sequence[MentionRow]) -> Entity:
    """An entity from its live mentions."""
    return _entity(entity_id, mentions[0][2], _columns(mentions), len(mentions))


def entity_ends(
    ids: Sequence[str], now: Mapping[str, Sequence[MentionRow]], came: Moved, went: Moved
) -> tuple[dict[str, Entity], dict[str, Entity]]:
    """Entities before a span and after it, from their mentions after it and those that came and went in it.

    So whoever has tens of thousands is counted once.
    """
    before: dict[str, Entity] = {}
    after: dict[str, Entity] = {}
    for one in ids:
        rows = now.get(one, ())
        told = next(iter(rows or went.get(one, ())), None)
        if told is None:
            continue  # it was purged meanwhile
        columns, key = _columns(rows), told[2]
        if rows:
            after[one] = _entity(one, key, columns, len(rows))
        gone, fresh = went.get(one, Counter[MentionRow]()), came.get(one, Counter[MentionRow]())
        for place, counts in enumerate(columns):
            for moved, sign in ((gone, 1), (fresh, -1)):
                for row, times in moved.items():
                    counts[row[_COUNTED[place]]] += sign * times
        if (mentions := len(rows) + gone.total() - fresh.total()) > 0:
            before[one] = _entity(one, key, columns, mentions)
    return before, after


_COUNTED = (0, 1, 3)
"""Places in a mention's row of what is counted of it: name, type, document."""


def _columns(mentions: Sequence[MentionRow]) -> tuple[Counter[str], ...]:
    return tuple(Counter([row[place] for row in mentions]) for place in _COUNTED)


def _entity(entity_id: str, key: str, columns: Sequence[Counter[str]], mentions: int) -> Entity:
    names, types, documents = columns
    return Entity(
        id=entity_id, key=key, name=_most_frequent(names), type=_most_frequent(types), mentions=mentions,
        documents=sum(count > 0 for count in documents.values()),
    )  # fmt: skip


def read_fact(key: tuple[str, str, str], chunks: Mapping[Any, str]) -> Fact:
    """A fact from the chunks it is read in, each with its document."""
    return Fact(
        source_id=key[0], predicate=key[1], target_id=key[2], passages=len(chunks),
        documents=tuple(sorted(set(chunks.values()))),
    )  # fmt: skip


def differences(
    page: Callable[[K], Sequence[K]],
    after: K,
    ends: Callable[[Sequence[K]], tuple[Mapping[K, V], Mapping[K, V]]],
) -> Iterator[Difference[V]]:
    """Candidates page by page, those that differ between both ends of the span."""
    while keys := page(after):
        before, now = ends(keys)
        for key in keys:
            if before.get(key) != now.get(key):
                yield Difference(before=before.get(key), after=now.get(key))
        after = keys[-1]


def first(limit: int, found: Iterator[Difference[V]]) -> tuple[Difference[V], ...]:
    """The first of them."""
    return tuple(islice(found, limit))


def moved(rows: Iterable[tuple[str, str, str, str, str, bool]]) -> tuple[Moved, Moved]:
    """Mentions that came and that went, by entity, from (entity id, mention …, whether it came)."""
    came, went = Moved(), Moved()
    for one, *row, has_come in rows:
        (came if has_come else went).setdefault(one, Counter())[row[0], row[1], row[2], row[3]] += 1
    return came, went


def _most_frequent(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda value: (-counts[value], value))
