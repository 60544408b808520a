"""What a line of the log shows, and what it does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from api.scrubbing import CUT, LONGEST_TEXT, Scrubber, exception_text, unquoted

CANARY = "the merger with Aldermoor closes in March"


class Body(BaseModel):
    number: int


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer s3cret-key",
        "authorization=s3cret-key",
        '{"Authorization": "Basic s3cret-key"}',
        "{'authorization': 'Bearer s3cret-key'}",
        "QUIPU_API_KEY=s3cret-key",
        "QUIPU_NEO4J_PASSWORD: s3cret-key",
        "http://me:s3cret-key@host/v1",
        "the key qk_ab12_s3cret-key-x is refused",
    ],
)
def test_secrets_are_cut_by_their_shape(line: str) -> None:
    shown = Scrubber().line(line)
    assert CUT in shown
    assert "s3cret" not in shown


@given(st.text("abAB=:\"'\\ß密\n", min_size=4, max_size=12), st.text(max_size=20), st.text(max_size=20))
def test_known_secrets_are_cut_wherever_they_stand(secret: str, before: str, after: str) -> None:
    shown = Scrubber([secret]).value("cause of it", before + secret + after)
    assert secret not in str(shown).replace(CUT, "\0")


@given(st.text(max_size=3000))
def test_a_value_is_one_bounded_line_that_can_be_written(text: str) -> None:
    shown = Scrubber().line(text)
    assert len(shown.splitlines()) <= 1
    assert len(shown) < 5000
    shown.encode()


@pytest.mark.parametrize(
    "message",
    [
        f"invalid literal for int() with base 10: {CANARY!r}",
        f"can't parse '{CANARY}' nor \"{CANARY}\"",
        f'unexpected "{CANARY}',
        f"“{CANARY}” is no number",
        f"'it's {CANARY}' is wrong",
    ],
)
def test_what_a_message_quotes_is_cut(message: str) -> None:
    assert CANARY not in unquoted(message)


def deep(level: int, question: str) -> None:
    if level:
        deep(level - 1, question)
    int(question)


def test_an_exception_shows_type_and_calls_and_no_text() -> None:
    with pytest.raises(ValueError, match="invalid literal") as raised:
        deep(200, CANARY)
    shown = exception_text(raised.value)
    assert "builtins.ValueError: invalid literal for int()" in shown
    assert "int(question)" in shown
    assert CANARY not in shown
    assert len(Scrubber().lines(shown)) <= LONGEST_TEXT + 100


def test_an_exception_of_pydantic_shows_kinds_of_faults_only() -> None:
    with pytest.raises(ValidationError) as raised:
        Body.model_validate({"number": CANARY})
    assert "int_parsing" in exception_text(raised.value)
    assert CANARY not in exception_text(raised.value)


def read(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise RuntimeError("reading failed") from error


def test_causes_are_shown() -> None:
    with pytest.raises(RuntimeError) as raised:
        read(CANARY)
    shown = exception_text(raised.value)
    assert shown.index("RuntimeError: reading failed") < shown.index("ValueError")
