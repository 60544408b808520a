from hypothesis import given
from hypothesis import strategies as st

from graph.tokens import east_asian_share, fold, stems, words


def test_english_stems_without_stop_words() -> None:
    assert stems("The cities were founded by Éric's founders") == ["citi", "found", "eric", "founder"]


def test_han_characters_and_pairs() -> None:
    assert stems("云岭山 Peak") == ["云", "岭", "山", "云岭", "岭山", "peak"]


def test_share() -> None:
    assert east_asian_share("abc 云岭山") == 0.5
    assert east_asian_share("") == 0.0


@given(st.text())
def test_never_fails_and_question_equals_passage(text: str) -> None:
    assert stems(text) == stems(str(text))
    assert all(words(text))
    assert fold(fold(text)) == fold(fold(fold(text)))
