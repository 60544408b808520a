import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model import Span
from graph.text.lookalikes import lookalikes
from graph.text.names import find_names, norm
from graph.text.normal import normal
from graph.text.number_values import chinese_value, values, without_separators
from graph.text.tokens import plain_words, stems
from ingest.extraction.sentences import split_sentences

UNSEEN = ("\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")


@given(st.text())
def test_the_normal_form_is_one(text: str) -> None:
    once = normal(text)
    assert normal(once) == once
    assert stems(unicodedata.normalize("NFD", text)) == stems(unicodedata.normalize("NFC", text))
    assert stems(once) == stems(text)


@given(st.text(), st.sampled_from(UNSEEN), st.integers(min_value=0, max_value=20))
def test_what_is_not_seen_changes_no_term(text: str, unseen: str, place: int) -> None:
    with_it = text[:place] + unseen + text[place:]
    assert stems(with_it) == stems(text)
    assert plain_words(with_it) == plain_words(text)


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Pru\u0308fstelle", "Prüfstelle"), ("ＡＢＣ－１２", "abc-12"), ("ﾊﾞｽ", "バス"),
        ("Donau\u00addampf", "donaudampf"),
        ("臺灣總公司", "台湾总公司"), ("房間裡", "房间里"), ("房間裏", "房间里"), ("著名", "着名"), ("१२३", "123"),
        ("٤٥", "45"),
        ("Đà Nẵng", "Da Nang"), ("Łódź", "Lodz"), ("Iğdır", "IGDIR"), ("می\u200cخواهم", "میخواهم"), ("كتاب", "کتاب"),
        ("한국".encode().decode(), unicodedata.normalize("NFD", "한국")), ("1,234,567", "1234567"),
        ("12,34,567", "1234567"),
    ],
)  # fmt: skip
def test_one_text_written_in_two_ways(written: str, asked: str) -> None:
    assert stems(written) == stems(asked)


def test_marks_part_no_word() -> None:
    assert stems("केरल दिल्ली") == [stems("केरल")[0], stems("दिल्ली")[0]]
    assert not set(stems("दिल्ली")) & set(stems("दल लाल"))
    assert len(stems("สวัสดี ครับ")) == len(set(stems("สวัสดี ครับ"))) > 2


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("1 234 567", ["1234567"]), ("1\u202f234\u00a0567", ["1234567"]), ("1.234.567", ["1234567"]), ("1.234", []),
        ("1'234'567", ["1234567"]), ("1.17.13", []), ("2022-08-01", []), ("12万", ["120000"]), ("1.5亿", ["150000000"]),
        ("二〇一九年", ["2019"]), ("三百二十五人", ["325"]), ("一亿五千万", ["150000000"]), ("五月", ["5"]),
        ("一个", []),
        ("12萬", ["120000"]), ("１２萬", ["120000"]), ("千万不要", []),
    ],
)  # fmt: skip
def test_numbers_by_what_they_are_worth(text: str, worth: list[str]) -> None:
    assert list(values(without_separators(normal(text)))) == worth


@given(st.integers(min_value=0, max_value=10**12))
def test_a_number_with_commas_is_the_number(number: int) -> None:
    assert stems(f"{number:,}") == stems(str(number)) == [str(number)]


def test_versions_dates_and_addresses_stay() -> None:
    assert "1.17.13" in stems("release 1.17.13")
    assert "192.168.100.200" in stems("at 192.168.100.200")
    assert "2022-08-01" in stems("on 2022-08-01")
    assert chinese_value("二〇二二") == 2022


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The US office", ["us"]), ("give it to us", []), ("US", ["us"]), ("WHO IS IT WITH", []),
        ("In May it rained", []),
        ("It may rain. May it rain?", []), ("We heard The Who", ["who"]),
        ("C++, C# and F# on .NET at AT&T", ["c++", "c#", "f#", ".net", "at&t"]),
    ],
)  # fmt: skip
def test_names_that_look_like_function_words(text: str, found: list[str]) -> None:
    assert list(lookalikes(text)) == found
    assert set(found) <= set(stems(text))


def names(text: str) -> set[str]:
    return {found.key for found in find_names(text, [Span(start=0, end=len(text))])}


def test_names_in_capitals_and_in_decomposed_text() -> None:
    assert "us" in names("The US office of Lorvik has 120 staff.")
    assert "it" in names("Ask the IT department.")
    assert not names("Ask them what it is. In May.") & {"it", "may", "in"}
    assert {"theresa may", "will smith"} <= names("Theresa May met Will Smith.")
    assert "who" in names("The Who played in Leeds.")
    text = "Jo\u0308rg Gro\u0308\u00dfe, Varn\u00adholm"
    for found in find_names(text, [Span(start=0, end=len(text))]):
        assert text[found.start : found.end] == found.name
    assert {"jorg grosse", "varnholm"} <= names(text)
    assert norm("Donau\u00addampf") == "donaudampf"


@pytest.mark.parametrize(
    "text",
    [
        "राजेश दिल्ली में रहते हैं। सीता मुंबई में रहती हैं॥", "هل أنت هنا؟ هو هنا۔", "Անի եկավ։ Նա գնաց։", "ሰላም። ደህና።",
        "សួស្តី។ លាហើយ។", "牛车水（狮城；旧区）在南；它很大。",
    ],
)  # fmt: skip
def test_sentences_of_other_scripts_end(text: str) -> None:
    assert len(split_sentences(text)) == 2


def test_a_script_without_full_stops_is_parted_at_spaces() -> None:
    text = "ที่นี่มีคน " * 100
    found = split_sentences(text)
    assert len(found) > 2
    assert max(span.end - span.start for span in found) < 250
