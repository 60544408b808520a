from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_snapshot import evidence, placed

from graph.model import DEFAULT_WORKSPACE
from retrieval.answer import Claim, Derivation, ShortAnswer
from retrieval.answering.short.short_answers import derive, short_answer
from retrieval.answering.short.spans import spans_of
from retrieval.answering.stated.moments import earlier, moments_in
from retrieval.answering.writing import Writing
from retrieval.model import Evidence, Question
from retrieval.questions.answer_kinds import AnswerType
from retrieval.questions.read_question import ReadQuestion, read_question

TOWNS = {
    "Ann Lee": "Ann Lee (born 3 May 1901 in Port Calder) was a Scottish painter.",
    "Bo Reyer": "Bo Reyer (7 June 1899 – 2 July 1960) was a Danish novelist. He married Ida Holm.",
    "Selm Tower": "The Selm Tower is a tower in Lakeholm, Norway. It was built in 1904. It was designed by Ann Lee.",
    "Orrin Mill": "The Orrin Mill is a mill in Tarn, Sweden, built in 1911. It has a height of 31 metres.",
    "The Long Night": "The Long Night is a 1931 Danish film directed by Edda Brink and starring Jon Ode.",
    "Low Water": "Low Water is a 1938 British film directed by Carl Voss.",
    "Edda Brink": "Edda Brink (born 12 March 1890) was a Danish film director.",
    "Carl Voss": "Carl Voss (born 4 April 1888, died 5 May 1940) was a British film director.",
    "Selmdale": "Selmdale is a town in Norway. It has a population of 12,400.",
    "Tarn": "Tarn is a town in Sweden. At the 2010 census its population was 9,870.",
    "Orrin Codex": "The Orrin Codex is a star atlas of 1512, painted on calfskin.",
    "Holm": "Holm is a village of 1900 people. It has 1,900 inhabitants.",
    "云塔": "云塔位于杭州。云塔建成于1904年。",
    "星桥": "星桥是一座桥。星桥于1911年建成。",
    "石川": "石川（1901年5月3日－1970年）是日本画家。",
    "沙海行记": "《沙海行记》是石川的长篇小说，共有三卷。书中记述了作者在大漠的生活。",
    "潮声": "书中记述了作者在海边的生活。",
    "林田": "林田（1899年6月7日－1960年）是日本作家。",
}
PASSAGES = evidence(*(placed(title, text, title=title) for title, text in TOWNS.items()))


def read(text: str) -> ReadQuestion:
    return read_question(Question(text=text, workspace=DEFAULT_WORKSPACE, mode="keyword"))


def answered(question: str, passages: Sequence[Evidence] = PASSAGES) -> ShortAnswer | None:
    found = derive(read(question), passages)
    return found.short if found else None


@pytest.mark.parametrize(
    ("question", "text", "kind"),
    [
        ("Who was born first, Ann Lee or Bo Reyer?", "Bo Reyer", "choice"),
        ("Who is younger, Ann Lee or Bo Reyer?", "Ann Lee", "choice"),
        ("Is Ann Lee older than Bo Reyer?", "No", "verdict"),
        ("Was the Selm Tower built before the Orrin Mill?", "Yes", "verdict"),
        ("Which is older, the Selm Tower or the Orrin Mill?", "Selm Tower", "choice"),
        ("Which town has more people, Selmdale or Tarn?", "Selmdale", "choice"),
        ("Is the Orrin Codex older than the Selm Tower?", "Yes", "verdict"),
        ("Does Holm have more inhabitants than Tarn?", "No", "verdict"),
        ("石川和林田谁年纪更大？", "林田", "choice"),
        ("Are the Selm Tower and the Orrin Mill in the same country?", "No", "verdict"),
        ("Were Bo Reyer and Edda Brink of the same nationality?", "Yes", "verdict"),
        ("Are Edda Brink and Carl Voss both film directors?", "Yes", "verdict"),
        ("Which film has the director who was born first, The Long Night or Low Water?", "Low Water", "choice"),
        ("Do the directors of The Long Night and Low Water have the same nationality?", "No", "verdict"),
        ("Which director is British, Edda Brink or Carl Voss?", "Carl Voss", "choice"),
        ("云塔和星桥哪个更早建成？", "云塔", "choice"),
        ("石川和林田谁更早出生？", "林田", "choice"),
        ("石川比林田年长吗？", "不是", "verdict"),
        ("When was Ann Lee born?", "3 May 1901", "date"),
        ("Could you tell me when Bo Reyer died?", None, None),
        ("When did Bo Reyer die?", "2 July 1960", "date"),
        ("Who designed the Selm Tower?", "Ann Lee", "person"),
        ("Where was the designer of the Selm Tower born?", "Port Calder", "place"),
        ("When was the director of The Long Night born?", "12 March 1890", "date"),
        ("Who is the wife of Bo Reyer?", "Ida Holm", "person"),
        ("What nationality is the director of Low Water?", "British", "name"),
        ("云塔是哪一年建成的？", "1904年", "date"),
        ("《沙海行记》的作者是谁？", "石川", "person"),
    ],
)
def test_what_rules_are_sure_of(question: str, text: str | None, kind: str | None) -> None:
    found = answered(question)
    assert (found and found.text, found and found.kind) == (text, kind)


