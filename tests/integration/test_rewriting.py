"""Follow-up questions over a small world: by rule, by a model, by one that misbehaves; and questions back."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

import anyio
import pytest
from misbehaving import LASTING, MISBEHAVIOURS
from model_server import ModelServer
from scripted_model import ScriptedModel
from served_model import served_model
from small_world import SmallWorld

from graph.errors import DependencyError
from graph.model import DEFAULT_WORKSPACE
from graph.ports.models import LanguageModel
from graph.prompting import Prompt, PromptTooLong
from retrieval.answer import Answer, Event, Token
from retrieval.asking import Questions
from retrieval.model import Question, Utterance
from retrieval.rewriting.model_rewriter import ModelRewriter
from retrieval.rewriting.rule_rewriter import RuleRewriter

TEXTS = {
    "Selm Tower": "The Selm Tower was designed by Ada Quist. It is 84 metres tall.",
    "Ada Quist": "Ada Quist was born in Brennick. She received the Harrow Prize in 1938.",
    "Harrow Prize": "The Harrow Prize is given by the city of Selm.",
    "Kessel Prize": "The Kessel Prize was endowed by Jon Berg in 1902.",
    "石坞磨坊": "石坞磨坊由阮青禾所建，现由孟书闲经营。",
    "阮青禾": "阮青禾1920年出生于云港市。",
}
SAID = (
    Utterance(speaker="user", text="Who designed the Selm Tower?"),
    Utterance(speaker="agent", text="The Selm Tower was designed by Ada Quist. [1]"),
)
BORN = "Where was she born?"


@pytest.fixture
def tower(world: SmallWorld) -> SmallWorld:
    for title, text in TEXTS.items():
        world.put(title, text, title=title)
    return world


def asking(world: SmallWorld, model: LanguageModel | None = None) -> Questions:
    rules = RuleRewriter(world.views, anyio.CapacityLimiter(2))
    return Questions(pipeline=world.questions, modes={}, rewriter=ModelRewriter(model, rules) if model else rules)


def put(text: str, history: tuple[Utterance, ...] = SAID) -> Question:
    return Question(text=text, workspace=DEFAULT_WORKSPACE, mode="keyword", history=history)


def answered(questions: Questions, question: Question) -> Answer:
    return anyio.run(questions.ask, question)


def says(text: str) -> Callable[[Prompt], str]:
    return lambda _: json.dumps({"question": text}, ensure_ascii=False)


def test_follow_up_is_answered_and_tells_how_it_was_understood(tower: SmallWorld) -> None:
    answer = answered(asking(tower), put(BORN))
    assert "Brennick" in answer.text
    assert answer.rewritten is not None
    assert answer.rewritten.text == "Where was Ada Quist born?"
    assert [(one.name, one.turn) for one in answer.rewritten.carried] == [("Ada Quist", 2)]
    assert answer.steps[0].name == "rewrite"
    assert answer.steps[0].input == BORN


def test_chinese_follow_up_is_answered(tower: SmallWorld) -> None:
    said = (
        Utterance(speaker="user", text="石坞磨坊是谁建的？"),
        Utterance(speaker="agent", text="石坞磨坊由阮青禾所建。 [1]"),
    )
    answer = answered(asking(tower), put("那它现在由谁经营？", said))
    assert "孟书闲" in answer.text


def test_passages_are_sought_for_what_is_meant(tower: SmallWorld) -> None:
    found = anyio.run(asking(tower).find, put(BORN))
    assert found.hits[0].document_id == "Ada Quist"


def test_history_is_no_evidence(tower: SmallWorld) -> None:
    said = (SAID[0], Utterance(speaker="agent", text="The Selm Tower was designed by Ada Quist, who died in Lakeholm."))
    answer = answered(asking(tower), put("Where did she die?", said))
    assert "Lakeholm" not in answer.text


def test_word_that_nothing_was_called_is_asked_back_about(tower: SmallWorld) -> None:
    questions = asking(tower)
    answer = answered(questions, put("Who endowed this prize?", SAID[:1]))
    assert answer.clarification is not None
    assert set(answer.clarification.candidates) >= {"Harrow Prize", "Kessel Prize"}
    assert answer.abstained
    assert not answer.citations

    async def streamed() -> list[Event]:
        events: AsyncIterator[Event] = questions.stream(put("Who endowed this prize?", SAID[:1]))
        async with aclosing(events) as found:  # type: ignore[type-var]
            return [event async for event in found]

    assert Token(text=answer.clarification.question) in anyio.run(streamed)


@pytest.mark.parametrize(
    ("asked", "chosen", "expected"),
    [
        ("Who endowed this prize?", "Kessel Prize", "Who endowed Kessel Prize?"),
        ("这座磨坊由谁经营？", "石坞磨坊", "石坞磨坊由谁经营？"),
    ],
)
def test_candidate_sent_back_continues_what_was_asked(
    tower: SmallWorld, asked: str, chosen: str, expected: str
) -> None:
    questions = asking(tower)
    back = answered(questions, put(asked, SAID[:1]))
    assert back.clarification is not None
    assert chosen in back.clarification.candidates
    said = (*SAID[:1], Utterance(speaker="user", text=asked), Utterance(speaker="agent", text=back.text))
    answer = answered(questions, put(chosen, said))
    assert answer.rewritten is not None
    assert answer.rewritten.text == expected


def test_model_rewrites_in_one_short_call(tower: SmallWorld) -> None:
    model = ScriptedModel(says("In which town was Ada Quist born?"))
    answer = answered(asking(tower, model), put(BORN))
    assert answer.rewritten is not None
    assert answer.rewritten.text == "In which town was Ada Quist born?"
    assert [(one.name, one.turn) for one in answer.rewritten.carried] == [("Ada Quist", 2)]
    (asked,) = model.asked
    assert asked.schema is not None
    assert asked.user.endswith(f"Last question: {BORN}")
    assert answer.calls == answer.steps[0].calls == 1
    assert answer.tokens == 15


def test_question_that_stands_alone_costs_no_call(tower: SmallWorld) -> None:
    model = ScriptedModel(says("Who is Jon Berg?"))
    answer = answered(asking(tower, model), put("Who endowed the Kessel Prize?"))
    assert answer.rewritten is None
    assert model.asked == []


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("She was born in Brennick.", "2 replies"),
        ('{"question": ""}', "2 replies"),
        ('{"question": ["Where"]}', "2 replies"),
        (says("Where was Ada Quist of Lakeholm born?")(Prompt(system="", user="", max_tokens=1)), "nobody said"),
        (says("Where was Ada Quist born in 1889?")(Prompt(system="", user="", max_tokens=1)), "nobody said"),
        (says("阮青禾出生在哪里？")(Prompt(system="", user="", max_tokens=1)), "another language"),
        (says("Who designed the Selm Tower?")(Prompt(system="", user="", max_tokens=1)), "another question"),
        (says("born " * 200)(Prompt(system="", user="", max_tokens=1)), "too long"),
    ],
)
def test_bad_rewriting_is_told_and_the_rules_rewrite(tower: SmallWorld, reply: str, why: str) -> None:
    answer = answered(asking(tower, ScriptedModel(lambda _: reply)), put(BORN))
    assert answer.rewritten is not None
    assert answer.rewritten.text == "Where was Ada Quist born?"
    assert any(why in one and "by rule" in one for one in answer.degraded)
    assert answer.calls == (2 if why == "2 replies" else 1)


@pytest.mark.parametrize("error", [DependencyError("the model is gone"), PromptTooLong("too long")])
def test_model_that_fails_is_told_and_the_rules_rewrite(tower: SmallWorld, error: DependencyError) -> None:
    answer = answered(asking(tower, ScriptedModel(lambda _: error)), put(BORN))
    assert answer.rewritten is not None
    assert "Brennick" in answer.text
    assert any(str(error) in one for one in answer.degraded)


def test_long_history_is_cut_to_the_window_of_the_model(tower: SmallWorld) -> None:
    model = ScriptedModel(says("Where was Ada Quist born?"))
    long = Utterance(speaker="agent", text="Nothing is known of it at all. " * 300)
    before = (Utterance(speaker="user", text="Tell me about the Kessel Prize."), long) * 40
    answered(asking(tower, model), put(BORN, (*before, *SAID)))
    (asked,) = model.asked
    assert len(asked.user) < 3_000
    assert SAID[0].text in asked.user
    assert SAID[1].text in asked.user


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_misbehaviour_leaves_the_rules(tower: SmallWorld, name: str) -> None:
    with ModelServer(MISBEHAVIOURS[name]) as server:
        model = served_model(server, llm_timeout_seconds=2.0)
        answer = answered(asking(tower, model), put(BORN))
        if name in LASTING:
            server.wait_for_gone(len(server.asked))
    assert answer.rewritten is not None
    assert answer.rewritten.text == "Where was Ada Quist born?"
    assert answer.degraded
    assert "Brennick" in answer.text


PLACES = {
    "Selm Library": "Selm Library opens at nine. A card of Selm Library costs four crowns.",
    "Brennick Library": "Brennick Library opens at ten. A card of Brennick Library costs six crowns.",
    "Clara Holm": "Clara Holm was born in Selm. She leads the tannery.",
    "Erik Holm": "Erik Holm was born in Brennick. He leads the harbour.",
    "Visa": "The requirements of the visa are a passport and a photograph.",
    "Licence": "The requirements of the licence are a test and a fee.",
    "周明远": "周明远教授在长宁大学教书。",
    "周小川": "周小川教授在清江大学教书。",
}


@pytest.fixture
def places(world: SmallWorld) -> SmallWorld:
    for title, text in PLACES.items():
        world.put(title, text, title=title)
    return world


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("When does the library open?", {"Selm Library", "Brennick Library"}),
        ("Where was Holm born?", {"Clara Holm", "Erik Holm"}),
        ("What are the requirements?", {"Visa", "Licence"}),
        ("周教授在哪里教书？", {"周明远", "周小川"}),
    ],
)
def test_what_may_be_several_things_is_asked_back_about_with_nothing_said_before(
    places: SmallWorld, text: str, candidates: set[str]
) -> None:
    questions = asking(places)
    back = answered(questions, put(text, ()))
    assert back.clarification is not None
    assert set(back.clarification.candidates) == candidates
    assert all(one in back.text for one in candidates)
    chosen = back.clarification.candidates[0]
    said = (Utterance(speaker="user", text=text), Utterance(speaker="agent", text=back.text))
    answer = answered(questions, put(chosen, said))
    assert answer.rewritten is not None
    assert chosen in answer.rewritten.text
    assert {one.document_id for one in answer.citations} == {chosen}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("When does the library open?", ("How much is a card of Selm Library?", "Four crowns.")),
        ("Where was Holm born?", ("Who is Clara Holm?", "Clara Holm leads the tannery.")),
        ("When does the library of Selm open?", ()),
        ("Who leads the harbour, and where was Holm born?", ()),
        ("Where was Erik Holm born?", ()),
        ("周教授在哪里教书？", ("谁是周明远？", "周明远是教授。")),
        ("周明远教授在哪里教书？", ()),
    ],
)
def test_what_was_said_decides_which_is_meant(places: SmallWorld, text: str, said: tuple[str, ...]) -> None:
    history = tuple(
        Utterance(speaker="agent" if number % 2 else "user", text=one) for number, one in enumerate(said)
    )  # fmt: skip
    assert answered(asking(places), put(text, history)).clarification is None


def test_candidates_say_what_tells_them_apart(world: SmallWorld) -> None:
    for title, town in (("Guide to Selm", "Selm"), ("Guide to Brennick", "Brennick")):
        world.put(title, f"{town} Library opens at nine.", title=title)
    back = answered(asking(world), put("When does the library open?", ())).clarification
    assert back is not None
    told = dict(zip(back.candidates, back.told_apart, strict=True))
    assert told == {"Selm Library": "Guide to Selm", "Brennick Library": "Guide to Brennick"}
    assert "Selm Library (Guide to Selm)" in back.question


def test_one_of_its_kind_is_not_asked_back_about(world: SmallWorld) -> None:
    world.put("Selm Library", "Selm Library opens at nine.", title="Selm Library")
    answer = answered(asking(world), put("When does the library open?", ()))
    assert answer.clarification is None
    assert "nine" in answer.text


def test_kind_of_which_the_last_answer_told_several_is_asked_back_about(places: SmallWorld) -> None:
    said = (
        Utterance(speaker="user", text="Which plans are there?"),
        Utterance(speaker="agent", text="There are a Trial plan, a Standard Next plan and an Enterprise plan."),
    )
    back = answered(asking(places), put("How many cards are in the plan?", said)).clarification
    assert back is not None
    assert {"Trial plan", "Standard Next plan"} <= set(back.candidates)


def test_model_is_not_asked_about_a_question_with_nothing_said_before(places: SmallWorld) -> None:
    model = ScriptedModel(says("When does Selm Library open?"))
    assert answered(asking(places, model), put("When does the library open?", ())).clarification is not None
    assert model.asked == []


def test_what_was_understood_before_is_not_asked_back_about(places: SmallWorld) -> None:
    again = Question(text="When does the library open?", workspace=DEFAULT_WORKSPACE, mode="keyword", stands_alone=True)
    assert answered(asking(places), again).clarification is None


MADE = (
    Utterance(speaker="user", text="Who made the Vela?"),
    Utterance(speaker="agent", text="The Vela was made by Daewo."),
)


def test_two_readings_are_answered_side_by_side_and_cited(world: SmallWorld) -> None:
    world.put("Daewo", "Daewo was sold in 1999.", title="Daewo")
    world.put("Vela", "The Vela was sold in 2016.", title="Vela")
    answer = answered(asking(world), put("When was it sold?", MADE))
    assert answer.rewritten is not None
    assert answer.rewritten.text == "When was it (Daewo, Vela) sold?"
    assert "Daewo: Daewo was sold in 1999. [1]" in answer.text
    assert "Vela: The Vela was sold in 2016. [2]" in answer.text
    assert [(one.marker, one.document_id) for one in answer.citations] == [(1, "Daewo"), (2, "Vela")]
    assert any("in several ways" in note for note in answer.notes)
    assert answer.short_answer is None


def test_only_reading_that_is_answered_is_the_answer(world: SmallWorld) -> None:
    world.put("Vela", "The Vela was sold in 2016.", title="Vela")
    world.put("Other", "Buns rise slowly.", title="Other")
    answer = answered(asking(world), put("When was it sold?", MADE))
    assert answer.text == "2016" or answer.text.startswith("The Vela was sold in 2016.")
    assert {one.document_id for one in answer.citations} == {"Vela"}


def test_readings_are_sought_by_turns(world: SmallWorld) -> None:
    world.put("Daewo", "Daewo was sold in 1999. Daewo is known.", title="Daewo")
    world.put("Vela", "The Vela was sold in 2016.", title="Vela")
    found = anyio.run(asking(world).find, put("When was it sold?", MADE))
    assert [hit.document_id for hit in found.hits][:2] == ["Daewo", "Vela"]
    assert [hit.rank for hit in found.hits] == list(range(1, len(found.hits) + 1))
    assert set(found.chunks) == {hit.chunk_id for hit in found.hits}


@pytest.mark.parametrize(
    "text",
    ["这里有什么资料？", "这些资料里提到了哪些人？", "概括一下这些文档的内容", "What are these documents about?"],
)
def test_all_that_there_is_is_not_asked_back_about(places: SmallWorld, text: str) -> None:
    assert answered(asking(places), put(text, ())).clarification is None
