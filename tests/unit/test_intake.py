"""Acknowledging and withdrawing documents, over what is kept in memory."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest_desk import DOWN, Desk, W, part

from graph.errors import (
    DependencyError,
    DocumentTooLarge,
    InputError,
    NotFoundError,
    PreconditionFailed,
    StorageFull,
    Unreadable,
    UnsupportedMediaType,
)
from graph.jobs import JobProgress
from graph.model import Removal
from ingest.acknowledging import going
from ingest.given_names import check_id


@pytest.fixture
def desk() -> Desk:
    return Desk()


def bytes_are_there(desk: Desk, text: str) -> bool:
    digest = desk.kept.blobs.put(b"probe")  # some digest that is there
    assert desk.kept.blobs.delete(digest)
    return any(desk.kept.blobs.get(each) == text.encode() for each in desk.kept.blobs.settled(-1))


class TestAccept:
    def test_bytes_register_and_job_are_there_when_it_returns(self, desk: Desk) -> None:
        accepted = desk.put("a", "Text.")
        assert (accepted.document_id, accepted.version, accepted.deduplicated, accepted.error) == ("a", 1, False, None)
        newest = desk.kept.register.latest(W, "a")
        assert newest is not None
        assert (newest.deleted, newest.job_id) == (False, accepted.job_id)
        assert desk.kept.blobs.get(newest.upload.content_hash) == b"Text."
        job = desk.job(accepted)
        assert (job.kind, job.document_id, job.version, job.state) == ("ingest", "a", 1, "queued")

    def test_new_text_under_the_same_id_is_a_new_version(self, desk: Desk) -> None:
        first, second = desk.put("a", "One."), desk.put("a", "Two.")
        assert (first.version, second.version) == (1, 2)
        versions = [desk.kept.register.get(W, "a", number) for number in (1, 2)]
        assert all(versions)
        assert len({upload.created_at for upload in versions if upload}) == 1, "it is still the same document"

    def test_without_an_id_each_is_a_new_document(self, desk: Desk) -> None:
        first, second = desk.put(None, "One."), desk.put(None, "Two.")
        assert first.document_id != second.document_id
        assert (first.version, second.version) == (1, 1)

    @pytest.mark.parametrize("document_id", ["a", None])
    def test_the_same_again_is_the_same_version_and_job(self, desk: Desk, document_id: str | None) -> None:
        first = desk.put(document_id)
        again = desk.put(document_id)
        assert again.deduplicated
        assert (again.document_id, again.version, again.job_id) == (first.document_id, first.version, first.job_id)

    @pytest.mark.parametrize("document_id", ["a", None])
    def test_another_title_is_no_repetition(self, desk: Desk, document_id: str | None) -> None:
        first = desk.put(document_id)
        (other,) = desk.intake.accept(W, [part(document_id, "Ada Stone built the Selm Tower.", title="T")])
        assert not other.deduplicated
        assert (other.document_id == first.document_id) == (document_id is not None)

    @pytest.mark.parametrize("document_id", ["a", None])
    @pytest.mark.parametrize("state", ["failed", "cancelled"])
    def test_a_version_that_failed_is_no_reason_not_to_try_again(
        self, desk: Desk, document_id: str | None, state: str
    ) -> None:
        first = desk.put(document_id)
        desk.kept.jobs.update(str(first.job_id), state=state, progress=JobProgress())  # type: ignore[arg-type]
        assert not desk.put(document_id).deduplicated

    def test_equal_parts_of_one_upload_are_one_document(self, desk: Desk) -> None:
        first, second = desk.intake.accept(W, [part(None, "Same."), part(None, "Same.")])
        assert (second.document_id, second.deduplicated) == (first.document_id, True)

    def test_a_refused_part_does_not_stop_the_others(self, desk: Desk) -> None:
        parts = [
            part("a", "One."), part("b", " \n"), part("c", "x" * 1001), part("d\n", "Four."), part("e", "Five."),
            part("f", "Six.", name="a.xyz", kind="application/x-unknown"),
        ]  # fmt: skip
        accepted = desk.intake.accept(W, parts)
        assert [type(each.error) for each in accepted[:4]] == [type(None), Unreadable, DocumentTooLarge, InputError]
        assert isinstance(accepted[5].error, UnsupportedMediaType)
        assert [each.document_id for each in accepted] == ["a", "b", "c", "d\n", "e", "f"]
        assert [each.upload.document_id for each in desk.kept.register.page(W)] == ["a", "e"]
        assert len(desk.kept.jobs.list(W)) == 2

    def test_workspaces_know_nothing_of_each_other(self, desk: Desk) -> None:
        first = desk.put(None)
        (other,) = desk.intake.accept("other", [part(None, "Ada Stone built the Selm Tower.")])
        assert not other.deduplicated
        assert other.document_id != first.document_id


class TestIfMatch:
    def test_it_names_the_version_that_is_there(self, desk: Desk) -> None:
        desk.put("a", "One.")
        assert desk.put("a", "Two.", if_match=1).version == 2
        with pytest.raises(PreconditionFailed):
            desk.put("a", "Three.", if_match=1)
        newest = desk.kept.register.latest(W, "a")
        assert newest is not None
        assert newest.upload.version == 2

    def test_there_is_none_of_an_unknown_or_deleted_document(self, desk: Desk) -> None:
        with pytest.raises(PreconditionFailed, match="no such document"):
            desk.put("a", if_match=1)
        desk.put("a")
        desk.intake.withdraw(W, "a")
        with pytest.raises(PreconditionFailed, match="no such document"):
            desk.put("a", if_match=2)

    def test_of_several_parts_none_is_accepted_where_one_does_not_match(self, desk: Desk) -> None:
        desk.put("a", "One.")
        with pytest.raises(PreconditionFailed):
            desk.intake.accept(W, [part("a", "Two."), part("b", "Other.")], if_match=1)
        assert [each.upload.version for each in desk.kept.register.page(W)] == [1]
        assert len(desk.kept.jobs.list(W)) == 1

    def test_a_withdrawal_asks_for_it_as_well(self, desk: Desk) -> None:
        desk.put("a")
        with pytest.raises(PreconditionFailed):
            desk.intake.withdraw(W, "a", if_match=2)
        assert desk.intake.withdraw(W, "a", if_match=1).version == 2


class TestWithdraw:
    def test_while_its_job_is_queued(self, desk: Desk) -> None:
        accepted = desk.put("a")
        receipt = desk.intake.withdraw(W, "a")
        assert (receipt.version, receipt.jobs_cancelled, receipt.purged, receipt.blobs) == (2, 1, False, 0)
        assert desk.job(accepted).state == "cancelled"
        desk.work()
        assert desk.store.live("a") is None
        with pytest.raises(NotFoundError):
            desk.documents.get(W, "a")

    def test_while_its_job_runs(self, desk: Desk) -> None:
        accepted = desk.put("a")
        desk.store.meanwhile = lambda: desk.intake.withdraw(W, "a")
        desk.work()
        assert desk.store.live("a") is None
        assert desk.job(accepted).state == "cancelled"

    def test_what_is_live_goes_from_the_graph_at_once(self, desk: Desk) -> None:
        desk.put("a")
        desk.work()
        receipt = desk.intake.withdraw(W, "a")
        assert desk.store.live("a") is None
        assert (receipt.revision, receipt.gone.documents, receipt.jobs_cancelled) == (2, 1, 0)
        assert desk.committed == [W]

    def test_a_document_there_is_not(self, desk: Desk) -> None:
        with pytest.raises(NotFoundError):
            desk.intake.withdraw(W, "a")
        desk.put("a")
        desk.intake.withdraw(W, "a")
        with pytest.raises(NotFoundError):
            desk.intake.withdraw(W, "a")

    def test_after_it_the_document_can_come_again(self, desk: Desk) -> None:
        desk.put("a")
        desk.intake.withdraw(W, "a")
        again = desk.put("a")
        assert (again.version, again.deduplicated) == (3, False)
        desk.work()
        assert desk.store.live("a") == 3

    def test_while_the_graph_is_down_it_is_recorded_and_carried_out_before_other_work(self, desk: Desk) -> None:
        desk.put("a")
        desk.work()
        desk.store.down = True
        with pytest.raises(DependencyError):
            desk.intake.withdraw(W, "a")
        assert len(desk.kept.register.withdrawals()) == 1
        with pytest.raises(DependencyError):
            desk.intake.withdraw(W, "a")  # asked again: it is waiting, so it is not unknown
        with pytest.raises(DependencyError):
            desk.worker.work()
        desk.store.down = False
        desk.worker.work()
        assert desk.store.live("a") is None
        assert desk.kept.register.withdrawals() == []

    def test_one_that_a_newer_change_overtook_is_done(self, desk: Desk) -> None:
        desk.put("a")
        desk.work()
        desk.store.down = True
        with pytest.raises(DependencyError):
            desk.intake.withdraw(W, "a")
        desk.store.down = False
        desk.store.remove(W, "a", 9)
        desk.intake.finish_withdrawals()
        assert desk.kept.register.withdrawals() == []

    def test_one_that_fails_unforeseen_holds_up_no_other_document(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.put("a")
        desk.put("b")
        desk.work()
        whole, tried = desk.store.purge, list[str]()

        def purge(workspace: str, document_id: str, version: int) -> Removal:
            tried.append(document_id)
            if document_id == "a":
                raise LookupError("nobody foresaw it")
            return whole(workspace, document_id, version)

        monkeypatch.setattr(desk.store, "purge", purge)
        with pytest.raises(LookupError):
            desk.intake.withdraw(W, "a", purge=True)
        desk.store.down = True
        with pytest.raises(DependencyError):
            desk.intake.withdraw(W, "b", purge=True)
        desk.store.down = False
        job = desk.job(desk.put("c"))
        desk.work()
        assert desk.kept.jobs.get(W, job.id).state == "done"
        assert [one.document_id for one in desk.kept.register.withdrawals()] == ["a"]
        assert tried.count("a") == 2, "it is put off, and not tried before each batch"
        monkeypatch.setattr(desk.store, "purge", whole)
        monkeypatch.setattr(going.time, "monotonic", lambda: 1e9)
        desk.intake.finish_withdrawals()
        assert desk.kept.register.withdrawals() == []


class TestPurge:
    def test_nothing_is_left_of_it(self, desk: Desk) -> None:
        desk.put("a", "One.")
        desk.put("a", "Two.")
        desk.work()
        receipt = desk.intake.withdraw(W, "a", purge=True)
        assert (receipt.purged, receipt.blobs) == (True, 2)
        assert not bytes_are_there(desk, "One.")
        assert not bytes_are_there(desk, "Two.")
        assert desk.forgotten == [(W, "a")]
        assert desk.kept.register.digests() == []
        newest = desk.kept.register.latest(W, "a")
        assert newest is not None
        assert (newest.upload.version, newest.deleted, newest.upload.content_hash) == (3, True, "")
        with pytest.raises(NotFoundError):
            desk.intake.withdraw(W, "a", purge=True)

    def test_bytes_that_another_document_has_stay(self, desk: Desk) -> None:
        desk.put("a", "Ours.")
        desk.put("b", "Ours.")
        assert desk.intake.withdraw(W, "a", purge=True).blobs == 0
        assert bytes_are_there(desk, "Ours.")

    def test_a_deleted_document_can_still_be_purged(self, desk: Desk) -> None:
        desk.put("a", "One.")
        desk.intake.withdraw(W, "a")
        assert bytes_are_there(desk, "One.")
        assert desk.intake.withdraw(W, "a", purge=True).blobs == 1
        assert not bytes_are_there(desk, "One.")

    def test_what_was_acknowledged_after_it_stays(self, desk: Desk) -> None:
        desk.put("a", "One.")
        desk.work()
        desk.store.down = True
        with pytest.raises(DependencyError):
            desk.intake.withdraw(W, "a", purge=True)
        desk.store.down = False
        desk.put("a", "Three.")
        desk.work()
        assert desk.store.live("a") == 3
        assert not bytes_are_there(desk, "One.")
        assert bytes_are_there(desk, "Three.")

    def test_a_queued_job_of_it_is_cancelled(self, desk: Desk) -> None:
        accepted = desk.put("a")
        assert desk.intake.withdraw(W, "a", purge=True).jobs_cancelled == 1
        desk.work()
        assert desk.job(accepted).state == "cancelled"
        assert desk.store.live("a") is None


class TestReplace:
    def test_it_makes_the_document_or_a_new_version_of_it(self, desk: Desk) -> None:
        first = desk.intake.replace(W, "a", part(None, "One."))
        second = desk.intake.replace(W, "a", part("a", "Two."), if_match=1)
        assert [(each.document_id, each.version) for each in (first, second)] == [("a", 1), ("a", 2)]

    def test_a_body_that_names_another_document_is_refused(self, desk: Desk) -> None:
        with pytest.raises(InputError):
            desk.intake.replace(W, "a", part("b", "One."))
        assert desk.kept.register.page(W) == []


class TestDiscard:
    def test_bytes_are_discarded_unless_somebody_refers_to_them(self, desk: Desk) -> None:
        stray = desk.kept.blobs.put(b"stray")
        desk.put("a", "One.")
        digests = [stray, *desk.kept.register.digests()]
        assert desk.intake.discard(digests) == 1
        assert bytes_are_there(desk, "One.")

    def test_the_state_of_a_document(self, desk: Desk) -> None:
        with pytest.raises(NotFoundError):
            desk.documents.get(W, "a")
        desk.put("a", "One.")
        first = desk.documents.get(W, "a")
        assert (first.document.version, first.document.title, first.state) == (1, "a.txt", "queued")
        desk.work()
        assert desk.documents.get(W, "a").state == "live"
        desk.put("a", "Two.")
        second = desk.documents.get(W, "a")
        assert (second.document.version, second.state) == (1, "queued"), "the first one is still read"


@pytest.mark.parametrize("document_id", ["", "x" * 513, "a\tb", "a\x7f", "\ud800", ".", ".."])
def test_ids_that_are_refused(document_id: str) -> None:
    with pytest.raises(InputError):
        check_id(document_id)


@pytest.mark.parametrize("document_id", ["a", "x" * 512, "文档/一.md", "a b"])
def test_ids_that_are_taken(document_id: str) -> None:
    check_id(document_id)


Model = dict[str, tuple[int, str | None]]
"""By id the newest number, and the text that is acknowledged; None is a deletion."""
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "withdraw", "purge", "work", "down", "up"]), st.sampled_from("ab"),
        st.sampled_from(["One.", "Two.", "Three."]),
    ),
    max_size=14,
)  # fmt: skip


def step(desk: Desk, model: Model, what: str, document_id: str, text: str) -> None:
    number, held = model.get(document_id, (0, None))
    if what == "put":
        accepted = desk.put(document_id, text)
        assert accepted.deduplicated == (held == text)
        model[document_id] = (number if held == text else number + 1, text)
        assert accepted.version == model[document_id][0]
    elif what in {"withdraw", "purge"}:
        before = desk.kept.register.latest(W, document_id)
        try:
            assert desk.intake.withdraw(W, document_id, purge=what == "purge").version == number + 1
        except NotFoundError:
            assert desk.kept.register.latest(W, document_id) == before
            assert held is None
            return
        except DependencyError:
            assert desk.store.down
        model[document_id] = (number + 1, None)
    elif what == "work":
        if desk.store.down:
            swallow(desk.work)
        else:
            desk.work()
    else:
        desk.store.down = what == "down"


def swallow(work: Callable[[], None]) -> None:
    try:
        work()
    except DependencyError as error:
        assert error is DOWN  # noqa: PT017 - not every batch needs the graph


@settings(max_examples=150, deadline=None)
@given(steps=STEPS)
def test_the_register_says_what_was_acknowledged_last_and_the_graph_follows(steps: list[tuple[str, str, str]]) -> None:
    desk, model = Desk(), Model()
    numbers: dict[str, int] = {}
    for what, document_id, text in steps:
        step(desk, model, what, document_id, text)
        for known, (number, held) in model.items():
            newest = desk.kept.register.latest(W, known)
            assert newest is not None
            assert (newest.upload.version, newest.deleted) == (number, held is None)
            assert newest.upload.version >= numbers.get(known, 0), "versions only rise"
            numbers[known] = newest.upload.version
            if held is not None:
                assert desk.kept.blobs.get(newest.upload.content_hash) == held.encode()
    desk.store.down = False
    for job in desk.kept.jobs.list(W, state="waiting"):
        desk.kept.jobs.request(W, job.id, "cancel")
        desk.kept.jobs.request(W, job.id, "retry")
    desk.work()
    for known, (number, held) in model.items():
        assert desk.store.live(known) == (number if held is not None else None)
    assert desk.kept.register.withdrawals() == []


class TestFullDisk:
    def test_nothing_is_taken_in_and_nothing_is_left_of_it(self, desk: Desk) -> None:
        desk.room.full = "the disk is full"
        with pytest.raises(StorageFull, match="the disk is full"):
            desk.put("a", "Text.")
        assert desk.kept.register.latest(W, "a") is None
        assert desk.kept.blobs.settled(-1) == []

    def test_a_deletion_gets_the_reserve(self, desk: Desk) -> None:
        desk.put("a", "Text.")
        desk.room.full = "the disk is full"
        desk.intake.withdraw(W, "a", purge=True)
        assert desk.room.lent >= 1
