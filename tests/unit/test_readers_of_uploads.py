"""Who may read what is uploaded, and whose uploads it may be."""

from typing import Any

import pytest
from ingest_desk import Desk, W, part

from graph.audience import UNRESTRICTED, Audience
from graph.errors import ConflictError, DependencyError, NotFoundError, PreconditionFailed
from ingest.model import Accepted

ADA = Audience(principals=frozenset({"user:ada", "group:hr"}))
BEA = Audience(principals=frozenset({"user:bea"}))
HR, IT = frozenset({"group:hr"}), frozenset({"group:it"})


@pytest.fixture
def desk() -> Desk:
    return Desk()


def put(desk: Desk, audience: Audience, document_id: str | None = "a", text: str = "One.", **readers: Any) -> Accepted:
    return desk.intake.accept(W, [part(document_id, text, **readers)], audience=audience)[0]


def readers(desk: Desk, document_id: str = "a") -> object:
    held = desk.store.rights(W).get(document_id)
    return held.readers if held else None


def test_readers_are_given_before_anything_can_be_read(desk: Desk) -> None:
    accepted = put(desk, ADA, readers=HR)
    assert (readers(desk), accepted.locked_out, desk.committed) == (HR, False, [W])
    assert desk.documents.read_as(ADA).get(W, "a").state == "queued"
    for look in (desk.documents.read_as(BEA).get, desk.documents.get):
        with pytest.raises(NotFoundError):
            look(W, "a")
    desk.work()
    assert desk.documents.read_as(ADA).get(W, "a").state == "live"
    with pytest.raises(NotFoundError):
        desk.documents.read_as(BEA).text(W, "a")


def test_who_is_shut_out_is_shut_out_while_the_new_text_waits(desk: Desk) -> None:
    put(desk, ADA)
    desk.work()
    assert desk.documents.read_as(BEA).text(W, "a") == "One."
    put(desk, ADA, text="Two.", readers=HR)
    with pytest.raises(NotFoundError):
        desk.documents.read_as(BEA).text(W, "a")
    assert desk.documents.read_as(ADA).text(W, "a") == "One."


def test_who_is_let_in_sees_no_older_text_meanwhile(desk: Desk) -> None:
    put(desk, ADA, readers=HR)
    desk.work()
    put(desk, ADA, text="Two.", readers=None)
    with pytest.raises(NotFoundError):
        desk.documents.read_as(BEA).text(W, "a")
    desk.work()
    assert desk.documents.read_as(BEA).text(W, "a") == "Two."


def test_readers_alone_cost_no_reading(desk: Desk) -> None:
    first = put(desk, ADA)
    desk.work()
    again = put(desk, ADA, readers=HR)
    assert (again.deduplicated, again.version, again.job_id) == (True, first.version, first.job_id)
    assert readers(desk) == HR
    assert put(desk, ADA, readers=None).deduplicated
    assert readers(desk) is None


def test_who_says_nothing_of_readers_changes_none(desk: Desk) -> None:
    put(desk, ADA, readers=HR)
    desk.work()
    put(desk, ADA, text="Two.")
    desk.work()
    assert readers(desk) == HR
    desk.intake.withdraw(W, "a", audience=ADA)
    put(desk, ADA, text="Three.")
    desk.work()
    assert readers(desk) == HR, "a deleted document's past is still there"
    desk.intake.withdraw(W, "a", audience=ADA, purge=True)
    put(desk, ADA, text="Four.")
    desk.work()
    assert readers(desk) is None


def test_a_hidden_id_is_as_if_it_did_not_exist_but_cannot_be_used(desk: Desk) -> None:
    put(desk, ADA, readers=HR)
    for delete in ({}, {"purge": True}):
        with pytest.raises(NotFoundError):
            desk.intake.withdraw(W, "a", audience=BEA, **delete)
    with pytest.raises(PreconditionFailed, match="no such document"):
        desk.intake.accept(W, [part("a", "Mine.")], audience=BEA, if_match=1)
    assert isinstance(put(desk, BEA, text="Mine.").error, ConflictError)
    assert isinstance(put(desk, BEA).error, ConflictError), "not even that it is the same"
    assert put(desk, UNRESTRICTED, text="Two.").version == 2
    desk.intake.withdraw(W, "a", audience=ADA)
    assert isinstance(put(desk, BEA, text="Mine.").error, ConflictError), "its past can still be read"
    desk.intake.withdraw(W, "a", audience=UNRESTRICTED, purge=True)
    assert put(desk, BEA, text="Mine.").error is None


def test_the_same_bytes_join_no_document_of_others(desk: Desk) -> None:
    hidden = put(desk, ADA, None, readers=HR)
    assert put(desk, ADA, None, readers=HR).document_id == hidden.document_id
    for sender, given in ((BEA, {}), (BEA, {"readers": HR}), (ADA, {}), (ADA, {"readers": HR | IT})):
        other = put(desk, sender, None, **given)
        assert other.document_id != hidden.document_id


def test_who_locks_themselves_out_is_told(desk: Desk) -> None:
    assert put(desk, BEA, readers=HR).locked_out
    assert put(desk, BEA, "b", readers=frozenset()).locked_out
    assert not put(desk, UNRESTRICTED, "c", readers=frozenset()).locked_out


def test_nothing_is_acknowledged_that_cannot_be_shut_at_once(desk: Desk) -> None:
    put(desk, ADA)
    desk.work()
    desk.store.down = True
    with pytest.raises(DependencyError):
        put(desk, ADA, text="Two.", readers=HR)
    newest = desk.kept.register.latest(W, "a")
    assert newest is not None
    assert (newest.upload.version, len(desk.kept.jobs.list(W))) == (1, 1)
    assert put(desk, ADA, text="Two.").version == 2, "where no reader changes, it waits for the graph"


def test_jobs_of_hidden_documents_are_not_there(desk: Desk) -> None:
    mine, theirs = put(desk, ADA, readers=HR), put(desk, BEA, "b", "Two.")
    jobs = desk.documents.read_as(BEA)
    assert [job.document_id for job in jobs.jobs(W, limit=1)] == ["b"]
    assert jobs.jobs(W, document_id="a") == ()
    assert jobs.job(W, str(theirs.job_id)).document_id == "b"
    with pytest.raises(NotFoundError):
        jobs.job(W, str(mine.job_id))
    assert len(desk.documents.read_as(UNRESTRICTED).jobs(W)) == 2
    desk.intake.withdraw(W, "a", audience=UNRESTRICTED, purge=True)
    assert [job.document_id for job in jobs.jobs(W)] == ["b"], "nor once they are purged, and their rights with them"
