"""Questions about all there is, told apart from those that say about what."""

import pytest

from graph.audience import UNRESTRICTED
from graph.model import DEFAULT_WORKSPACE
from retrieval.communities.whole_questions import asks_of_all, is_of_everything
from retrieval.model import Question
from retrieval.questions.read_question import read_question


def everything(text: str) -> bool:
    asked = Question(text=text, workspace=DEFAULT_WORKSPACE, audience=UNRESTRICTED, mode="keyword")
    return is_of_everything(read_question(asked))


@pytest.mark.parametrize(
    "text",
    ["What are the main topics of all documents?", "Which recurring themes are discussed?", "What is all this about?",
     "这些文档的主要主题是什么？", "所有文档主要讲什么？", "整个知识库有哪些共同的观点？"],
)  # fmt: skip
def test_no_word_says_about_what(text: str) -> None:
    assert everything(text)


@pytest.mark.parametrize(
    "text",
    ["What are the main concerns about privacy?", "Which key lessons do founders share?", "Who founded Halden?",
     "关于隐私的主要担忧是什么？", "所有文件中对启明奖的看法是什么？"],
)  # fmt: skip
def test_a_word_says_about_what(text: str) -> None:
    assert not everything(text)


def test_what_runs_through_documents_is_of_all() -> None:
    assert asks_of_all("Which recurring themes do guests of the show share?")
    assert not asks_of_all("Who designed the tower?")
