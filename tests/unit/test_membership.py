"""Documents that another document holds: how they come, change and go with it."""

from collections.abc import Sequence
from typing import Any

import pytest
from ingest_desk import DOWN, Desk, W, part
from kept_state import in_memory

from graph.audience import Audience
from graph.errors import ConflictError, DependencyError, NotFoundError
from graph.jobs import NewJob
from graph.quotas import Holding, Limits
from ingest.acknowledging import membership
from ingest.acknowledging.family import MOST_DEEP, held_by, member_id
from ingest.acknowledging.membership import TOGETHER
from ingest.member_ports import Member
from ingest.model import NewDocument, RegisteredVersion, Upload
from ingest.upkeep.rebuilding import RegisterRebuilder


@pytest.fixture
def desk() -> Desk:
    return Desk(max_bytes=1_000_000)


def live(desk: Desk) -> set[str]:
    return set(desk.store._at(W, desk.store.revision(W)))  # what the graph shows now


def latest(desk: Desk, document_id: str) -> RegisteredVersion:
    found = desk.kept.register.latest(W, document_id)
    assert found is not None
    return found


def upload(desk: Desk, document_id: str) -> Upload:
    return latest(desk, document_id).upload


def unread(desk: Desk, document_id: str) -> Sequence[str]:
    report = desk.kept.register.readings(W, [(document_id, upload(desk, document_id).version)])
    return [one.reason for each in report.values() for one in each.skipped if one.unread]


