"""A question that names a thing finds what stands under its other names, and no longer once they are apart."""

import pytest
from small_world import SmallWorld

from graph.identity import entity_id
from graph.model import DEFAULT_WORKSPACE as W
from graph.model import Verdict
from ingest.resolving.entity_merging import merge_alike
from retrieval.finding.seeds import find_seeds
from retrieval.finding.weights import WEIGHTS
from retrieval.model import Question
from retrieval.questions.read_question import read_question

QUESTION = "When did the Kalmar Brewing Company open its doors?"


@pytest.fixture
def brewery(world: SmallWorld) -> SmallWorld:
    """``two`` shares nothing with the question, and no name with ``one``."""
    world.put("one", "In spring the Kalmar Brewing Company opened its doors.")
    world.put("two", "Everyone likes the beer of Kalmar Brewing Co. in summer.")
    for n in range(30):
        world.put(f"noise-{n}", f"In spring a company opened doors, number {n}.")
    return world


def documents(world: SmallWorld, mode: str = "graph", as_of: int | None = None) -> list[str]:
    question = Question(workspace=W, text=QUESTION, mode=mode, k=2, as_of=as_of)  # type: ignore[arg-type]
    return [hit.document_id for hit in world.questions.search(question).hits]


def names(world: SmallWorld, text: str) -> set[str]:
    snapshot = world.views.snapshot(W)
    read = read_question(Question(text=text, workspace=W))
    return {snapshot.name_key(number) for number in find_seeds(read, snapshot, WEIGHTS).names}


@pytest.mark.parametrize("mode", ["graph", "hybrid"])
def test_a_merge_is_followed_until_a_person_says_otherwise(brewery: SmallWorld, mode: str) -> None:
    assert "two" not in documents(brewery, mode)
    merged = merge_alike(brewery.store, brewery.embedder, W).revision
    assert documents(brewery, mode) == ["one", "two"]
    first, second = sorted(entity_id(W, name) for name in ("kalmar brewing company", "kalmar brewing co"))
    brewery.store.decide(W, [Verdict(first_id=first, second_id=second, same=False, reason="by hand")])
    assert "two" not in documents(brewery, mode)
    assert documents(brewery, mode, as_of=merged) == ["one", "two"], "the past is as it was"


def test_a_stated_alias_is_followed_as_long_as_it_is_stated(world: SmallWorld) -> None:
    world.put("stated", "Zanzibar Ferry Corporation (ZFC) was once founded.")
    world.put("answer", "It was Amina Said who led ZFC. People call ZFC the blue ships.")
    assert names(world, "Who led the Zanzibar Ferry Corporation?") >= {"zanzibar ferry corporation", "zfc"}
    assert names(world, "Who led ZFC?") >= {"zanzibar ferry corporation", "zfc"}
    world.put("stated", "Zanzibar Ferry Corporation was once founded.")
    assert "zfc" not in names(world, "Who led the Zanzibar Ferry Corporation?")


def test_an_abbreviation_of_several_things_leads_to_none_of_them(world: SmallWorld) -> None:
    world.put("music", "The Country Music Association (CMA) gave a prize.")
    world.put("markets", "The Capital Markets Authority (CMA) set a rule.")
    world.put("both", "People say CMA and mean what they like. What CMA means is not said.")
    assert names(world, "What did the Country Music Association give?") == {"country music association"}
    assert "capital markets authority" not in names(world, "What did CMA give?")
    world.put("markets", "The Capital Markets Authority set a rule.")
    assert names(world, "What did CMA give?") >= {"country music association", "cma"}
