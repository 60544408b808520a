"""Which sentences answer: in one hop those of the passage that is asked about, in two those that a bridge leads to."""

import pytest
from table_snapshot import evidence, placed

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Claim
from retrieval.answering.extractive.selection import answering_sentences
from retrieval.answering.extractive.speaking import told_of_whom
from retrieval.model import Question
from retrieval.questions.read_question import read_question

MILL = "The Orrin Mill was built by Edda Brink. It grinds oats. It burnt down in 1911."
BRINK = "Edda Brink was an engineer. She was born in Tarn."
LAKE = "Lake Selm is deep. It lies in Norway."


def chosen(question: str, *passages: tuple[str, str]) -> list[str]:
    """``passages``: title and text, the best first."""
    found = evidence(*(placed(f"c{n}", text, title=title) for n, (title, text) in enumerate(passages)))
    read = read_question(Question(text=question, workspace=DEFAULT_WORKSPACE, mode="keyword"))
    return [text for _, text in answering_sentences(read, found)]


def test_over_two_hops_the_second_passage_answers() -> None:
    found = chosen("Where was the builder of the Orrin Mill born?", ("Orrin Mill", MILL), ("Edda Brink", BRINK))
    assert found[:2] == ["The Orrin Mill was built by Edda Brink.", "She was born in Tarn."]


def test_in_one_hop_a_sure_sentence_is_the_whole_answer() -> None:
    text = "奥林磨坊由布林克建造。磨坊在1911年被烧毁。"
    found = chosen("奥林磨坊何时失火？", ("奥林磨坊", text), ("塞尔姆湖", "塞尔姆湖位于挪威。湖深三十米。"))
    assert found == ["磨坊在1911年被烧毁。"]


def test_in_one_hop_two_sentences_are_shown_where_neither_is_sure_in_the_order_of_the_passage() -> None:
    text = "奥林磨坊的主人很多。磨坊归布林克家所有。磨坊后来几经变化。"
    found = chosen("奥林磨坊的主人有什么变化？", ("奥林磨坊", text), ("塞尔姆湖", "塞尔姆湖位于挪威。"))
    assert found == ["奥林磨坊的主人很多。", "磨坊后来几经变化。"]


def test_what_two_documents_say_in_the_same_words_is_said_once() -> None:
    told = "The Orrin Mill was built by Edda Brink. It grinds oats."
    found = chosen("Who built the Orrin Mill?", ("One", told), ("Other", told))
    assert found == ["The Orrin Mill was built by Edda Brink."]


def test_a_conclusion_comes_after_what_it_is_drawn_from() -> None:
    chinese = "磨坊建于1904年。山谷盛产燕麦。因此磨坊的生意兴旺。"
    assert chosen("为什么奥林磨坊的生意兴旺？", ("奥林磨坊", chinese)) == ["山谷盛产燕麦。", "因此磨坊的生意兴旺。"]
    english = "It is old. The valley grows oats. Thus the mill prospers."
    found = chosen("Why does the Orrin Mill prosper?", ("Orrin Mill", english))
    assert found == ["The valley grows oats.", "Thus the mill prospers."]


def test_one_sentence_that_holds_what_its_passage_knows_of_the_question_is_enough() -> None:
    question = "Who built the strange Orrin Mill?"
    assert chosen(question, ("Orrin Mill", MILL), ("Lake Selm", LAKE)) == ["The Orrin Mill was built by Edda Brink."]


def test_the_names_of_columns_are_no_sentence_of_their_own() -> None:
    table = "Year | Winner\n\n1938 | Ingrid Vael\n\n1988 | Samir Odeh"
    found = chosen("Which winner got the Lantern Medal?", ("Lantern Medal", table))
    assert found == ["Year | Winner", "1938 | Ingrid Vael", "1988 | Samir Odeh"]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("When were the Selm Tower, Orrin Mill and the Varn Bridge built?", ["1904.", "1911.", "1920."]),
        ("When were the Selm Tower and the Orrin Mill built?", ["1904.", "1911."]),
    ],
)
def test_each_of_several_things_has_its_sentence(question: str, found: list[str]) -> None:
    passages = (
        ("Selm Tower", "The Selm Tower is tall. It was built in 1904."),
        ("Orrin Mill", "The Orrin Mill was built in 1911. It burnt down in 1950."),
        ("Varn Bridge", "It was built in 1920. The Varn Bridge crosses the Aune."),
    )
    assert [text.split()[-1] for text in chosen(question, *passages)] == found


@pytest.mark.parametrize(
    ("first", "leads"),
    [
        ("The mill was built by Edda Brink.", ["", ""]),  # the title of the second passage: it is plain who is meant
        ("The mill was built by Bo Reyer.", ["", " Edda Brink: "]),
    ],
)
def test_a_pronoun_of_another_passage_comes_after_whom_it_means(first: str, leads: list[str]) -> None:
    passages = evidence(placed("a", first, title="Orrin Mill"), placed("b", BRINK, title="Edda Brink"))
    told = [Claim(text=text, quotes=((marker, text),)) for marker, text in ((1, first), (2, "She was born in Tarn."))]
    assert [claim.lead for claim in told_of_whom(told, passages)] == leads


def test_a_pronoun_at_the_beginning_and_in_chinese() -> None:
    passages = evidence(placed("a", "他出生于青岛。", title="石川"), placed("b", "其他城市都小。", title="青岛"))
    told = [
        Claim(text=text, quotes=((marker, text),)) for marker, text in ((1, "他出生于青岛。"), (2, "其他城市都小。"))
    ]
    assert [claim.lead for claim in told_of_whom(told, passages)] == ["石川：", ""]
