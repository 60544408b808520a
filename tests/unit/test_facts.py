"""Typed queries to relations: exact, of live text that the audience may read, under all names of a thing."""

from collections.abc import Sequence

import pytest
from fact_graphs import Said, W, said, stating
from graph_changes import audience, verdict
from hypothesis import given
from hypothesis import strategies as st
from reference_store import ReferenceStore

from graph.audience import UNRESTRICTED, Audience
from graph.errors import InputError
from graph.filters import Filters
from graph.identity import entity_id
from graph.text.names import norm
from graph.view.knowledge_view import KnowledgeViews
from retrieval.facts.facts import Facts
from retrieval.facts.model import Direction, FactCondition, FactKind, FactQuery, FactRows

NAMES = ["Ada", "Bea", "Cid", "Dan", "Eve", "Fay"]
PREDICATES = ["founded", "led by", "member of"]
statements = st.lists(
    st.builds(
        Said, source=st.sampled_from(NAMES), predicate=st.sampled_from(PREDICATES), target=st.sampled_from(NAMES)
    ),
    max_size=12,
)  # fmt: skip
conditions = st.builds(
    FactCondition, entity=st.sampled_from(NAMES), predicate=st.sampled_from(["", *PREDICATES]),
    direction=st.sampled_from(["out", "in", "either"]), exact=st.just(True),
)  # fmt: skip


def ask(
    store: ReferenceStore, *asked: FactCondition, kind: FactKind = "list", of: Audience = UNRESTRICTED, **more: object
) -> FactRows:  # fmt: skip
    query = FactQuery(kind=kind, conditions=asked, **more)  # type: ignore[arg-type]
    return Facts().ask(query, KnowledgeViews(store).snapshot(W, audience=of))


def about(entity: str, predicate: str = "", direction: Direction = "either", *, exact: bool = False) -> FactCondition:
    return FactCondition(entity=entity, predicate=predicate, direction=direction, exact=exact)


def names(rows: FactRows) -> list[str]:
    return sorted(row.name for row in rows.rows)


def store_of(*statements: Said, by_model: bool = True) -> ReferenceStore:
    store = ReferenceStore()
    store.apply(W, [stating("a", 1, statements, by_model=by_model)])
    return store


def brute(statements: Sequence[Said], condition: FactCondition) -> set[str]:
    """What satisfies an exact condition, from the statements themselves."""
    fitting = [one for one in statements if condition.predicate in {"", one.predicate} and one.source != one.target]
    out = {one.target for one in fitting if one.source == condition.entity and condition.direction != "in"}
    return out | {one.source for one in fitting if one.target == condition.entity and condition.direction != "out"}


@given(documents=st.lists(statements, min_size=1, max_size=4), one=conditions, other=conditions)
def test_lists_counts_and_intersections_are_those_of_the_statements(
    documents: list[list[Said]], one: FactCondition, other: FactCondition
) -> None:
    store = ReferenceStore()
    store.apply(W, [stating(f"d{number}", 1, each) for number, each in enumerate(documents)])
    every = [statement for each in documents for statement in each]
    listed = ask(store, one)
    assert set(names(listed)) == brute(every, one)
    assert ask(store, one, kind="count", limit=1).count == listed.count == len(names(listed))
    assert set(names(ask(store, one, other, kind="intersect"))) == brute(every, one) & brute(every, other)


@given(
    documents=st.lists(statements, min_size=1, max_size=4), removed=st.sets(st.integers(0, 3)),
    secret=st.sets(st.integers(0, 3)), one=conditions,
)  # fmt: skip
def test_rows_rest_on_live_text_that_may_be_read(
    documents: list[list[Said]], removed: set[int], secret: set[int], one: FactCondition
) -> None:
    store = ReferenceStore()
    store.apply(W, [stating(f"d{number}", 1, each) for number, each in enumerate(documents)])
    for number in secret & set(range(len(documents))):
        store.set_readers(W, f"d{number}", 1, ("ida",))
    for number in removed & set(range(len(documents))):
        store.remove(W, f"d{number}", 2)
    for of, unseen in ((UNRESTRICTED, removed), (audience("tom"), removed | secret)):
        seen = [said for number, each in enumerate(documents) if number not in unseen for said in each]
        rows = ask(store, one, of=of)
        assert set(names(rows)) == brute(seen, one)
        for stated in (stated for row in rows.rows for stated in row.stated):
            placed = stated.quote.placed
            held = store.text(W, placed.document.id, rows.revision)
            start = placed.position.start
            assert held[start + stated.quote.start : start + stated.quote.end] == stated.quote.text
            assert int(placed.document.id[1:]) not in unseen
            assert stated.source in stated.quote.text
            assert stated.target in stated.quote.text


