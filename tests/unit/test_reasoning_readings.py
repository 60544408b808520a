"""What is read by rule to a step: out of a sentence about what the step asks about, or nothing."""

import pytest
from table_snapshot import evidence, placed

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Citation
from retrieval.model import Evidence, Question
from retrieval.questions.read_question import ReadQuestion, read_question
from retrieval.reasoning.model import Finding, Plan, ReasoningState, SubQuestion
from retrieval.reasoning.readings.reading import read_by_rule
from retrieval.reasoning.texts import _CHINESE, NOT_FOUND, by, tell
from retrieval.reasoning.verifying import names_its_subject

DOCUMENTS = {
    "University of Selm": "The University of Selm was founded in 1648. Its rector is Ada Brink.",
    "Mara Quill": "Mara Quill (1889–1967) was a painter. She was born in Tarn and studied at the University of Selm. "
    "Her teacher was Jon Ode, who had travelled far.",
    "Tarn": "Tarn has 18,400 inhabitants. The mayor of Tarn is Clara Holt.",
    "Orm Lens": "The Orm Lens was built by the Reed Works in 1958.",
    "石坞天文台": "石坞天文台建于1978年。首任台长是林远的导师周宁。主要设备是“望舒”射电望远镜，由云港仪器厂制造。",
    "林远": "林远出生于安平县。他的代表作是《山中笔记》。2003年他接替周宁。",
    "许清": "许清是天文学家。1991年至1999年，他担任石坞天文台台长。",
    "Reed Works": "The Reed Works is a maker of lenses. Since 2012 it has belonged to the Selm Group.",
    "云港仪器厂": "云港仪器厂成立于1956年，总部设在清江市。厂长是何青。该厂隶属于东海集团。",
}
PASSAGES: list[Evidence] = evidence(*(placed(title, text, title=title) for title, text in DOCUMENTS.items()))


def read(text: str) -> ReadQuestion:
    return read_question(Question(text=text, workspace=DEFAULT_WORKSPACE, mode="keyword"))


def answer_to(question: str) -> str:
    found = read_by_rule(read(question), PASSAGES)
    return found.answer if found else ""


STATED = {
    "What is Jon Ode's pupil?": "Mara Quill", "Who is the teacher of Mara Quill?": "Jon Ode",
    "Who is the mayor of Tarn?": "Clara Holt", "What is the population of Tarn?": "18,400",
    "Which company built the Orm Lens?": "Reed Works", "Which university Mara Quill studied?": "University of Selm",
    "石坞天文台的首任台长是谁？": "周宁", "周宁的学生是谁？": "林远", "林远写了哪本书？": "《山中笔记》",
    "望舒望远镜的制造者是谁？": "云港仪器厂", "云港仪器厂的总部在哪里？": "清江市", "谁接替了周宁？": "林远",
    "林远的导师是谁？": "周宁",  # 首任台长是林远的导师周宁
    "云港仪器厂的厂长是谁？": "何青", "Who owns Reed Works?": "Selm Group",
    "Who is the owner of the Reed Works?": "Selm Group", "云港仪器厂的母公司是哪家？": "东海集团",
}  # fmt: skip


@pytest.mark.parametrize("question", STATED)
def test_a_relation_is_read_where_a_sentence_states_it_from_either_side(question: str) -> None:
    assert answer_to(question) == STATED[question]


@pytest.mark.parametrize(
    "question",
    [
        "When was University of Selm born?", "Who is the king of Tarn?", "Who is the employer of Clara Holt?",
        "What is Clara Holt's pupil?", "何青的学生是谁？", "周宁的老师是谁？", "许清写了哪本书？",
    ],
)  # fmt: skip
def test_nothing_is_read_where_no_sentence_about_the_subject_says_it(question: str) -> None:
    assert answer_to(question) == ""


def test_without_an_earlier_answer_rules_do_not_guess() -> None:
    question = read("Which company built the Orm Lens?")
    assert read_by_rule(question, PASSAGES, guess=False) is None


def finding(asked: str, title: str, quote: str) -> Finding:
    cited = Citation(
        marker=1, document_id="d", version=1, chunk_id="c", title=title, quote=quote, start=0, end=len(quote)
    )
    return Finding(number=1, asked=asked, evidence=(), answer="1889", citation=cited, by_model=True)


@pytest.mark.parametrize(
    ("asked", "title", "quote", "names"),
    [
        ("When was the University of Selm founded?", "Mara Quill", "She lived from 1889.", False),
        ("When was the University of Selm founded?", "University of Selm", "It was founded in 1889.", True),
        ("石坞天文台是哪一年建成的？", "林远", "林远出生于1889年。", False),
        ("石坞天文台是哪一年建成的？", "石坞天文台", "它建于1889年。", True),
    ],
)
def test_a_step_must_rest_on_a_sentence_about_what_it_asks(asked: str, title: str, quote: str, names: bool) -> None:
    assert names_its_subject(finding(asked, title, quote)) is names


def test_what_could_be_asked_and_was_not_answered_is_a_gap_and_what_waits_for_it_is_none() -> None:
    questions = (
        SubQuestion(number=1, text="Who made X?"), SubQuestion(number=2, text="When did #1 die?"),
        SubQuestion(number=3, text="Who is the mayor of Tarn?"),
    )  # fmt: skip
    state = ReasoningState(plan=Plan(questions=questions, kind="joined"))
    assert state.unanswered == ("Who made X?", "Who is the mayor of Tarn?")


def test_a_chinese_question_is_told_of_in_chinese() -> None:
    assert tell(NOT_FOUND, zh=True, question="谁？") == "没有查到：谁？"
    assert by(False, zh=True) == "按规则"
    assert not [said for said in _CHINESE.values() if said.isascii()]


def test_a_question_in_a_document_states_nothing() -> None:
    asks = evidence(placed("问答", "石坞天文台的首任台长是谁？石坞天文台的首任台长是谁，你知道吗？", title="问答"))
    assert read_by_rule(read("石坞天文台的首任台长是谁？"), asks) is None


def test_a_word_that_only_begins_its_sentence_is_no_name() -> None:
    about = evidence(placed("AA.20", "Production of the AA.20 began in 1956, as its maker had planned.", title="AA.20"))
    found = read_by_rule(read("Which corporation began production of the AA.20?"), about)
    assert found is None or found.answer != "Production"
