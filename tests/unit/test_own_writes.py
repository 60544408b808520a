"""Who waits for what was acknowledged, and what they are told of it."""

from typing import cast

import anyio
import pytest
from ingest_desk import Desk, W, part

from graph.audience import UNRESTRICTED, Audience
from graph.errors import NotFoundError
from graph.ports.own_writes import NOW, Standing
from graph.ports.reading import SharedKnowledge
from ingest.acknowledging.own_writes import AcknowledgedWrites

ADA, BOB = (Audience(principals=frozenset({name})) for name in ("ada", "bob"))


class Writes:
    def __init__(self) -> None:
        self.desk = Desk()
        self.writes = AcknowledgedWrites(
            changes=self.desk.kept.changes, jobs=self.desk.kept.jobs, graph=cast(SharedKnowledge, self.desk.store),
            limiter=anyio.CapacityLimiter(2),
        )  # fmt: skip

    def settled(self, *after: str, seconds: float = 0.0, audience: Audience = UNRESTRICTED) -> Standing:
        async def look() -> Standing:
            return await self.writes.settled(W, audience, after, seconds)

        return anyio.run(look)

    def pending(self, audience: Audience = UNRESTRICTED) -> int:
        return self.writes.pending(W, audience)


@pytest.fixture
def here() -> Writes:
    return Writes()


def test_an_upload_is_pending_until_it_is_read(here: Writes) -> None:
    token = here.desk.put("a").token
    assert (here.pending(), here.settled(token).pending) == (1, 1)
    assert here.settled(token).examples == ("'a', version 1: queued",)
    here.desk.work()
    assert (here.pending(), here.settled(token)) == (0, Standing())


def test_it_is_waited_for(here: Writes) -> None:
    token = here.desk.put("a").token

    async def main() -> None:
        found: list[Standing] = []

        async def wait() -> None:
            found.append(await here.writes.settled(W, UNRESTRICTED, [token], 60.0))

        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await anyio.wait_all_tasks_blocked()
            assert not found
            here.desk.work()
        assert found == [Standing()]

    anyio.run(main)


def test_all_that_is_sent_together_has_one_token_and_other_uploads_have_others(here: Writes) -> None:
    one, two = here.desk.intake.accept(W, [part("a", "Ada."), part("b", "Bea.")])
    other = here.desk.put("c")
    assert one.token == two.token != other.token
    assert here.settled(one.token).pending == 2
    assert here.settled(one.token, other.token).pending == here.settled(f"{one.token}.{other.token}").pending == 3


def test_the_same_again_is_waited_for_like_the_first(here: Writes) -> None:
    first, again = here.desk.put("a"), here.desk.put("a")
    assert again.deduplicated
    assert again.token == first.token


def test_what_fails_is_told(here: Writes) -> None:
    here.desk.store.refused.add("a")
    token = here.desk.put("a").token
    here.desk.work()
    assert here.settled(token) == Standing(missed=("'a', version 1: failed, the graph refuses it",))


def test_a_cancelled_one_is_told_unless_another_version_came(here: Writes) -> None:
    accepted = here.desk.put("a")
    here.desk.kept.jobs.request(W, str(accepted.job_id), "cancel")
    assert here.settled(accepted.token).missed == ("'a', version 1: cancelled",)
    here.desk.put("a", "Another text.")
    assert (here.settled(accepted.token).pending, here.settled(accepted.token).missed) == (1, ())
    here.desk.work()
    assert here.settled(accepted.token) == Standing()


@pytest.mark.parametrize("purge", [False, True])
def test_what_was_deleted_before_it_was_read_is_as_it_should_be(here: Writes, purge: bool) -> None:
    uploaded = here.desk.put("a").token
    deleted = here.desk.intake.withdraw(W, "a", purge=purge).token
    assert here.settled(uploaded, deleted) == Standing()
    assert here.pending() == 0


def test_a_deletion_that_waits_for_the_graph_is_pending(here: Writes) -> None:
    here.desk.put("a")
    here.desk.work()
    here.desk.store.down = True
    with pytest.raises(Exception, match="down") as refused:
        here.desk.intake.withdraw(W, "a")
    token = refused.value.token  # type: ignore[attr-defined]
    assert (here.pending(), here.settled(token).pending) == (1, 1)
    assert here.settled(token).examples == ("'a', version 2: its deletion waits for the graph",)
    here.desk.store.down = False
    here.desk.work()
    assert (here.pending(), here.settled(token)) == (0, Standing())


def test_members_come_with_what_holds_them(here: Writes) -> None:
    token = here.desk.put("box", "A box.\n+ in.txt: Ada Stone built it.").token
    here.desk.worker.work()
    assert here.settled(token).examples == ("'box/in.txt', version 1: queued",)
    here.desk.work()
    assert here.settled(token) == Standing()


def test_now_is_all_that_is_acknowledged_by_now(here: Writes) -> None:
    here.desk.put("a")
    assert here.settled(NOW).pending == 1

    async def main() -> None:
        async with anyio.create_task_group() as group:
            found: list[Standing] = []

            async def wait() -> None:
                found.append(await here.writes.settled(W, UNRESTRICTED, [NOW], 60.0))

            group.start_soon(wait)
            await anyio.wait_all_tasks_blocked()
            here.desk.worker.work()
            here.desk.put("b")
        assert found == [Standing()]

    anyio.run(main)
    assert here.pending() == 1


def test_what_somebody_may_not_read_is_not_there_for_them(here: Writes) -> None:
    (secret,) = here.desk.intake.accept(W, [part("s", "Secret.", readers=frozenset({"ada"}))], audience=ADA)
    here.desk.put("a")
    assert (here.pending(ADA), here.pending(BOB), here.pending()) == (2, 1, 2)
    assert (here.settled(secret.token, audience=ADA).pending, here.settled(secret.token, audience=BOB)) == (
        1,
        Standing(),
    )
    assert [here.settled(NOW, audience=one).pending for one in (ADA, BOB, UNRESTRICTED)] == [2, 1, 2]


@pytest.mark.parametrize("token", ["nobody-s", "", "a.b"])
def test_an_unknown_token_is_told(here: Writes, token: str) -> None:
    with pytest.raises(NotFoundError, match="nothing was acknowledged under the token"):
        here.settled(token)


def test_a_token_is_one_of_its_workspace(here: Writes) -> None:
    token = here.desk.put("a").token

    async def elsewhere() -> Standing:
        return await here.writes.settled("other", UNRESTRICTED, [token], 0.0)

    with pytest.raises(NotFoundError):
        anyio.run(elsewhere)
