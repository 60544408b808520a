"""A pass over all names: what it merges, what it leaves, and that the order of uploads does not matter."""

from pathlib import Path

import pytest
from small_world import SmallWorld, small_world

from graph.identity import entity_id
from graph.model import DEFAULT_WORKSPACE as W
from graph.model import Verdict
from graph.view.merging import aliases_around, members
from ingest.resolving.entity_merging import merge_alike

TEXTS = {
    "a": "In spring the Kalmar Brewing Company opened its doors.",
    "b": "Everyone likes the beer of Kalmar Brewing Co. in summer.",
    "c": "It was World War I that ended it.",
    "d": "It was World War II that began it.",
}


def merged(world: SmallWorld) -> set[tuple[str, str]]:
    return {(alias.first_id, alias.second_id) for alias in world.store.aliases(W, world.store.revision(W))}


def pair(one: str, other: str) -> tuple[str, str]:
    first, second = sorted([entity_id(W, one), entity_id(W, other)])
    return first, second


BREWERY = pair("kalmar brewing company", "kalmar brewing co")


def test_alike_names_are_merged_with_their_reason(world: SmallWorld) -> None:
    for document, text in TEXTS.items():
        world.put(document, text)
    report = merge_alike(world.store, world.embedder, W)
    assert (report.merged, merged(world)) == (1, {BREWERY})
    assert world.store.verdicts(W, report.revision)[0].reason == "alike names (1.00)"
    aliases = aliases_around(world.store, W, [BREWERY[0]], report.revision)
    assert members(BREWERY[0], aliases) == BREWERY
    again = merge_alike(world.store, world.embedder, W)
    assert (again.merged, again.revision) == (0, report.revision)


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a"), ("a", "b", "a")])
def test_order_does_not_matter(tmp_path: Path, order: tuple[str, ...]) -> None:
    with small_world(tmp_path) as world:
        for document in order:
            world.put(document, TEXTS[document])
            merge_alike(world.store, world.embedder, W)
        assert merged(world) == {BREWERY}


def test_a_merge_ends_with_its_names_and_a_persons_word_is_kept(world: SmallWorld) -> None:
    world.put("a", TEXTS["a"])
    world.put("b", TEXTS["b"])
    merge_alike(world.store, world.embedder, W)
    world.store.decide(W, [Verdict(first_id=BREWERY[0], second_id=BREWERY[1], same=False, reason="by hand")])
    assert merge_alike(world.store, world.embedder, W).merged == 0
    assert merged(world) == set()
    world.store.decide(W, [Verdict(first_id=BREWERY[0], second_id=BREWERY[1], same=True, reason="by hand")])
    assert merged(world) == {BREWERY}
    world.remove("b")
    assert merged(world) == set()
