"""Whatever a text is, it does nothing where it is shown as Markdown, and says the same."""

import re

import pytest
from active_content import BARE, CARRIERS, carried, strings
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_clients import acting, shown

from graph.text.controls import CONTROLS, as_json_escapes, visible
from graph.text.inert import addresses, inert_line, inert_markdown

_SNIPPETS = (
    "<",
    "img src=x onerror=a()",
    ">",
    "`",
    "``",
    "\\",
    "[",
    "]",
    "(",
    ")",
    "!",
    ":",
    "http://leak.example/?q=a",
    "//b.com",
    "www.a.com",
    "a@b.com",
    "b.com/x",
    "javascript:a(1)",
    " ",
    "&",
    "amp;",
    "#58;",
    "x",
    '"',
    "'",
    "script",
    "/",
    "-",
    "|",
    "*",
    "_",
    "~~~",
    "c.com",
    "ftp://a",
    "[1]: ",
    "https:",
    "//",
    "1",
    "说",
    "。",
)
_TEXT = st.lists(st.sampled_from(_SNIPPETS), max_size=12).map("".join) | st.text(alphabet="<>`\\[]()!:/.@&;#xw a\"'_*~")


def test_there_are_enough_of_them() -> None:
    assert len(set(strings())) >= 260


@pytest.mark.parametrize("carrier", [*CARRIERS, *BARE])
def test_what_acts_is_text(carrier: str) -> None:
    for text in carried(carrier) if carrier in CARRIERS else [carrier]:
        for around in ("{}", "Press {} now. [1]", "[1]\n{}", "- {}", "「{}」"):
            said = inert_line(text)
            assert not acting(around.format(said)), said
            assert not re.search(r"<[a-z/!?]|(?<!\\)!\[|(?<!\\)\]\(", re.sub(r"`[^`]*`", "", said), re.IGNORECASE), said
            assert not CONTROLS.search(said)


@settings(max_examples=300, deadline=None)
@given(st.lists(_TEXT, min_size=1, max_size=3))
def test_nothing_acts_however_texts_are_put_together(texts: list[str]) -> None:
    assert not acting("".join(f"{inert_line(text)} [1] " for text in texts))


@pytest.mark.parametrize(
    "text",
    [
        "Ida Quell built it in 1931.",
        "3 < 4 > 2 & so on, e.g. “x” [sic] (a) !",
        "C:\\Users\\x",
        "a*b*c __init__",
        "说：“好”。",
    ],
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert inert_markdown(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "See https://a.example/x?y=1, or ask ida@a.example.",
        "<b>not bold</b> & &amp; too",
        "![a](b.png) [c](d) [e][f]",
        "a `run x` b",
        "so: \\[x\\] `",
        "请访问https://a.example/x，谢谢",
        "array<int> x = `vector<int>`",
    ],
)
def test_it_says_the_same(text: str) -> None:
    assert shown(inert_markdown(text)).replace("`", "") == text.replace("`", "")


def test_an_address_stays_in_one_piece() -> None:
    assert inert_markdown("See (https://a.example/x?y=1).") == "See (`https://a.example/x?y=1`)."
    assert inert_markdown("Ask ida@a.example, please.") == "Ask `ida@a.example`, please."


def test_addresses_that_lead_somewhere() -> None:
    assert addresses("At HTTPS://A.example/X/, b@c.example or www.d.example; not in Foo.com or e.g. and/or 24/7.") == {
        "https://a.example/x",
        "b@c.example",
        "www.d.example",
    }


def test_controls_are_written_out() -> None:
    assert visible("a\x1b[31m\x9b\u202eb\tc\r\nd\x7f") == "a␛[31m⟨U+009B⟩⟨U+202E⟩b\tc\nd␡"
    assert as_json_escapes('"a\u202e\x9b"') == '"a\\u202e\\u009b"'


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["`", "a.", "[", "](", "<", "\\", "@a", "a@", "http://", "x:", "//", "_.", "![a](b"])
def test_long_texts_take_no_longer_per_character(unit: str) -> None:
    inert_markdown(unit * 20_000)
