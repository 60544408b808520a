"""Plans by rule: what a question describes is asked for before what it asks of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_snapshot import evidence, placed

from graph.model import DEFAULT_WORKSPACE
from retrieval.model import Evidence, Question
from retrieval.questions.read_question import ReadQuestion, read_question
from retrieval.reasoning.model import Plan, SubQuestion
from retrieval.reasoning.plans.chinese_plans import chinese_plan
from retrieval.reasoning.plans.english_plans import english_plan
from retrieval.reasoning.plans.planning import plan_by_rule
from retrieval.reasoning.plans.written import written_plan

FILMS = evidence(placed("Ash Harbour", "A film.", title="Ash Harbour"), placed("Dusk Road", "x", title="Dusk Road"))


def read(text: str) -> ReadQuestion:
    return read_question(Question(text=text, workspace=DEFAULT_WORKSPACE, mode="keyword"))


def plan(text: str, found: "list[Evidence] | None" = None) -> Plan:
    return plan_by_rule(read(text), found or [])


def texts(text: str, found: "list[Evidence] | None" = None) -> list[str]:
    return [one.text for one in plan(text, found).questions]


CHAINS = {
    "When did the husband of the director of Ash Harbour die?": [
        "Who is the director of Ash Harbour?", "Who is the husband of #1?", "When did #2 die?",
    ],
    "What is the population of the town where Mara Quill was born?": [
        "Which town Mara Quill was born?", "What is the population of #1?",
    ],
    "What year did the company that built the Orrin Mill dissolve?": [
        "Which company built the Orrin Mill?", "What year did #1 dissolve?",
    ],
    "Who led the country Mara Quill is from?": ["Which country Mara Quill is from?", "Who led #1?"],
    "What language was used by Mara Quill's mother?": ["Who is Mara Quill's mother?", "What language was used by #1?"],
    "Which films star Jon Ode and the producer of Low Water?": [
        "Who is the producer of Low Water?", "Which films star Jon Ode and #1?",
    ],
    "《石坞磨坊》的作者的丈夫是哪一年去世的？": ["《石坞磨坊》的作者是谁？", "#1的丈夫是谁？", "#2是哪一年去世的？"],
    "由林远执导的电影的主演毕业于哪所大学？": ["由林远执导的电影是什么？", "#1的主演是谁？", "#2毕业于哪所大学？"],
    "请问云港博物馆所在的城市的市长是谁？": ["云港博物馆所在的城市是哪里？", "#1的市长是谁？"],
    "谁是《石坞磨坊》作者的父亲？": ["《石坞磨坊》的作者是谁？", "谁是#1的父亲？"],
}  # fmt: skip


@pytest.mark.parametrize("question", CHAINS)
def test_a_description_is_asked_for_first_and_its_answer_takes_its_place(question: str) -> None:
    found = plan(question)
    assert [one.text for one in found.questions] == CHAINS[question]
    assert (found.kind, found.by_model) == ("chain", False)


@pytest.mark.parametrize(
    "question",
    [
        "Who directed Ash Harbour?", "Who is the director of Ash Harbour?", "What is Mara Quill's mother?",
        "When was Mara Quill born?", "What is the name of the mayor?", "Why is the sky blue?",
        "《石坞磨坊》的作者是谁？", "石坞的面积是多少？", "他的老师是谁？", "武侯祠是什么时候建成的？",
        "为什么天空是蓝的？",
    ],
)  # fmt: skip
def test_what_asks_for_one_thing_is_not_split(question: str) -> None:
    assert (plan(question).kind, texts(question)) == ("one", [question])


def test_a_comparison_asks_the_same_of_each_side_or_of_who_made_it() -> None:
    asked = plan("Which film has the director who was born first, Ash Harbour or Dusk Road?", FILMS)
    assert asked.kind == "sides"
    assert [one.text for one in asked.questions] == [
        "Who is the director of Ash Harbour?", "Who is the director of Dusk Road?", "When was #1 born?",
        "When was #2 born?",
    ]  # fmt: skip
    assert texts("Was Ash Harbour released before Dusk Road?", FILMS) == [
        "When was Ash Harbour released?", "When was Dusk Road released?",
    ]  # fmt: skip


def test_without_an_answer_the_words_of_the_question_take_its_place() -> None:
    *_, last = plan("When did the husband of the director of Ash Harbour die?").questions
    assert last.filled({}) == "When did the husband of the director of Ash Harbour die?"
    assert last.filled({1: "Mara Quill"}) == "When did the husband of the director of Ash Harbour die?"
    assert last.filled({2: "Tom Eberle"}) == "When did Tom Eberle die?"


def test_a_placeholder_is_a_whole_number() -> None:
    asked = SubQuestion(number=12, text="Is #1 older than #11?")
    assert asked.needs == (1, 11)
    assert asked.filled({1: "A", 11: "B"}) == "Is A older than B?"


@given(st.text(alphabet=st.sampled_from("的是谁 of the director who's Ann Lee and Bo,?《》#1"), max_size=80))
def test_every_plan_is_in_order_and_leaves_no_placeholder(text: str) -> None:
    for found in (english_plan(text, []), chinese_plan(text)):
        for place, one in enumerate(found, start=1):
            assert one.number == place
            given_away = {need for need in one.needs if f"#{need}" not in text}
            assert all(need < place for need in given_away)
            assert given_away <= set(one.instead)


@given(st.text(max_size=200))
def test_no_text_is_too_strange_for_a_plan(text: str) -> None:
    assert plan(text).questions


JOINED = {
    "Who succeeded Mara Quill, and where was that person born?": ["Who succeeded Mara Quill?", "Where was #1 born?"],
    "Who founded Low Water Hall and when was it founded?": [
        "Who founded Low Water Hall?", "When was Low Water Hall founded?",
    ],
    "When was Mara Quill born, and where did she study?": ["When was Mara Quill born?", "Where did Mara Quill study?"],
    "Who directed Ash Harbour, and who is his wife's father?": [
        "Who directed Ash Harbour?", "Who is #1's wife?", "Who is #2's father?",
    ],
    "Who endowed the medal that Mara Quill received, and who is the mayor of Tarn?": [
        "Which medal Mara Quill received?", "Who endowed #1?", "Who is the mayor of Tarn?",
    ],
    "Who built the Orrin Mill, and who owns that company?": ["Who built the Orrin Mill?", "Who owns #1?"],
    "谁接替了周宁，此人出生在哪里？": ["谁接替了周宁？", "#1出生在哪里？"],
    "谁接替了周宁，他的妻子是谁？": ["谁接替了周宁？", "#1的妻子是谁？"],
    "启明奖由谁设立，奖金是多少？": ["启明奖由谁设立？", "启明奖的奖金是多少？"],
    "林远是哪年出生的，毕业于哪所大学？": ["林远是哪年出生的？", "林远毕业于哪所大学？"],
}  # fmt: skip


@pytest.mark.parametrize("question", JOINED)
def test_two_questions_in_one_sentence_are_both_asked(question: str) -> None:
    found = plan(question)
    assert [one.text for one in found.questions] == JOINED[question]
    assert found.kind == "joined"


@pytest.mark.parametrize(
    "question",
    [
        "Who is the man who founded Tarn Works and who died in 1900?",
        "Who founded Ash and Elm?",
        "Which river flows through Tarn and Selm?",
        "甲和乙谁更大？",
    ],
)
def test_one_question_is_not_taken_for_two(question: str) -> None:
    assert plan(question).kind != "joined"


def test_older_asks_of_each_side_when_such_a_thing_begins() -> None:
    found = evidence(
        placed("a", "The Low Mill was built in 1871.", title="Low Mill"),
        placed("b", "Mara Quill was born in 1880.", title="Mara Quill"),
        placed("c", "Dusk Road is a film released in 1990.", title="Dusk Road"),
    )
    assert texts("Is the Low Mill older than Mara Quill?", found) == [
        "When was Low Mill built?", "When was Mara Quill born?",
    ]  # fmt: skip
    assert texts("Is the University of Tarn older than Dusk Road?", found) == [
        "When was University of Tarn founded?", "When was Dusk Road released?",
    ]  # fmt: skip


def test_who_heads_something_is_asked_for_before_what_is_said_of_them() -> None:
    assert texts("石坞天文台首任台长的学生写了哪本书？") == [
        "石坞天文台的首任台长是谁？",
        "#1的学生是谁？",
        "#2写了哪本书？",
    ]
    assert texts("望舒望远镜的制造者总部在哪里？") == ["望舒望远镜的制造者是谁？", "#1的总部在哪里？"]


def test_a_step_that_a_model_writes_as_a_note_is_asked_as_a_question() -> None:
    notes = ["The Low Mill author", "#1 place of birth", "Who is the mayor of #2?", "#3 alma mater", "Is #3 a painter"]
    plan = written_plan("x?", notes)
    assert [one.text for one in plan.questions] == [
        "Who is the author of The Low Mill?", "What is the place of birth of #1?", *notes[2:],
    ]  # fmt: skip
