"""The QuotaBook and Holdings ports, run over every adapter."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from kept_state import KINDS, Kept, kept_state

from graph.quotas import Holding, Limits


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    with kept_state(request.param, tmp_path) as found:
        yield found


class TestQuotaBook:
    def test_a_workspace_has_no_limits_of_its_own_until_they_are_set(self, kept: Kept) -> None:
        assert kept.book.limits("a") == Limits()
        kept.book.set_limits("a", Limits(documents=3))
        kept.book.set_limits("a", Limits(bytes=0, tokens=7))
        assert kept.book.limits("a") == Limits(bytes=0, tokens=7), "the last ones, as a whole"
        assert kept.book.limits("b") == Limits()

    def test_tokens_are_added_by_day_and_workspace(self, kept: Kept) -> None:
        kept.book.add_spent("2026-11-28", {"a": 5})
        kept.book.add_spent("2026-11-29", {"a": 1, "b": 2})
        kept.book.add_spent("2026-11-29", {"a": 10})
        assert dict(kept.book.spent("2026-11-29")) == {"a": 11, "b": 2}
        assert dict(kept.book.spent("2026-11-28")) == {"a": 5}

    def test_days_long_past_are_forgotten(self, kept: Kept) -> None:
        kept.book.add_spent("2026-10-01", {"a": 5})
        kept.book.add_spent("2026-11-02", {"a": 6})
        kept.book.add_spent("2026-12-01", {"a": 7})
        assert (dict(kept.book.spent("2026-10-01")), dict(kept.book.spent("2026-11-02"))) == ({}, {"a": 6})


class TestHoldings:
    def test_documents_and_their_newest_bytes_are_counted(self, kept: Kept) -> None:
        kept.holdings.hold("a", "one", 10)
        kept.holdings.hold("a", "two", 5)
        kept.holdings.hold("b", "one", 7)
        kept.holdings.hold("a", "one", 4)
        assert kept.holdings.held("a") == Holding(documents=2, bytes=9)
        assert kept.holdings.size_of("a", "one") == 4
        assert kept.holdings.size_of("a", "three") is None
        kept.holdings.release("a", "one")
        kept.holdings.release("a", "one")
        assert kept.holdings.held("a") == Holding(documents=1, bytes=5)
        assert kept.holdings.held("b") == Holding(documents=1, bytes=7)

    def test_what_is_within_a_document_is_told_by_its_id(self, kept: Kept) -> None:
        for document_id in ("m", "m/a", "m/a/x", "m.txt", "m0", "n/a"):
            kept.holdings.hold("a", document_id, 10)
        kept.holdings.hold("b", "m/a", 10)
        assert kept.holdings.held("a", within="m") == Holding(documents=2, bytes=20)
        assert kept.holdings.held("a", within="n") == Holding(documents=1, bytes=10)
        assert kept.holdings.held("a", within="o") == Holding()

    def test_nothing_of_a_transaction_that_fails_counts(self, kept: Kept) -> None:
        with suppress(ZeroDivisionError), kept.state.transaction():
            kept.holdings.hold("a", "one", 10)
            raise ZeroDivisionError
        assert kept.holdings.held("a") == Holding()

    def test_counting_anew_begins_with_nothing(self, kept: Kept) -> None:
        kept.holdings.hold("a", "one", 10)
        kept.holdings.forget_all()
        assert kept.holdings.held("a") == Holding()
        assert kept.holdings.counted
