from dataclasses import replace
from math import log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_snapshot import Passage, TableSnapshot, placed

from graph.model import DEFAULT_WORKSPACE
from retrieval.finding.seeds import Seeds, find_seeds
from retrieval.finding.weights import WEIGHTS
from retrieval.model import Question
from retrieval.modes import Mode
from retrieval.questions.read_question import read_question

PASSAGES = [
    Passage(placed=placed("a", "x"), mentions=(("edda brink", 0),), stems=("mill",)),
    Passage(placed=placed("b", "x"), mentions=(("edda brink", 0), ("brink", 0)), stems=("mill", "river")),
    Passage(placed=placed("c", "x"), mentions=(("艾达", 0),), stems=("艾", "达", "艾达")),
]


def seeds(text: str, snapshot: TableSnapshot, mode: Mode = "hybrid", most: int = 64) -> Seeds:
    read = read_question(Question(text=text, workspace=DEFAULT_WORKSPACE, mode=mode))
    return find_seeds(read, snapshot, replace(WEIGHTS, stems=most))  # type: ignore[arg-type]


def names(text: str, snapshot: TableSnapshot) -> dict[str, float]:
    return {snapshot.name_key(number): weight for number, weight in seeds(text, snapshot).names.items()}


def test_a_name_weighs_its_idf_over_its_frequency() -> None:
    found = names("Where was Edda Brink born?", TableSnapshot(PASSAGES))
    assert found == {"edda brink": pytest.approx(log(4 / 2) / log(4) / 2)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("where was edda brink born", {"edda brink", "brink"}),  # nothing is a capital: single words count, too
        ("艾达在哪里出生？", {"艾达"}),
        ("who?", set()),
        ("", set()),
    ],
)
def test_names_that_no_rule_finds_are_looked_up(text: str, expected: set[str]) -> None:
    assert names(text, TableSnapshot(PASSAGES)).keys() == expected


def test_aliases_share_the_weight_of_their_thing() -> None:
    both = TableSnapshot(PASSAGES, aliases={"edda brink": ("brink", "unknown")})
    found = names("Where was Edda Brink born?", both)
    whole = log(4 / 3) / log(4) / 3
    assert found == {"edda brink": pytest.approx(whole * 2 / 3), "brink": pytest.approx(whole / 3)}


def test_nothing_is_found_in_an_empty_graph() -> None:
    assert seeds("Where was Edda Brink born?", TableSnapshot([])).names == {}


def test_names_are_looked_for_only_where_the_mode_walks_the_graph() -> None:
    assert seeds("Edda Brink", TableSnapshot(PASSAGES), mode="keyword").names == {}
    assert seeds("Edda Brink", TableSnapshot(PASSAGES), mode="graph").names


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["mill", "river", "star", "coal"]), max_size=8), st.integers(0, 5))
def test_of_the_stems_the_rarest_count_once(words: list[str], most: int) -> None:
    snapshot = TableSnapshot(PASSAGES)
    found = seeds(" ".join(words), snapshot, most=most).stems
    ranked = sorted(set(words), key=lambda stem: (-snapshot.stem_idf(stem), stem))
    assert found == {stem: snapshot.stem_idf(stem) for stem in ranked[:most]}
