"""What stands around an entity, over the model of a store: bounded, over aliases, the most related first."""

import pytest
from graph_changes import make_change, pair, verdict
from reference_store import ReferenceStore

from graph.errors import NotFoundError
from graph.identity import entity_id
from retrieval.exploring import Surroundings, surroundings

W = "w"


def store(*passages: str) -> ReferenceStore:
    made = ReferenceStore()
    made.apply(W, [make_change("a", 1, list(passages))])
    return made


def around(reader: ReferenceStore, name: str, *, depth: int = 1, limit: int = 100) -> Surroundings:
    return surroundings(reader, W, entity_id(W, name), reader.revision(W), depth=depth, limit=limit)


def names(found: Surroundings) -> list[str]:
    return sorted(one.name for one in found.entities)


def test_depth_counts_relations() -> None:
    chain = store("Ada Bea", "Bea Cid", "Cid Dan")
    assert names(around(chain, "ada")) == ["Ada", "Bea"]
    assert names(around(chain, "ada", depth=2)) == ["Ada", "Bea", "Cid"]
    assert names(around(chain, "ada", depth=3)) == ["Ada", "Bea", "Cid", "Dan"]


def test_what_is_most_related_is_kept_and_the_rest_told() -> None:
    star = store("Ada Bea", "Ada Cid", "Ada Cid Ada", "Ada Dan", "Bea Eve")
    found = around(star, "ada", depth=2, limit=2)
    assert names(found) == ["Ada", "Cid"]
    assert ({one.name for one in found.left_off}, found.left_off_count) == ({"Bea", "Dan"}, 2)
    assert {(r.source_id, r.target_id) for r in found.relations} <= {
        (entity_id(W, one), entity_id(W, other)) for one, other in (("ada", "cid"), ("cid", "ada"))
    }


def test_an_alias_is_no_step() -> None:
    two = store("Ada Bea", "Cid Dan")
    assert names(around(two, "ada")) == ["Ada", "Bea"]
    two.decide(W, [verdict(*pair("ada", "cid"), same=True)])
    found = around(two, "ada")
    assert names(found) == ["Ada", "Bea", "Cid", "Dan"]
    assert [one.reason for one in found.aliases] == ["by hand"]


def test_nobody_has_no_surroundings() -> None:
    with pytest.raises(NotFoundError):
        around(store("Ada Bea"), "zed")
