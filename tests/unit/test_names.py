import pytest

from graph.model import Span
from graph.text.names import MAX_NAMES, find_names, nested_names, norm


def keys(text: str, title: str = "") -> set[str]:
    return {found.key for found in find_names(text, [Span(start=0, end=len(text))], title)}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("The Lost World (novel)", "lost world"),
        ("Beyoncé's", "beyonce"),
        ("U.S. Steel", "u s steel"),
        ("《星海札记》", "星海札记"),
        ("(…)", ""),
        ("AN", "an"),
    ],
)
def test_norm(name: str, key: str) -> None:
    assert norm(name) == key


def test_spans_with_joiners_and_their_parts() -> None:
    found = keys("She studied at the University of Texas at Austin in 1841.")
    assert {"university of texas at austin", "university", "texas", "austin", "1841"} <= found


def test_function_words_at_the_edges_are_no_names() -> None:
    found = keys("However, The Beatles came. In Paris they played.")
    assert "beatles" in found
    assert "paris" in found
    assert not found & {"however", "in", "in paris", "however the beatles"}


def test_possessive_splits() -> None:
    assert {"tim burton", "batman"} <= keys("Tim Burton's Batman opened.")


def test_names_nested_at_the_edges() -> None:
    assert set(nested_names("American director Tim Burton")) == {
        "American director", "American director Tim", "Tim Burton",
    }  # fmt: skip
    assert not list(nested_names("Tim Burton"))
    assert not list(nested_names("One Two Three Four Five Six Seven Eight Nine"))


def test_title_is_a_name_above_the_text() -> None:
    first = find_names("It is high.", [Span(start=0, end=11)], "Mount Skarn (mountain)")[0]
    assert (first.key, first.sentence, first.start, first.end) == ("mount skarn", -1, 0, 0)


def test_chinese_names() -> None:
    found = keys("中国联通在北京发布《报告书》，由王晓明撰写。")
    assert {"中国联通", "北京", "报告书", "王晓明"} <= found


def test_offsets_are_exact() -> None:
    text = "Zoë met Jean-Luc Picard. 然后她去了北京。 “Quoted Thing” stayed."
    for found in find_names(text, [Span(start=0, end=24), Span(start=25, end=len(text))]):
        if found.sentence >= 0:
            assert text[found.start : found.end] == found.name


@pytest.mark.parametrize(
    "text", ["A" * 300_000, "A B " * 60_000, "Aa. " * 60_000, "“" * 200_000, "Of Of the " * 20_000]
)
def test_hostile_text_is_bounded(text: str) -> None:
    assert len(find_names(text, [Span(start=0, end=len(text))])) <= MAX_NAMES
