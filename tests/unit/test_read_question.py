from hashing_embedder import HashingEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.model import DEFAULT_WORKSPACE
from graph.text.tokens import stems
from retrieval.model import Mode, Question
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
