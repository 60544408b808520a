"""How a question that depends on what was said before becomes one that stands alone, by rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.model import Utterance
from retrieval.rewriting.exchanges import Exchange, exchanges_of, fitted, is_small_talk, sentences_of
from retrieval.rewriting.known_names import names_by_rule
from retrieval.rewriting.meaning.writer import Understood
from retrieval.rewriting.reading.chinese import read_chinese
from retrieval.rewriting.reading.english import read_english
from retrieval.rewriting.standalone import understood


def spoken(*texts: str) -> tuple[Exchange, ...]:
    """Exchanges of a conversation in which user and agent take turns."""
    return exchanges_of([
        Utterance(speaker="agent" if number % 2 else "user", text=text) for number, text in enumerate(texts)
    ])  # fmt: skip


def meant(text: str, *before: str) -> Understood:
    return understood(text, spoken(*before), names_by_rule)


def test_a_name_that_says_the_whole_noun_comes_before_one_that_shares_its_last_character() -> None:
    said = "周明远研究天文学，毕业于长宁大学。"
    known = [(said.index(name), said.index(name) + len(name)) for name in ("周明远", "天文学", "长宁大学")]
    exchanges = spoken("他是谁？", said)
    found = understood("这所大学在哪里？", exchanges, lambda text: known if text == said else names_by_rule(text))
    assert found.text == "长宁大学在哪里？"


TOWER = ("Who designed the Selm Tower?", "The Selm Tower was designed by Ada Quist in 1911. [1]")
BOOK = ("《石坞夜话》由哪家出版社出版？", "《石坞夜话》由晨光出版社于1998年出版。 [1]")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Where was she born?", "Where was Ada Quist born?"),
        ("What was her teacher called?", "What was Ada Quist's teacher called?"),
        ("And the Low Mill?", "Who designed the Low Mill?"),
        ("What about the Harrow Bridge?", "Who designed the Harrow Bridge?"),
        ("No, I meant the Low Mill.", "Who designed the Low Mill?"),
        ("When?", "Who designed the Selm Tower, and when?"),
        ("How tall is it?", "How tall is Selm Tower?"),
    ],
)
def test_follow_up_in_english(text: str, expected: str) -> None:
    assert meant(text, *TOWER).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("它什么时候出版的？", "石坞夜话什么时候出版的？"),
        ("这本书有多少篇？", "这本书（石坞夜话）有多少篇？"),
        ("共有多少篇？", "石坞夜话共有多少篇？"),
        ("《云岭纪事》呢？", "《云岭纪事》由哪家出版社出版？"),
        ("不，我是说《云岭纪事》。", "《云岭纪事》由哪家出版社出版？"),
    ],
)
def test_follow_up_in_chinese(text: str, expected: str) -> None:
    assert meant(text, *BOOK).text == expected


VAEL = ("Who founded Halden Observatory?", "It was founded in 1931 by the astronomer Ingrid Vael. [1]")
ZHOU = ("周明远出生在哪里？", "周明远出生于清江市。 [1]", "他毕业于哪所大学？", "周明远毕业于长宁大学。 [1]")


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("那林雨桐呢？", ZHOU, "林雨桐毕业于哪所大学？"),
        ("When was the telescope built?", ("What is the Orrin Telescope?", "The Orrin Telescope is a reflector."),
         "When was the telescope (Orrin Telescope) built?"),
        ("What is the prize worth?", ("Who gives the Harrow Prize?", "The city of Selm gives it."),
         "What is the prize (Harrow Prize) worth?"),
        ("When did the company open?", ("What is Tavish Company?", "It makes lenses."),
         "When did the company (Tavish Company) open?"),
    ],
)  # fmt: skip
def test_verb_of_a_question_is_no_part_of_a_name(text: str, said: tuple[str, ...], expected: str) -> None:
    assert meant(text, *said).text == expected


PRIZES = (
    "Who endowed this prize?",
    "What do you mean by “this prize”? Is it Harrow Prize, Kessel Prize or prize of Selm, or something else?",
)
PRIZES_HAN = ("那个奖由谁设立？", "“那个奖”指的是什么？是启明奖、云岭奖，还是别的？")


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("Kessel Prize", PRIZES, "Who endowed Kessel Prize?"),
        ("I mean the Harrow Prize.", PRIZES, "Who endowed the Harrow Prize?"),
        ("prize of selm", PRIZES, "Who endowed prize of Selm?"),
        ("the second one", PRIZES, "Who endowed Kessel Prize?"),
        ("holding company", (*VAEL, "Where is the holding company?",
         "What do you mean by “the holding company”? Is it holding company or Tavish, or something else?"),
         "Where is holding company?"),
        ("启明奖", PRIZES_HAN, "启明奖由谁设立？"),
        ("是云岭奖。", PRIZES_HAN, "云岭奖由谁设立？"),
        ("第二个", PRIZES_HAN, "云岭奖由谁设立？"),
        ("Where was she born?", (*TOWER, *PRIZES), "Where was Ada Quist born?"),
    ],
)  # fmt: skip
def test_candidate_of_a_question_back_continues_the_question_that_was_asked(
    text: str, said: tuple[str, ...], expected: str
) -> None:
    assert meant(text, *said).text == expected


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("What about the Orrin Telescope?", (*VAEL, "Where was she born?", "In Brennick."),
         "Who founded the Orrin Telescope?"),
        ("What about the Orrin Telescope?", ("Who is Ingrid Vael?", "One of us.", "Where was she born?", "In Selm."),
         "Orrin Telescope"),
        ("And Jon Berg?", ("Who is Jon Berg?", "An architect.", "When was Halden Observatory founded?", "In 1931."),
         "Who is Jon Berg?"),
        ("启明奖呢？", ("周明远毕业于哪所大学？", "长宁大学。"), "启明奖"),
        ("首任台长呢？", ("介绍一下云岭天文台。", "是周明远。", "周明远毕业于哪里？", "长宁大学。"),
         "云岭天文台的首任台长呢？"),
        ("周明远呢？", ("云岭天文台由哪所大学设立？", "长宁大学。"), "周明远"),
        ("And Ada Quist?", (*TOWER, "When was the University of Selm founded?", "In 1648."), "Ada Quist"),
        ("林雨桐呢？", ("谁是台长？", "周明远。", "云岭天文台建于哪一年？", "1978年。"), "林雨桐"),
        ("What about Halden Observatory?", ("When was the University of Lakeholm founded?", "In 1648."),
         "When was Halden Observatory founded?"),
    ],
)  # fmt: skip
def test_name_takes_no_place_that_does_not_fit_it(text: str, said: tuple[str, ...], expected: str) -> None:
    assert meant(text, *said).text == expected


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("When did she do it?", VAEL, "Who founded Halden Observatory, and when did Ingrid Vael do it?"),
        (
            "她什么时候做的这件事？",
            ("谁写了《星海札记》？", "林雨桐。"),
            "谁写了《星海札记》，林雨桐什么时候做的这件事？",
        ),
    ],
)
def test_what_somebody_did_is_no_thing(text: str, said: tuple[str, ...], expected: str) -> None:
    assert meant(text, *said).text == expected


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("他出生于哪一年？", ("云岭天文台的首任台长是谁？", "首任台长是林雨桐的导师周明远。 [1]"),
         "周明远出生于哪一年？"),
        ("他出生于哪一年？", ("介绍一下云岭天文台。", "首任台长是林雨桐的导师周明远。 [1]"),
         "周明远出生于哪一年？"),
        ("Where was he born?", ("Who was the first head of Halden Observatory?",
         "Its first head was Lin Yutong's teacher Zhou Mingyuan. [1]"), "Where was Zhou Mingyuan born?"),
        ("Where was he born?", ("Tell me about Halden Observatory.",
         "Its first head was Lin Yutong's teacher Zhou Mingyuan. [1]"), "Where was Zhou Mingyuan born?"),
    ],
)  # fmt: skip
def test_owner_of_a_name_is_not_who_is_named(text: str, said: tuple[str, ...], expected: str) -> None:
    assert meant(text, *said).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "MonoDevelop主要是用来开发什么的？", "64DD有哪些优点？", "什么是小鸟球？", "箭竹的繁殖方式有哪些？",
        "决定协商制定公共管理条例的背景是什么？", "冷湖行政区因何而得名？", "西班牙语在西班牙的地位如何？",
        "“石坞交易所”这个名字是何时出现的？", "在石坞磨坊任职期间，他写了什么？",
    ],
)  # fmt: skip
def test_chinese_question_about_something_of_its_own_is_left_byte_for_byte(text: str) -> None:
    assert meant(text, *BOOK).text == text


def test_other_moment_takes_the_place_of_the_one_before() -> None:
    said = ("Who won the Selm Prize in 1938?", "Ada Quist won the Selm Prize in 1938. [1]")
    assert meant("And in 1990?", *said).text == "Who won the Selm Prize in 1990?"


def test_item_of_a_list_is_meant_by_its_number() -> None:
    said = ("Which prizes did Ada Quist win?", "She won:\n1. the Selm Prize\n2. the Harrow Medal")
    assert meant("When was the second one founded?", *said).text == "When was the Harrow Medal founded?"


def test_a_follow_up_of_a_follow_up() -> None:
    found = meant(
        "And the Low Mill?", *TOWER, "Where was she born?", "Ada Quist was born in Brennick. [1]", "Why?", "…"
    )
    assert "Low Mill" in found.text
    again = meant("What did she study?", *TOWER, "Where was she born?", "In Brennick. [1]")
    assert again.text == "What did Ada Quist study?"


def test_each_carried_name_says_where_it_was_said() -> None:
    found = meant("Where was she born?", *TOWER)
    assert [(one.name, one.turn) for one in found.carried] == [("Ada Quist", 2)]
    asked = meant("How tall is it?", *TOWER)
    assert [(one.name, one.turn) for one in asked.carried] == [("Selm Tower", 1)]


def test_carried_name_of_a_question_that_carried_it_keeps_its_utterance() -> None:
    found = meant("What did she study?", *TOWER, "Where was she born?", "In Brennick. [1]")
    assert [(one.name, one.turn) for one in found.carried] == [("Ada Quist", 2)]


def test_word_that_stands_for_nothing_is_unclear() -> None:
    found = meant("Who speaks this language?", *TOWER)
    assert found.unclear is not None
    assert found.unclear.noun == "language"


@pytest.mark.parametrize(
    "text",
    [
        "When did Ada Quist get her first prize?",
        "Is it true that the Selm Tower was moved?",
        "Are there any bridges in Brennick?",
        "What is the debt that Selm County carried this year?",
        "If a visitor loses a ticket of the Selm Tower, where do they report it?",
        "Which company owns the Low Mill, and where is it?",
        "How long does it take to climb the Selm Tower?",
    ],
)
def test_question_that_names_what_it_asks_about_lacks_nothing(text: str) -> None:
    assert read_english(text).lack == "nothing"
    assert meant(text, *TOWER).text == text


@pytest.mark.parametrize(
    "text",
    ["应该怎么去石坞？", "其中哪一座最高？", "吉他由谁发明？", "因此石坞磨坊由谁经营？", "除此之外谁还建过磨坊？"],
)
def test_chinese_words_that_only_look_as_if_they_referred(text: str) -> None:
    assert read_chinese(text).references == ()


def test_courtesies_are_no_exchange() -> None:
    assert is_small_talk("That is fine. Thank you!")
    assert is_small_talk("好的，谢谢你！")
    assert not is_small_talk("Is that fine for the Low Mill?")
    assert (
        meant("Where was she born?", *TOWER, "Thank you very much!", "You are welcome.").text
        == "Where was Ada Quist born?"
    )


NAMES = st.sampled_from(["Ada Quist", "Selm Tower", "Low Mill", "Harrow Bridge", "Brennick Valley", "Jon Berg"])
QUESTIONS = st.builds(
    lambda frame, name: frame.format(name),
    st.sampled_from([
        "Who founded {}?", "When was {} built?", "Where does {} stand?", "How many people know {}?",
        "Tell me about {}.", "Which prize was given to {} in 1938?", "Was {} ever sold?", "Why did {} close?",
    ]),
    NAMES,
)  # fmt: skip
SAID = st.lists(st.one_of(QUESTIONS, st.text(max_size=80), st.sampled_from([*TOWER, *BOOK])), max_size=8)
FOLLOW_UPS = st.one_of(
    st.sampled_from([
        "Where was she born?", "And in 1990?", "What about the Low Mill?", "Why?", "How tall is it?", "the second one?",
        "No, I meant Jon Berg.", "How does this engine work?",
        "它由谁建造？", "那第二个呢？", "林雨桐呢？", "什么时候？", "有多少人？",
    ]),
    st.text(max_size=60),
)  # fmt: skip


@given(QUESTIONS, SAID)
def test_question_without_dependence_is_left_byte_for_byte(text: str, before: list[str]) -> None:
    assert meant(text, *before).text == text


@given(FOLLOW_UPS, SAID)
def test_carried_names_stand_where_they_are_said_to(text: str, before: list[str]) -> None:
    found = meant(text, *before)
    for one in found.carried:
        assert one.name in before[one.turn - 1]
        assert one.name in found.text


@given(st.text(max_size=400))
def test_nothing_was_said_before_and_nothing_is_carried(text: str) -> None:
    assert meant(text).carried == ()


@given(SAID, st.integers(min_value=0, max_value=300))
def test_history_is_cut_to_its_room_by_turn_and_never_within_a_sentence(before: list[str], room: int) -> None:
    whole = spoken(*before)
    kept = fitted(whole, room, len)
    assert sum(len(one.question) + len(one.answer) for one in kept) <= room + len(kept) * 20
    for one, full in zip(reversed(kept), reversed(whole), strict=False):
        assert one.question == full.question
        sentences = sentences_of(full.answer)
        assert one.answer == full.answer or all(part in sentences for part in sentences_of(one.answer))


def test_sentences_with_names_and_numbers_are_kept_before_others() -> None:
    answer = "It is known widely. Nothing more is said of it here at all. It opened in 1911 [2]. So it goes on and on."
    (kept,) = fitted(spoken("Who?", answer), 100, len)
    assert kept.answer == "It is known widely. It opened in 1911 [2]."