@pytest.mark.parametrize(
    "question",
    [
        "Who was born first, Ann Lee or Ida Holm?",  # nothing is stated of one
        "Which film came out first, The Long Night or The Short Night?",
        "Which is more beautiful, the Selm Tower or the Orrin Mill?",
        "Are Ann Lee and Bo Reyer both born in Port Calder?",  # no definition tells where somebody was born
        "When was the third owner of the Selm Tower born?",  # a word that no rule reads
        "Who painted the Selm Tower?",
        "Are Ann Lee and Bo Reyer both painters?",  # a novelist may paint as well
        "Is the Selm Tower open on Sunday?",
        "《潮声》的作者是谁？",  # its only sentence tells of the author without a name
    ],
)
def test_nothing_where_rules_are_not_sure(question: str) -> None:
    assert answered(question) is None


def test_a_day_does_not_decide_against_its_year() -> None:
    passages = evidence(
        placed("a", "Ada (born 3 May 1901) was a painter.", title="Ada"),
        placed("b", "Eve (born 1901) was a painter.", title="Eve"),
    )
    assert answered("Who was born first, Ada or Eve?", passages) is None


SIGNS = {
    "Guide": "The library is closed on Sundays. It opens at nine on Mondays.",
    "Rules": "Dogs are not allowed in the reading room. Dogs are welcome in the garden.",
    "Prices": "Breakfast is included in the price.",
    "Hours": "The museum is open on Fridays, except on holidays.",
    "须知": "图书馆周日闭馆。馆内禁止携带宠物。餐厅可以带宠物。天文台没有停车场。退货需要发票。",
    "News": "Edda Brink hired Carl Voss.",
}
NOTICES = evidence(*(placed(title, text, title=title) for title, text in SIGNS.items()))


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Is the library open on Sunday?", "No"), ("Is the library closed on Sundays?", "Yes"),
        ("Are dogs allowed in the garden?", "Yes"), ("Can I bring dogs into the reading room?", "No"),
        ("Is breakfast included?", "Yes"), ("Is lunch included?", None), ("Is the library open on Tuesday?", None),
        ("Is the museum open on Fridays?", None), ("Did Carl Voss hire Edda Brink?", None),
        ("图书馆周日开门吗？", "不是"), ("馆内可以带宠物吗？", "不是"), ("餐厅可以带宠物吗？", "是"),
        ("天文台有停车场吗", "不是"), ("退货需要发票吗", "是"), ("退货需要身份证吗", None),
    ],
)  # fmt: skip
def test_yes_or_no_only_where_a_sentence_states_just_that(question: str, text: str | None) -> None:
    found = answered(question, NOTICES)
    assert (found and found.text) == text


def write(question: str, *parts: Claim | Derivation, passages: Sequence[Evidence] = PASSAGES) -> Writing:
    writing = Writing(read(question), passages)
    for part in parts:
        list(writing.add(part))
    list(writing.end())
    return writing


