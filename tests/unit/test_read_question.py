import pytest
from hashing_embedder import HashingEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import DEFAULT_WORKSPACE
from graph.text.tokens import stems
from retrieval.model import Question
from retrieval.modes import Mode
from retrieval.questions.question_words import asks_for_newest
from retrieval.questions.read_question import MAX_NAMED, ReadQuestion, read_question


def read(text: str, mode: Mode = "hybrid") -> ReadQuestion:
    return read_question(Question(text=text, workspace=DEFAULT_WORKSPACE, mode=mode))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_stems_are_those_of_a_passage_and_names_are_sorted(text: str) -> None:
    found = read(text)
    assert list(found.stems) == stems(text)
    assert list(found.names) == sorted(set(found.names))
    assert found.text == text
    assert found == read(text)


def test_names_by_rule_and_by_trying() -> None:
    assert {"edda brink", "selm tower"} <= set(read("Did Edda Brink see the Selm Tower?").names)
    assert "brink" in read("did edda brink see it?").names
    assert {"石川", "云塔"} <= set(read("石川设计了云塔吗？").names)
    assert read("Edda Brink", mode="keyword").names == read("Edda Brink", mode="vector").names == ()
    assert "edda brink" not in read("x " * MAX_NAMED + "Edda Brink").names


def test_without_an_embedder_or_a_need_there_is_no_vector() -> None:
    assert read("Edda Brink").vector is None
    asked = Question(text="Edda Brink", workspace=DEFAULT_WORKSPACE, mode="keyword")
    assert read_question(asked, HashingEmbedder()).vector is None


def test_a_number_must_stand_alone() -> None:
    terms = read("What happened on day 26?").terms
    assert "26" in terms.all
    assert "26" in terms.held("It was 26.")
    assert not {"26"} & (terms.held("On 2020-05-26") | terms.held("Release 1.26") | terms.held("In 1926"))


def test_chinese_words_are_found_as_they_stand() -> None:
    terms = read("《云塔》是谁设计的？").terms
    assert "设计" in terms.all
    assert "设计" in terms.held("石川设计了它。")
    assert "谁" not in terms.all


def test_asks_for_newest() -> None:
    assert asks_for_newest("What is the latest release?")
    assert asks_for_newest("最新版本是什么？")
    assert not asks_for_newest("What is the first release?")


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("सीता कहाँ रहती हैं?", {"सीता", "रहती"}), ("Wo wohnt Sita?", {"wohnt", "sita"}),
        ("Wer ist der Leiter in Varnholm?", {"leiter", "varnholm"}), ("Is Tom a doctor?", {"tom", "doctor"}),
        ("소장은 누구입니까?", {"소", "장", "소장"}), ("責任者は誰ですか？", {"责", "任", "者", "责任", "任者"}),
        ("哪一年生下他？", {"生", "下", "生下"}), ("Which cost 1,234,567 crowns?", {"cost", "1234567", "crown"}),
    ],
)  # fmt: skip
def test_what_asks_is_no_term(question: str, terms: set[str]) -> None:
    assert set(read(question).terms.all) == terms


def test_numbers_count_by_their_value_and_beside_han() -> None:
    terms = read("哪个项目花费120000元？1842年。").terms
    assert {"120000", "1842"} <= terms.held("花费12万元，1842年") <= set(terms.all)
    assert "业务" in read("业务负责人是谁？").terms.held("業務負責人為陳麗華。")
