"""GraphWalk over Neo4j: terms and indexes are made once, and then every step is one statement."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import structlog
from typing_extensions import override

from graph.errors import ConfigurationError, DependencyError
from graph.ports.walking import (
    ChunkCard,
    FoundChunk,
    GraphWalk,
    NameChunk,
    NameChunks,
    NameMention,
    RowNumbers,
    WordReader,
)
from graph.stores.cypher import administration, walking
from graph.stores.neo4j.connection import Neo4jDatabase
from graph.stores.neo4j.reading import Neo4jReading
from graph.stores.neo4j.rows import batches, nested_of, read_document, walk_row
from graph.stores.neo4j.vector_index import Neo4jVectorIndex
from graph.text.names import nested_in
from graph.text.terms import TERMS_VERSION, ChunkTerms, ChunkWords, TitleWords, name_term

POLL_SECONDS = 0.2
PAGE = 5_000
"""Nodes looked at in one statement."""
_log = structlog.get_logger()
_SPECIAL = re.compile(r"[^\w]")
MOST_LONGER = 500
"""At most so many longer names are looked at, for all names that are asked for together; the rarest first."""


class Neo4jWalk(Neo4jReading, GraphWalk, WordReader):
    """The part of the store that is searched and walked in place."""

    def __init__(self, database: Neo4jDatabase) -> None:
        super().__init__(database)
        self._walked = False
        """Whether new chunks and entities get the terms by which a walk finds them."""

    def prepare_walk(self) -> None:
        """Give every chunk and entity its terms, and make the indexes; what was interrupted goes on where it stopped.

        Raises:
            DependencyError: the server cannot be used, or an index failed.
            ConfigurationError: an index of another name stands where one is needed.
        """
        cut = 0
        for workspace in [row[0] for row in self._database.read(administration.WORKSPACES)]:
            for ids in self._bare(walking.BARE_CHUNKS, workspace):
                texts = self._database.read(walking.CHUNK_TEXTS, w=workspace, ids=ids)
                self._fill(walking.SET_WORDS, workspace, [{"id": one} | walk_row(*of) for one, *of in texts])
                cut += len(texts)
            for ids in self._bare(walking.BARE_ENTITIES, workspace):
                names = self._database.read(walking.ENTITY_NAMES, w=workspace, ids=ids)
                rows = [{"id": one, "nested": nested_of(name)} for one, name in names]
                self._fill(walking.SET_NESTED, workspace, rows)
        if cut:
            _log.info("passages got terms as this version cuts them", passages=cut)
        for statement in walking.INDEXES.values():
            self._database.change_schema(statement)
        while (states := self._index_states()) != {"ONLINE"}:
            if "FAILED" in states:
                raise DependencyError(f"Neo4j at {self._database.address.url} could not make its indexes")
            time.sleep(POLL_SECONDS)
        self._walked = True

    def _bare(self, statements: Sequence[str], workspace: str) -> Iterator[Sequence[str]]:
        """Ids of nodes that have no terms of today yet, in parts; a page takes equally long in a corpus of any size."""
        for statement in statements:
            after: str | None = ""
            while after is not None:
                ((after, bare),) = self._database.read(statement, w=workspace, after=after, n=PAGE, cut=TERMS_VERSION)
                yield from batches(bare)

    def _fill(self, statement: str, workspace: str, rows: list[dict[str, Any]]) -> None:
        self._database.write("", lambda statements: statements.run(statement, w=workspace, rows=rows))

    def _index_states(self) -> set[str]:
        wanted = list(walking.INDEXES)
        states = {name: state for name, state in self._database.read(walking.INDEX_STATES, names=wanted)}
        if missing := [name for name in wanted if name not in states]:
            raise ConfigurationError(
                f"Neo4j at {self._database.address.url} has an index of somebody else's where Quipu needs {missing[0]};"
                " drop it: SHOW INDEXES WHERE 'Chunk' IN labelsOrTypes OR 'Entity' IN labelsOrTypes"
            )
        return set(states.values())

    @override
    def chunks_of(self, workspace: str, keys: Sequence[str], revision: int, *, most: int) -> Mapping[str, NameChunks]:
        found: dict[str, NameChunks] = {}
        for batch in batches(keys):
            terms = {name_term(key): key for key in batch if " " in key}
            ((own, longer),) = self._at(
                walking.CHUNKS_OF, workspace, revision, most=most, longer=MOST_LONGER,
                keys=batch, nested=" ".join(terms) or "_",
                indexes=[walking.NESTED_INDEX, walking.PAST_NESTED_INDEX],
            )  # fmt: skip
            at_edges: dict[str, list[list[Any]]] = {}
            for nested, passages in longer:
                for term in set(nested.split()) & terms.keys():
                    at_edges.setdefault(terms[term], []).extend(passages)
            named: dict[str, list[tuple[list[list[Any]], int]]] = {}
            for key, passages, mentions in own:
                named.setdefault(key, []).append((passages, mentions))
            for key, homonyms in named.items():
                mentions = sum(count for _, count in homonyms)
                lists = [*(passages for passages, _ in homonyms), at_edges.get(key, [])] if mentions <= most else []
                found[key] = NameChunks(
                    chunks=tuple(_read_chunk(one) for chunks in lists for one in chunks), mentions=mentions
                )
        return found

    @override
    def names_in(
        self, workspace: str, chunk_ids: Sequence[str], revision: int
    ) -> Mapping[str, tuple[NameMention, ...]]:
        found: dict[str, list[NameMention]] = {}
        for batch in batches(chunk_ids):
            for chunk, names in self._all(walking.NAMES_IN, workspace, revision, ids=batch):
                found[chunk] = [
                    NameMention(key=key, name=name, sentence=sentence, mentions=mentions)
                    for _, key, name, sentence, mentions in sorted(names)
                ]
        nested = {
            chunk: nested_in([(one.key, one.name, one.sentence) for one in names]) for chunk, names in found.items()
        }
        known = self._known(workspace, revision, {key for names in nested.values() for key, _, _ in names})
        for chunk, names in nested.items():
            found[chunk] += [
                NameMention(key=key, name=name, sentence=sentence, mentions=0)
                for key, name, sentence in names
                if key in known
            ]
        return {chunk: tuple(names) for chunk, names in found.items()}

    def _known(self, workspace: str, revision: int, keys: Iterable[str]) -> set[str]:
        """Which of these names are mentioned by themselves."""
        known: set[str] = set()
        for batch in batches(sorted(keys)):
            known.update(self._all(walking.KNOWN_NAMES, workspace, revision, keys=batch))
        return known

    @override
    def cards(self, workspace: str, chunk_ids: Sequence[str], revision: int) -> Mapping[str, ChunkCard]:
        found: dict[str, ChunkCard] = {}
        for batch in batches(chunk_ids):
            for row in self._all(walking.CARDS, workspace, revision, ids=batch):
                terms = ChunkTerms(stems=tuple(row[1].split()), titled=row[2])
                found[row[0]] = ChunkCard(document=read_document(row[3:]), terms=terms)
        return found

    @override
    def matching(self, workspace: str, stems: Sequence[str], k: int, revision: int) -> tuple[FoundChunk, ...]:
        """Each stem is one whole term to Lucene: nothing in it has a meaning of its own."""
        query = " ".join(_SPECIAL.sub(lambda found: "\\" + found.group(), stem) for stem in stems)
        rows = self._all(
            walking.MATCHING, workspace, revision, n=k, query=query,
            indexes=[walking.TERMS_INDEX, walking.PAST_TERMS_INDEX],
        )  # fmt: skip
        return tuple(FoundChunk(chunk_id=row[0], score=row[1], live=row[2]) for row in rows)

    @override
    def vector_index(self, workspace: str, revision: int, rows: RowNumbers) -> Neo4jVectorIndex:
        self._check_readable(workspace, revision)
        return Neo4jVectorIndex(self._database, workspace, revision, rows)

    @override
    def live_words(
        self, workspace: str, revision: int, *, after: str = "", limit: int = 1000
    ) -> tuple[ChunkWords, ...]:
        found: list[ChunkWords] = []
        while len(found) < limit:
            rows = self._all(walking.LIVE_WORDS, workspace, revision, after=after, n=limit)
            found += [_read_words(*row) for live, *row in rows if live]
            if len(rows) < limit:
                break
            after = rows[-1][1]
        return tuple(found[:limit])

    @override
    def words_of(self, workspace: str, chunk_ids: Sequence[str]) -> tuple[ChunkWords, ...]:
        found: list[ChunkWords] = []
        for batch in batches(chunk_ids):
            ((rows,),) = self._database.read(walking.WORDS_OF, w=workspace, ids=batch)
            found += [_read_words(*row) for row in rows]
        return tuple(found)

    @override
    def title_words(self, workspace: str, document_ids: Sequence[str], revision: int) -> tuple[TitleWords, ...]:
        found: list[TitleWords] = []
        for batch in batches(document_ids):
            for document, terms, titled in self._all(walking.TITLE_WORDS, workspace, revision, ids=batch):
                stems = terms.split()
                alone = frozenset(stems[:titled]) - frozenset(stems[titled:])
                found.append(TitleWords(document_id=document, stems=alone))
        return tuple(found)

    def _all(self, statement: str, workspace: str, revision: int, **values: object) -> list[Any]:
        """What a statement at a revision collects into its one record."""
        return list(self._at(statement, workspace, revision, **values)[0][0])


def _read_words(chunk: str, terms: str, titled: int, plain: str) -> ChunkWords:
    stems = terms.split()
    return ChunkWords(
        chunk_id=chunk, stems=frozenset(stems[titled:]), plain=frozenset(plain.split()), length=len(stems)
    )  # fmt: skip


def _read_chunk(row: Sequence[Any]) -> NameChunk:
    return NameChunk(chunk_id=row[0], document_id=row[1], in_text=row[2])
