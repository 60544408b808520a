"""Which sentences of a passage may be quoted for what they say."""

import pytest
from table_snapshot import evidence, placed

from retrieval.answering.extractive.prose import spoken

BUILT = "It was built in 1842."


@pytest.mark.parametrize(
    ("text", "title", "numbers"),
    [
        (f"Varn Mill\n\n{BUILT}", "Varn Mill", [1]),
        (f"# Old mills\n\n{BUILT}", "Varn Mill", [1]),
        (f"瓦恩磨坊\n\n{BUILT}", "瓦恩磨坊", [1]),
        (f"Varn Mill stands.\n\n{BUILT}", "Varn Mill", [0, 1]),
        ("Varn Mill", "Varn Mill", [0]),
    ],
)
def test_headings_are_no_sentences_unless_there_is_nothing_else(text: str, title: str, numbers: list[int]) -> None:
    assert spoken(evidence(placed("a", text, title=title))[0]) == numbers
