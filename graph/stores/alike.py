"""What the graph stores do alike. Pure."""

import json
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


def read_entity(entity_id: str, mentions: Sequence[tuple[str, str, str, str]]) -> Entity:
    """An entity from the (name, type, key, document id) of its live mentions."""
    return Entity(
        id=entity_id,
        key=mentions[0][2],
        name=_most_frequent(row[0] for row in mentions),
        type=_most_frequent(row[1] for row in mentions),
        mentions=len(mentions),
        documents=len({row[3] for row in mentions}),
    )


def read_fact(key: tuple[str, str, str], chunks: Mapping[Any, str]) -> Fact:
    """A fact from the chunks it is read in, each with its document."""
    return Fact(
        source_id=key[0], predicate=key[1], target_id=key[2], passages=len(chunks),
        documents=tuple(sorted(set(chunks.values()))),
    )  # fmt: skip


def differences(
    page: Callable[[K], Sequence[K]],
    after: K,
    read: Callable[[Sequence[K], int], Mapping[K, V]],
    ends: tuple[int, int],
) -> Iterator[Difference[V]]:
    """Candidates page by page, those that differ between both ends of the span."""
    while keys := page(after):
        before, now = read(keys, ends[0]), read(keys, ends[1])
        for key in keys:
            if before.get(key) != now.get(key):
                yield Difference(before=before.get(key), after=now.get(key))
        after = keys[-1]


def first(limit: int, found: Iterator[Difference[V]]) -> tuple[Difference[V], ...]:
    """The first of them."""
    return tuple(islice(found, limit))


def _most_frequent(values: Iterable[str]) -> str:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return min(counts, key=lambda value: (-counts[value], value))
