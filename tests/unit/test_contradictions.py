"""Which sentences exclude each other, by a table of pairs in both languages, and that this is symmetric."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_snapshot import evidence, placed

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Citation
from retrieval.answering.conflicts.contradictions import contradict
from retrieval.answering.conflicts.finding import find_conflict
from retrieval.answering.conflicts.statements import Heard, Statement, read_statement
from retrieval.model import Question
from retrieval.questions.question_words import AnswerType
from retrieval.questions.read_question import read_question

EXCLUDE = [
    # a number
    ("The Brann mill has 120 looms.", "The Brann mill has 95 looms.", "number"),
    ("The fee for the Brann course is $40.", "The fee for the Brann course is $55.", "number"),
    ("The Orn bridge is 1.5 km long.", "The Orn bridge is 2.4 km long.", "number"),
    ("Brann employs 1,234 people.", "Brann employs 1,534 people.", "number"),
    ("The Orn archive holds 3 million letters.", "The Orn archive holds 5 million letters.", "number"),
    ("The Orn reserve covers over 4,000 hectares.", "The Orn reserve covers 900 hectares.", "number"),
    ("The warranty of the Tarn pump lasts twelve months.", "The warranty of the Tarn pump lasts six months.", "number"),
    # a day, a time
    ("The Orn bridge was opened in 1931.", "The Orn bridge was opened in 1934.", "time"),
    ("The Orn bridge was opened on 3 May 1931.", "The Orn bridge was opened on 9 May 1931.", "time"),
    ("The Orn bridge (opened in 1931) leans.", "The Orn bridge, opened in 1934, leans.", "time"),
    ("The Orn office opens at 9:00.", "The Orn office opens at 10:30.", "time"),
    ("Ada Brann was born on 3 May 1931 in Selm.", "Ada Brann was born on 3 May 1933.", "time"),
    ("According to the Selm Gazette, the Orn bridge was opened in 1931.", "The Orn bridge was opened in 1934.", "time"),
    # a person in a role, a place
    ("The Orn bridge was designed by Edda Brink.", "The Orn bridge was designed by Nils Orr.", "person"),
    ("Edda Brink designed the Orn bridge.", "The Orn bridge was designed by Nils Orr.", "person"),
    ("The director of the Orn museum is Edda Brink.", "The director of the Orn museum is Nils Orr.", "person"),
    ("Edda Brink is the director of the Orn museum.", "Nils Orr is the director of the Orn museum.", "person"),
    ("The Brann mill is located in Selm.", "The Brann mill is located in Tarn.", "place"),
    # what is so and what is not
    ("Visitors may use the Brann kiln.", "Visitors may not use the Brann kiln.", "any"),
    ("Visitors are allowed to use the Brann kiln.", "Visitors are prohibited from using the Brann kiln.", "any"),
    ("The Tarn pump is waterproof.", "The Tarn pump isn't waterproof.", "any"),
    ("The Orn ferry runs in winter.", "The Orn ferry no longer runs in winter.", "any"),
    ("Dogs must not enter the Orn reserve.", "Dogs may enter the Orn reserve.", "any"),
    # a state
    ("The Orn ferry is open to cyclists.", "The Orn ferry is closed to cyclists.", "any"),
    ("The Brann request was approved.", "The Brann request was rejected.", "any"),
    ("The backup of Tarn runs daily.", "The backup of Tarn runs weekly.", "any"),
    # 中文
    ("云桥于1931年建成。", "云桥于1934年建成。", "time"),
    ("云桥全长1.5公里。", "云桥全长2.4公里。", "number"),
    ("石川厂有员工1.2万人。", "石川厂有员工9000人。", "number"),
    ("石川厂共有十二个车间。", "石川厂共有十五个车间。", "number"),
    ("云桥由石川设计。", "云桥由青山设计。", "person"),
    ("云馆的馆长是石川。", "云馆的馆长是青山。", "person"),
    ("石川厂位于青岛。", "石川厂位于大连。", "place"),
    ("访客可以使用云馆的窑炉。", "访客不得使用云馆的窑炉。", "any"),
    ("云馆周末开放。", "云馆周末不开放。", "any"),
    ("云馆内允许拍照。", "云馆内禁止拍照。", "any"),
    ("云馆每周备份。", "云馆每月备份。", "any"),
    ("据档案记载，云桥于1931年建成。", "云桥于1934年建成。", "time"),
]
AGREE = [
    # names tell apart of what they speak
    ("The US office of Brann has 120 staff.", "The UK office of Brann has 45 staff.", "number", "two offices"),
    (
        "The US office of Brann has 120 staff.",
        "The office of Brann has 45 staff.",
        "number",
        "one is named, one is not",
    ),
    ("Orn writes its tools in C#.", "Tarn writes its tools in C++.", "any", "two teams"),
    ("Form 1 has 12 pages.", "Form 2 has 15 pages.", "number", "two forms"),
    ("Jonas Brann was born in 1931.", "Karl Brann was born in 1934.", "time", "two brothers"),
    ("The song Amber was released in 1999.", "The song Cobalt was released in 2004.", "time", "two songs"),
    ("The north wing has 12 rooms.", "The south wing has 15 rooms.", "number", "two wings"),
    ("The red door is open.", "The green door is open.", "any", "two doors"),
    ("Staff may use the Brann kiln.", "Visitors may not use the Brann kiln.", "any", "two groups"),
    ("Visitors may use the kiln on weekdays.", "Visitors may not use the kiln on Sundays.", "any", "two days"),
    # times tell apart
    ("In 2019 Brann had 120 staff.", "In 2020 Brann had 150 staff.", "number", "two years"),
    ("In 2019 the director of Orn was Edda Brink.", "In 2020 the director of Orn was Nils Orr.", "person", "two years"),
    ("In 2019 the Orn ferry was open.", "In 2020 the Orn ferry was closed.", "any", "two years"),
    # other attributes
    ("The Orn bridge was opened in 1931.", "The Orn bridge was sold in 1950.", "time", "two events"),
    ("The Orn bridge was opened in 1931.", "The Orn bridge was painted by Nils Orr.", "any", "a day and a person"),
    ("The Brann mill has 120 looms.", "The Brann mill has 95 windows.", "number", "two counts"),
    ("The Brann mill is located in Selm.", "The Brann mill was moved to Tarn.", "place", "two relations"),
    # one value as two write it
    ("Brann employs 1,234 people.", "Brann employs 1234 people.", "number", "separators"),
    (
        "The Orn archive holds 1.5 million letters.",
        "The Orn archive holds 1,500,000 letters.",
        "number",
        "a word for noughts",
    ),
    ("The Orn archive holds about 1,200 letters.", "The Orn archive holds 1,198 letters.", "number", "about"),
    ("The Orn archive holds over 1,000 letters.", "The Orn archive holds 1,198 letters.", "number", "over"),
    ("The course takes 10 to 15 days.", "The course takes 12 days.", "number", "within a range"),
    ("The Orn bridge was opened in 1931.", "The Orn bridge was opened on 3 May 1931.", "time", "a day of the year"),
    ("The Orn bridge was opened in the 1930s.", "The Orn bridge was opened in 1934.", "time", "a year of the decade"),
    ("The Orn bridge was designed by Edda Brink.", "The Orn bridge was designed by E. Brink.", "person", "an initial"),
    ("The mill was built by Edda Brink and Nils Orr.", "The mill was built by Nils Orr.", "person", "one of two"),
    # nothing is denied
    ("Visitors may use the Brann kiln.", "Visitors may not only look at the Brann kiln but use it.", "any", "not only"),
    ("No. 4 Brann Street is a shop.", "4 Brann Street is a shop.", "any", "a number's abbreviation"),
    ("Visitors may use the kiln.", "Visitors may not use the kiln without a badge.", "any", "a condition"),
    ("The Tarn pump is tall.", "The Tarn pump is red.", "any", "two qualities"),
    ("Nils Orr visited the Orn bridge.", "Edda Brink visited the Orn bridge.", "person", "both may have"),
    # 中文
    ("甲部门有12人。", "乙部门有15人。", "number", "两个部门"),
    ("云桥于1931年动工。", "云桥于1934年建成。", "time", "两件事"),
    ("2019年石川厂有120人。", "2020年石川厂有150人。", "number", "两年"),
    ("石川厂有员工1.2万人。", "石川厂有员工12000人。", "number", "同一数目"),
    ("石川厂有员工约1200人。", "石川厂有员工1198人。", "number", "约数"),
    ("云桥于1931年建成。", "云桥于1931年5月3日建成。", "time", "年与日"),
    ("美国公司有120人。", "英国公司有45人。", "number", "两个公司"),
    ("员工可以使用窑炉。", "访客不得使用窑炉。", "any", "两种人"),
    ("云馆周末开放。", "云馆平日不开放。", "any", "两种日子"),
    ("云桥与石桥不同。", "云桥与石桥相连。", "any", "不同不是否定"),
    ("石川生于1931年。", "石川卒于1990年。", "time", "生与卒"),
]


def statement(text: str, number: int = 1, title: str = "") -> Statement:
    item = evidence(placed(f"c{number}", text, title=title))[0]
    return read_statement(Heard(item=item, start=0, end=len(text), text=text, asked=frozenset()))


def excluding(one: str, other: str, asked: AnswerType) -> bool:
    found = contradict(statement(one), statement(other, 2), asked)
    assert contradict(statement(other, 2), statement(one), asked) == found
    return found


@pytest.mark.parametrize(("one", "other", "asked"), EXCLUDE)
def test_what_excludes_each_other(one: str, other: str, asked: AnswerType) -> None:
    assert excluding(one, other, asked)


@pytest.mark.parametrize(("one", "other", "asked", "why"), AGREE)
def test_what_may_both_be_true(one: str, other: str, asked: AnswerType, why: str) -> None:
    assert not excluding(one, other, asked), why


SENTENCES = sorted({sentence for pair in (*EXCLUDE, *AGREE) for sentence in pair[:2]})
TYPES: list[AnswerType] = ["any", "time", "number", "person", "place"]


@settings(deadline=None)
@given(st.sampled_from(SENTENCES), st.sampled_from(SENTENCES), st.sampled_from(TYPES))
def test_it_is_symmetric_and_no_sentence_excludes_itself(one: str, other: str, asked: AnswerType) -> None:
    assert not excluding(one, one, asked)
    excluding(one, other, asked)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whether_it_is_shown_does_not_depend_on_the_order_of_the_evidence(order: tuple[int, ...]) -> None:
    texts = ["The Orn bridge was opened in 1931.", "The Orn bridge was opened in 1934.", "It rains on the Orn bridge."]
    among = evidence(*(placed(f"c{number}", texts[number]) for number in order))
    cited = next(item for item in among if item.placed.chunk.text == texts[0])
    citation = Citation(
        marker=cited.marker, document_id="c0", version=1, chunk_id="c0", title="", quote=texts[0], start=0,
        end=len(texts[0]),
    )  # fmt: skip
    read = read_question(Question(text="When was the Orn bridge opened?", workspace=DEFAULT_WORKSPACE))
    found = find_conflict(read, among, [citation])
    assert found is not None
    assert {side.citation.quote for side in found.sides} == set(texts[:2])
