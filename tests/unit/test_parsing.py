"""What callers send, turned into values: nothing gets through that a store or an answer cannot take, nothing raises."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import BrokenText, InputError
from graph.parsing import LARGEST, MAX_DEPTH, check_text, is_text, legible, moment, read_json, whole_number

HALVES = st.text(st.characters(), max_size=5).map(lambda text: text + "\ud83d")


@pytest.mark.parametrize(("raw", "number"), [("0", 0), ("007", 7), (str(LARGEST), LARGEST)])
def test_whole_numbers(raw: str, number: int) -> None:
    assert whole_number(raw) == number


@pytest.mark.parametrize("raw", ["", "²", "٣", "-1", "+1", "1.0", "1e3", " 1", "1_0", str(LARGEST + 1), "9" * 5000])
def test_what_is_no_whole_number(raw: str) -> None:
    assert whole_number(raw) is None


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-01T00:30:00+08:00", datetime(2024, 4, 30, 16, 30, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00+01:00", None),
        ("9999-12-31T23:59:59-01:00", None),
        ("2024-05-0\u0661", None),
        ("yesterday", None),
        ("2" * 5000, None),
    ],
)
def test_moments(raw: str, found: datetime | None) -> None:
    assert moment(raw) == found


@given(st.text(st.characters(), max_size=50))
def test_no_string_breaks_a_parser(raw: str) -> None:
    assert whole_number(raw) is None or raw.isascii()
    found = moment(raw)
    assert found is None or found.tzinfo is UTC


@given(HALVES)
def test_a_half_character_is_refused_in_json_and_replaced_where_it_is_kept(raw: str) -> None:
    for value in (raw, [raw], {raw: 1}, {"a": {"b": [raw]}}):
        with pytest.raises(BrokenText):
            read_json("the body", json.dumps(value).encode())
    assert not is_text(raw)
    assert legible(raw).encode("utf-8")
    with pytest.raises(BrokenText):
        check_text("it", raw, most=100)


def test_two_halves_that_belong_together_are_one_character() -> None:
    assert legible("\ud83d\ude00") == "😀"
    assert read_json("the body", b'"\\ud83d\\ude00"') == "😀"


@pytest.mark.parametrize("raw", [b'"\xed\xa0\x80"', b'"\xff"', b"\xff\xfe{\x00}\x00"])
def test_bytes_that_are_no_utf8(raw: bytes) -> None:
    with pytest.raises(BrokenText):
        read_json("the body", raw)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"NaN", "NaN is no number"),
        (b'{"a": -Infinity}', "-Infinity is no number"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b"[" * 100_000, "nested too deep"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deep"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "nested too deep"),
        (b"9" * 5_000, "not valid JSON"),
    ],
)
def test_json_that_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_json("the body", raw)


def test_json_that_is_read() -> None:
    assert read_json("the body", b'\xef\xbb\xbf{"a": [1, 1.5, true, null, "\\u00e9"]}') == {
        "a": [1, 1.5, True, None, "é"]
    }
    deep = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert isinstance(read_json("the body", deep), list)
