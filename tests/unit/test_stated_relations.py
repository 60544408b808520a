"""What sentences state: subject, predicate in one form, object; and whom "she", "the company" and 该厂 mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import split_document
from ingest.extraction.light_extractor import LightExtractor
from ingest.extraction.stating.stated import RULES, certainty
from ingest.model import ExtractedRelation, Extraction, LoadedDocument, Section

Triple = tuple[str, str, str]


def read(title: str, text: str) -> tuple[str, Extraction]:
    chunk = split_document(LoadedDocument(text=text, sections=(Section(start=0, end=len(text)),)))[0]
    return chunk.text, LightExtractor().read(title, chunk)


def said(title: str, text: str) -> set[Triple]:
    _, found = read(title, text)
    return {(found.names[one.source].name, one.predicate, found.names[one.target].name) for one in found.relations}


def rule_of(title: str, text: str, predicate: str) -> ExtractedRelation:
    _, found = read(title, text)
    return next(one for one in found.relations if one.predicate == predicate)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Orm Mill was built by Ida Holm in 1911.",
            {("Ida Holm", "built", "Orm Mill"), ("Orm Mill", "built in", "1911")},
        ),
        ("Ida Holm built Orm Mill.", {("Ida Holm", "built", "Orm Mill")}),
        ("Ida Holm has since written Fen Songs.", set()),  # "since" is understood as no adverb: rather nothing
        ("Ida Holm had written Fen Songs.", {("Ida Holm", "wrote", "Fen Songs")}),
        ("Fen Songs was written by Ida Holm.", {("Ida Holm", "wrote", "Fen Songs")}),
        ("Orm Mill is located in Selm Valley.", {("Orm Mill", "located in", "Selm Valley")}),
        (
            "Ida Holm, the founder of Varn Works, was born in Port Ellen.",
            {("Ida Holm", "founder of", "Varn Works"), ("Ida Holm", "born in", "Port Ellen")},
        ),
        ("Varn Works's director Bo Lind resigned.", {("Bo Lind", "director of", "Varn Works")}),
        ("The mayor of Port Ellen is Clara Stone.", {("Clara Stone", "mayor of", "Port Ellen")}),
        (
            "Orm Mill is a museum in Port Ellen.",
            {("Orm Mill", "is a", "museum"), ("Orm Mill", "museum in", "Port Ellen")},
        ),
        (
            "Selm Quartet recorded Fen Songs, Brim Dances and Orm Suite.",
            {("Selm Quartet", "recorded", name) for name in ("Fen Songs", "Brim Dances", "Orm Suite")},
        ),
        (
            "Orm Mill was drawn and painted by Ida Holm.",
            {("Ida Holm", "drew", "Orm Mill"), ("Ida Holm", "painted", "Orm Mill")},
        ),
        ("Orm Mill was built between 1958 and 1963.", {("Orm Mill", "built", "between 1958 and 1963")}),
        ("Varn Works employs 640 people.", {("Varn Works", "employs", "640 people")}),
        (
            "Ida Holm, who painted Orm Mill, founded Varn Works.",
            {("Ida Holm", "painted", "Orm Mill"), ("Ida Holm", "founded", "Varn Works")},
        ),
        (
            "Ida Holm was born in Port Ellen, Selm Valley, Norland.",
            {
                ("Ida Holm", "born in", "Port Ellen"), ("Port Ellen", "in", "Selm Valley"),
                ("Selm Valley", "in", "Norland"),
            },
        ),
        (
            "In 1987 Ida Holm painted Orm Mill.",
            {("Ida Holm", "painted", "Orm Mill"), ("Ida Holm", "painted in", "1987")},
        ),
    ],
)  # fmt: skip
def test_what_a_sentence_states(text: str, expected: set[Triple]) -> None:
    assert said("", text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Ida Holm never founded Varn Works.",
        "Ida Holm did not build Orm Mill.",
        "Ida Holm may have founded Varn Works.",
        "Ida Holm wanted to buy Orm Mill.",
        "Bo Lind said that Ida Holm had painted badly.",
        "If Ida Holm founded Varn Works, Bo Lind left.",
        "Did Ida Holm paint Orm Mill?",
        "The brother of Ida Holm founded nothing.",
        "Ida Holm and between 1958 and 1963",
    ],
)
def test_what_is_denied_wished_or_asked_is_not_stated(text: str) -> None:
    assert not {one for one in said("", text) if one[0] == "Ida Holm"}


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Varn Works", "Varn Works is a maker of lenses. The company was founded by Ida Holm in Port Ellen in 1904.",
            {
                ("Ida Holm", "founded", "Varn Works"), ("Varn Works", "founded in", "Port Ellen"),
                ("Varn Works", "founded in", "1904"),
            },
        ),
        ("Ida Holm", "Ida Holm was a painter. She was born in Port Ellen.", {("Ida Holm", "born in", "Port Ellen")}),
        ("Fen Songs", "Fen Songs is a film. It was directed by Bo Lind.", {("Bo Lind", "directed", "Fen Songs")}),
        ("Port Ellen", "Port Ellen is a town. Its mayor is Bo Lind.", {("Bo Lind", "mayor of", "Port Ellen")}),
        (
            "Ida Holm", "Ida Holm was a painter. Her teacher was Una Vale. She painted Orm Mill.",
            {("Una Vale", "teacher of", "Ida Holm"), ("Ida Holm", "painted", "Orm Mill")},
        ),
    ],
)  # fmt: skip
def test_pronouns_and_kinds_are_whom_they_mean(title: str, text: str, expected: set[Triple]) -> None:
    assert said(title, text) >= expected


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Minutes of May", "The weather was fine. He founded Varn Works."),  # nobody was named
        ("Orm Mill", "Orm Mill is a museum. She painted Fen Songs."),  # a museum is no she
        ("Ida Holm", "Ida Holm was a painter. It was sold to Varn Works."),  # a painter is no it
        ("Ida Holm", "Ida Holm was a painter. The river flows through Port Ellen."),  # nor a river
    ],
)
def test_a_pronoun_means_nobody_whose_kind_speaks_against_it(title: str, text: str) -> None:
    assert not {one for one in said(title, text) if one[1] != "is a"}


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("", "《潮声》由王国强于1987年创办。", {("王国强", "创办", "潮声"), ("潮声", "创办于", "1987年")}),
        ("李明远", "李明远被长宁大学录取。", {("长宁大学", "录取", "李明远")}),
        ("李明远", "李明远，1931年出生于清江市，毕业于长宁大学。", {
            ("李明远", "出生于", "清江市"), ("李明远", "出生于", "1931年"), ("李明远", "毕业于", "长宁大学"),
        }),
        ("长宁大学", "长宁大学位于清江市。该校校长是王国强。", {
            ("长宁大学", "位于", "清江市"), ("长宁大学", "校长", "王国强"),
        }),
        ("李明远", "李明远是画家。他担任长宁大学校长。", {("李明远", "是", "画家"), ("长宁大学", "校长", "李明远")}),
        ("", "《潮声》是王国强的诗集。", {("王国强", "诗集", "潮声")}),
        ("长宁大学", "长宁大学占地65公里。", {("长宁大学", "占地", "65公里")}),
    ],
)  # fmt: skip
def test_what_a_chinese_sentence_states(title: str, text: str, expected: set[Triple]) -> None:
    assert said(title, text) >= expected


@pytest.mark.parametrize("text", ["李明远没有担任长宁大学校长。", "如果李明远位于清江市。", "李明远可能出生于清江市。"])
def test_what_is_denied_in_chinese_is_not_stated(text: str) -> None:
    assert not said("李明远", text)


def test_a_relation_tells_its_rule_and_how_sure_it_is() -> None:
    text = "Varn Works is a maker of lenses. The company was founded by Ida Holm."
    plain = rule_of("", "Ida Holm founded Varn Works.", "founded")
    referred = rule_of("Varn Works", text, "founded")
    assert (plain.extractor, referred.extractor) == (f"{RULES} verb", f"{RULES} verb of title")
    sure, less = certainty(plain.extractor), certainty(referred.extractor)
    assert sure is not None
    assert less is not None
    assert 0.5 < less < sure < 1
    assert (certainty("rows/1"), certainty("light/1"), certainty("openai/x")) == (None, None, None)


def test_the_evidence_is_what_states_it() -> None:
    text, found = read("Varn Works", "Varn Works is old. The company was founded by Ida Holm in 1904, long ago.")
    founded = next(one for one in found.relations if one.predicate == "founded")
    assert text[founded.start : founded.end] == "The company was founded by Ida Holm"


WORDS = (
    "Ida|Holm|was|founded|by|in|the|company|She|its|1904|and|who|is|a|of|other|from|to|.|,|;|(|)|'s|\"|\n|"
    "李明远|位于|长宁大学|的|由|创办|，|。|1987年|是|担任|《|》"
).split("|")


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from([*WORDS, *(f" {word}" for word in WORDS)]), max_size=30).map("".join),
    st.sampled_from(["", "Ida Holm", "长宁大学", "the (a"]),
)
def test_every_end_stands_in_the_text_and_no_relation_leads_to_itself(text: str, title: str) -> None:
    for chunk in split_document(LoadedDocument(text=text, sections=(Section(start=0, end=len(text)),))):
        found = LightExtractor().read(title, chunk)
        for one in found.relations:
            assert 0 <= one.start <= one.end <= len(chunk.text)
            assert one.source != one.target
            for place in (one.source, one.target):
                name = found.names[place]
                assert name.sentence < 0 or chunk.text[name.start : name.end] == name.name
