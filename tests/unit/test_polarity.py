"""What a sentence denies, plans or tells as hearsay is told from what it states."""

import pytest

from graph.text.polarity import is_asserted, stated_and_not

CASES = [
    ("Ilva Morn built Veld Lock.", "Ilva Morn", "Veld Lock", True),
    ("Ilva Morn did not build Veld Lock.", "Ilva Morn", "Veld Lock", False),
    ("Ilva Morn didn’t build Veld Lock.", "Ilva Morn", "Veld Lock", False),
    ("Ilva Morn did not build Veld Lock, but owned the Weir.", "Ilva Morn", "Weir", True),
    ("Ilva Morn did not build Veld Lock, but owned the Weir.", "Veld Lock", "Weir", False),
    ("Ilva Morn, who was not rich, built Veld Lock.", "Ilva Morn", "Veld Lock", True),
    ("Ilva Morn, not Okke Zand, built Veld Lock.", "Ilva Morn", "Veld Lock", True),
    ("Ilva Morn, not Okke Zand, built Veld Lock.", "Okke Zand", "Veld Lock", False),
    ("Neither Ilva Morn nor Okke Zand built Veld Lock.", "Okke Zand", "Veld Lock", False),
    ("Ilva Morn owned the Weir and never built Veld Lock.", "Ilva Morn", "Weir", True),
    ("Ilva Morn owned the Weir and never built Veld Lock.", "Ilva Morn", "Veld Lock", False),
    ("Veld Lock was not only owned but built by Ilva Morn.", "Veld Lock", "Ilva Morn", True),
    ("Veld Lock did not open until 1931.", "Veld Lock", "1931", True),
    ("Veld Lock opened in 1931, not in 1930.", "Veld Lock", "1931", True),
    ("Veld Lock opened in 1931, not in 1930.", "Veld Lock", "1930", False),
    ("Reportedly, Ilva Morn built Veld Lock.", "Ilva Morn", "Veld Lock", False),
    ("Ilva Morn built Veld Lock, it is rumoured.", "Ilva Morn", "Veld Lock", False),
    ("The mayor said that Ilva Morn built Veld Lock.", "Ilva Morn", "Veld Lock", False),
    ("Ilva Morn plans to build Veld Lock.", "Ilva Morn", "Veld Lock", False),
    ("Ilva Morn will build Veld Lock.", "Ilva Morn", "Veld Lock", False),
    ("Will Morn built Veld Lock in May 1931.", "Will Morn", "Veld Lock", True),
    ("Veld Lock (it was not cheap) was built by Ilva Morn.", "Veld Lock", "Ilva Morn", True),
    ("Veld Lock, or Mizu no Mon, was built by Ilva Morn.", "Veld Lock", "Ilva Morn", True),
    ("Zéno Morn built Veld Lock.", "Veld Lock", "Zéno", True),
    ("沈砚秋设计了青榆闸。", "沈砚秋", "青榆闸", True),
    ("沈砚秋没有设计青榆闸。", "沈砚秋", "青榆闸", False),
    ("沈砚秋不是青榆闸的设计者。", "沈砚秋", "青榆闸", False),
    ("沈砚秋没有设计青榆闸，但买下了石坞。", "沈砚秋", "石坞", True),
    ("据说沈砚秋设计了青榆闸。", "沈砚秋", "青榆闸", False),
    ("沈砚秋计划改建青榆闸。", "沈砚秋", "青榆闸", False),
    ("青榆闸将于2031年启用。", "青榆闸", "2031年", False),
    ("沈砚秋参与了南溪计划。", "沈砚秋", "南溪计划", True),
    ("沈砚秋生于不丹。", "沈砚秋", "不丹", True),
]


@pytest.mark.parametrize(("sentence", "first", "last", "asserted"), CASES)
def test_what_is_said_of_two_things(sentence: str, first: str, last: str, asserted: bool) -> None:
    places = [(sentence.index(name), sentence.index(name) + len(name)) for name in (first, last)]
    assert is_asserted(sentence, places) is asserted


def test_words_of_the_things_themselves_say_nothing() -> None:
    sentence = "Okke Zand painted The Boat That Never Was Not There."
    start = sentence.index("The Boat")
    assert is_asserted(sentence, [(0, 9), (start, len(sentence) - 1)])
    assert not is_asserted(sentence)


def test_clauses_that_state_are_parted_from_those_that_do_not() -> None:
    stated, denied = stated_and_not("Ilva Morn owned the Weir, but did not build Veld Lock.")
    assert "Weir" in stated
    assert "Veld Lock" in denied
    assert stated_and_not("Guests must not stay more than 30 days.")[0] == ""
    assert stated_and_not("The stay must not exceed 30 days. 停留不得超过30天。")[1] == ""
    assert stated_and_not("Ilva Morn will be asked.")[1] == "", "what will be is stated; only its day is open"
