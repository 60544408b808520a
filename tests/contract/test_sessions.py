"""What is kept of conversations, run over every adapter."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from in_memory_operations import InMemoryState
from in_memory_sessions import InMemorySessions

from graph.audience import UNRESTRICTED, Audience
from graph.errors import NotFoundError
from graph.filters import Filters
from graph.operations.database import OperationsDatabase
from retrieval.answer import Citation, Step
from retrieval.conversation.model import (
    MAX_SESSION_BYTES,
    USUAL,
    Asked,
    Bounds,
    Holder,
    Reply,
    Session,
    Turn,
    new_session,
)
from retrieval.tables.sessions import SqliteSessions

Sessions = SqliteSessions | InMemorySessions
Opened = Callable[[Bounds], Sessions]
ADA = Holder(workspace="w", audience=Audience(principals=frozenset({"user:ada"})), key_id="k1")
BELA = Holder(workspace="w", audience=Audience(principals=frozenset({"user:bela"})), key_id="k1")
OWNER = Holder(workspace="w", audience=UNRESTRICTED)
NOW = datetime.now(UTC)


@pytest.fixture(params=["sqlite", "memory"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """The same sessions, opened with other bounds."""
    if request.param == "memory":
        sessions = InMemorySessions(InMemoryState())

        def in_memory(bounds: Bounds) -> Sessions:
            sessions._bounds = bounds
            return sessions

        yield in_memory
        return
    database = OperationsDatabase(tmp_path / "operations.sqlite")
    yield lambda bounds: SqliteSessions(database, bounds)
    database.close()


@pytest.fixture
def sessions(opened: Opened) -> Sessions:
    return opened(USUAL)


def citation(document_id: str, quote: str = "Ada built it.") -> Citation:
    return Citation(
        marker=1, document_id=document_id, version=2, chunk_id="c", title="t", quote=quote, start=3, end=9, page=4,
        headings=("h",),
    )  # fmt: skip


def turn(question: str = "Who built it?", *documents: str, text: str = "Ada.") -> Turn:
    reply = Reply(
        revision=3, text=text, short="Ada", citations=tuple(map(citation, documents)), sources=documents,
        contradicted=True,
    )  # fmt: skip
    asked = Asked(
        mode="reason",
        search_mode="vector",
        effort="low",
        filters=Filters.parse({"year": {"gte": 3, "lt": 9}, "b": True}),
    )
    return Turn(
        number=0, at=NOW, question=question, rewritten=f"{question}!", asked=asked, replies=(reply,), seen=3,
        strange=frozenset({"built", "谁"}),
    )  # fmt: skip


def begun(sessions: Sessions, holder: Holder = ADA, *turns: Turn) -> Session:
    session = new_session(holder)
    sessions.add(session)
    for one in turns:
        assert sessions.append(session, one, (), sessions.purges)
    return sessions.get(holder.workspace, session.id)


def test_a_session_comes_back_as_it_was(sessions: Sessions) -> None:
    said = [turn("谁建了灯塔？", "文档"), turn("And when?", "a", "b")]
    session = begun(sessions, ADA, *said)
    assert session.holder == ADA
    assert session.turns == tuple(replace(one, number=number) for number, one in enumerate(said, start=1))
    assert (session.dropped, session.used_at >= session.created_at) == (0, True)
    assert begun(sessions, OWNER).holder == OWNER
    with pytest.raises(NotFoundError):
        sessions.get("other", session.id)


def test_a_page_holds_those_of_one_holder_the_newest_first(sessions: Sessions) -> None:
    ids = [begun(sessions, ADA, turn(f"Question {number}")).id for number in range(4)][::-1]
    of_bela = begun(sessions, BELA)
    begun(sessions, replace(ADA, workspace="other"))
    begun(sessions, replace(ADA, key_id="k2"))
    first = sessions.page(ADA, limit=3)
    assert [one.id for one in first] == ids[:3]
    assert [(one.turns, one.question) for one in first][:1] == [(1, "Question 3")]
    assert [one.id for one in sessions.page(ADA, after=ids[2])] == ids[3:]
    assert sessions.page(ADA, after="unknown") == []
    begun(sessions, BELA)
    assert sessions.page(ADA, after=of_bela.id) == [], "another's session is as unknown"


def test_a_deleted_session_is_gone_and_takes_no_turn(sessions: Sessions) -> None:
    session, other = begun(sessions, ADA, turn()), begun(sessions, ADA, turn())
    sessions.delete(ADA, session.id)
    with pytest.raises(NotFoundError):
        sessions.get("w", session.id)
    with pytest.raises(NotFoundError):
        sessions.delete(ADA, session.id)
    for holder in (BELA, OWNER, replace(ADA, workspace="v"), replace(ADA, key_id="k2")):
        with pytest.raises(NotFoundError):
            sessions.delete(holder, other.id)
    assert not sessions.append(session, turn(), (), sessions.purges)
    assert [one.id for one in sessions.page(ADA)] == [other.id]


def test_the_steps_of_a_turn_stay_until_anything_is_purged(sessions: Sessions) -> None:
    steps = tuple(Step(name=name, input="谁？", detail="“Ada”", seconds=0.5, calls=2, tokens=9) for name in ("a", "b"))
    said = replace(turn("One", "a"), steps=steps)
    session, elsewhere = begun(sessions, ADA, said, turn()), begun(sessions, replace(ADA, workspace="v"), said)
    assert [one.steps for one in session.turns] == [steps, ()]
    now = session.turns[0].with_reply(Reply(revision=8, text="Bela."), 8)
    assert sessions.append(session, turn(), (now, session.turns[1]), sessions.purges)
    assert sessions.get("w", session.id).turns[0] == now
    assert now.steps == steps
    sessions.rewrite("w", "of no turn", lambda _, turns: turns)
    assert [one.steps for one in sessions.get("w", session.id).turns] == [(), (), ()]
    assert sessions.get("v", elsewhere.id) == elsewhere


def test_earlier_turns_are_kept_as_they_were_found_with_a_new_one(sessions: Sessions) -> None:
    session = begun(sessions, ADA, turn(), turn())
    now = Reply(revision=8, text="Bela.", citations=(citation("b"),), sources=("b",))
    looked = session.turns[0].with_reply(now, 8)
    assert sessions.append(session, turn("Third?"), (looked, session.turns[1]), sessions.purges)
    found = sessions.get("w", session.id).turns
    assert found[:2] == (looked, session.turns[1])
    assert [one.number for one in found] == [1, 2, 3]


def test_the_oldest_turns_go_and_are_counted(opened: Opened) -> None:
    sessions = opened(replace(USUAL, turns=3))
    session = begun(sessions, ADA, *(turn(f"Question {number}") for number in range(1, 6)))
    assert [one.number for one in session.turns] == [3, 4, 5]
    assert session.dropped == 2
    assert sessions.page(ADA)[0].question == "Question 3"


def test_long_turns_push_out_older_ones_and_never_the_newest(sessions: Sessions) -> None:
    third = "x" * (MAX_SESSION_BYTES // 3)
    session = begun(sessions, ADA, *(turn(text=third) for _ in range(4)))
    assert [one.number for one in session.turns] == [3, 4]
    assert [one.number for one in begun(sessions, ADA, turn(), turn(text="界" * MAX_SESSION_BYTES)).turns] == [2]


def test_of_one_holder_those_that_were_not_used_for_longest_go(opened: Opened) -> None:
    sessions = opened(replace(USUAL, sessions=2))
    other = begun(sessions, BELA)
    first, second = begun(sessions), begun(sessions)
    assert sessions.append(first, turn(), (), sessions.purges)
    third = begun(sessions)
    assert [one.id for one in sessions.page(ADA)] == [third.id, first.id]
    assert sessions.get("w", other.id)
    with pytest.raises(NotFoundError):
        sessions.get("w", second.id)


def test_what_nobody_goes_on_with_is_not_there_after_its_time(opened: Opened) -> None:
    sessions = opened(USUAL)
    old = NOW - timedelta(days=10)
    session = replace(new_session(ADA), created_at=old, used_at=old)
    sessions.add(session)
    assert sessions.get("w", session.id).used_at == old
    shorter = opened(replace(USUAL, days=9))
    assert shorter.page(ADA) == []
    with pytest.raises(NotFoundError):
        shorter.get("w", session.id)
    assert opened(USUAL).get("w", session.id)
    opened(replace(USUAL, days=9)).sweep()
    with pytest.raises(NotFoundError):
        opened(USUAL).get("w", session.id)


def test_purging_rewrites_what_rests_on_a_document_and_lets_nothing_in_that_was_begun_before(
    sessions: Sessions,
) -> None:
    session = begun(sessions, ADA, turn("One", "a"), turn("Two", "secret", "a"))
    other, apart = (
        begun(sessions, BELA, turn("Other", "a")),
        begun(sessions, replace(ADA, workspace="v"), turn("V", "secret")),
    )
    before = sessions.purges
    asked: list[str | None] = []

    def change(holder: Holder, turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
        assert holder == ADA
        asked.extend(one.question for one in turns)
        return tuple(replace(one, question=None, replies=()) if one.number == 2 else one for one in turns)

    sessions.rewrite("w", "secret", change)
    assert asked == ["One", "Two"]
    found = sessions.get("w", session.id)
    assert (found.turns[0], found.turns[1].question, found.turns[1].replies) == (session.turns[0], None, ())
    assert sessions.get("w", other.id) == other
    assert sessions.get("v", apart.id) == apart
    assert not sessions.append(session, turn("Late", "secret"), (), before)
    assert sessions.append(session, turn("Later", "a"), (), sessions.purges)
    asked.clear()
    sessions.rewrite("w", "secret", change)
    assert asked == []


def test_sessions_go_with_their_key_and_their_workspace(sessions: Sessions) -> None:
    mine, theirs = begun(sessions, ADA, turn()), begun(sessions, replace(ADA, key_id="k2"), turn())
    keyless, elsewhere = begun(sessions, OWNER), begun(sessions, replace(BELA, workspace="v"))
    assert sessions.key_ids() == ["k1", "k2"]
    sessions.forget_key("k1")
    assert sessions.key_ids() == ["k2"]
    for gone in (mine, elsewhere):
        with pytest.raises(NotFoundError):
            sessions.get(gone.holder.workspace, gone.id)
    assert sessions.get("w", theirs.id) == theirs
    sessions.forget_workspace("w")
    assert sessions.key_ids() == []
    with pytest.raises(NotFoundError):
        sessions.get("w", keyless.id)
