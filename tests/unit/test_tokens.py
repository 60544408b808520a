from hypothesis import given
from hypothesis import strategies as st

from graph.text.tokens import east_asian_share, fold, stems, words


def test_english_stems_without_stop_words() -> None:
    assert stems("The cities were founded by Éric's founders") == ["citi", "found", "eric", "founder"]


def test_what_is_written_in_one_is_a_term_beside_its_parts() -> None:
    assert stems("Go 1.17.13, of 2022-08-01.") == ["go", "1", "17", "13", "2022", "1.17.13", "2022-08-01"]
    assert stems("latestRelease: rc-1") == ["latestreleas", "latest", "releas", "rc", "1", "rc-1"]
    assert stems("well-known. End") == ["well", "known", "end"]
    assert stems("a.b.c-" * 40) == stems("a.b.c-" * 40)


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
