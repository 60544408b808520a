"""The store ports: one suite, run over every adapter, and a state machine that compares adapters with a model."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from graph_changes import (
    audience,
    contribution_key,
    dump,
    live_rows,
    make_change,
    operation,
    pair,
    readable,
    row_key,
    verdict,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from neo4j_fixtures import address, neo4j_store
from neo4j_server import Neo4jServer
from reference_store import ReferenceStore

from graph.audience import UNRESTRICTED
from graph.errors import ConfigurationError, ConflictError, DependencyError, InputError, NotFoundError, Superseded
from graph.filters import Filters
from graph.identity import entity_id
from graph.long_change import LongChange
from graph.model import GraphChange
from graph.ports.browsing import Neighbours
from graph.rights import Rights
from graph.stores.neo4j.store import Neo4jGraphStore
from graph.stores.sqlite.store import SqliteGraphStore
from graph.text.held_names import called

WORKSPACE = "w"


def unit(change: GraphChange) -> GraphChange:
    """The change, its vectors of length one, as an embedder makes them."""
    lengths = np.linalg.norm(change.vectors, axis=1, keepdims=True)
    return replace(change, vectors=(change.vectors / np.where(lengths, lengths, 1.0)).astype(np.float32))


def in_parts(change: GraphChange, size: int, taken: list[int]) -> LongChange:
    """The same change in parts of so many chunks; ``taken`` gets where each of them begins as it is read."""

    def read() -> Iterator[GraphChange]:
        for start in range(0, len(change.chunks), size):
            taken.append(start)
            chunks = change.chunks[start : start + size]
            ids = {chunk.id for chunk in chunks}
            yield replace(
                change, chunks=chunks, positions=change.positions[start : start + size],
                vectors=change.vectors[start : start + size],
                mentions=tuple(one for one in change.mentions if one.chunk_id in ids),
                relations=tuple(one for one in change.relations if one.chunk_id in ids),
                aliases=tuple(one for one in change.aliases if one.chunk_id in ids),
            )  # fmt: skip

    return LongChange(document=change.document, text=change.text, read=read)


class GraphStoreContract:
    """Subclass with a ``store`` fixture for each adapter."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Any]:
        raise NotImplementedError

    def test_empty(self, store: Any) -> None:
        assert store.revision(WORKSPACE) == 0
        assert store.documents(WORKSPACE, 0) == ()
        assert store.counts(WORKSPACE, 0).chunks == 0

    def test_old_or_new_never_a_mix(self, store: Any) -> None:
        first = store.apply(WORKSPACE, [make_change("a", 1, ["Ada Bea", "Cid"])])[0]
        second = store.apply(WORKSPACE, [make_change("a", 2, ["Ada Bea", "Dan"])])[0]
        assert store.text(WORKSPACE, "a", first) == "Ada Bea\nCid\n"
        assert store.text(WORKSPACE, "a", second) == "Ada Bea\nDan\n"
        before, after = live_rows(store, WORKSPACE, first), live_rows(store, WORKSPACE, second)
        assert len(before.keys() & after.keys()) == 1

    def test_it_remembers_the_newest_version_of_all_it_was_told_of(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada"]), make_change("b", 3, ["Bea"]), make_change("c", 1, ["C"])])
        store.remove(WORKSPACE, "b", 4)
        store.purge(WORKSPACE, "c", 2)
        store.remove(WORKSPACE, "never there", 7)
        assert dict(store.barriers(WORKSPACE)) == {"a": 1, "b": 4, "c": 2, "never there": 7}
        assert dict(store.barriers("another")) == {}

    def test_what_was_written_is_not_damaged_at_any_revision(self, store: Any) -> None:
        changes = [unit(make_change("a", version, [f"Ada {version}", "Bea", "Bea"])) for version in (1, 2, 3)]
        for change in changes:
            store.apply(WORKSPACE, [change])
        store.remove(WORKSPACE, "a", 4)
        assert store.damage(WORKSPACE, "a") == ()
        store.sweep(WORKSPACE, 2)
        assert store.damage(WORKSPACE, "a") == ()
        assert store.damage(WORKSPACE, "b") == ()
        assert [problem for one in store.parts() for problem in store.part_damage(one)] == []

    def test_a_change_in_parts_is_the_change_in_one_piece(self, store: Any) -> None:
        """It gets the same digest, so the second is recognised; it is live at one revision, or not at all."""
        whole = make_change("a", 1, [f"Ada Bea {word}" for word in ("Cid", "Dan", "Ada", "Eve", "Dan")])
        taken: list[int] = []
        first = store.apply(WORKSPACE, [in_parts(whole, 2, taken)])
        assert taken == [0, 2, 4]
        assert store.apply(WORKSPACE, [whole]) == first == (1,)
        assert store.apply(WORKSPACE, [in_parts(whole, 3, taken)]) == first
        again = make_change("b", 1, [f"Ada Bea {word}" for word in ("Cid", "Dan", "Ada", "Eve", "Dan")])
        store.apply(WORKSPACE, [again])
        assert store.text(WORKSPACE, "a", 1) == whole.text
        assert store.document_counts(WORKSPACE, "a", 2) == store.document_counts(WORKSPACE, "b", 2)
        changed = make_change("a", 2, ["Ada Bea Dan", "Fay Gil"])
        assert store.apply(WORKSPACE, [in_parts(changed, 1, taken)]) == (3,)
        assert [placed.chunk.text for placed in store.document_chunks(WORKSPACE, "a", 3)] == ["Ada Bea Dan", "Fay Gil"]
        assert [placed.chunk.text for placed in store.document_chunks(WORKSPACE, "a", 2)][1] == "Ada Bea Dan"

    def test_of_parts_that_cannot_all_be_read_nothing_is_written(self, store: Any) -> None:
        whole = make_change("a", 1, ["Ada", "Bea", "Cid", "Ada"])

        def failing() -> Iterator[GraphChange]:
            yield from in_parts(whole, 2, []).read()
            raise DependencyError("the disk fails")

        with pytest.raises(DependencyError):
            store.apply(WORKSPACE, [LongChange(document=whole.document, text=whole.text, read=failing)])
        twice = LongChange(document=whole.document, text=whole.text, read=lambda: iter((whole, whole)))
        with pytest.raises(InputError, match="same id"):
            store.apply(WORKSPACE, [twice])
        assert store.revision(WORKSPACE) == 0
        assert store.apply(WORKSPACE, [whole]) == (1,)

    def test_applying_twice_is_applying_once(self, store: Any) -> None:
        change = make_change("a", 1, ["Ada"])
        first = store.apply(WORKSPACE, [change])
        store.apply(WORKSPACE, [make_change("b", 1, ["Bea"])])
        assert store.apply(WORKSPACE, [change]) == first
        assert store.revision(WORKSPACE) == 2

    def test_an_older_version_never_applies_over_a_newer_one(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 2, ["Ada"])])
        with pytest.raises(Superseded):
            store.apply(WORKSPACE, [make_change("b", 1, ["Bea"]), make_change("a", 1, ["Old"])])
        assert [document.id for document in store.documents(WORKSPACE, store.revision(WORKSPACE))] == ["a"]
        store.remove(WORKSPACE, "a", 3)
        with pytest.raises(Superseded):
            store.apply(WORKSPACE, [make_change("a", 3, ["Back"])])
        assert store.apply(WORKSPACE, [make_change("a", 4, ["New"])])[0] == store.revision(WORKSPACE)

    def test_facts_with_other_support_survive(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada Bea"]), make_change("b", 1, ["Bea Cid"])])
        removal = store.remove(WORKSPACE, "a", 2)
        assert (removal.gone.chunks, removal.gone.entities, removal.gone.relations) == (1, 2, 1)
        names = {entity.name for entity in store.find_entities(WORKSPACE, "", removal.revision)}
        assert names == {"Bea", "Cid"}
        assert {e.name for e in store.find_entities(WORKSPACE, "", removal.revision - 1)} == {"Ada", "Bea", "Cid"}

    def test_entities_of_equal_standing_come_by_name_in_every_workspace(self, store: Any) -> None:
        names = ["Cid Ada", "Bea Cid", "Eve Bea"]  # ids hash the workspace, so that their order is another one in each
        for workspace in ("one", "two", "three"):
            store.apply(workspace, [make_change("a", 1, names)])
            found = store.find_entities(workspace, "", 1)
            assert [e.key for e in found] == [e.key for e in sorted(found, key=lambda e: (-e.mentions, e.key))]

    def test_removing_nothing_makes_no_revision_but_bars(self, store: Any) -> None:
        assert store.remove(WORKSPACE, "ghost", 5).revision == 0
        with pytest.raises(Superseded):
            store.apply(WORKSPACE, [make_change("ghost", 4, ["Boo"])])

    def test_purge_reaches_every_revision(self, store: Any) -> None:
        first = store.apply(WORKSPACE, [make_change("a", 1, ["Ada"]), make_change("b", 1, ["Bea"])])[0]
        store.apply(WORKSPACE, [make_change("a", 2, ["Eve"])])
        removal = store.purge(WORKSPACE, "a", 3)
        assert removal.gone.chunks == 2
        with pytest.raises(NotFoundError):
            store.text(WORKSPACE, "a", first)
        assert store.versions(WORKSPACE, "a") == ()
        assert {e.name for e in store.find_entities(WORKSPACE, "", removal.revision)} == {"Bea"}

    def test_sweep_moves_the_horizon(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada"])])
        second = store.apply(WORKSPACE, [make_change("a", 2, ["Eve"])])[0]
        store.sweep(WORKSPACE, second)
        with pytest.raises(NotFoundError):
            store.text(WORKSPACE, "a", second - 1)
        assert store.text(WORKSPACE, "a", second) == "Eve\n"

    def test_an_erased_workspace_never_was(self, store: Any) -> None:
        for workspace in (WORKSPACE, "v"):
            store.apply(workspace, [make_change("a", 1, ["Ada Bea"], reading=1), make_change("b", 1, ["Bea Cid"])])
            store.apply(workspace, [make_change("a", 2, ["Ada Dan"])])
            store.decide(workspace, [verdict("Ada", "Dan", same=True)])
            store.remove(workspace, "b", 2)
        newest = store.revision("v")
        kept = [dump(store, "v", revision) for revision in range(1, newest + 1)]
        assert len(store.verdicts(WORKSPACE, newest)) == 1
        store.erase(WORKSPACE)
        assert store.workspaces() == ("v",)
        assert (store.revision(WORKSPACE), store.versions(WORKSPACE, "a")) == (0, ())
        assert store.find_entities(WORKSPACE, "", 0) == ()
        assert [dump(store, "v", revision) for revision in range(1, newest + 1)] == kept
        for write in (
            lambda: store.apply(WORKSPACE, [make_change("late", 1, ["Eve"])]),
            lambda: store.remove(WORKSPACE, "a", 3), lambda: store.purge(WORKSPACE, "a", 3),
            lambda: store.decide(WORKSPACE, [verdict("Ada", "Dan", same=True)]), lambda: store.sweep(WORKSPACE, 1),
            lambda: store.restore_rights(WORKSPACE, {"a": Rights(readers=frozenset())}),
        ):  # fmt: skip
            with pytest.raises(Superseded):
                write()
        store.erase(WORKSPACE)
        assert store.workspaces() == ("v",), "a second time is no other"
        store.readmit(WORKSPACE)
        assert store.apply(WORKSPACE, [make_change("a", 1, ["New"])]) == (1,)
        assert store.text(WORKSPACE, "a", 1) == "New\n"
        store.apply(WORKSPACE, [make_change("a", version, [f"New {version}"]) for version in range(2, newest + 1)])
        assert (store.revision(WORKSPACE), store.verdicts(WORKSPACE, newest)) == (newest, ())
        assert [dump(store, "v", revision) for revision in range(1, newest + 1)] == kept

    def test_a_contribution_is_the_change_that_made_it(self, store: Any, tmp_path: Path) -> None:
        """At any revision; in another store it makes the same again."""
        old = make_change("a", 1, ["Ada Bea", "Cid", "Cid"], title="A", reading=1)
        new = make_change("a", 2, ["Cid", "Ada Bea", "Dan Eve"], title="A", year=7)
        first = store.apply(WORKSPACE, [old])[0]
        store.apply(WORKSPACE, [make_change("b", 1, ["Bea Cid"], reading=1)])
        last = store.apply(WORKSPACE, [new])[0]
        for change, revision in ((old, first), (old, last - 1), (new, last)):
            assert contribution_key(store.contribution(WORKSPACE, "a", revision)) == contribution_key(change)
        for document, revision in (("b", first), ("ghost", last)):
            with pytest.raises(NotFoundError):
                store.contribution(WORKSPACE, document, revision)
        other = SqliteGraphStore(tmp_path / "other.sqlite")
        other.apply(WORKSPACE, [store.contribution(WORKSPACE, document, last) for document in "ab"])
        assert dump(other, WORKSPACE, 2) == dump(store, WORKSPACE, last)
        other.close()

    def test_a_document_may_have_no_chunks_yet(self, store: Any) -> None:
        """A scan whose pages are still to be read."""
        empty = make_change("scan", 1, [])
        revision = store.apply(WORKSPACE, [empty])[0]
        found = store.contribution(WORKSPACE, "scan", revision)
        assert (found.document, found.chunks, len(found.vectors)) == (empty.document, (), 0)
        assert store.damage(WORKSPACE, "scan") == ()

    def test_vectors_are_exchanged_all_at_once(self, store: Any) -> None:
        store.stamp_embedder("old")
        store.apply(
            WORKSPACE, [make_change("a", 1, ["Ada", "Bea"], title="A"), make_change("b", 1, ["Cid"], title="B")]
        )
        store.apply(WORKSPACE, [make_change("a", 2, ["Ada", "Dan"], title="A")])
        store.remove(WORKSPACE, "b", 2)
        before = store.revision(WORKSPACE)
        old = store.vectors(WORKSPACE, [chunk.id for _, chunk in store.lacking(WORKSPACE, "new")])
        found = [(title, chunk.text) for title, chunk in store.lacking(WORKSPACE, "new")]
        assert sorted(found) == [("A", "Ada"), ("A", "Bea"), ("A", "Dan"), ("B", "Cid")], "closed ones as well"

        self._stage(store, "other", 7)
        assert len(store.lacking(WORKSPACE, "new")) == 4, "what lies there is another embedder's"
        self._stage(store, "new", 7, limit=3)
        assert len(store.lacking(WORKSPACE, "new")) == 1
        with pytest.raises(ConflictError):
            store.adopt("new")
        with pytest.raises(ConflictError):
            store.adopt("other")
        assert (store.embedder(), store.revision(WORKSPACE)) == ("old", before)
        assert all((store.vectors(WORKSPACE, [one])[one] == vector).all() for one, vector in old.items())

        store.purge(WORKSPACE, "b", 3)
        store.apply(WORKSPACE, [make_change("c", 1, ["Eve"])])
        self._stage(store, "new", 7)
        before = store.revision(WORKSPACE)
        store.adopt("new")
        assert [record.kind for record in store.log(WORKSPACE, before, before + 9)] == ["reembed"]
        assert (store.embedder(), store.revision(WORKSPACE)) == ("new", before + 1)
        for revision in (1, before, before + 1):
            rows = list(store.rows(WORKSPACE, revision))
            assert rows
            assert all(row.vector.shape == (7,) and row.vector[0] == ord(row.chunk.text[0]) for row in rows)
        assert len(store.lacking(WORKSPACE, "old")) == 4
        with pytest.raises(InputError):
            store.apply(WORKSPACE, [make_change("d", 1, ["Fay"])])
        with pytest.raises(ConfigurationError, match="quipu reindex"):
            store.stamp_embedder("old")

    def test_a_swept_start_of_a_life_hides_no_title(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada", "Bea"], title="A")])
        second = store.apply(WORKSPACE, [make_change("a", 2, ["Ada", "Cid"], title="A")])[0]
        self._stage(store, "new", 7)
        store.sweep(WORKSPACE, second)
        store.adopt("new")
        assert {title for title, _ in store.lacking(WORKSPACE, "next")} == {"A"}
        assert len(store.lacking(WORKSPACE, "next")) == 2

    def test_another_embedder_for_a_store_without_passages(self, store: Any) -> None:
        store.stamp_embedder("old")
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada"])])
        store.purge(WORKSPACE, "a", 2)
        store.adopt("new")
        store.stamp_embedder("new")
        self._stage(store, "next", 7)

    def _stage(self, store: Any, identity: str, dimension: int, limit: int = 100) -> None:
        """A vector that begins with the passage's first letter for those that have none."""
        found = [chunk for _, chunk in store.lacking(WORKSPACE, identity, limit=limit)]
        vectors = {chunk.id: np.full(dimension, ord(chunk.text[0]), dtype=np.float32) for chunk in found}
        store.add_beside(WORKSPACE, identity, vectors | {"gone": np.ones(dimension, dtype=np.float32)})

    def test_what_is_different_between_two_revisions(self, store: Any) -> None:
        first = store.apply(WORKSPACE, [make_change("a", 1, ["Ada Bea"]), make_change("b", 1, ["Bea Cid"])])[1]
        store.apply(WORKSPACE, [make_change("a", 2, ["Ada Bea", "Cid Dan"]), make_change("c", 1, ["Bea Cid"])])
        store.remove(WORKSPACE, "b", 2)
        last = store.revision(WORKSPACE)

        documents = store.changed_documents(WORKSPACE, first, last)
        assert [(d.kind, (d.after or d.before).id) for d in documents] == [
            ("altered", "a"), ("removed", "b"), ("added", "c"),
        ]  # fmt: skip
        entities = {(d.after or d.before).key: d for d in store.changed_entities(WORKSPACE, first, last)}
        assert {key: d.kind for key, d in entities.items()} == {"cid": "altered", "dan": "added"}
        assert (entities["cid"].before.mentions, entities["cid"].after.mentions) == (1, 2)
        facts = store.changed_facts(WORKSPACE, first, last)
        assert sorted((d.kind, (d.after or d.before).documents) for d in facts) == [
            ("added", ("a",)),
            ("altered", ("c",)),
        ]
        moved = next(d for d in facts if d.kind == "altered")
        assert (moved.before.documents, moved.before.passages, moved.after.passages) == (("b",), 1, 1)

    def test_what_is_different_backwards_is_nothing_new(self, store: Any) -> None:
        """Came and went in between: no difference. A purge was never there. A swept end is refused."""
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada"])])
        store.apply(WORKSPACE, [make_change("b", 1, ["Bea Cid"])])
        store.remove(WORKSPACE, "b", 2)
        for read in (store.changed_documents, store.changed_entities, store.changed_facts):
            assert read(WORKSPACE, 1, 3) == ()
        store.purge(WORKSPACE, "a", 2)
        for read in (store.changed_documents, store.changed_entities, store.changed_facts):
            assert read(WORKSPACE, 0, store.revision(WORKSPACE)) == ()
        store.sweep(WORKSPACE, 3)
        for read in (store.changed_documents, store.changed_entities, store.changed_facts):
            with pytest.raises(NotFoundError):
                read(WORKSPACE, 2, store.revision(WORKSPACE))

    def test_workspaces_know_nothing_of_each_other(self, store: Any) -> None:
        store.apply("one", [make_change("a", 1, ["Ada"])])
        store.apply("two", [make_change("a", 1, ["Bea"])])
        assert (store.revision("one"), store.revision("two")) == (1, 1)
        assert store.text("two", "a", 1) == "Bea\n"
        assert {e.name for e in store.find_entities("one", "", 1)} == {"Ada"}
        assert [row.chunk.text for row in store.rows("one", 1)] == ["Ada"]

    def test_broken_contract_writes_nothing(self, store: Any) -> None:
        good = make_change("a", 1, ["Ada Bea"])
        bad = [
            replace(good, text="Other text"),
            replace(good, vectors=good.vectors[:0]),
            replace(good, vectors=np.full_like(good.vectors, np.nan)),
            replace(good, mentions=good.mentions[:1]),
            replace(good, positions=()),
            replace(make_change("a", 1, ["Ada Bea"], reading=1), mentions=good.mentions[:1], relations=()),
        ]
        for change in bad:
            with pytest.raises(InputError):
                store.apply(WORKSPACE, [make_change("z", 1, ["Zoe"]), change])
        assert store.revision(WORKSPACE) == 0

    def test_a_stated_alias_lives_as_long_as_its_chunk(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada Bea"], reading=1), make_change("b", 1, ["Ada", "Bea"])])
        (alias,) = store.aliases(WORKSPACE, 2)
        assert (alias.first_id, alias.second_id) == pair("ada", "bea")
        assert store.aliases(WORKSPACE, 2, entity_ids=[entity_id("w", "bea")]) == (alias,)
        assert store.aliases(WORKSPACE, 2, entity_ids=[entity_id("w", "cid")]) == ()
        removed = store.remove(WORKSPACE, "a", 2).revision
        assert store.aliases(WORKSPACE, removed) == ()
        assert store.aliases(WORKSPACE, 2) == (alias,)

    def test_a_verdict_overrules_the_text_and_can_be_taken_back(self, store: Any) -> None:
        first, second = pair("ada", "bea")
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada Bea"], reading=1)])
        apart = store.decide(WORKSPACE, [verdict(first, second, False)])
        assert (apart, store.decide(WORKSPACE, [verdict(first, second, False)])) == (2, 2)
        assert (len(store.aliases(WORKSPACE, 1)), store.aliases(WORKSPACE, 2)) == (1, ())
        again = store.decide(WORKSPACE, [verdict(first, second, True)])
        assert {alias.reason for alias in store.aliases(WORKSPACE, again)} == {"stated", "by hand"}
        assert [record.kind for record in store.log(WORKSPACE, 0, again)] == ["apply", "merge", "merge"]

    def test_a_merge_needs_both_entities(self, store: Any) -> None:
        first, second = pair("ada", "bea")
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada"]), make_change("b", 1, ["Bea"])])
        merged = store.decide(WORKSPACE, [verdict(first, second, True)])
        assert [alias.chunk_id for alias in store.aliases(WORKSPACE, merged)] == [""]
        removed = store.remove(WORKSPACE, "b", 2).revision
        assert store.aliases(WORKSPACE, removed) == ()
        back = store.apply(WORKSPACE, [make_change("b", 3, ["Bea"])])[0]
        assert len(store.aliases(WORKSPACE, back)) == 1
        with pytest.raises(InputError):
            store.decide(WORKSPACE, [verdict(second, first, True)])

    def test_a_second_reading_of_a_version_is_a_revision_of_its_own(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada Bea"])])
        second = store.apply(WORKSPACE, [make_change("a", 1, ["Ada Bea"], reading=1)])[0]
        assert [store.document(WORKSPACE, "a", revision).stage for revision in (1, second)] == ["rules", "model"]
        assert [document.stage for document, _, _ in store.versions(WORKSPACE, "a")] == ["rules", "model"]

    def test_filters_and_pages(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change(f"d{n}", 1, ["Ada"], year=n) for n in range(6)])
        wanted = Filters.parse({"year": {"gte": 2}})
        page = store.documents(WORKSPACE, 6, limit=2, filters=wanted)
        assert [document.id for document in page] == ["d2", "d3"]
        assert [d.id for d in store.documents(WORKSPACE, 6, after="d3", limit=9, filters=wanted)] == ["d4", "d5"]

    def test_documents_by_what_they_are_called(self, store: Any) -> None:
        """Among those that may be read, page by page; a sign that databases understand is that sign."""
        titles = ["Tide 100 %", "云岭天文台", "Tide_tables", "Tide tables"]
        store.set_readers(WORKSPACE, "d3", 1, frozenset({"me"}))
        store.apply(
            WORKSPACE, [make_change(f"d{n}", 1, ["Ada"], title=title, year=n) for n, title in enumerate(titles)]
        )
        newest = store.revision(WORKSPACE)

        def found(reader: Any, text: str, *given: Filters, **page: Any) -> list[str]:
            rows = reader.documents(WORKSPACE, newest, filters=called(text, *given), **page)
            return [document.id for document in rows]

        assert found(store, "TIDE") == ["d0", "d2", "d3"]
        assert found(store, "tide", after="d0", limit=1) == ["d2"]
        assert found(store, "tide", Filters.parse({"year": {"gte": 3}})) == ["d3"]
        assert (found(store, "%"), found(store, "_"), found(store, "雲嶺")) == (["d0"], ["d2"], ["d1"])
        assert found(store.read_as(audience("you")), "tide tables") == ["d2"]

    def test_revision_at_a_moment(self, store: Any) -> None:
        start = datetime.now(UTC) - timedelta(seconds=1)
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada"])])
        assert store.revision_at(WORKSPACE, start) == 0
        assert store.revision_at(WORKSPACE, datetime.now(UTC)) == 1

    def test_revisions_go_backwards_and_days_forwards(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada"]), make_change("b", 1, ["Bea"])])
        store.remove(WORKSPACE, "a", 2)
        store.set_readers(WORKSPACE, "b", 2, frozenset({"p"}))
        log = store.log(WORKSPACE, 0, 4)
        assert [(r.revision, r.kind, r.document_id) for r in store.revisions(WORKSPACE, 4)] == [
            (4, "rights", "b"), (3, "remove", "a"), (2, "apply", "b"), (1, "apply", "a"),
        ]  # fmt: skip
        assert store.revisions(WORKSPACE, 3, limit=2) == (log[2], log[1])
        (day, *_) = days = store.days(WORKSPACE)
        assert sum(one.revisions for one in days) == 4
        assert (days[-1].last, day.day) == (4, log[0].committed_at.date())
        hidden = store.read_as(audience("q"))
        assert [r.revision for r in hidden.revisions(WORKSPACE, 4)] == [3, 1]
        assert sum(one.revisions for one in hidden.days(WORKSPACE)) == 2
        assert store.horizon(WORKSPACE) == 0
        store.sweep(WORKSPACE, 3)
        assert store.horizon(WORKSPACE) == 3

    def test_neighbours_are_those_with_the_most_relations_first(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada Bea", "Cid Ada Bea", "Ada Dan", "Eve Dan"])])
        ids = {name: entity_id("w", name) for name in ("ada", "bea", "cid", "dan", "eve")}
        found = store.neighbours(WORKSPACE, [ids["ada"]], 1, limit=2)
        assert (found.ids[0], found.count) == (ids["bea"], 3)
        assert len(found.ids) == 2
        assert store.neighbours(WORKSPACE, [ids["ada"], ids["dan"]], 1).count == 3
        assert store.neighbours(WORKSPACE, ["nobody"], 1) == Neighbours(ids=(), count=0)
        among = store.relations_among(WORKSPACE, [ids["ada"], ids["bea"], ids["eve"]], 1)
        assert [(r.source_id, r.target_id) for r in among] == [(ids["ada"], ids["bea"])] * 2
        assert len(store.relations_among(WORKSPACE, list(ids.values()), 1, each=1)) == 4
        assert len(store.relations_among(WORKSPACE, list(ids.values()), 1, limit=3)) == 3

    def test_names_are_found_by_what_is_live_however_much_was(self, store: Any) -> None:
        store.apply(WORKSPACE, [make_change("a", 1, ["Ada Ada Ada Ada", "Adam"]), make_change("b", 1, ["Adam Adele"])])
        store.apply(WORKSPACE, [make_change("a", 2, ["Adam"])])
        assert [one.name for one in store.find_entities(WORKSPACE, "ad", 3)] == ["Adam", "Adele"]
        assert [one.name for one in store.find_entities(WORKSPACE, "ad", 2, limit=1)] == ["Ada"]

    def test_embedder_is_stamped_once(self, store: Any) -> None:
        assert store.embedder() is None
        store.stamp_embedder("one")
        store.stamp_embedder("one")
        with pytest.raises(ConfigurationError):
            store.stamp_embedder("two")

    def test_vectors_of_closed_chunks_can_be_used_again(self, store: Any) -> None:
        change = make_change("a", 1, ["Ada"])
        store.apply(WORKSPACE, [change])
        store.apply(WORKSPACE, [make_change("a", 2, ["Bea"])])
        held = store.vectors(WORKSPACE, [change.chunks[0].id, "unknown"])
        assert list(held) == [change.chunks[0].id]
        assert held[change.chunks[0].id].tobytes() == change.vectors[0].tobytes()

    # --- who may read what

    def test_what_may_not_be_read_is_not_there(self, store: Any) -> None:
        """Nor what only it says: names, relations, counts, log, differences; in the past as little as now."""
        store.apply(WORKSPACE, [make_change("open", 1, ["Ada Bea"])])
        first = store.revision(WORKSPACE)
        assert store.set_readers(WORKSPACE, "secret", 1, frozenset({"group:hr"})) == first + 1
        store.apply(WORKSPACE, [make_change("secret", 1, ["Bea Zed", "Ada Bea"], reading=1)])
        newest = store.revision(WORKSPACE)
        hr, other = (store.read_as(audience(name)) for name in ("group:hr", "group:it"))
        assert dump(hr, WORKSPACE, newest) == dump(store, WORKSPACE, newest)
        assert dump(other, WORKSPACE, newest) == dump(store, WORKSPACE, first)
        with pytest.raises(NotFoundError):
            other.entity(WORKSPACE, entity_id("w", "zed"), newest)
        assert other.versions(WORKSPACE, "secret") == ()
        assert [record.document_id for record in other.log(WORKSPACE, 0, newest)] == ["open"]
        for read in (other.changed_documents, other.changed_entities, other.changed_facts):
            assert read(WORKSPACE, first, newest) == ()
        assert other.delta(WORKSPACE, first, newest).opened == ()
        secret = [row.chunk.id for row in store.rows(WORKSPACE, newest) if row.chunk.document_id == "secret"]
        assert (other.chunks(WORKSPACE, secret, newest), dict(other.vectors(WORKSPACE, secret))) == ((), {})

    def test_rights_are_those_of_today(self, store: Any) -> None:
        """Who loses the right loses it at once, in the past as well; who gets it with a new text gets it with that."""
        old = store.apply(WORKSPACE, [make_change("a", 1, ["Ada"])])[0]
        mine, yours = (store.read_as(audience(name)) for name in ("me", "you"))
        store.set_readers(WORKSPACE, "a", 2, frozenset({"me"}))
        assert (mine.text(WORKSPACE, "a", old), store.rights(WORKSPACE)["a"].readers) == ("Ada\n", {"me"})
        with pytest.raises(NotFoundError):
            yours.text(WORKSPACE, "a", old)
        store.apply(WORKSPACE, [make_change("a", 2, ["Bea"])])
        store.set_readers(WORKSPACE, "a", 3, frozenset({"you"}))
        newest = store.revision(WORKSPACE)
        assert [reader.documents(WORKSPACE, newest) for reader in (mine, yours)] == [(), ()], "none may read both"
        store.apply(WORKSPACE, [make_change("a", 3, ["Cid"])])
        newest = store.revision(WORKSPACE)
        assert yours.text(WORKSPACE, "a", newest) == "Cid\n"
        assert yours.text(WORKSPACE, "a", old) == "Ada\n"
        with pytest.raises(NotFoundError):
            mine.text(WORKSPACE, "a", newest)
        assert store.set_readers(WORKSPACE, "a", 3, None) == newest + 1, "without a new text: at once"
        assert mine.text(WORKSPACE, "a", newest) == "Cid\n"
        assert store.set_readers(WORKSPACE, "a", 3, None) == newest + 1, "nothing new, no revision"
        assert [r.kind for r in store.log(WORKSPACE, newest, newest + 9)] == ["rights"]
        assert dict(store.rights(WORKSPACE)) == {}

    def test_a_deleted_document_keeps_its_rights_and_a_purged_one_none(self, store: Any) -> None:
        old = store.apply(WORKSPACE, [make_change("a", 1, ["Ada"]), make_change("b", 1, ["Bea"])])[0]
        for document in "ab":
            store.set_readers(WORKSPACE, document, 1, frozenset())
        store.remove(WORKSPACE, "a", 2)
        assert store.read_as(audience("me")).documents(WORKSPACE, old) == ()
        store.purge(WORKSPACE, "a", 3)
        assert set(store.rights(WORKSPACE)) == {"b"}
        store.set_readers(WORKSPACE, "b", 3, frozenset({"me"}))
        store.purge(WORKSPACE, "b", 2)
        store.apply(WORKSPACE, [make_change("b", 3, ["Cid"])])
        assert store.read_as(audience("you")).documents(WORKSPACE, store.revision(WORKSPACE)) == (), "given after it"

    def test_rights_are_moved_as_they_are(self, store: Any) -> None:
        held = {
            "a": Rights(readers=frozenset({"me"}), version=2),
            "b": Rights(readers=frozenset(), coming=None, version=1, waits=True),
        }
        store.apply(WORKSPACE, [make_change("c", 1, ["Ada"])])
        store.set_readers(WORKSPACE, "c", 1, frozenset())
        before = store.revision(WORKSPACE)
        store.restore_rights(WORKSPACE, held)
        assert (dict(store.rights(WORKSPACE)), store.revision(WORKSPACE)) == (held, before)
        assert dict(store.rights(WORKSPACE, ["b", "c", "d"])) == {"b": held["b"]}


class TestSqliteGraphStore(GraphStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Any]:
        store = SqliteGraphStore(tmp_path / "graph.sqlite")
        yield store
        store.close()


class TestNeo4jGraphStore(GraphStoreContract):
    @pytest.fixture
    def store(self, neo4j_server: Neo4jServer) -> Iterator[Any]:
        with neo4j_store(neo4j_server) as store:
            yield store


WORDS = st.lists(st.sampled_from(["Ada", "Bea", "Cid", "ada"]), min_size=1, max_size=3).map(" ".join)
PASSAGES = st.lists(WORDS, min_size=1, max_size=4)
IDS = st.sampled_from(["a", "b", "c"])
READERS = st.one_of(st.none(), st.frozensets(st.sampled_from(["p", "q"])))


class StoreAgainstModel(RuleBasedStateMachine):
    """Random operations on a store and on the model; whatever can be read must be equal at every revision."""

    def make_store(self, folder: Path) -> Any:
        return SqliteGraphStore(folder / "graph.sqlite")

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.store = self.make_store(Path(self.folder.name))
        self.model = ReferenceStore()
        self.versions: dict[str, int] = {}

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    @rule(document=IDS, passages=PASSAGES, step=st.sampled_from([0, 1, 1, 1, 2]), title=st.sampled_from("TU"),
          year=st.integers(0, 1), reading=st.integers(0, 1))  # fmt: skip
    def put(self, document: str, passages: list[str], step: int, title: str, year: int, reading: int) -> None:
        version = max(self.versions.get(document, 0) + step, 1)
        change = make_change(document, version, passages, title=title, year=year, reading=reading)
        if self.both("apply", [change]) is not None:
            self.versions[document] = version

    @rule(first=PASSAGES, second=PASSAGES, other=PASSAGES)
    def put_several(self, first: list[str], second: list[str], other: list[str]) -> None:
        a, b = self.versions.get("a", 0), self.versions.get("b", 0)
        changes = [make_change("a", a + 1, first), make_change("b", b + 1, other), make_change("a", a + 2, second)]
        if self.both("apply", changes) is not None:
            self.versions |= {"a": a + 2, "b": b + 1}

    @rule(document=IDS, passages=PASSAGES)
    def put_an_old_version(self, document: str, passages: list[str]) -> None:
        self.both("apply", [make_change(document, max(self.versions.get(document, 1) - 1, 1), passages)])

    @rule(document=IDS)
    def remove(self, document: str) -> None:
        version = self.versions.get(document, 0) + 1
        removed = self.both("remove", document, version)
        assert removed is not None
        self.versions[document] = version

    @rule(document=IDS)
    def purge(self, document: str) -> None:
        version = self.versions.get(document, 0) + 1
        expected = self.model.purge(WORKSPACE, document, version).revision
        assert self.store.purge(WORKSPACE, document, version).revision == expected
        self.versions[document] = version

    @rule(names=st.sampled_from([("ada", "bea"), ("ada", "cid"), ("bea", "cid")]), same=st.booleans())
    def decide(self, names: tuple[str, str], same: bool) -> None:
        self.both("decide", [verdict(*pair(*names), same)])

    @rule(document=IDS, ahead=st.integers(0, 1), readers=READERS)
    def set_readers(self, document: str, ahead: int, readers: frozenset[str] | None) -> None:
        self.both("set_readers", document, max(self.versions.get(document, 0) + ahead, 1), readers)

    @precondition(lambda self: self.model.revision(WORKSPACE) > 3)
    @rule(back=st.integers(0, 3))
    def sweep(self, back: int) -> None:
        keep_from = self.model.revision(WORKSPACE) - back
        self.store.sweep(WORKSPACE, keep_from)
        self.model.sweep(WORKSPACE, keep_from)

    @rule(since=st.integers(0, 30), until=st.integers(0, 30))
    def delta(self, since: int, until: int) -> None:
        newest = self.model.revision(WORKSPACE)
        since, until = sorted((min(since, newest), min(until, newest)))
        rewritten = {r.kind for r in self.model.log(WORKSPACE, since, until)} & {"purge", "sweep"}
        if rewritten or not readable(self.model, WORKSPACE, since):
            return
        rows = live_rows(self.model, WORKSPACE, since)
        delta = self.store.delta(WORKSPACE, since, until)
        for closed in delta.closed:
            del rows[closed]
        rows |= {row.chunk.id: row_key(row) for row in delta.opened}
        assert rows == live_rows(self.model, WORKSPACE, until)
        documents = {d.id: d for d in self.model.documents(WORKSPACE, since, limit=99)}
        for gone in delta.documents_gone:
            documents.pop(gone, None)
        documents |= {document.id: document for document in delta.documents}
        assert documents == {d.id: d for d in self.model.documents(WORKSPACE, until, limit=99)}

    @rule(since=st.integers(0, 30), until=st.integers(0, 30), skip=st.integers(0, 3), limit=st.integers(1, 3))
    def differences(self, since: int, until: int, skip: int, limit: int) -> None:
        newest = self.model.revision(WORKSPACE)
        since, until = sorted((min(since, newest), min(until, newest)))
        if not readable(self.model, WORKSPACE, since):
            return
        for (name, key), who in product((
            ("changed_documents", lambda value: value.id),
            ("changed_entities", lambda value: value.id),
            ("changed_facts", lambda value: value.key),
        ), (UNRESTRICTED, audience("p"))):  # fmt: skip
            store, model = self.store.read_as(who), self.model.read_as(who)
            expected = getattr(model, name)(WORKSPACE, since, until)
            assert getattr(store, name)(WORKSPACE, since, until) == expected
            if len(expected) > skip:
                after = key(expected[skip].after or expected[skip].before)
                page = getattr(store, name)(WORKSPACE, since, until, after=after, limit=limit)
                assert page == expected[skip + 1 :][:limit]

    @invariant()
    def same_at_every_revision(self) -> None:
        if not hasattr(self, "store"):
            return
        newest = self.model.revision(WORKSPACE)
        assert self.store.revision(WORKSPACE) == newest
        assert [(r.kind, r.document_id, r.version) for r in self.store.log(WORKSPACE, 0, newest)] == [
            (r.kind, r.document_id, r.version) for r in self.model.log(WORKSPACE, 0, newest)
        ]
        for revision in self.compared(newest):
            assert readable(self.store, WORKSPACE, revision) == readable(self.model, WORKSPACE, revision)
            if readable(self.model, WORKSPACE, revision):
                assert dump(self.store, WORKSPACE, revision) == dump(self.model, WORKSPACE, revision)
        for revision, name in self.looked_at_by(newest):
            if readable(self.model, WORKSPACE, revision):
                store, model = (each.read_as(audience(name)) for each in (self.store, self.model))
                assert dump(store, WORKSPACE, revision) == dump(model, WORKSPACE, revision)
        assert dict(self.store.rights(WORKSPACE)) == self.model.rights(WORKSPACE)

    def compared(self, newest: int) -> Iterable[int]:
        """The revisions to compare after each step: all at every third, the newest and an older one between them."""
        return range(newest + 1) if newest % 3 == 0 else {newest, newest * 5 // 7}

    def looked_at_by(self, newest: int) -> Iterable[tuple[int, str]]:
        """What is compared after each step as one reader sees it: revisions, each with the reader."""
        return product({newest, newest // 2}, "pq")

    def both(self, method: str, *arguments: Any) -> Any:
        """The result of both, which must agree; None where both refuse."""
        try:
            expected = getattr(self.model, method)(WORKSPACE, *arguments)
        except Superseded:
            with pytest.raises(Superseded):
                getattr(self.store, method)(WORKSPACE, *arguments)
            return None
        assert getattr(self.store, method)(WORKSPACE, *arguments) == expected
        return expected


StoreAgainstModel.TestCase.settings = settings(
    max_examples=40, stateful_step_count=14, deadline=None, derandomize=True, print_blob=True
)
TestStoreAgainstModel = StoreAgainstModel.TestCase


class Neo4jAgainstModel(StoreAgainstModel):
    """The same, with a look at the newest revision and one older one after each step: a look costs a second."""

    server: Neo4jServer

    def make_store(self, folder: Path) -> Any:
        self.server.empty()
        store = Neo4jGraphStore(address(self.server))
        store.open("tests")
        return store

    def compared(self, newest: int) -> Iterable[int]:
        return {newest, newest * 5 // 7}

    def looked_at_by(self, newest: int) -> Iterable[tuple[int, str]]:
        return ((newest, "p"), (newest // 2, "q"))


Neo4jAgainstModel.TestCase.settings = settings(
    max_examples=6, stateful_step_count=10, deadline=None, derandomize=True, print_blob=True
)


@pytest.mark.usefixtures("_server_for_the_machine")
class TestNeo4jAgainstModel(Neo4jAgainstModel.TestCase):
    pass


@pytest.fixture
def _server_for_the_machine(neo4j_server: Neo4jServer) -> None:
    Neo4jAgainstModel.server = neo4j_server


@pytest.mark.parametrize("seed", range(2))
def test_both_stores_agree_on_random_operations(neo4j_server: Neo4jServer, tmp_path: Path, seed: int) -> None:
    """What each operation answers, and in the end everything at every third revision and at the newest."""
    generator = random.Random(seed)
    embedded = SqliteGraphStore(tmp_path / "graph.sqlite")
    with neo4j_store(neo4j_server) as store:
        versions: dict[str, int] = {}
        for _ in range(40):
            name, arguments = operation(generator, versions, embedded.revision(WORKSPACE))
            assert getattr(store, name)(WORKSPACE, *arguments) == getattr(embedded, name)(WORKSPACE, *arguments)
        newest = embedded.revision(WORKSPACE)
        for revision in {*range(0, newest, 3), newest}:
            assert readable(store, WORKSPACE, revision) == readable(embedded, WORKSPACE, revision)
            if readable(embedded, WORKSPACE, revision):
                assert dump(store, WORKSPACE, revision) == dump(embedded, WORKSPACE, revision)
    embedded.close()
