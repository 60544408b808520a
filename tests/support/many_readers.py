"""Many principals and many documents: what each is shown, against a base that holds what they may read and no more."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from graph_changes import dump
from small_world import SmallWorld
from twins import PEOPLE, PLACES, QUESTIONS, ROLES, public_text, secret_text
from ways_to_ask import WaysToAsk

from graph.audience import Audience
from graph.errors import NotFoundError
from graph.filters import Filters
from graph.identity import entity_id
from graph.model import DEFAULT_WORKSPACE as W
from graph.operations.database import OperationsDatabase
from graph.ports.reading import KnowledgeReader
from graph.rights import Readers
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.stores.sqlite.store import SqliteGraphStore
from graph.text.names import norm
from graph.view.knowledge_view import KnowledgeViews
from retrieval.exploring import surroundings
from retrieval.model import Question
from retrieval.modes import SEARCH_MODES

OTHER_MODES = 2
"""Modes that are no search in which one audience is asked, where that is not said: each of them asks many times."""
GROUPS = [f"group:{name}" for name in ("hr", "it", "law", "lab", "board")]


def members(count: int, generator: random.Random) -> list[Audience]:
    """So many people, each of up to two groups."""
    return [
        Audience(principals=frozenset({f"user:{number}", *generator.sample(GROUPS, generator.randint(0, 2))}))
        for number in range(count)
    ]


def fill(world: SmallWorld, documents: int, people: list[Audience], generator: random.Random) -> Mapping[str, Readers]:
    """Documents of every kind of readers; who may read each."""
    principals = sorted({one for audience in people for one in audience.principals})
    given: dict[str, Readers] = {}
    uploads = []
    for number in range(documents):
        document = f"d{number:04}"
        kind = generator.random()
        chosen = generator.sample(principals, generator.randint(1, 3))
        given[document] = None if kind < 0.4 else frozenset(chosen if kind < 0.95 else ())
        text = (public_text if generator.random() < 0.5 else secret_text)(generator)
        title = generator.choice([*PLACES, *PEOPLE, f"Report {number}"])
        uploads.append(world.upload(document, text, title=title, metadata={"part": str(number % 3)}))
        if given[document] is not None:
            world.store.set_readers(W, document, 1, given[document])
    world.put_all(uploads)
    return given


class Shown:
    """One world; ``wrong`` tells what somebody is shown otherwise than by a base of what they may read.

    ``other_modes``: of those that are no search, so many take part for each; they take turns.
    """

    def __init__(self, world: SmallWorld, given: Mapping[str, Readers], other_modes: int = OTHER_MODES) -> None:
        self._world = world
        self._given = given
        self._database = OperationsDatabase(world.folder / "asked.sqlite")
        self._ways = self._asking(world.store, world.views)
        self._turn = -1
        self._other_modes = other_modes
        self.compared = 0
        self.modes: set[str] = set(SEARCH_MODES)

    def _asking(self, store: SqliteGraphStore | Neo4jGraphStore, views: KnowledgeViews) -> WaysToAsk:
        return WaysToAsk(store, views, self._world.embedder, self._database)

    def wrong(self, audience: Audience, folder: Path) -> Iterator[str]:
        """Everything that is shown wrong, operation by operation."""
        readable = {one for one, readers in self._given.items() if audience.may_read(readers)}
        yield from self._one_by_one(audience, readable)
        with self._base(readable, folder) as base:
            reader = self._world.store.read_as(audience)
            mine, right = dump(reader, W, reader.revision(W)), dump(base, W, base.revision(W))
            for name in right:
                yield from self._compare(f"graph: {name}", mine[name], right[name])
            yield from self._compare("entities", *(
                store.find_entities(W, "", store.revision(W), limit=5000) for store in (reader, base)
            ))  # fmt: skip
            yield from self._looked_at(reader, base)
            both = self._ways, self._asking(base, KnowledgeViews(base))
            self._turn += 1
            for question in self._questions(audience):
                for (name, shown), (_, others) in zip(*(ways.asked(question) for ways in both), strict=True):
                    yield from self._compare(f"{name} {question.mode} {question.text}", shown, others)
            names, roles = [*PEOPLE, *PLACES, "GSM"], [ROLES[self._turn % len(ROLES)]]
            for (name, shown), (_, others) in zip(*(ways.rows(audience, names, roles) for ways in both), strict=True):
                yield from self._compare(name, shown, others)
            if self._other_modes > OTHER_MODES or self._turn % OTHER_MODES == 0:
                yield from self._compare("communities", *(ways.listed(audience) for ways in both))

    def _looked_at(self, reader: KnowledgeReader, base: SqliteGraphStore) -> Iterator[str]:
        """All changes since the beginning, and what stands around each name that texts are about."""
        for name in ("changed_documents", "changed_entities", "changed_facts"):
            yield from self._compare(
                name, *(getattr(store, name)(W, 0, store.revision(W), limit=10_000) for store in (reader, base))
            )
        for key in map(norm, [*PEOPLE, *PLACES, "GSM", "Zyra Quell"]):
            yield from self._compare(f"around {key}", *(_around(store, key) for store in (reader, base)))

    def _one_by_one(self, audience: Audience, readable: set[str]) -> Iterator[str]:
        """Each document by its id, and each list and search by the set of what may be in it."""
        reader = self._world.store.read_as(audience)
        newest = reader.revision(W)
        for document in self._given:
            for name in ("document", "text", "document_chunks"):
                try:
                    getattr(reader, name)(W, document, newest)
                    there = True
                except NotFoundError:
                    there = False
                yield from self._compare(f"{name} {document}", there, document in readable)
            yield from self._compare(f"versions {document}", bool(reader.versions(W, document)), document in readable)
        listed = {one.id for one in reader.documents(W, newest, limit=10_000)}
        yield from self._compare("list", listed, readable)
        for mode in SEARCH_MODES:
            for word in ("stone", "gate", "photo", "harbour"):
                question = Question(text=word, workspace=W, mode=mode, k=100, audience=audience)
                found = {hit.document_id for hit in self._world.questions.search(question).hits}
                yield from self._compare(f"{mode} {word}", found - readable, set())

    def _questions(self, audience: Audience) -> Iterator[Question]:
        """All of them in the modes that search; one in some of the others, which take turns among audiences."""
        others = [mode for mode in self._ways.modes if mode not in SEARCH_MODES]
        for mode in SEARCH_MODES:
            for number, text in enumerate(QUESTIONS):
                filters = Filters.parse({"part": "1"}) if number % 4 == 3 else Filters()
                yield Question(text=text, workspace=W, mode=mode, k=30, audience=audience, filters=filters)
        each = min(self._other_modes, len(others))
        for turn in range(each * self._turn, each * (self._turn + 1)):
            mode, text = others[turn % len(others)], QUESTIONS[(turn + turn // len(others)) % len(QUESTIONS)]
            self.modes.add(mode)
            yield Question(text=text, workspace=W, mode=mode, k=30, audience=audience)

    @contextmanager
    def _base(self, readable: set[str], folder: Path) -> Iterator[SqliteGraphStore]:
        """A store that holds only these documents; they came in another order."""
        whole, base = self._world.store, SqliteGraphStore(folder / "base.sqlite")
        try:
            newest = whole.revision(W)
            base.apply(W, [whole.contribution(W, document, newest) for document in sorted(readable, reverse=True)])
            yield base
        finally:
            base.close()
            (folder / "base.sqlite").unlink()

    def _compare(self, what: str, shown: object, right: object) -> Iterator[str]:
        self.compared += 1
        if shown != right:
            yield f"{what}: {str(shown)[:300]} instead of {str(right)[:300]}"


def _around(store: KnowledgeReader, key: str) -> object:
    """What stands within two relations of a name; None where it is not there."""
    try:
        return surroundings(store, W, entity_id(W, key), store.revision(W), depth=2, limit=30)
    except NotFoundError:
        return None
