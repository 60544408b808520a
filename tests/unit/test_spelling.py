import time

import pytest

from graph.algorithms.spelling import Spellings


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("hreon", ["heron"]), ("heorn", ["heron"]), ("herron", ["heron"]), ("hero", ["heron"]), ("ehron", ["heron"]),
        ("kestrl", ["kestrel"]), ("varnhlom", ["varnholm"]), ("vanrhlom", ["varnholm"]),
        ("heron", []), ("baron", []), ("hen", []), ("hrn", []), ("hraen", []),
    ],
)  # fmt: skip
def test_words_that_a_slip_parts(word: str, near: list[str]) -> None:
    assert list(Spellings(["heron", "kestrel", "varnholm", "7eron"]).near(word)) == near


def test_the_nearest_first() -> None:
    assert Spellings(["tavishes", "tavishess", "tavishesss"]).near("tavishesx") == [
        "tavishes", "tavishess", "tavishesss",
    ]  # fmt: skip


def test_a_hundred_thousand_words_take_milliseconds() -> None:
    known = Spellings(
        f"{first}{second}{third}{fourth}{fifth}"
        for first in "abcdefghijklmnopqrst" for second in "aeiou" for third in "bcdfghklmn" for fourth in "aeiourst"
        for fifth in ("ar", "el", "in", "os", "ut", "ak", "ob", "im", "ey", "um", "ra", "le", "ni")
    )  # fmt: skip
    started = time.process_time()
    for _ in range(5):
        known.near("kabelox")
    assert (time.process_time() - started) / 5 < 0.05  # 1 ms on an idle machine
