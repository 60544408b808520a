"""What the doctor says of figures, and what the shell hears of it."""

import pytest

from api.cli.doctor.findings import GIB, Finding, State, confinement, exit_code, room, vectors
from api.cli.upkeep.jobs import came_of
from api.schemas.jobs import JobBody


@pytest.mark.parametrize(("free", "state"), [(100 * GIB, "ok"), (GIB // 2, "warn"), (GIB // 64, "fail"), (0, "fail")])
def test_room_on_the_disk(free: int, state: str) -> None:
    found = room(free, GIB // 32, "/data")
    assert found.state == state
    assert bool(found.do) == (state != "ok")


def test_confinement_tells_what_is_missing() -> None:
    assert confinement("no network, no files").state == "ok"
    found = confinement("no network; missing: no files")
    assert (found.state, found.says) == ("warn", "confined: no network; not by no files")


@pytest.mark.parametrize(("stored", "state"), [(None, "ok"), ("a@1", "ok"), ("b@2", "fail")])
def test_vectors_by_another_embedder(stored: str | None, state: str) -> None:
    found = vectors(stored, "a@1", reads_chinese=False)
    assert found.state == state
    assert ("quipu reindex" in found.do) == (state == "fail")


def test_it_tells_who_reads_chinese() -> None:
    assert vectors(None, "e5@1", reads_chinese=True).says == "e5@1 embeds; it reads Chinese"
    assert vectors(None, "minilm@1", reads_chinese=False).says.endswith("Chinese is found by keywords and names")


@pytest.mark.parametrize(("states", "code"), [(("ok", "warn"), 0), (("ok", "fail"), 1), ((), 0)])
def test_only_what_fails_is_a_failure(states: tuple[State, ...], code: int) -> None:
    assert exit_code([Finding(what="x", state=one, says="y") for one in states]) == code


def test_a_job_in_words() -> None:
    job = JobBody.model_construct(
        kind="ingest", chunks_done=1, chunks_total=2, chunks_failed=1, chunks_partly=0,
        entities=3, relations=0, rejected={"unknown": 2},
        calls=0, tokens=0, seconds=0.25, error=None, failures={"c": "cut"}, nothing_added={}, remaining_seconds=None,
    )  # fmt: skip
    assert came_of(job) == "by rule: 1 of 2 passages, 1 failed, 3 entities, 2 rejected, 0.2 s. cut"
    told = {
        "kind": "extract",
        "nothing_added": {"empty answer": 1, "copy of the prompt's form": 1},
        "remaining_seconds": 150.0,
    }
    assert came_of(job.model_copy(update=told)) == (
        "by model: 1 of 2 passages, about 2 min left, nothing added to 2 (1 × empty answer, 1 × copy of the"
        " prompt's form), 1 failed, 3 entities, 2 rejected, 0.2 s. cut"
    )