@given(
    documents=st.lists(statements, min_size=1, max_size=3), one=conditions,
    pair=st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)),
)  # fmt: skip
def test_names_of_one_thing_are_one_row(
    documents: list[list[Said]], pair: tuple[str, str], one: FactCondition
) -> None:  # fmt: skip
    store = ReferenceStore()
    store.apply(W, [stating(f"d{number}", 1, each) for number, each in enumerate(documents)])
    mentioned = {end for each in documents for said in each for end in (said.source, said.target)}
    if pair[0] == pair[1] or not set(pair) <= mentioned:
        return
    first, second = sorted(entity_id(W, norm(name)) for name in pair)
    store.decide(W, [verdict(first, second, same=True)])
    every = [said for each in documents for said in each]
    asked = [one if one.entity not in pair else about(name, one.predicate, one.direction, exact=True) for name in pair]
    found = set().union(*(brute(every, each) for each in asked))
    things = {"+".join(sorted(pair)) if name in pair else name for name in found}
    if one.entity in pair:
        things.discard("+".join(sorted(pair)))
    assert len(ask(store, one).rows) == len(things)


def test_a_predicate_is_taken_by_its_meaning() -> None:
    store = store_of(
        said("Orrin Labs | was founded by | Ida Quell"), said("Selm Works | founder | Ida Quell"),
        said("Ida Quell | established | Pike Tools"), said("Ida Quell | born in | Halden"),
        said("Ida Quell | was founded by | Tom Reed"),
    )  # fmt: skip
    assert names(ask(store, about("Ida Quell", "founded by _"))) == ["Orrin Labs", "Pike Tools", "Selm Works"]
    assert names(ask(store, about("Ida Quell", "founders of _"))) == ["Tom Reed"]
    assert names(ask(store, about("Ida Quell", "founded by", "out"))) == ["Tom Reed"]
    assert names(ask(store, about("Ida Quell", "birthplace"))) == ["Halden"]
    assert names(ask(store, about("Ida Quell", "was founded by", exact=True))) == ["Orrin Labs", "Tom Reed"]


def test_both_ends_of_a_relation_answer() -> None:
    store = store_of(said("Ada | child | Bea"), said("Cid | father | Ada"), said("Ada | father | Dan"))
    assert names(ask(store, about("Ada", "children of _"))) == ["Bea", "Cid"]
    assert names(ask(store, about("Ada", "_'s father"))) == ["Dan"]


def test_a_predicate_in_chinese() -> None:
    store = store_of(
        said("李明 | 创立 | 东方科技"),
        said("西湖软件 | 创始人 | 李明"),
        said("王芳 | 毕业于 | 北京大学"),
        said("李明 | 出生于 | 上海"),
    )
    assert names(ask(store, about("李明", "_创立的公司"))) == ["东方科技", "西湖软件"]
    assert names(ask(store, about("北京大学", "_的校友"))) == ["王芳"]
    assert names(ask(store, about("李明", "_的出生地"))) == ["上海"]


def test_completeness_tells_what_only_rules_have_read() -> None:
    store = store_of(said("Ada | founded | Bea"))
    store.apply(W, [stating("b", 1, [said("Ada | founded | Cid"), said("Dan | met | Ada")], by_model=False)])
    found = ask(store, about("Ada", "founded"), limit=1)
    assert (found.count, len(found.rows)) == (2, 1)
    assert (found.completeness.passages, found.completeness.unread, found.completeness.cut) == (3, 2, 1)


