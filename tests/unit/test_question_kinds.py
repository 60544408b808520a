from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import DEFAULT_WORKSPACE
from retrieval.model import Question
from retrieval.questions.answer_kinds import AnswerType, Unit
from retrieval.questions.question_words import answer_type, asked_noun, asked_unit, asks_yes_or_no
from retrieval.questions.read_question import read_question

KINDS: dict[AnswerType, str] = {
    "person": """
        who is the mayor of Paris
        Could you please tell me who founded Tavish Works
        Whose idea was it?
        谁设计了云塔
        云塔的设计者是谁
        你能告诉我谁设计了云塔吗
        是谁发明了电话
        誰寫了這本書
        Who ground the mirror?
        谁？
        A town that lost its mayor is led by whom?
    """,
    "time": """
        Do you know when the library opens?
        What is the deadline?
        In which year was it built
        when was it, 1904 or 1905?
        云塔是哪一年建成的
        云塔建于哪年
        几点开门
        我想知道他什么时候去世
        When did it end?
        In which year did it end?
        什么时候？
        It is a band. It was founded in what year?
    """,
    "number": """
        I'd like to know how many people live there
        How many windows are in the tower
        What's the price of a ticket
        云塔有多高
        云塔有几层
        门票多少钱
        有多少個員工？
        How many ships sank?
        有多少人？
    """,
    "place": """
        What is the capital of France
        Where was he born?
        请问你知道云塔在哪里吗
        公司总部在哪个城市
        總部在哪裡？
        Where is it?
        在哪里？
        He lives in a house that was built in which city?
    """,
    "kind": """
        What type of tree is it?
        What instrument did she play?
        哪种树最高
        他演奏什么乐器
        最长的河是哪条
    """,
    "yes_no": """
        Is the library open on Sunday?
        Can I bring my dog
        Can you tell me whether pets are allowed?
        Is dinner included or not?
        请问图书馆周日开门吗？
        可以带宠物吗
        能不能退货？
        地球是圆的，对不对
        有没有停车场
    """,
    "comparison": """
        Are A. Smith and Bob Jones both painters?
        Which is older, the Selm Tower or the Orrin Telescope?
        Who was born first, Ann Lee or Bo Li?
        Did Ann Lee die before Bo Li?
        Is the Elbe longer than the Oder?
        Was Ann or Bo born first?
        Does the US or China have more people?
        A城和B城哪个更大？
        石川和林田谁更早出生？
        李白和杜甫谁年龄大
        石川比林田年长吗？
        云塔和星塔是不是都在杭州？
        周日开门还是关门
    """,
    "list": """
        List all instruments of the observatory
        Which instruments are there?
        What are the opening hours?
        Name all members of the board
        Please list the steps
        有哪些仪器
        列出所有仪器
        能帮我列出所有产品吗
    """,
    "definition": """
        What is a grace period?
        What is the Orrin Telescope?
        what is quipu
        Tell me about Jonas Reyer
        Who is Ada Lovelace?
        could you tell me about the Orrin Telescope
        What does TTL mean?
        Hi, can you explain the refund policy?
        云塔是什么？
        介绍一下云塔
        请介绍一下天文台
        石川是谁
        你能介绍一下云塔吗
        什么是宽限期
    """,
    "overview": """
        Summarise the documents
        What is in here?
        What do these documents say?
        what can I ask you
        Give me a summary of everything
        what are these documents about?
        这里有什么
        概括一下这些文档
        这些资料讲了什么
    """,
    "any": """
        Why did it close?
        How do I reset my password?
        为什么关闭
        怎么重置密码
        他们为什么在那里
    """,
}
ASKED = [(kind, question.strip()) for kind, lines in KINDS.items() for question in lines.strip().splitlines()]


@pytest.mark.parametrize(("kind", "question"), ASKED)
def test_answer_type(question: str, kind: AnswerType) -> None:
    assert answer_type(question) == kind
    asked = Question(text=question, workspace=DEFAULT_WORKSPACE, mode="keyword")
    assert read_question(asked).answer_type == kind


@given(st.text(max_size=80))
def test_every_question_has_one_kind(question: str) -> None:
    assert answer_type(question) in get_args(AnswerType)


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("What type of tree is it?", "tree"),
        ("In which city was it built?", "city"), ("他演奏什么乐器？", "乐器"),
        ("What is the name of the river?", "river"),
        ("Who was it?", ""), ("谁？", ""),
    ],
)  # fmt: skip
def test_asked_noun(question: str, noun: str) -> None:
    assert asked_noun(question) == noun


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How much does a ticket cost?", "money"),
        ("How many years did it last?", "years"), ("How tall is it?", "distance"),
        ("How many people came?", "count"),
        ("门票多少钱？", "money"), ("持续了几年？", "years"), ("有多高？", "distance"),
        ("有多少人？", "count"), ("Who was it?", None),
    ],
)  # fmt: skip
def test_asked_unit(question: str, unit: Unit | None) -> None:
    assert asked_unit(question) == unit


def test_a_comparison_asks_for_a_verdict_or_for_a_side() -> None:
    assert asks_yes_or_no("Are Ann Lee and Bo Li both painters?")
    assert asks_yes_or_no("石川比林田年长吗？")
    assert not asks_yes_or_no("Which is older, the tower or the mill?")
    assert not asks_yes_or_no("Was Ann Lee or Bo Li born first?")
    assert not asks_yes_or_no("石川和林田谁更早出生？")
