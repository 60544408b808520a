"""What steps say of themselves: the same in both languages."""

import string

import pytest

from retrieval import step_texts
from retrieval.step_texts import Wording

ALL = {name: one for name, one in vars(step_texts).items() if isinstance(one, Wording)}


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}


@pytest.mark.parametrize("name", sorted(ALL))
def test_both_languages_tell_the_same(name: str) -> None:
    one = ALL[name]
    assert fields(one.en) == fields(one.zh)
    assert one.en.isascii()
    assert not one.zh.isascii()


def test_the_question_chooses_the_language() -> None:
    assert step_texts.PASSAGES.told("谁建造了它？", count=3) == "3 段"
    assert step_texts.PASSAGES.told("Who built it?", count=3) == "3 passages"