def test_filters_are_of_the_documents_that_state_a_relation() -> None:
    store = ReferenceStore()
    store.apply(W, [stating("a", 1, [said("Ada | founded | Bea")], metadata={"year": 1})])
    store.apply(W, [stating("b", 1, [said("Ada | founded | Cid")], metadata={"year": 2})])
    assert names(ask(store, about("Ada", "founded"), filters=Filters.parse({"year": 2}))) == ["Cid"]


def test_days_are_those_of_the_sentence_else_of_what_is_related() -> None:
    store = store_of(
        said("Ada | founded | Bea", after=" in 1985"), said("Ada | founded | Cid", after=" in March 1991"),
        said("Ada | founded | Dan"), said("Dan | opened on | 4 May 2001", types=("", "date")),
        said("Ada | founded | Eve"),
    )  # fmt: skip
    asked = about("Ada", "founded", "out")
    assert [(row.name, row.dated) for row in ask(store, asked, kind="newest").rows] == [
        ("Dan", "2001-05-04"), ("Cid", "1991-03"), ("Bea", "1985"),
    ]  # fmt: skip
    assert names(ask(store, asked, dated_before="1991")) == ["Bea"]
    assert names(ask(store, asked, dated_before="1991-04")) == ["Bea", "Cid"]
    late = ask(store, asked, dated_after="1985")
    assert (names(late), late.completeness.undated) == (["Cid", "Dan"], 1)


def test_things_are_of_the_type_asked_for_as_far_as_that_can_be_told() -> None:
    store = store_of(
        said("Ada | joined | Bea", types=("PER", "ORG")), said("Ada | joined | Cid", types=("PER", "Person")),
        said("Ada | joined | Dan", types=("PER", "MISC")),
    )  # fmt: skip
    companies = ask(store, about("Ada", "joined"), type="company")
    assert (names(companies), companies.completeness.untyped) == (["Bea", "Dan"], 1)
    assert names(ask(store, about("Ada", "joined", exact=True), type="org")) == ["Bea"]


def test_sides_are_compared_by_number_and_by_worth() -> None:
    store = store_of(
        said("Ada | founded | Bea"), said("Ada | founded | Cid"), said("Dan | founded | Eve"),
        said("Ada | born in | 1970", types=("", "date")), said("Dan | born in | 12 May 1981", types=("", "date")),
    )  # fmt: skip
    sides = [about(name, "founded", "out") for name in ("Dan", "Ada")]
    found = ask(store, *sides, kind="compare")
    assert ([one.count for one in found.taken], found.leading) == ([1, 2], 1)
    older = ask(store, *(about(name, "born") for name in ("Ada", "Dan")), kind="compare", measure="value")
    assert ([one.values for one in older.taken], older.leading) == ([("1970",), ("1981-05-12",)], 1)


def test_what_is_not_known_is_told_with_what_comes_near() -> None:
    store = store_of(said("Ada Quell | founded | Bea"), said("Tom Quell | founded | Cid"))
    found = ask(store, about("Quell", "founded"))
    assert (found.count, found.taken[0].entity_id) == (0, "")
    assert sorted(found.taken[0].candidates) == ["Ada Quell", "Tom Quell"]
    assert names(ask(store, about("Ada", "founded"))) == ["Bea"]
    assert ask(store, about("Ada", "founded", exact=True)).count == 0
    nothing = ask(store, about("Ada Quell", "married to"))
    assert (nothing.count, nothing.taken[0].predicates) == (0, ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions": ()},
        {"kind": "intersect"},
        {"limit": 0},
        {"type": "x" * 2000},
        {"conditions": (about(" "),)},
        {"dated_before": "soon"},
    ],
)
def test_what_cannot_be_asked_is_refused(wrong: dict[str, object]) -> None:
    query = FactQuery(**{"kind": "list", "conditions": (about("Ada"),), **wrong})  # type: ignore[arg-type]
    with pytest.raises(InputError):
        Facts().ask(query, KnowledgeViews(store_of()).snapshot(W))
