"""The OperationalState and GraphWitness ports, run over every adapter."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from kept_state import KINDS, Kept, kept_state


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    with kept_state(request.param, tmp_path) as found:
        yield found


class TestOperationalState:
    def test_all_that_is_written_in_a_transaction_is_kept(self, kept: Kept) -> None:
        with kept.state.transaction():
            kept.witness.note("a", 3)
            kept.witness.note("b", 4)
        assert (kept.witness.seen("a"), kept.witness.seen("b")) == (3, 4)

    def test_nothing_of_a_transaction_that_fails_is_kept(self, kept: Kept) -> None:
        kept.witness.note("a", 1)
        with suppress(ZeroDivisionError), kept.state.transaction():
            kept.witness.note("a", 2)
            raise ZeroDivisionError
        assert kept.witness.seen("a") == 1
        kept.witness.note("a", 3)
        assert kept.witness.seen("a") == 3, "the next one begins anew"

    def test_an_inner_transaction_joins_the_outer_one(self, kept: Kept) -> None:
        with suppress(ZeroDivisionError), kept.state.transaction():
            with kept.state.transaction():
                kept.witness.note("a", 1)
            raise ZeroDivisionError
        assert kept.witness.seen("a") == 0

    def test_a_failure_within_an_inner_transaction_that_is_caught_undoes_nothing(self, kept: Kept) -> None:
        with kept.state.transaction():
            kept.witness.note("a", 1)
            with suppress(ZeroDivisionError), kept.state.transaction():
                raise ZeroDivisionError
        assert kept.witness.seen("a") == 1

    def test_another_thread_waits(self, kept: Kept) -> None:
        order: list[str] = []

        def other() -> None:
            with kept.state.transaction():
                order.append("other")

        thread = threading.Thread(target=other)
        with kept.state.transaction():
            thread.start()
            thread.join(0.1)
            order.append("first")
        thread.join()
        assert order == ["first", "other"]

    def test_freed_pages_are_erased_at_any_time(self, kept: Kept) -> None:
        kept.state.erase_freed_pages()
        kept.witness.note("a", 1)
        kept.state.erase_freed_pages()
        assert kept.witness.seen("a") == 1


class TestGraphWitness:
    def test_it_keeps_the_revision_that_was_noted_last(self, kept: Kept) -> None:
        assert kept.witness.seen("a") == 0
        for revision in (5, 7, 7, 2):
            kept.witness.note("a", revision)
            assert kept.witness.seen("a") == revision
        assert kept.witness.seen("b") == 0

    def test_a_workspace_that_is_deleted_was_never_seen(self, kept: Kept) -> None:
        for workspace in ("w", "other"):
            kept.witness.note(workspace, 3)
        kept.witness.forget("w")
        assert (kept.witness.seen("w"), kept.witness.seen("other")) == (0, 3)

    def test_the_owner_stays(self, kept: Kept) -> None:
        assert kept.witness.owner
        assert kept.witness.owner == kept.witness.owner

    def test_it_can_take_the_place_of_one_that_was_lost(self, kept: Kept) -> None:
        kept.witness.adopt("the owner that the graph names")
        assert kept.witness.owner == "the owner that the graph names"
