"""Alike names, and names that only look so."""

import numpy as np
import pytest

from ingest.resolving.similar_names import ALIKE, NamedThing, blocks, likeness, same_thing

NORTH, EAST = np.array([1, 0], np.float32), np.array([0, 1], np.float32)

ALIKE_NAMES = [
    ("Catawba Brewing Co.", "Catawba Brewing Company"), ("Chupong Changprung", "Choupong Changprung"),
    ("Courier - Journal", "Courier-Journal"), ("Rask Tove", "Tove Rask"), ("Belkin Cush Top", "Belkin CushTop"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), ALIKE_NAMES)
def test_alike(one: str, other: str) -> None:
    assert likeness(one, other) >= ALIKE
    assert likeness(other, one) == likeness(one, other)
    assert set(blocks(one)) & set(blocks(other)), "or they would never be compared"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("World War I", "World War II"), ("Louis XIV", "Louis XV"), ("Apollo 11", "Apollo 12"), ("Russia", "Russian"),
        ("The Frog Prince", "The Frog Princess"), ("North Korea", "South Korea"), ("Eastern Front", "Western Front"),
        ("Ann", "Anna"), ("", "Ada"), ("Ada", ""), ("Michelangelo Merisi", "Michelangelo Buonarroti"),
    ],
)  # fmt: skip
def test_not_alike(one: str, other: str) -> None:
    assert likeness(one, other) < ALIKE


def test_initials_are_a_persons() -> None:
    names = "J. R. R. Tolkien", "John Ronald Reuel Tolkien"
    assert likeness(*names, person=True) == 1.0
    assert likeness(*names) < ALIKE
    assert likeness("J. Tolkien", "A. Tolkien", person=True) < ALIKE
    assert set(blocks(names[0])) & set(blocks(names[1]))


def test_types_and_vectors_have_a_say() -> None:
    def thing(kind: str, vector: np.ndarray) -> NamedThing:  # type: ignore[type-arg]
        return NamedThing(name="Amber Bridge Trust", type=kind, vector=vector)

    assert same_thing(thing("company", NORTH), thing("Company", NORTH)) == 1.0
    assert same_thing(thing("name", NORTH), thing("company", NORTH)) == 1.0
    assert same_thing(thing("river", NORTH), thing("company", NORTH)) is None
    assert same_thing(thing("company", NORTH), thing("company", EAST)) is None
