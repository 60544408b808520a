"""What is kept of standing questions, run over every adapter: for those who asked, the runner, and the outbox."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from in_memory_watches import InMemoryWatches
from kept_state import KINDS, kept_state

from graph.errors import ConflictError, NotFoundError
from retrieval.answer import Citation
from retrieval.standing.model import (
    DELIVERY_TRIES,
    MAX_UPDATES,
    MAX_WATCHES,
    UNSEEN,
    HeldAnswer,
    Watch,
    WatchUpdate,
    new_watch,
)
from retrieval.tables.watches import SqliteWatches

W = "w"
Watches = SqliteWatches | InMemoryWatches


@pytest.fixture(params=KINDS)
def watches(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Watches]:
    with kept_state(request.param, tmp_path) as kept:
        yield kept.watches


def add(watches: Watches, *, workspace: str = W, webhook: str | None = None) -> Watch:
    made = new_watch(workspace, "Who?", mode="keyword", filters={"year": {"gte": 3}}, webhook=webhook)
    watches.add(made)
    return made


def answer(revision: int, text: str, *documents: str, quote: str = "q") -> HeldAnswer:
    citations = tuple(
        Citation(
            marker=number,
            document_id=document,
            version=1,
            chunk_id="c",
            start=0,
            end=1,
            quote=quote,
            title="t",
            page=None,
        )
        for number, document in enumerate(documents, start=1)
    )
    return HeldAnswer(revision=revision, text=text, abstained=False, citations=citations, sources=documents)


def record(watches: Watches, watch: Watch, held: HeldAnswer) -> bool:
    return watches.record(watch, held, f"evidence at {held.revision}", watches.purges)


class TestWatchRegister:
    def test_a_watch_comes_back_as_it_was(self, watches: Watches) -> None:
        watch = add(watches, webhook="http://h/x")
        assert watches.get(W, watch.id) == watch
        with pytest.raises(NotFoundError):
            watches.get("other", watch.id)
        with pytest.raises(NotFoundError):
            watches.delete(W, "unknown")

    def test_pages_go_by_id(self, watches: Watches) -> None:
        ids = sorted(add(watches).id for _ in range(5))
        add(watches, workspace="other")
        first = watches.page(W, limit=3)
        assert [watch.id for watch in first] == ids[:3]
        assert [watch.id for watch in watches.page(W, after=ids[2])] == ids[3:]
        assert watches.workspaces() == ["other", W]

    def test_a_deleted_watch_goes_with_its_updates(self, watches: Watches) -> None:
        watch, other = add(watches), add(watches)
        for each in (watch, other):
            record(watches, each, answer(1, "Ada.", "a"))
        watches.delete(W, watch.id)
        assert watches.updates(watch.id) == []
        assert len(watches.updates(other.id)) == 1
        assert [left.id for left in watches.page(W)] == [other.id]

    def test_a_workspace_holds_so_many(self, watches: Watches) -> None:
        for _ in range(MAX_WATCHES):
            add(watches)
        with pytest.raises(ConflictError):
            add(watches)
        add(watches, workspace="other")

    def test_forgetting_a_document_drops_every_answer_written_from_it(self, watches: Watches) -> None:
        watch, other = add(watches), add(watches)
        record(watches, watch, answer(1, "Ada.", "secret"))
        record(watches, watch, answer(2, "Bela.", "public"))
        record(watches, watch, answer(3, "Cleo.", "public"))
        record(watches, other, answer(3, "Dov.", "secret", "public"))
        watches.forget("elsewhere", "secret")
        assert len(watches.updates(watch.id)) == 3
        watches.forget(W, "secret")
        assert [update.after.text for update in watches.updates(watch.id)] == ["Cleo."]
        assert watches.get(W, watch.id).answer == answer(3, "Cleo.", "public")
        dropped = watches.get(W, other.id)
        assert (dropped.answer, dropped.evidence, dropped.revision) == (None, "", UNSEEN)
        assert watches.updates(other.id) == []


class TestDueWatches:
    def test_the_longest_waiting_comes_first(self, watches: Watches) -> None:
        early, late, never = add(watches), add(watches), add(watches)
        watches.seen(late, 4)
        watches.seen(early, 2)
        add(watches, workspace="other")
        assert [watch.id for watch in watches.due(W, 5)] == [never.id, early.id, late.id]
        assert [watch.id for watch in watches.due(W, 4)] == [never.id, early.id]

    def test_an_answer_that_says_something_else_is_an_update(self, watches: Watches) -> None:
        watch = add(watches)
        for held in (answer(1, "Ada.", "a"), answer(2, "Ada.", "a"), answer(3, "Bela.", "a")):
            assert record(watches, watch, held)
        first, second = watches.updates(watch.id)
        assert (first.before, first.after) == (None, answer(1, "Ada.", "a"))
        assert (second.before, second.after) == (answer(2, "Ada.", "a"), answer(3, "Bela.", "a"))
        now = watches.get(W, watch.id)
        assert (now.answer, now.revision, now.evidence) == (answer(3, "Bela.", "a"), 3, "evidence at 3")
        assert watches.updates(watch.id, after=first.id) == [second]
        assert watches.updates(watch.id, limit=1) == [first]

    def test_a_problem_stays_until_it_is_answered_or_seen(self, watches: Watches) -> None:
        watch = add(watches)
        for mend in (lambda: record(watches, watch, answer(1, "Ada.", "a")), lambda: watches.seen(watch, 2)):
            watches.failed(watch, "the model is down")
            assert watches.get(W, watch.id).problem == "the model is down"
            assert [due.id for due in watches.due(W, 99)] == [watch.id]
            mend()
            assert watches.get(W, watch.id).problem is None

    def test_an_answer_begun_before_a_purge_is_not_kept(self, watches: Watches) -> None:
        watch = add(watches)
        before = watches.purges
        watches.forget(W, "secret")
        assert not watches.record(watch, answer(1, "Ada.", "secret"), "e", before)
        assert watches.get(W, watch.id).answer is None
        assert watches.record(watch, answer(1, "Ada.", "a"), "e", watches.purges)

    def test_an_answer_to_a_deleted_watch_is_not_kept(self, watches: Watches) -> None:
        watch = add(watches)
        watches.delete(W, watch.id)
        assert not record(watches, watch, answer(1, "Ada.", "a"))
        assert watches.updates(watch.id) == []

    def test_the_newest_updates_are_kept(self, watches: Watches) -> None:
        watch = add(watches)
        for revision in range(MAX_UPDATES + 3):
            record(watches, watch, answer(revision, f"Number {revision}.", "a"))
        texts = [update.after.text for update in watches.updates(watch.id, limit=1000)]
        assert texts == [f"Number {revision}." for revision in range(3, MAX_UPDATES + 3)]


class TestUpdateOutbox:
    def pending(self, watches: Watches) -> list[tuple[str, WatchUpdate]]:
        return [(pending.watch.id, pending.update) for pending in watches.to_send()]

    def test_the_first_of_each_watch_with_a_webhook(self, watches: Watches) -> None:
        silent, one, other = add(watches), add(watches, webhook="http://h/1"), add(watches, webhook="http://h/2")
        for watch in (silent, one, other, one):
            record(watches, watch, answer(1, f"{len(watches.updates(watch.id))}", "a"))
        assert [watch_id for watch_id, _ in self.pending(watches)] == [one.id, other.id]
        first, second = watches.updates(one.id)
        assert self.pending(watches)[0] == (one.id, first)
        watches.sent(first)
        assert self.pending(watches) == [(other.id, watches.updates(other.id)[0]), (one.id, second)]
        assert [update.delivery for update in watches.updates(one.id)] == ["delivered", "pending"]
        assert watches.updates(silent.id)[0].delivery == "none"

    def test_one_that_is_refused_is_tried_again_and_given_up_at_last(self, watches: Watches) -> None:
        watch = add(watches, webhook="http://h/1")
        record(watches, watch, answer(1, "Ada.", "a"))
        for number in range(DELIVERY_TRIES):
            (update,) = (update for _, update in self.pending(watches))
            assert (update.delivery, update.tries) == ("pending", number)
            watches.sent(update, "nobody is there")
        assert self.pending(watches) == []
        (last,) = watches.updates(watch.id)
        assert (last.delivery, last.tries, last.delivery_problem) == ("failed", DELIVERY_TRIES, "nobody is there")
