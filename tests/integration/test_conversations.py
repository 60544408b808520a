"""Conversations over a real store: what no longer holds is told once, and nothing that is gone is handed on."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import anyio
import pytest
from scripted_conversations import CHANGES, campaign
from small_conversations import ANYBODY, SmallConversations
from small_world import SmallWorld, small_world

from graph.audience import Audience
from graph.errors import DependencyError, InputError, NotFoundError
from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import CarriedName, Claim, Clarification, Draft, Rewritten, StandaloneQuestion, Token
from retrieval.answering.extractive.generator import ExtractiveGenerator
from retrieval.conversation import earlier_answers
from retrieval.conversation.model import Holder
from retrieval.model import Evidence, Question, Utterance
from retrieval.pipeline import whole
from retrieval.ports import Rewriter
from retrieval.questions.read_question import ReadQuestion

KEEPER = "Who keeps the lighthouse of Norvik?"
MARA = "Mara Voss keeps the lighthouse of Norvik."
NILS = "Nils Krogh keeps the lighthouse of Norvik."
BAKERY = "The bakery of Ulm opens at seven."


class Wayward(ExtractiveGenerator):
    """Counts what it is asked, fails when told to, and lets a test act while it writes."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.fails_at: Callable[[int], bool] = lambda _: False
        self.meanwhile: Callable[[], object] = lambda: None

    async def generate(self, read: ReadQuestion, evidence: Sequence[Evidence]) -> AsyncIterator[Claim | Draft]:
        self.asked += 1
        if self.fails_at(self.asked):
            raise DependencyError("the model is down")
        self.meanwhile()
        async for part in super().generate(read, evidence):
            yield part


