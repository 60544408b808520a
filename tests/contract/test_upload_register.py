"""What is known of uploads, run over every adapter: versions, withdrawals, references to bytes."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kept_state import KINDS, Kept, in_memory, kept_state

from graph.errors import QuipuError
from graph.model import Metadata
from ingest.model import ReadingReport, RegisteredVersion, Skipped, Upload, Withdrawal
from ingest.ports import UploadRegister

W = "w"
START = datetime(2026, 1, 1, tzinfo=UTC)


def upload(
    document_id: str, version: int, content: str = "x", *, workspace: str = W, title: str | None = None,
    metadata: Metadata | None = None,
) -> Upload:  # fmt: skip
    """A version; the n-th of any document was acknowledged n days after the start."""
    return Upload(
        workspace=workspace, document_id=document_id, version=version, title=title, source=f"{document_id}.txt",
        media_type="text/plain", metadata=metadata or {}, content_hash=content, created_at=START,
        updated_at=START + timedelta(days=version),
    )  # fmt: skip


@pytest.fixture(params=KINDS)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    with kept_state(request.param, tmp_path) as found:
        yield found


@pytest.fixture
def register(kept: Kept) -> UploadRegister:
    return kept.register


class TestVersions:
    def test_a_version_comes_back_as_it_was(self, register: UploadRegister) -> None:
        one = upload("a", 1, title="标题", metadata={"n": 1, "half": 0.5, "yes": True, "tags": ("x", "y")})
        register.add(one, deleted=False, job_id="j")
        assert register.get(W, "a", 1) == one
        assert register.latest(W, "a") == RegisteredVersion(upload=one, deleted=False, job_id="j")

    def test_the_newest_is_the_highest_number(self, register: UploadRegister) -> None:
        for version in (2, 10, 9):
            register.add(upload("a", version), deleted=version == 10, job_id=f"j{version}")
        newest = register.latest(W, "a")
        assert newest is not None
        assert (newest.upload.version, newest.deleted, newest.job_id) == (10, True, "j10")
        assert register.get(W, "a", 9) == upload("a", 9)

    def test_what_is_unknown(self, register: UploadRegister) -> None:
        register.add(upload("a", 1), deleted=False, job_id="j")
        assert register.latest(W, "b") is None
        assert register.latest("other", "a") is None
        assert register.get(W, "a", 2) is None
        assert register.page("other") == []
        assert register.twin("other", "x", None, {}, None) is None

    def test_a_number_is_given_once(self, register: UploadRegister) -> None:
        register.add(upload("a", 1), deleted=False, job_id="j")
        with pytest.raises(QuipuError):
            register.add(upload("a", 1, "y"), deleted=False, job_id="k")
        assert register.get(W, "a", 1) == upload("a", 1)

    def test_a_twin_agrees_in_bytes_title_and_metadata_and_is_the_newest(self, register: UploadRegister) -> None:
        one = upload("a", 1, title="T", metadata={"n": 1, "tags": ("x",)})
        register.add(one, deleted=False, job_id="j")
        found = register.twin(W, "x", "T", {"tags": ("x",), "n": 1}, None)
        assert found == RegisteredVersion(upload=one, deleted=False, job_id="j")
        for other in [("y", "T", one.metadata), ("x", None, one.metadata), ("x", "T", {}), ("x", "T", {"n": True})]:
            assert register.twin(W, *other, None) is None
        register.add(upload("a", 2, "z"), deleted=False, job_id="k")
        assert register.twin(W, "x", "T", one.metadata, None) is None, "it has been replaced"

    def test_a_deleted_document_is_nobodys_twin(self, register: UploadRegister) -> None:
        register.add(upload("a", 1), deleted=False, job_id="j")
        assert register.twin(W, "x", None, {}, None)
        register.add(upload("a", 2), deleted=True, job_id="")
        assert register.twin(W, "x", None, {}, None) is None

    def test_pages_go_by_id_and_hold_the_newest(self, register: UploadRegister) -> None:
        for document_id in ("é", "b", "a", "中", "Z"):
            register.add(upload(document_id, 1), deleted=False, job_id="j")
        register.add(upload("b", 2), deleted=True, job_id="")
        register.add(upload("c", 1, workspace="other"), deleted=False, job_id="j")
        seen: list[RegisteredVersion] = []
        while page := register.page(W, after=seen[-1].upload.document_id if seen else "", limit=2):
            assert len(page) <= 2
            seen += page
        assert [each.upload.document_id for each in seen] == ["Z", "a", "b", "é", "中"]
        assert [each.upload.version for each in seen] == [1, 1, 2, 1, 1]
        assert [each.deleted for each in seen] == [False, False, True, False, False]

    def test_workspaces(self, register: UploadRegister) -> None:
        assert register.workspaces() == []
        for workspace in ("b", "a", "b"):
            version = len(register.page(workspace)) + 1
            register.add(upload("d", version, workspace=workspace), deleted=False, job_id="")
        assert register.workspaces() == ["a", "b"]

    def test_an_entry_is_part_of_the_transaction_around_it(self, kept: Kept) -> None:
        with suppress(ZeroDivisionError), kept.state.transaction():
            kept.register.add(upload("a", 1), deleted=False, job_id="j")
            assert kept.register.latest(W, "a"), "who writes sees it at once"
            assert kept.register.digests() == ["x"]
            assert kept.register.workspaces() == [W]
            raise ZeroDivisionError
        assert kept.register.latest(W, "a") is None


class TestMembers:
    def test_members_are_those_whose_newest_version_names_the_parent(self, register: UploadRegister) -> None:
        for document_id, parent in (("m/b", "m"), ("m/a", "m"), ("m/a/x", "m/a"), ("n/a", "n"), ("m", None)):
            register.add(held(document_id, 1, parent), deleted=False, job_id="j")
        register.add(held("m/c", 1, "m", workspace="other"), deleted=False, job_id="j")
        assert [one.upload.document_id for one in register.members(W, "m")] == ["m/a", "m/b"]
        assert [one.upload.document_id for one in register.members(W, "m", after="m/a")] == ["m/b"]
        assert [one.upload.document_id for one in register.members(W, "m", limit=1)] == ["m/a"]
        assert [one.upload.document_id for one in register.members(W, "m/a")] == ["m/a/x"]
        assert register.members(W, "m/b") == []

    def test_a_deleted_member_is_one_still_and_a_document_in_its_place_is_none(self, register: UploadRegister) -> None:
        register.add(held("m/a", 1, "m"), deleted=False, job_id="j")
        register.add(held("m/a", 2, "m"), deleted=True, job_id="")
        assert [(one.upload.version, one.deleted) for one in register.members(W, "m")] == [(2, True)]
        register.forget(W, "m/a", 2)
        assert [one.upload.content_hash for one in register.members(W, "m")] == [""], "nor is it forgotten whose it was"
        register.add(held("m/a", 3, None), deleted=False, job_id="k")
        assert register.members(W, "m") == []

    def test_a_member_comes_back_as_it_was_and_is_confirmed(self, register: UploadRegister) -> None:
        register.add(held("m/a", 1, "m", parent_version=4), deleted=False, job_id="j")
        assert register.get(W, "m/a", 1) == held("m/a", 1, "m", parent_version=4)
        register.confirm(W, "m/a", 1, 7)
        assert register.get(W, "m/a", 1) == held("m/a", 1, "m", parent_version=7)


def held(
    document_id: str, version: int, parent: str | None, *, workspace: str = W, parent_version: int = 1
) -> Upload:  # fmt: skip
    return replace(
        upload(document_id, version, workspace=workspace), parent=parent, parent_version=parent_version if parent else 0
    )


def withdrawal(document_id: str, version: int, *, purge: bool = False) -> Withdrawal:
    return Withdrawal(workspace=W, document_id=document_id, version=version, purge=purge)


class TestWithdrawals:
    def test_what_has_begun_and_not_ended(self, register: UploadRegister) -> None:
        register.begin_withdrawal(withdrawal("a", 2))
        register.begin_withdrawal(withdrawal("b", 3, purge=True))
        register.end_withdrawal(withdrawal("a", 2))
        assert register.withdrawals() == [withdrawal("b", 3, purge=True)]

    def test_a_purge_stays_a_purge(self, register: UploadRegister) -> None:
        register.begin_withdrawal(withdrawal("a", 2, purge=True))
        register.begin_withdrawal(withdrawal("a", 3))
        assert register.withdrawals() == [withdrawal("a", 3, purge=True)]

    def test_a_deletion_can_become_a_purge(self, register: UploadRegister) -> None:
        register.begin_withdrawal(withdrawal("a", 2))
        register.begin_withdrawal(withdrawal("a", 3, purge=True))
        assert register.withdrawals() == [withdrawal("a", 3, purge=True)]

    def test_an_earlier_one_ends_no_later_one(self, register: UploadRegister) -> None:
        register.begin_withdrawal(withdrawal("a", 3))
        register.end_withdrawal(withdrawal("a", 2))
        assert register.withdrawals() == [withdrawal("a", 3)]


class TestByteReferences:
    def test_versions_refer_to_bytes_and_deletions_do_not(self, register: UploadRegister) -> None:
        register.add(upload("a", 1, "z"), deleted=False, job_id="")
        register.add(upload("b", 1, "x"), deleted=False, job_id="")
        register.add(upload("c", 1, "x", workspace="other"), deleted=False, job_id="")
        register.add(upload("d", 2, "y"), deleted=True, job_id="")
        assert register.digests() == ["x", "z"]
        assert (register.digests(limit=1), register.digests(after="x"), register.digests(after="z")) == (
            ["x"], ["z"], [],
        )  # fmt: skip
        assert [register.refers(digest) for digest in ("x", "y", "z", "")] == [True, False, True, False]

    def test_forgetting_leaves_numbers_and_names_bytes_that_nobody_needs(self, register: UploadRegister) -> None:
        register.add(upload("a", 1, "x", title="T", metadata={"n": 1}), deleted=False, job_id="j")
        register.add(upload("a", 2, "y"), deleted=False, job_id="k")
        register.add(upload("a", 3, "y"), deleted=True, job_id="")
        register.add(upload("a", 4, "z"), deleted=False, job_id="l")
        register.add(upload("b", 1, "y", workspace="other"), deleted=False, job_id="")
        assert list(register.forget(W, "a", 3)) == ["x"], "the other workspace needs the other bytes"
        blank = register.get(W, "a", 1)
        assert blank is not None
        assert (blank.title, blank.source, dict(blank.metadata), blank.content_hash) == (None, "", {}, "")
        assert register.get(W, "a", 4) == upload("a", 4, "z"), "it came after the purge"
        assert register.digests() == ["y", "z"]
        assert register.forget(W, "a", 3) == []

    def test_a_workspace_leaves_nothing_but_what_another_needs(self, register: UploadRegister) -> None:
        register.add(upload("a", 1, "x"), deleted=False, job_id="")
        register.add(upload("a", 2, "y"), deleted=False, job_id="")
        register.add(upload("b", 1, "z"), deleted=False, job_id="")
        register.add(upload("b", 2, "z"), deleted=True, job_id="")
        register.add(upload("a", 1, "y", workspace="other"), deleted=False, job_id="")
        for workspace in (W, "other"):
            register.begin_withdrawal(Withdrawal(workspace=workspace, document_id="b", version=2, purge=True))
        assert register.forget_workspace(W) == ["x", "z"]
        assert (register.workspaces(), register.digests()) == (["other"], ["y"])
        assert [one.workspace for one in register.withdrawals()] == ["other"]
        assert register.latest(W, "a") is None
        assert register.forget_workspace(W) == []

    def test_only_what_was_replaced_before_is_forgotten_as_superseded(self, register: UploadRegister) -> None:
        for version, content in enumerate(("v", "w", "x"), start=1):
            register.add(upload("a", version, content), deleted=False, job_id="")
        register.add(upload("b", 1, "y"), deleted=False, job_id="")
        register.add(upload("b", 2, "y"), deleted=True, job_id="")
        assert register.forget_superseded(W, START + timedelta(days=2)) == []
        assert register.forget_superseded(W, START + timedelta(days=2, hours=1)) == ["v", "y"]
        assert register.digests() == ["w", "x"]
        assert register.forget_superseded("other", START + timedelta(days=9)) == []
        assert register.forget_superseded(W, START + timedelta(days=9)) == ["w"]
        assert register.get(W, "a", 3) == upload("a", 3, "x")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "delete", "begin", "purge", "end", "forget", "superseded"]), st.sampled_from("ab"),
        st.sampled_from("xy"), st.integers(1, 4),
    ),
    max_size=12,
)  # fmt: skip


def take(register: UploadRegister, steps: list[tuple[str, str, str, int]]) -> Iterator[object]:
    """Do what the steps say; what was answered, and all that can be read afterwards."""
    for what, document_id, content, number in steps:
        newest = register.latest(W, document_id)
        version = newest.upload.version + 1 if newest else 1
        if what in {"add", "delete"}:
            register.add(upload(document_id, version, content), deleted=what == "delete", job_id=f"j{version}")
        elif what in {"begin", "purge"}:
            register.begin_withdrawal(withdrawal(document_id, number, purge=what == "purge"))
        elif what == "end":
            register.end_withdrawal(withdrawal(document_id, number))
        elif what == "forget":
            yield set(register.forget(W, document_id, number))
        else:
            yield set(register.forget_superseded(W, START + timedelta(days=number)))
    yield register.page(W)
    yield [register.get(W, document_id, version) for document_id in "ab" for version in range(1, 13)]
    yield [register.twin(W, content, None, {}, None) for content in "xy"]
    yield sorted(register.withdrawals(), key=lambda one: one.document_id)
    yield register.digests()


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_every_adapter_answers_the_same(steps: list[tuple[str, str, str, int]]) -> None:
    expected = list(take(in_memory().register, steps))
    for kind in KINDS:
        with TemporaryDirectory() as folder, kept_state(kind, Path(folder)) as kept:
            assert list(take(kept.register, steps)) == expected


REPORT = ReadingReport(
    parts={"paragraphs": 2}, skipped=(Skipped(part="pages", reason="图", count=3, unread=True),), pages=4,
    encoding="gb18030", guessed=True, replaced=1, bytes=9, characters=7,
)  # fmt: skip


class TestReadings:
    def test_a_report_comes_back_as_it_was_and_can_be_replaced(self, register: UploadRegister) -> None:
        register.add(upload("a", 1), deleted=False, job_id="j")
        register.add(upload("b", 1), deleted=False, job_id="k")
        assert register.readings(W, [("a", 1), ("b", 1)]) == {}, "nobody knows yet"
        for report in (ReadingReport(), REPORT):
            register.set_reading(W, "a", 1, report)
            assert register.readings(W, [("a", 1), ("b", 1), ("c", 1)]) == {("a", 1): report}
        assert register.readings("other", [("a", 1)]) == {}

    def test_it_is_no_part_of_what_was_given(self, register: UploadRegister) -> None:
        register.add(upload("a", 1), deleted=False, job_id="j")
        register.set_reading(W, "a", 1, REPORT)
        assert register.get(W, "a", 1) == upload("a", 1)
        assert register.twin(W, "x", None, {}, None)

    def test_it_goes_with_its_version(self, register: UploadRegister) -> None:
        for version in (1, 2, 3):
            register.add(upload("a", version, f"x{version}"), deleted=False, job_id="j")
            register.set_reading(W, "a", version, REPORT)
        every = [("a", version) for version in (1, 2, 3)]
        register.forget_superseded(W, START + timedelta(days=2, hours=1))
        assert set(register.readings(W, every)) == {("a", 2), ("a", 3)}
        register.forget(W, "a", 2)
        assert set(register.readings(W, every)) == {("a", 3)}
        register.set_reading(W, "a", 1, REPORT)
        assert set(register.readings(W, every)) == {("a", 3)}, "a purged one was still being read"
        register.forget_workspace(W)
        register.add(upload("a", 3), deleted=False, job_id="j")
        assert register.readings(W, every) == {}


def test_who_holds_bytes_now(register: UploadRegister) -> None:
    register.add(upload("b", 1), deleted=False, job_id="j")
    register.add(upload("a", 1), deleted=False, job_id="j")
    register.add(upload("replaced", 1), deleted=False, job_id="j")
    register.add(upload("replaced", 2, "y"), deleted=False, job_id="j")
    register.add(upload("gone", 1), deleted=False, job_id="j")
    register.add(upload("gone", 2), deleted=True, job_id="")
    register.add(upload("c", 1, workspace="other"), deleted=False, job_id="j")
    assert list(register.holders(W, "x")) == ["a", "b"]
    assert list(register.holders(W, "z")) == []
