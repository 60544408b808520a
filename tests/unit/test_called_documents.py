"""Documents by what they are called."""

import unicodedata
from dataclasses import replace

import pytest
from graph_changes import make_change
from hypothesis import given
from hypothesis import strategies as st

from graph.filters import Filters
from graph.text.held_names import called

DOCUMENT = make_change("shelf/Tide_100%.md", 1, ["Ada"], title="Gezeiten-Tabelle von Ålesund 100 %", year=3).document
CHINESE = replace(DOCUMENT, title="云岭天文台二〇二三年年报", id="年报.md", source="年报.md")


@pytest.mark.parametrize(
    "text", ["", "gezeiten", "TABELLE alesund", "ålesund", "shelf/", "_100%.MD", "%", "ｔａｂｅｌｌｅ", "von gez"]
)
def test_every_word_stands_in_title_id_or_source(text: str) -> None:
    assert called(text).fits(DOCUMENT)


@pytest.mark.parametrize("text", ["gezeiten oslo", "100%%", ".*", "gezeiten_tabelle", "天文台"])
def test_no_other_word_does(text: str) -> None:
    assert not called(text).fits(DOCUMENT)


@pytest.mark.parametrize("text", ["天文台", "雲嶺天文臺", "年报 云岭", "年報.MD"])
def test_a_part_of_a_chinese_title_in_either_script(text: str) -> None:
    assert called(text).fits(CHINESE)


def test_filters_hold_as_well() -> None:
    assert called("ada", Filters.parse({"year": 3})).fits(replace(DOCUMENT, title="Ada"))
    assert not called("ada", Filters.parse({"year": 4})).fits(replace(DOCUMENT, title="Ada"))
    assert not called("")
    assert called("ada")
    assert called("", Filters.parse({"year": 4}))


@given(title=st.text(max_size=30), first=st.integers(0, 30), size=st.integers(1, 10))
def test_any_part_of_a_title_finds_it_however_it_is_written(title: str, first: int, size: int) -> None:
    """Whole characters: what stands on a letter or joins others means nothing by itself."""
    document = replace(DOCUMENT, title=title)
    part = unicodedata.normalize("NFC", title)[first : first + size]
    for written in (title, title.casefold(), unicodedata.normalize("NFD", title)):
        assert called(written).fits(document)
    if part.isalnum() and part.isascii():
        assert called(part).fits(document)
