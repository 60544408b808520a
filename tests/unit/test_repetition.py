"""An answer that goes round in circles is known while it comes; one that goes on is let go on."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.language_models.repetition import TIMES_STATED, Circles

ADA = '{"name": "Ada", "type": "person"}'
WROTE = '{"source": "Ada", "relation": "wrote", "target": "Notes"}'


def ended(pieces: list[str], *, items: bool = True) -> int | None:
    """After how many pieces the answer is ended."""
    circles = Circles(items=items)
    return next((n for n, piece in enumerate(pieces, start=1) if circles.add(piece)), None)


def test_a_name_for_the_third_time_and_a_relation_for_the_fifth() -> None:
    assert ended(['{"entities":[', *[f"{ADA}, "] * 9]) == 4
    assert ended(['{"relations":[', *[f"{WROTE}, "] * 9]) == 1 + TIMES_STATED
    assert ended([*json.dumps({"entities": [json.loads(ADA)] * 3})]) is not None, "letter by letter"


def test_what_goes_on_with_new_items_is_no_circle() -> None:
    new = [f'{{"name": "Ada {n}", "type": "person"}}, ' for n in range(9)]
    assert ended([piece for one in new for piece in (f"{ADA}, ", one)]) is None
    assert ended([*new[:2], *new[:2], *new[:2]]) == 5, "two names in turn"


def test_braces_and_quotes_within_a_name_make_no_item() -> None:
    names = [f'{{"name": "${{HOME}} \\" {{x}} {n}", "type": "path"}}, ' for n in range(9)]
    assert ended(names) is None
    assert ended([letter for name in names for letter in name]) is None


@pytest.mark.parametrize(
    ("said", "items"),
    [("Edda Brink designed the Selm Tower. ", False), ("and so on ", False), (" ", True), ("ha", True),
     ("The tower stands. It is tall.\n\n", False), ("他设计了塔。", False)],
)  # fmt: skip
def test_a_passage_again_and_again(said: str, items: bool) -> None:
    circles = Circles(items=items)
    head = "First of all: " if not items else '{"entities":[{"name":"'
    assert not circles.add(head)
    assert any(circles.add(said) for _ in range(300))
    assert circles.once().strip() == (head + said).strip()


@pytest.mark.parametrize(
    "text",
    ["| year | height |\n|---|---|\n" + "".join(f"| {n} | {n * 7} |\n" for n in range(99)), "-" * 150,
     "Contents " + "." * 120 + " 7", "It is tall. It is tall. Then again it is not."],
)  # fmt: skip
def test_rules_and_lists_are_no_circles(text: str) -> None:
    assert ended(list(text), items=False) is None


@given(st.lists(st.text(max_size=30), max_size=20), st.booleans())
def test_nothing_raises_and_what_was_said_once_begins_the_text(pieces: list[str], items: bool) -> None:
    circles = Circles(items=items)
    for piece in pieces:
        circles.add(piece)
    assert "".join(pieces).startswith(circles.once())
