"""What a workspace may hold and spend, over what is kept in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest_desk import Desk, W, part
from kept_state import Kept, in_memory

from graph.errors import QuotaExceeded, TokensUsedUp
from graph.language_models import token_meter
from graph.language_models.token_meter import BookedTokens
from graph.quotas import Holding, Limits
from ingest.acknowledging.quota import Quotas, count_anew
from ingest.worker import Line

DOCUMENTS = st.sampled_from(["a", "b", "c", "d"])
STEPS = st.lists(st.tuples(DOCUMENTS, st.integers(0, 30)), max_size=30)


def test_limits_of_a_workspace_come_before_those_of_all() -> None:
    defaults = Limits(documents=5, bytes=0, tokens=7)
    assert Limits().or_else(defaults) == Limits(documents=5, bytes=None, tokens=7)
    assert Limits(documents=0, bytes=9).or_else(defaults) == Limits(documents=None, bytes=9, tokens=7)


class TestStorage:
    def test_a_part_over_the_quota_is_refused_and_the_others_go_on(self) -> None:
        desk = Desk(limits=Limits(documents=2))
        accepted = desk.intake.accept(W, [part("a", "One."), part("b", "Two."), part("c", "Three."), part("a", "New.")])
        assert [item.version for item in accepted] == [1, 1, None, 2]
        error = accepted[2].error
        assert isinstance(error, QuotaExceeded)
        assert dict(error.members) == {"quota": "documents", "asked": 1, "used": 2, "limit": 2}
        assert desk.kept.register.latest(W, "c") is None

    def test_no_byte_of_a_refused_part_is_kept_unless_another_document_holds_the_same(self) -> None:
        desk = Desk(limits=Limits(documents=1))
        desk.intake.accept(W, [part("a", "One."), part("b", "Two."), part("c", "One.")])
        held = [desk.kept.blobs.get(digest) for digest in desk.kept.blobs.settled(-1)]
        assert held == [b"One."]

    def test_a_replacement_counts_its_difference(self) -> None:
        desk = Desk(limits=Limits(bytes=10))
        assert desk.put("a", "12345678").error is None
        assert desk.put("a", "1234567890").error is None
        refused = desk.put("a", "12345678901").error
        assert isinstance(refused, QuotaExceeded)
        assert dict(refused.members) == {"quota": "bytes", "asked": 1, "used": 10, "limit": 10}
        assert desk.put("a", "1").error is None, "smaller is always taken"

    def test_what_is_over_a_limit_that_was_lowered_can_shrink(self) -> None:
        desk = Desk()
        desk.put("a", "1234567890")
        desk.kept.book.set_limits(W, Limits(bytes=5, documents=1))
        assert desk.put("a", "12345678").error is None
        assert isinstance(desk.put("b", "1").error, QuotaExceeded)

    def test_a_deletion_gives_back_at_once_and_only_once(self) -> None:
        desk = Desk(limits=Limits(documents=1))
        desk.put("a", "One.")
        desk.work()
        desk.intake.withdraw(W, "a")
        desk.intake.withdraw(W, "a", purge=True)
        assert desk.kept.holdings.held(W) == Holding()
        assert desk.put("b", "Two.").error is None

    def test_the_same_again_takes_nothing(self) -> None:
        desk = Desk(limits=Limits(documents=1))
        desk.put("a", "One.")
        again = desk.put("a", "One.")
        assert (again.error, again.deduplicated) == (None, True)

    @given(STEPS, st.integers(1, 4), st.integers(1, 60))
    def test_use_is_what_is_live_and_never_over_the_limits(
        self, steps: list[tuple[str, int]], documents: int, most: int
    ) -> None:
        desk, live = Desk(limits=Limits(documents=documents, bytes=most)), dict[str, int]()
        for document_id, size in steps:
            if size == 0:
                if document_id in live:
                    desk.intake.withdraw(W, document_id)
                    del live[document_id]
                continue
            accepted = desk.put(document_id, "x" * size)
            after = {**live, document_id: size}
            fits = (len(after) <= documents or len(after) == len(live)) and (
                sum(after.values()) <= most or sum(after.values()) <= sum(live.values())
            )  # fmt: skip
            assert (accepted.error is None) == fits
            live = after if fits else live
            assert desk.kept.holdings.held(W) == Holding(documents=len(live), bytes=sum(live.values()))

    def test_a_data_folder_older_than_quotas_is_counted_once(self) -> None:
        desk = Desk()
        for number in range(3):
            desk.put(f"d{number}", "x" * (number + 1))
        desk.work()
        desk.intake.withdraw(W, "d1")
        before = desk.kept.holdings.held(W)
        desk.kept.holdings.forget_all()
        count_anew(desk.kept.holdings, desk.kept.register, desk.kept.blobs)
        assert desk.kept.holdings.held(W) == before == Holding(documents=2, bytes=4)


class TestTokens:
    @pytest.fixture
    def kept(self) -> Kept:
        return in_memory()

    @pytest.fixture
    def tokens(self, kept: Kept) -> Iterator[BookedTokens]:
        made = BookedTokens(kept.book, Limits(tokens=100))
        yield made
        made.close()

    def test_calls_begin_while_something_is_left(self, tokens: BookedTokens) -> None:
        tokens.check(W)
        tokens.spend(W, 60, 39)
        tokens.check(W)
        tokens.spend(W, 60, 5)
        with pytest.raises(TokensUsedUp) as raised:
            tokens.check(W)
        tokens.check("another")
        told = dict(raised.value.members)
        assert (told["quota"], told["used"], told["limit"]) == ("tokens", 164, 100)
        midnight = datetime.fromisoformat(str(told["free_at"]))
        assert (midnight.hour, midnight.minute, midnight.tzinfo) == (0, 0, UTC)
        assert 0 < raised.value.retry_seconds <= 24 * 3600
        assert timedelta() < midnight - datetime.now(UTC) <= timedelta(days=1)

    def test_the_next_day_begins_with_nothing(self, tokens: BookedTokens, monkeypatch: pytest.MonkeyPatch) -> None:
        tokens.spend(W, 100, 100)
        monkeypatch.setattr(token_meter, "today", lambda: "2999-01-01")
        tokens.check(W)
        assert tokens.used(W) == 0

    def test_what_was_spent_outlives_the_process(self, kept: Kept, tokens: BookedTokens) -> None:
        tokens.spend(W, 70, 30)
        tokens.write()
        tokens.write()
        after = BookedTokens(kept.book, Limits(tokens=100))
        after.close()
        assert after.used(W) == 100

    def test_of_a_deleted_workspace_nothing_is_known_or_written(self, kept: Kept, tokens: BookedTokens) -> None:
        for workspace in (W, "another"):
            tokens.spend(workspace, 70, 30)
        tokens.forget(W)
        kept.book.forget(W)
        tokens.write()
        assert kept.book.spent(token_meter.today()) == {"another": 100}
        assert (tokens.used(W), tokens.used("another")) == (0, 100)

    def test_another_limit_is_in_force_at_once(self, kept: Kept, tokens: BookedTokens) -> None:
        tokens.spend(W, 70, 30)
        quotas = Quotas(kept.book, kept.holdings, tokens, Limits(tokens=100))
        with pytest.raises(TokensUsedUp):
            tokens.check(W)
        quotas.limit(W, Limits(tokens=200))
        tokens.check(W)
        assert quotas.standing(W).limits == Limits(tokens=200)


def test_jobs_without_tokens_wait_and_those_of_other_workspaces_go_on() -> None:
    desk = Desk()
    asked: list[str] = []

    def check(workspace: str) -> None:
        asked.append(workspace)
        if workspace == W:
            raise TokensUsedUp(used=9, limit=9, free_at=datetime.now(UTC) + timedelta(hours=3))

    mine = desk.put("a", "One.")
    other = desk.intake.accept("other", [part("b", "Two.")])[0]
    worker = desk.worker_of(Line(kind="ingest", batch=10, check=check))
    while worker.work():
        pass
    waiting = desk.kept.jobs.get(W, str(mine.job_id))
    assert (waiting.state, waiting.error and waiting.error.code) == ("waiting", "quota-exceeded")
    assert desk.kept.jobs.get("other", str(other.job_id)).state == "done"
    assert sorted(asked) == ["other", W], "what waits for hours is not taken up at once"