class Understanding(Rewriter):
    """Understands "it" as the first name that was said, and asks back where nothing was."""

    def __init__(self) -> None:
        self.history: Sequence[tuple[str, str]] = ()
        self.meanwhile: Callable[[], object] = lambda: None

    async def rewrite(self, question: Question) -> StandaloneQuestion:
        self.meanwhile()
        self.history = [(one.speaker, one.text) for one in question.history]
        if "which" in question.text:
            asked_back = Clarification(question="Which one?", candidates=("Norvik", "Ulm"))
            return StandaloneQuestion(question=question, clarification=asked_back)
        if " it" not in question.text:
            return StandaloneQuestion(question=replace(question, history=()))
        text = question.text.replace(" it", " the lighthouse of Norvik")
        carried = (CarriedName(name="the lighthouse of Norvik", turn=len(question.history)),)
        return StandaloneQuestion(
            question=replace(question, text=text, history=()), rewritten=Rewritten(text=text, carried=carried)
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    with small_world(tmp_path) as made:
        made.put("keeper", MARA)
        made.put("bakery", BAKERY)
        yield made


@pytest.fixture
def generator() -> Wayward:
    return Wayward()


@pytest.fixture
def understanding() -> Understanding:
    return Understanding()


@pytest.fixture
def talk(
    tmp_path: Path, world: SmallWorld, generator: Wayward, understanding: Understanding
) -> Iterator[SmallConversations]:
    made = SmallConversations(tmp_path, world, generator=generator, rewriter=understanding)
    yield made
    made.database.close()


def turns(
    talk: SmallConversations, session: str, holder: Holder = ANYBODY
) -> list[tuple[str | None, bool, str | None]]:
    """What is shown of each turn: what was said, whether it holds, what holds now."""
    shown = talk.conversations.shown(talk.conversations.get(holder, session))
    return [(one.said and one.said.text, one.holds, one.now and one.now.text) for one in shown]


def test_every_change_is_told_once_and_nothing_else_is(tmp_path: Path) -> None:
    """A small share of ``benchmarks/conversations.py``: each kind of change in both languages."""
    with small_world(tmp_path) as world:
        tally = campaign(2 * len(CHANGES), tmp_path, world)
    assert tally.wrong == []
    assert tally.noticed == tally.changed > 12


def test_a_changed_answer_is_told_with_what_holds_now(talk: SmallConversations) -> None:
    session = talk.open()
    talk.say(session, KEEPER)
    talk.world.put("keeper", NILS)
    (told,) = talk.say(session, "When does the bakery of Ulm open?").changed_since
    assert (told.turn, told.question, told.was, told.now) == (1, KEEPER, f"{MARA} [1]", f"{NILS} [1]")
    assert told.reason == "a passage that it cited was changed"
    assert talk.say(session, KEEPER).changed_since == ()
    assert turns(talk, session)[0] == (f"{MARA} [1]", False, f"{NILS} [1]")


def test_a_deleted_text_is_told_of_and_not_told(talk: SmallConversations) -> None:
    session = talk.open()
    talk.say(session, KEEPER)
    talk.world.remove("keeper")
    answer = talk.say(session, "When does the bakery of Ulm open?")
    (told,) = answer.changed_since
    assert (told.turn, told.was, told.now) == (1, None, None)
    assert "Mara" not in str(answer)
    assert turns(talk, session)[0][0] is None


def test_an_answer_where_there_was_none_is_told(talk: SmallConversations) -> None:
    session = talk.open()
    assert talk.say(session, "Who built the tower of Quell?").abstained
    talk.world.put("tower", "Ida Senn built the tower of Quell.")
    (told,) = talk.say(session, KEEPER).changed_since
    assert (told.turn, told.now) == (1, "Ida Senn built the tower of Quell. [1]")


def test_nothing_is_searched_or_asked_again_where_nothing_changed(
    talk: SmallConversations, generator: Wayward
) -> None:  # fmt: skip
    session = talk.open()
    for _ in range(3):
        answer = talk.say(session, KEEPER)
    assert generator.asked == 3
    assert answer.steps[0].detail == "0 changed, 0 asked again, at revision 2"
    talk.world.put("museum", "Cinnamon buns rise slowly.")
    talk.say(session, KEEPER)
    assert generator.asked == 4


def test_what_is_told_names_turns_and_is_handed_on_as_it_holds_now(
    talk: SmallConversations, understanding: Understanding
) -> None:
    session = talk.open()
    talk.say(session, "When does the bakery of Ulm open?")
    talk.say(session, KEEPER)
    talk.world.put("keeper", NILS)
    answer = talk.say(session, "Who keeps it?")
    assert answer.text == f"{NILS} [1]"
    assert answer.rewritten is not None
    assert [one.turn for one in answer.rewritten.carried] == [2]
    assert understanding.history == [
        ("user", "When does the bakery of Ulm open?"), ("agent", f"{BAKERY} [1]"), ("user", KEEPER),
        ("agent", f"{NILS} [1]"),
    ]  # fmt: skip
    shown = talk.conversations.get(ANYBODY, session).turns[2]
    assert (shown.question, shown.rewritten) == ("Who keeps it?", "Who keeps the lighthouse of Norvik?")
    talk.world.put("keeper", MARA)
    told = talk.say(session, "When does the bakery of Ulm open?").changed_since
    assert [(one.turn, one.now) for one in told] == [(2, f"{MARA} [1]"), (3, f"{MARA} [1]")]


def test_a_question_back_is_a_turn_that_never_changes(talk: SmallConversations) -> None:
    session = talk.open()
    talk.say(session, KEEPER)
    answer = talk.say(session, "which one is old?")
    assert answer.clarification is not None
    talk.world.put("bakery", "The bakery of Ulm opens at eight.")
    assert talk.say(session, KEEPER).changed_since == ()
    assert turns(talk, session)[1][0] == "Which one?"


def test_an_answer_about_the_past_does_not_change_with_the_present(
    talk: SmallConversations, understanding: Understanding
) -> None:
    session = talk.open()
    talk.say(session, KEEPER, as_of=2)
    talk.world.put("keeper", NILS)
    assert talk.say(session, "When does the bakery of Ulm open?").changed_since == ()
    talk.say(session, "Who keeps it?")
    assert "Mara" not in str(understanding.history)


def test_an_answer_that_was_given_up_or_failed_is_no_turn(talk: SmallConversations, generator: Wayward) -> None:
    session = talk.open()
    talk.say(session, KEEPER)
    talk.world.put("keeper", NILS)

    async def given_up() -> None:
        question = Question(text=KEEPER, workspace=DEFAULT_WORKSPACE, audience=ANYBODY.audience, mode="keyword")
        async with aclosing(talk.conversations.stream(ANYBODY, session, question)) as events:
            async for event in events:
                if isinstance(event, Token):
                    return

    anyio.run(given_up)
    generator.fails_at = lambda number: number > 4
    with pytest.raises(DependencyError):
        talk.say(session, "When does the bakery of Ulm open?")
    generator.fails_at = lambda _: False
    assert len(turns(talk, session)) == 1
    assert [one.turn for one in talk.say(session, BAKERY).changed_since] == [1]  # told with the first that is whole


def test_a_model_that_fails_to_answer_again_leaves_it_for_the_next_question(
    talk: SmallConversations, generator: Wayward
) -> None:  # fmt: skip
    session = talk.open()
    talk.say(session, KEEPER)
    talk.world.put("keeper", NILS)
    generator.fails_at = lambda number: number == 2
    answer = talk.say(session, "When does the bakery of Ulm open?")
    assert answer.changed_since == ()
    assert answer.notes == ("whether 1 earlier answer still holds is looked at with the next question of this session",)
    assert answer.degraded == ("an earlier question could not be asked again: the model is down",)
    assert [one.turn for one in talk.say(session, BAKERY).changed_since] == [1]


def test_only_so_many_are_asked_again_for_one_reply(
    talk: SmallConversations, generator: Wayward, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    session = talk.open()
    for _ in range(3):
        talk.say(session, KEEPER)
    monkeypatch.setattr(earlier_answers, "MAX_ASKED_AGAIN", 2)
    talk.world.put("keeper", NILS)
    answer = talk.say(session, BAKERY)
    assert [one.turn for one in answer.changed_since] == [2, 3]
    assert "whether 1 earlier answer still holds" in answer.notes[0]
    assert [one.turn for one in talk.say(session, BAKERY).changed_since] == [1]


def test_a_change_before_the_answer_is_sought_is_told_with_it(
    talk: SmallConversations, understanding: Understanding
) -> None:
    session = talk.open()
    talk.say(session, KEEPER)
    understanding.meanwhile = lambda: talk.world.put("keeper", NILS)
    assert [one.turn for one in talk.say(session, BAKERY).changed_since] == [1]


def test_a_change_while_the_answer_is_written_is_told_with_the_next(
    talk: SmallConversations, generator: Wayward
) -> None:  # fmt: skip
    session = talk.open()
    talk.say(session, KEEPER)
    generator.meanwhile = lambda: talk.world.put("keeper", NILS) if generator.asked == 2 else None
    assert talk.say(session, BAKERY).changed_since == ()
    assert [one.turn for one in talk.say(session, BAKERY).changed_since] == [1]


def test_what_was_written_during_a_purge_is_not_kept(talk: SmallConversations, generator: Wayward) -> None:
    session = talk.open()
    generator.meanwhile = lambda: talk.purge("bakery")
    answer = talk.say(session, KEEPER)
    assert "not kept in the session" in answer.notes[0]
    assert turns(talk, session) == []


def test_a_session_is_its_holders_alone(talk: SmallConversations) -> None:
    ada = Holder(workspace=DEFAULT_WORKSPACE, audience=Audience(principals=frozenset({"user:ada"})), key_id="k")
    session = talk.open(ada)
    talk.say(session, KEEPER, ada)
    others = (
        ANYBODY, replace(ada, key_id="other"), replace(ada, workspace="other"),
        replace(ada, audience=Audience(principals=frozenset({"user:bela"}))),
    )  # fmt: skip
    for other in others:
        with pytest.raises(NotFoundError):
            talk.conversations.get(other, session)
        with pytest.raises(NotFoundError):
            talk.say(session, KEEPER, other)
        with pytest.raises(NotFoundError):
            talk.conversations.delete(other, session)
        assert talk.conversations.page(other) == []
    talk.conversations.delete(ada, session)
    assert talk.conversations.page(ada) == []


def test_what_may_not_be_read_any_more_is_neither_shown_nor_handed_on(
    talk: SmallConversations, understanding: Understanding
) -> None:
    ada = Holder(workspace=DEFAULT_WORKSPACE, audience=Audience(principals=frozenset({"user:ada"})), key_id="k")
    session = talk.open(ada)
    talk.say(session, KEEPER, ada)
    talk.world.store.set_readers(DEFAULT_WORKSPACE, "keeper", 1, ("user:bela",))
    assert turns(talk, session, ada) == [(None, False, None)]
    answer = talk.say(session, "When does the bakery of Ulm open?", ada)
    assert [(one.turn, one.was, one.now) for one in answer.changed_since] == [(1, None, None)]
    assert "Mara" not in str(answer)
    assert "Mara" not in str(understanding.history)


def test_a_history_beside_the_sessions_own_is_refused(talk: SmallConversations) -> None:
    session = talk.open()
    with pytest.raises(InputError):
        talk.say(session, KEEPER, history=(Utterance(speaker="user", text=KEEPER),))


def test_questions_at_once_make_a_turn_each(talk: SmallConversations) -> None:
    session = talk.open()
    question = Question(text=KEEPER, workspace=DEFAULT_WORKSPACE, audience=ANYBODY.audience, mode="keyword")

    async def ask() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(whole, talk.conversations.stream(ANYBODY, session, question))

    anyio.run(ask)
    assert [one.number for one in talk.conversations.get(ANYBODY, session).turns] == [1, 2, 3, 4]