class TestComing:
    def test_a_member_is_a_document_of_its_own(self, desk: Desk) -> None:
        desk.put("mail", "Hello.\n+ a.txt: The Selm Tower is old.")
        desk.work()
        assert live(desk) == {"mail", "mail/a.txt"}
        member = upload(desk, "mail/a.txt")
        assert (member.parent, member.parent_version, member.source) == ("mail", 1, "a.txt")
        assert member.metadata == {"part_of": "mail"}
        kin = desk.documents.kin(W, "mail")
        assert (kin.parent, kin.members, kin.count) == (None, ("mail/a.txt",), 1)
        assert desk.documents.kin(W, "mail/a.txt").parent == "mail"

    def test_members_within_members(self, desk: Desk) -> None:
        desk.put("box", "Mails.\n+ m.txt: Hello.\\n+ a.txt: The Selm Tower is old.")
        desk.work()
        assert live(desk) == {"box", "box/m.txt", "box/m.txt/a.txt"}
        ids = [one.upload.document_id for one in held_by(desk.kept.register, W, "box")]
        assert ids == ["box/m.txt", "box/m.txt/a.txt"]

    def test_there_is_an_end_to_depth(self, desk: Desk) -> None:
        text = "The innermost."
        for number in range(MOST_DEEP + 2):
            text = f"Level.\n+ {number}.txt: " + text.replace("\\n", "\\\\n").replace("\n", "\\n")
        desk.put("x", text.replace("\\\\n", "\\n"))
        desk.work()
        assert max(name.count("/") for name in live(desk)) <= MOST_DEEP

    def test_one_that_cannot_be_read_is_told_and_fails_no_job(self, desk: Desk) -> None:
        done = desk.put("mail", "Hello.\n+ a.exe: MZ\n+ b.txt: \n+ c.txt: Text.")
        desk.work()
        assert live(desk) == {"mail", "mail/c.txt"}
        assert desk.job(done).state == "done"
        reasons = unread(desk, "mail")
        assert any("'a.exe'" in reason for reason in reasons)
        assert any("'b.txt' is empty" in reason for reason in reasons)
        assert desk.documents.get(W, "mail").state == "partly read"
        assert len(desk.kept.jobs.list(W)) == 2, "none for those that are refused"

    def test_a_quota_counts_members(self) -> None:
        desk = Desk(max_bytes=1000, limits=Limits(documents=2))
        desk.put("mail", "Hello.\n+ a.txt: One.\n+ b.txt: Two.")
        desk.work()
        assert len(live(desk)) == 2
        assert any("documents" in reason for reason in unread(desk, "mail"))
        digests = desk.kept.register.digests()
        assert desk.kept.blobs.settled(-1.0) == digests, "no byte is kept of one that is refused"

    def test_there_is_an_end_to_what_one_document_holds(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(membership, "MOST_HELD", Holding(documents=2, bytes=1000))
        desk.put("mail", "Hello.\n+ a.txt: One.\n+ b.txt: Two.\n+ c.txt: Three.")
        desk.work()
        assert live(desk) == {"mail", "mail/a.txt", "mail/b.txt"}

    def test_an_id_of_another_document_is_not_taken(self, desk: Desk) -> None:
        desk.put("mail/a.txt", "Mine.")
        desk.put("mail", "Hello.\n+ a.txt: Theirs.")
        desk.work()
        assert upload(desk, "mail/a.txt").parent is None
        assert any("another document" in reason for reason in unread(desk, "mail"))

    def test_a_member_is_not_replaced_by_itself(self, desk: Desk) -> None:
        desk.put("mail", "Hello.\n+ a.txt: One.")
        desk.work()
        refused = desk.put("mail/a.txt", "Two.")
        assert isinstance(refused.error, ConflictError)
        desk.intake.withdraw(W, "mail/a.txt")
        assert desk.put("mail/a.txt", "Two.").error is None, "once it was deleted, its id is free"

    def test_what_the_sender_says_of_the_parent_holds_for_its_members(self, desk: Desk) -> None:
        given = part("mail", "Hello.\n+ a.txt: One.")
        desk.intake.accept(W, [type(given)(source=given.source, document_id="mail", metadata={"project": "x"})])
        desk.work()
        assert upload(desk, "mail/a.txt").metadata == {"project": "x", "part_of": "mail"}

    def test_ids_stay_short(self) -> None:
        long = member_id("p" * 300, "n" * 300 + ".txt")
        assert len(long) <= 512
        assert long.endswith(".txt")
        assert long != member_id("p" * 300, "m" * 300 + ".txt")


class TestChanging:
    def test_a_new_version_of_the_parent_brings_and_takes_members(self, desk: Desk) -> None:
        desk.put("mail", "One.\n+ a.txt: Same.\n+ b.txt: Before.\n+ c.txt: Goes.")
        desk.work()
        desk.put("mail", "Two.\n+ a.txt: Same.\n+ b.txt: After.\n+ d.txt: Comes.")
        desk.work()
        assert live(desk) == {"mail", "mail/a.txt", "mail/b.txt", "mail/d.txt"}
        assert upload(desk, "mail/a.txt").version == 1, "the same bytes are the same version"
        assert upload(desk, "mail/b.txt").version == 2
        assert latest(desk, "mail/c.txt").deleted

    def test_a_parent_that_holds_nothing_any_more(self, desk: Desk) -> None:
        desk.put("mail", "One.\n+ a.txt: Hello.\\n+ b.txt: Within.")
        desk.work()
        assert len(live(desk)) == 3
        desk.put("mail", "Two.")
        desk.work()
        assert live(desk) == {"mail"}

    def test_a_new_version_that_cannot_be_read_leaves_everything(self, desk: Desk) -> None:
        desk.put("mail", "One.\n+ a.txt: Same.")
        desk.work()
        desk.put("mail", "+ b.txt: Comes.\n\x00\x01\x02\x03\x04\x05")
        desk.work()
        assert live(desk) == {"mail", "mail/a.txt"}

    @pytest.mark.parametrize("purge", [False, True])
    def test_one_that_was_deleted_by_itself_comes_back_with_another_version_only(
        self, desk: Desk, purge: bool
    ) -> None:  # fmt: skip
        first = desk.put("mail", "One.\n+ a.txt: Same.")
        desk.work()
        desk.intake.withdraw(W, "mail/a.txt", purge=purge)
        desk.kept.jobs.submit([_again(first.version)])
        desk.work()
        assert live(desk) == {"mail"}, "the same version is read again"
        desk.put("mail", "Two.\n+ a.txt: Same.")
        desk.work()
        assert live(desk) == {"mail", "mail/a.txt"}


class TestGoing:
    @pytest.mark.parametrize("purge", [False, True])
    def test_members_go_with_their_parent(self, desk: Desk, purge: bool) -> None:
        desk.put("box", "Mails.\n+ m.txt: Hello.\\n+ a.txt: The Selm Tower is old.")
        desk.put("other", "Stays.")
        desk.work()
        receipt = desk.intake.withdraw(W, "box", purge=purge)
        assert receipt.members == 2
        assert purge or receipt.gone.documents == 3
        assert live(desk) == {"other"}
        if purge:
            assert desk.kept.blobs.settled(-1.0) == [upload(desk, "other").content_hash]
            assert receipt.blobs == 3

    def test_a_deleted_parent_is_purged_with_its_members(self, desk: Desk) -> None:
        desk.put("mail", "Hello.\n+ a.txt: One.")
        desk.work()
        desk.put("mail", "Hello again.")
        desk.work()
        desk.intake.withdraw(W, "mail")
        desk.intake.withdraw(W, "mail", purge=True)
        assert desk.kept.blobs.settled(-1.0) == []
        with pytest.raises(NotFoundError):
            desk.intake.withdraw(W, "mail", purge=True)

    def test_none_comes_after_its_parent_was_deleted(self, desk: Desk) -> None:
        done = desk.put("mail", "Hello.\n+ a.txt: One.")
        desk.store.meanwhile = lambda: desk.intake.withdraw(W, "mail")
        desk.work()
        assert live(desk) == set()
        assert desk.job(done).state == "cancelled"
        assert desk.kept.register.latest(W, "mail/a.txt") is None

    @pytest.mark.parametrize("again", [False, True])
    def test_none_comes_after_its_parent_was_deleted_between_two_steps(self, desk: Desk, again: bool) -> None:
        """``again``: and another one came under its id."""
        desk.put("mail", "Hello.\n+ a.txt: One.")
        settle = desk.intake.members.settle

        def late(*args: object) -> object:
            desk.intake.members.settle = settle  # type: ignore[method-assign]
            desk.intake.withdraw(W, "mail")
            if again:
                desk.put("mail", "Another.")
            return settle(*args)  # type: ignore[arg-type]

        desk.intake.members.settle = late  # type: ignore[method-assign,assignment]
        desk.work()
        assert live(desk) == ({"mail"} if again else set())
        assert desk.kept.register.latest(W, "mail/a.txt") is None

    def test_jobs_of_members_in_flight_bring_nothing_back(self, desk: Desk) -> None:
        desk.put("mail", "Hello.\n+ a.txt: One.")
        desk.worker.work()
        desk.store.meanwhile = lambda: desk.intake.withdraw(W, "mail")
        desk.work()
        assert live(desk) == set()

    def test_what_the_graph_could_not_take_is_carried_out_before_other_work(self, desk: Desk) -> None:
        desk.put("mail", "Hello.\n+ a.txt: One.\n+ b.txt: Two.")
        desk.work()
        remove, count = desk.store.remove, 0

        def fails_once(workspace: str, document_id: str, version: int) -> object:
            nonlocal count
            count += 1
            if count == 2:
                raise DOWN
            return remove(workspace, document_id, version)

        desk.store.remove = fails_once  # type: ignore[method-assign,assignment]
        with pytest.raises(DependencyError):
            desk.intake.withdraw(W, "mail")
        assert len(live(desk)) == 2
        desk.put("next", "Something else.")
        desk.work()
        assert live(desk) == {"next"}

    def test_a_cancelled_job_leaves_the_members_that_came(self, desk: Desk) -> None:
        text = "Mails.\n" + "\n".join(f"+ {number}.txt: Mail {number}." for number in range(2 * TOGETHER))
        done = desk.put("box", text)
        upload_of_box = upload(desk, "box")
        held = [desk.intake.members.put(upload_of_box, member) for member in _members(2 * TOGETHER)]
        with pytest.raises(Exception, match=f"when {TOGETHER} of its {2 * TOGETHER} members"):
            desk.intake.members.settle(upload_of_box, held, lambda done: False)
        assert sum(1 for _ in held_by(desk.kept.register, W, "box")) == TOGETHER
        assert desk.job(done).state == "queued"


class TestRights:
    ADA, BEN = Audience(principals=frozenset({"ada"})), Audience(principals=frozenset({"ben"}))

    def test_members_have_the_readers_of_their_parent(self, desk: Desk) -> None:
        desk.intake.accept(W, [part("mail", "Hello.\n+ a.txt: One.", readers=frozenset({"ada"}))], audience=self.ADA)
        desk.work()
        assert upload(desk, "mail/a.txt").readers == frozenset({"ada"})
        assert desk.documents.read_as(self.ADA).get(W, "mail/a.txt").state == "live"
        with pytest.raises(NotFoundError):
            desk.documents.read_as(self.BEN).get(W, "mail/a.txt")

    def test_readers_given_later_reach_the_members_at_once(self, desk: Desk) -> None:
        desk.put("mail", "Hello.\n+ a.txt: One.")
        desk.work()
        desk.intake.accept(W, [part("mail", "Hello.\n+ a.txt: One.", readers=frozenset({"ada"}))], audience=self.ADA)
        with pytest.raises(NotFoundError):
            desk.documents.read_as(self.BEN).get(W, "mail/a.txt")

    def test_who_loses_the_right_with_a_new_text_loses_the_old_members_at_once(self, desk: Desk) -> None:
        desk.put("mail", "Hello.\n+ a.txt: Old.")
        desk.work()
        desk.intake.accept(W, [part("mail", "Hi.\n+ a.txt: New.", readers=frozenset({"ada"}))], audience=self.ADA)
        with pytest.raises(NotFoundError):
            desk.documents.read_as(self.BEN).get(W, "mail/a.txt")

    def test_who_gets_the_right_with_a_new_text_gets_no_old_member(self, desk: Desk) -> None:
        given = {"readers": frozenset({"ada"})}
        desk.intake.accept(W, [part("mail", "Hello.\n+ a.txt: Old.", **given)], audience=self.ADA)
        desk.work()
        both = frozenset({"ada", "ben"})
        desk.intake.accept(W, [part("mail", "Hi.\n+ a.txt: New.", readers=both)], audience=self.ADA)
        with pytest.raises(NotFoundError):
            desk.documents.read_as(self.BEN).get(W, "mail/a.txt")
        desk.work()
        assert desk.documents.read_as(self.BEN).get(W, "mail/a.txt").document.version == 2


def _members(count: int) -> list[Member]:
    return [Member(name=f"{number}.txt", data=f"Mail {number}.".encode()) for number in range(count)]


def _again(version: int | None) -> NewJob:
    return NewJob(workspace=W, kind="ingest", document_id="mail", version=version)


def test_a_register_that_was_lost_is_rebuilt_with_what_holds_what(desk: Desk) -> None:
    desk.put("mail", "Hello.\n+ a.txt: One.\n+ b.txt: Two.")
    desk.intake.accept(W, [_claiming("mine", "mail")])
    desk.work()
    fresh = in_memory()
    graph: Any = desk.store
    graph.workspaces = lambda: (W,)
    graph.barriers = lambda _: {one: upload(desk, one).version for one in live(desk)}
    graph.versions = lambda _, one: ((graph._at(W, graph.revision(W))[one].document, graph.revision(W), None),)
    shelf: Any = desk.kept.blobs
    shelf.set_aside = lambda digest: digest
    RegisterRebuilder(
        graph=graph, state=fresh.state, register=fresh.register, holdings=fresh.holdings, jobs=fresh.jobs, blobs=shelf
    ).rebuild()
    assert [one.upload.document_id for one in fresh.register.members(W, "mail")] == ["mail/a.txt", "mail/b.txt"]
    assert {one.upload.parent_version for one in fresh.register.members(W, "mail")} == {1}


def _claiming(document_id: str, parent: str) -> NewDocument:
    """Somebody's own document that says it were part of another one."""
    return NewDocument(
        source=part(document_id, "Mine.").source, document_id=document_id, metadata={"part_of": parent}
    )  # fmt: skip