def test_a_verdict_opens_the_answer_and_both_sides_are_cited() -> None:
    question = "Who was born first, Ann Lee or Bo Reyer?"
    derived = derive(read(question), PASSAGES)
    assert derived is not None
    writing = write(question, derived)
    assert writing.text.startswith("Bo Reyer. ")
    assert {citation.document_id for citation in writing.citations} == {"Ann Lee", "Bo Reyer"}
    assert writing.short_answer is not None
    for span in writing.short_answer.derived_from:
        cited = next(one for one in writing.citations if one.marker == span.marker)
        assert cited.document_id == span.document_id
        assert cited.quote[span.start - cited.start : span.end - cited.start] == span.text


def test_a_verdict_is_not_said_where_one_of_its_claims_does_not_hold() -> None:
    question = "Who was born first, Ann Lee or Bo Reyer?"
    derived = derive(read(question), PASSAGES)
    assert derived is not None
    forged = Claim(text="Nobody knows.", quotes=((1, "nowhere to be found"),))
    writing = write(question, Derivation(words=derived.words, claims=(*derived.claims, forged), short=derived.short))
    assert not writing.text.startswith("Bo Reyer. ")


def test_without_a_derivation_the_verdict_is_given_only_if_both_sides_are_cited() -> None:
    question = "Who was born first, Ann Lee or Bo Reyer?"
    derived = derive(read(question), PASSAGES)
    assert derived is not None
    assert write(question, *derived.claims).short_answer == derived.short
    assert write(question, derived.claims[0]).short_answer is None


@pytest.mark.parametrize(
    ("question", "sentence", "text"),
    [
        ("How many windows has the Selm Tower?", "The Selm Tower has 24 windows.", "24"),
        ("How many windows has the Selm Tower?", "The Selm Tower has 24 windows and 3 doors.", None),
        ("When does the Selm Tower open?", "The Selm Tower opens at 9 am.", "9 am"),
        ("云塔有多少扇窗户？", "云塔有24扇窗户。", "24"),
        ("云塔的设计者是谁？", "云塔的设计者是石川。", "石川"),
    ],
)
def test_the_only_span_of_a_sentence_that_holds_the_question(question: str, sentence: str, text: str | None) -> None:
    passages = evidence(placed("a", sentence, title="Guide"))
    writing = write(question, Claim(text=sentence, quotes=((1, sentence),)), passages=passages)
    found = short_answer(read(question), passages, writing.citations)
    assert (found and found.text) == text


@pytest.mark.parametrize(
    ("kind", "text", "spans"),
    [
        ("time", "It opened on 7 January 1976.", ["7 January 1976"]),
        ("time", "It dates from the early 19th century.", ["early 19th century"]),
        ("time", "民国78年开放，1901年5月7日建成。", ["民国78年", "1901年5月7日"]),
        ("number", "It has 1,234 rooms, built in 1904.", ["1,234"]),
        ("number", "全长3,400公里。", ["3,400公里"]),
        ("person", "It was built by Ludwig van Beethoven and J. R. Ewing for the Selm Museum.",
         ["Ludwig van Beethoven", "J. R. Ewing"]),
        ("person", "作者约翰·史密斯住在这里。", ["约翰·史密斯"]),
        ("place", "She was born in Port Calder, Scotland.", ["Port Calder, Scotland"]),
    ],
)  # fmt: skip
def test_spans_of_a_kind(kind: AnswerType, text: str, spans: list[str]) -> None:
    assert [text[start:end] for start, end in spans_of(kind, text, "")][: len(spans)] == spans


@settings(deadline=None)
@given(st.text(max_size=80))
def test_spans_and_moments_stand_in_the_text(text: str) -> None:
    for kind in ("time", "number", "person", "place"):
        assert all(0 <= start < end <= len(text) for start, end in spans_of(kind, text, ""))
    assert all(0 <= one.start < one.end <= len(text) for one in moments_in(text))


@given(st.dates(), st.dates())
def test_of_two_dates_the_earlier_one_is(one: object, other: object) -> None:
    first, second = (next(moments_in(str(day)), None) for day in (one, other))
    if first and second:
        assert earlier(first.parts, second.parts) == (None if first.parts == second.parts else str(one) < str(other))


@given(st.text(max_size=80))
def test_a_question_of_any_form_gets_what_stands_in_the_evidence_or_nothing(question: str) -> None:
    found = derive(read(question), PASSAGES)
    for span in found.short.derived_from if found else ():
        assert TOWNS[span.document_id][span.start : span.end] == span.text
