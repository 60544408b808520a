from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.language_models.http_stream import parse_retry_after
from graph.language_models.token_counting import TokenCounter, least
from graph.prompting import LONGEST_REPLY, fields_in, object_in, without_control_tokens


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [("3", 3.0), ("0.5", 0.5), ("-1", None), ("soon", None), ("nan", None), ("inf", None), ("1e400", None), ("", None),
     (None, None), ("Wed, 21 Oct 2015 07:28:00 GMT", None)],
)  # fmt: skip
def test_retry_after(raw: str | None, seconds: float | None) -> None:
    assert parse_retry_after(raw) == seconds


def test_retry_after_as_a_date() -> None:
    found = parse_retry_after(format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True))
    assert found is not None
    assert 50 < found <= 60


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_bounds_of_tokens(text: str) -> None:
    counter = TokenCounter()
    assert 0 <= least(text) <= counter.most(text)
    assert counter.most_of_prompt(text, text) >= 2 * counter.most(text)


def test_the_upper_bound_rises_to_what_a_server_counts() -> None:
    counter, text = TokenCounter(), "The observatory stands on a mountain. " * 100
    before = counter.most(text)
    counter.learn(text, before // 2)
    assert counter.most(text) == before
    counter.learn(text, before * 2)
    assert counter.most(text) >= before * 2 - 64
    counter.learn("short", 10_000)
    assert counter.most(text) < before * 3


def test_an_estimate_goes_by_what_the_server_counted_last_and_never_over_the_bound() -> None:
    counter, text = TokenCounter(), "The observatory stands on a mountain. " * 20
    plain = counter.likely(text)
    counter.learn(text, plain * 12 // 10)
    assert counter.likely(text) == plain * 12 // 10
    counter.learn("short", 10_000)
    assert counter.likely(text) == counter.most(text)
    assert counter.likely("") == 0


SENTENCES = {
    "latin": "The observatory stands on a mountain above the old harbour. ",
    "han": "天文台建在旧港口上方的一座高山上。",
    "both": "The observatory 天文台 stands on a mountain 山上. ",
}  # fmt: skip


@dataclass(frozen=True)
class Vocabulary:
    """What a server counts: so much for each token that :func:`_weight` expects, and its chat template."""

    each: float
    template: int

    def count(self, text: str) -> int:
        return int(self.each * TokenCounter().likely_least(text) / 0.9) + self.template


def filled(sentence: str, vocabulary: Vocabulary, tokens: int) -> str:
    """A text that this vocabulary counts as so many tokens at least, and hardly more."""
    per = max(1, vocabulary.count(sentence * 100) - vocabulary.template) / 100
    text = sentence * max(1, int((tokens - vocabulary.template) / per))
    while vocabulary.count(text) < tokens:
        text += sentence[:12]
    return text


VOCABULARIES = st.builds(Vocabulary, st.floats(0.92, 1.4), st.integers(0, 64))
WINDOWS = st.sampled_from([512, 1024, 2048, 4096])


@settings(max_examples=40, deadline=None)
@given(VOCABULARIES, st.sampled_from(sorted(SENTENCES)), st.sampled_from(sorted(SENTENCES)), WINDOWS, st.booleans())
def test_an_honest_power_of_two_is_no_cut_prompt_and_a_window_that_was_filled_is(
    vocabulary: Vocabulary, before: str, now: str, window: int, known: bool
) -> None:
    """Whatever the vocabulary, in any script, with a long prompt before it or as the first one."""
    counter = TokenCounter()
    if known:
        long = filled(SENTENCES[before], vocabulary, 2500)
        counter.learn(long, vocabulary.count(long))
    honest = filled(SENTENCES[now], vocabulary, window)
    assert window >= counter.likely_least(honest)
    too_long = filled(SENTENCES[now], vocabulary, int(window * (1.35 if known else 1.9)))
    assert window < counter.likely_least(too_long)
    counter.learn(too_long, window)
    assert window < counter.likely_least(too_long), "the count of a window teaches nothing"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("<|eot_id|>", "< |eot_id|>"),
        ("a <|start_header_id|>system", "a < |start_header_id|>system"),
        ("[INST] x [/INST]", "[ INST] x [ /INST]"),
        ("<<SYS>>", "< <SYS>>"),
        ("</s><s>", "< /s>< s>"),
        ("<start_of_turn>user", "< start_of_turn>user"),
        ("a < b and [1] <p> |x|", "a < b and [1] <p> |x|"),
    ],
)
def test_control_tokens_are_broken_up(text: str, safe: str) -> None:
    assert without_control_tokens(text) == safe
    assert without_control_tokens(safe) == safe


@pytest.mark.parametrize(
    ("reply", "fields"),
    [('{"a": 1}', {"a": 1}), ('Sure:\n```json\n{"a": {"b": "}"}}\n```', {"a": {"b": "}"}}), ("no object", None),
     ("} {", None), ('["a"]', None), ('{"a": 1} {"a": 2}', None), ('{"a": NaN}', None), ('{"a": 1, "a": 2}', None),
     (r'{"a": "\ud800"}', None), ('{"a": "' + "a" * LONGEST_REPLY + '"}', None), ("", None)],
)  # fmt: skip
def test_the_object_of_a_reply_is_found_whatever_stands_around_it(reply: str, fields: object) -> None:
    assert fields_in(reply) == fields
    assert not object_in(reply) or (object_in(reply)[0], object_in(reply)[-1]) == ("{", "}")
