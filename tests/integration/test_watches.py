"""Standing questions over a real store: answered again when, and only when, their evidence changes."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_world import SmallWorld, small_world

from api.schemas.watches import watch_body
from graph.errors import ConflictError, DependencyError, NotFoundError
from graph.model import DEFAULT_WORKSPACE
from graph.operations.database import OperationsDatabase
from retrieval.answer import Claim, Draft
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.model import Evidence
from retrieval.questions.read_question import ReadQuestion
from retrieval.standing import runner as runner_module
from retrieval.standing.model import DELIVERY_TRIES, Watch, WatchUpdate, new_watch
from retrieval.standing.runner import WatchRunner
from retrieval.tables import watches as watches_module
from retrieval.tables.watches import SqliteWatches

QUESTION = "Who keeps the lighthouse of Norvik?"


class CountingGenerator(ExtractiveGenerator):
    """Counts what it is asked, fails when told to, and lets a test act while it writes."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.fails = False
        self.meanwhile = lambda: None

    async def generate(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> AsyncIterator[Claim | Draft]:
        self.asked += 1
        if self.fails:
            raise DependencyError("the model is down")
        self.meanwhile()
        async for part in super().generate(read, evidence):
            yield part


class Receiver:
    """A courier that can refuse."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.refuses = False

    async def deliver(self, watch: Watch, update: WatchUpdate) -> None:
        assert watch.id == update.watch_id
        if self.refuses:
            raise DependencyError("nobody is there")
        self.taken.append(update.id)


class Standing:
    """A world with watches."""

    def __init__(self, folder: Path, world: SmallWorld) -> None:
        self.world = world
        self.database = OperationsDatabase(folder / "operations.sqlite")
        self.watches = SqliteWatches(self.database)
        self.generator = CountingGenerator()
        self.receiver = Receiver()
        self.questions = world.asking(self.generator)
        self.runner = WatchRunner(
            watches=self.watches, questions=self.questions, views=world.views, courier=self.receiver,
            rights=world.store,
        )  # fmt: skip

    def add(self, question: str = QUESTION, *, webhook: str | None = None) -> Watch:
        watch = new_watch(DEFAULT_WORKSPACE, question, mode="keyword", filters={}, webhook=webhook)
        self.watches.add(watch)
        return watch

    def look(self) -> bool:
        return anyio.run(self.runner.look)

    def send(self) -> None:
        anyio.run(self.runner.send)

    def held(self, watch: Watch) -> Watch:
        return self.watches.get(DEFAULT_WORKSPACE, watch.id)


@pytest.fixture
def standing(tmp_path: Path) -> Iterator[Standing]:
    with small_world(tmp_path) as world:
        found = Standing(tmp_path, world)
        yield found
        found.database.close()


def test_an_answer_changes_with_its_evidence(standing: Standing) -> None:
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    watch = standing.add()
    assert standing.look()
    standing.world.put("keeper", "Nils Krogh keeps the lighthouse of Norvik.")
    assert standing.look()
    standing.world.remove("keeper")
    assert standing.look()
    first, second, third = standing.watches.updates(watch.id)
    assert first.before is None
    assert [one.quote for one in first.added] == ["Mara Voss keeps the lighthouse of Norvik."]
    assert second.before == first.after
    assert [one.quote for one in second.removed] == ["Mara Voss keeps the lighthouse of Norvik."]
    assert [(one.quote, one.version) for one in second.added] == [("Nils Krogh keeps the lighthouse of Norvik.", 2)]
    assert third.after.abstained
    assert not third.after.citations
    assert standing.held(watch).answer == third.after


def test_other_changes_cost_a_search_and_no_answer(standing: Standing) -> None:
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    watch = standing.add()
    standing.look()
    standing.look()
    revision = standing.world.put("bakery", "Cinnamon buns rise slowly.").revision
    standing.look()
    assert standing.generator.asked == 1
    assert standing.held(watch).revision == revision
    assert len(standing.watches.updates(watch.id)) == 1


def test_a_new_version_that_says_the_same_is_no_update_but_is_cited(standing: Standing) -> None:
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.", title="Norvik")
    watch = standing.add()
    standing.look()
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.", title="Norvik today")
    standing.look()
    answer = standing.held(watch).answer
    assert answer is not None
    assert [one.version for one in answer.citations] == [2]
    assert len(standing.watches.updates(watch.id)) == 1


def test_a_model_that_is_down_is_said_and_asked_again(standing: Standing) -> None:
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    watch = standing.add()
    standing.generator.fails = True
    assert not standing.look()
    assert standing.held(watch).problem == "the model is down"
    assert standing.held(watch).answer is None
    standing.generator.fails = False
    assert standing.look()
    assert standing.held(watch).problem is None
    assert standing.held(watch).answer is not None


def test_whatever_fails_watches_are_looked_after_again(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(runner_module, "POLL_SECONDS", 0.01)
    revision, broken = standing.world.views.revision, [True]

    def sometimes(workspace: str) -> int:
        if broken[0]:
            raise ZeroDivisionError
        return revision(workspace)

    monkeypatch.setattr(standing.world.views, "revision", sometimes)
    watch = standing.add()

    async def run() -> None:
        async with standing.runner.running():
            with anyio.fail_after(300):
                while standing.runner.problem is None:
                    await anyio.sleep(0.01)
                broken[0] = False
                while standing.held(watch).answer is None or standing.runner.problem is not None:
                    await anyio.sleep(0.01)
            assert standing.runner.alive

    anyio.run(run)


def test_a_watch_that_nobody_foresaw_fails_alone_and_is_tried_at_the_next_revision(standing: Standing) -> None:
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    bad, good = standing.add(), standing.add("Who keeps the lighthouse?")
    answer = standing.runner._answer

    async def poisoned(watch: Watch) -> None:
        if watch.id == bad.id:
            raise UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed")
        await answer(watch)

    standing.runner._answer = poisoned  # type: ignore[method-assign]
    assert standing.look(), "others need not wait longer for it"
    assert (standing.held(bad).problem or "").startswith("UnicodeEncodeError: ")
    assert standing.held(good).answer
    standing.runner._answer = answer  # type: ignore[method-assign]
    standing.look()
    assert standing.held(bad).answer is None, "not tried again before anything changed"
    standing.world.put("other", "The harbour of Norvik is deep.")
    standing.look()
    assert (standing.held(bad).answer, standing.held(bad).problem) != (None, None)
    assert standing.held(bad).problem is None


POISON = [
    ("filters", '{"\\ud800": 1}'),
    ("filters", '{"a": "\\udfff"}'),
    ("filters", '{"a": NaN}'),
    ("filters", '{"a": {"like": 1}}'),
    ("filters", "[1]"),
    ("filters", "no json"),
    ("filters", "[" * 100_000),
    ("webhook", "http://host/\r\nX: y"),
    ("webhook", "http://host/\x00"),
    ("mode", "psychic"),
]


@pytest.mark.parametrize(("column", "poison"), POISON)
def test_poison_at_rest_is_shown_named_and_harms_no_other_watch(standing: Standing, column: str, poison: str) -> None:
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    bad, good = standing.add(webhook="http://host/"), standing.add(webhook="http://host/")
    with standing.database.transaction() as connection:
        connection.execute(f"UPDATE watches SET {column}=? WHERE id=?", (poison, bad.id))
    assert standing.look()
    standing.send()
    assert standing.held(good).answer
    assert len(standing.receiver.taken) == 1
    shown = {watch.id: watch for watch in standing.watches.page(DEFAULT_WORKSPACE)}
    assert shown[bad.id].broken
    assert not shown[good.id].broken
    assert watch_body(shown[bad.id]).model_dump_json()
    named = standing.watches.verify(DEFAULT_WORKSPACE)
    assert (named.compared, named.wrong) == (2, 1)
    assert bad.id in named.problems[0]


def test_an_answer_that_cannot_be_read_is_answered_again_and_keeps_no_update_waiting(standing: Standing) -> None:
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    watch = standing.add(webhook="http://host/")
    standing.look()
    with standing.database.transaction() as connection:
        connection.execute("UPDATE watches SET answer='{', created_at='yesterday'")
        connection.execute("UPDATE watch_updates SET after='{\"text\": 1}', before='['")
    assert standing.held(watch).answer is None
    assert "cannot be read" in (standing.held(watch).problem or "")
    assert [update.delivery for update in standing.watches.updates(watch.id)] == ["failed"]
    standing.world.put("keeper", "Nils Krogh keeps the lighthouse of Norvik.")
    standing.look()
    standing.send()
    standing.send()
    assert standing.held(watch).problem is None
    assert [update.delivery for update in standing.watches.updates(watch.id)] == ["failed", "delivered"]


def purge(standing: Standing, document_id: str) -> None:
    standing.world.store.purge(DEFAULT_WORKSPACE, document_id, 99)
    standing.watches.forget(DEFAULT_WORKSPACE, document_id)
    standing.database.erase_freed_pages()


def test_a_purge_takes_every_answer_that_rests_on_the_document(standing: Standing) -> None:
    standing.world.put("secret", "Zerubabel keeps the lighthouse of Norvik.")
    standing.world.put("public", "The lighthouse of Norvik is kept by volunteers.")
    watch = standing.add()
    standing.look()
    standing.world.put("public", "The lighthouse of Norvik is kept by a friend of its keeper.")
    standing.look()
    files = list(standing.database.path.parent.glob("operations.sqlite*"))
    assert any(b"Zerubabel" in file.read_bytes() for file in files)
    purge(standing, "secret")
    assert not any(b"Zerubabel" in file.read_bytes() for file in files)
    assert standing.held(watch).answer is None
    standing.look()
    (update,) = standing.watches.updates(watch.id)
    assert update.before is None
    assert [one.document_id for one in update.after.citations] == ["public"]


def test_an_answer_that_was_being_written_during_a_purge_is_not_kept(standing: Standing) -> None:
    standing.world.put("secret", "Zerubabel keeps the lighthouse of Norvik.")
    watch = standing.add()
    standing.generator.meanwhile = lambda: purge(standing, "secret")
    standing.look()
    assert standing.held(watch).answer is None
    assert not standing.watches.updates(watch.id)
    standing.generator.meanwhile = lambda: None
    standing.look()
    answer = standing.held(watch).answer
    assert answer is not None
    assert answer.abstained


def test_an_answer_to_a_watch_deleted_meanwhile_is_not_kept(standing: Standing) -> None:
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    watch = standing.add()
    standing.generator.meanwhile = lambda: standing.watches.delete(DEFAULT_WORKSPACE, watch.id)
    standing.look()
    assert not standing.watches.updates(watch.id)
    with pytest.raises(NotFoundError):
        standing.held(watch)


def test_updates_are_sent_in_order_tried_again_and_given_up(
    standing: Standing, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    watch = standing.add(webhook="http://127.0.0.1/hook")
    silent = standing.add()
    standing.look()
    standing.world.put("keeper", "Nils Krogh keeps the lighthouse of Norvik.")
    standing.look()
    standing.receiver.refuses = True
    standing.send()
    standing.receiver.refuses = False
    standing.send()
    assert standing.receiver.taken == []  # its time has not come
    clock = [runner_module.monotonic()]
    monkeypatch.setattr(runner_module, "monotonic", lambda: clock[0])
    clock[0] += 2.0
    standing.send()
    standing.send()
    first, second = standing.watches.updates(watch.id)
    assert standing.receiver.taken == [first.id, second.id]
    assert (first.delivery, first.tries, second.delivery) == ("delivered", 2, "delivered")
    assert {update.delivery for update in standing.watches.updates(silent.id)} == {"none"}
    standing.world.remove("keeper")
    standing.look()
    standing.receiver.refuses = True
    for _ in range(DELIVERY_TRIES):
        clock[0] += 2.0**DELIVERY_TRIES
        standing.send()
    last = standing.watches.updates(watch.id)[-1]
    assert (last.delivery, last.tries, last.delivery_problem) == ("failed", DELIVERY_TRIES, "nobody is there")
    assert not standing.watches.to_send()


def test_how_many_are_kept(standing: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watches_module, "MAX_WATCHES", 2)
    monkeypatch.setattr(watches_module, "MAX_UPDATES", 2)
    standing.world.put("keeper", "Mara Voss keeps the lighthouse of Norvik.")
    watch = standing.add()
    for name in ("Nils", "Olga", "Pär"):
        standing.look()
        standing.world.put("keeper", f"{name} Krogh keeps the lighthouse of Norvik.")
    standing.look()
    assert ["Olga" in update.after.text for update in standing.watches.updates(watch.id)] == [True, False]
    standing.add()
    with pytest.raises(ConflictError):
        standing.add()


CHANGES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["Mara Voss", "Nils Krogh", "Olga Renn", ""])),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=CHANGES)
def test_a_watch_says_what_a_question_asked_now_would_be_told(changes: list[tuple[str, str]]) -> None:
    with TemporaryDirectory() as folder, small_world(Path(folder)) as world:
        standing = Standing(Path(folder), world)
        watch = standing.add()
        for document, keeper in changes:
            if keeper:
                world.put(document, f"{keeper} keeps the lighthouse of Norvik.")
            else:
                with suppress(NotFoundError, KeyError):
                    world.remove(document)
            standing.look()
            answer = anyio.run(standing.questions.ask, watch.to_question())
            held = standing.held(watch)
            assert held.answer is not None
            assert (held.answer.text, held.answer.citations) == (answer.text, answer.citations)
            assert held.revision == answer.revision
        standing.database.close()
