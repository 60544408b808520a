"""A model's query counts only where it is one; whatever else the model says costs a call and changes nothing."""

import anyio
import pytest
from fact_graphs import W
from scripted_model import ScriptedModel

from graph.errors import DependencyError
from graph.filters import Filters
from retrieval.facts.by_model import SCHEMA, ModelQuery, ModelQueryReader, parse_query
from retrieval.facts.model import FactCondition
from retrieval.model import Question

WELL = (
    '{"kind": "intersect", "conditions": [{"entity": "Orrin Labs", "relation": "founders of _"},'
    ' {"entity": "Atari Park", "relation": "worked at _"}], "type": "person", "before": "", "after": "1990"}'
)


def test_a_query_is_read_whatever_stands_round_it() -> None:
    filters = Filters.parse({"year": 1})
    for text in (WELL, f"Here it is:\n```json\n{WELL}\n```"):
        query = parse_query(text, filters)
        assert query is not None
        assert (query.kind, query.type, query.dated_after, query.filters) == ("intersect", "person", "1990", filters)
        assert query.conditions[1] == FactCondition(entity="Atari Park", predicate="worked at _")


@pytest.mark.parametrize(
    "text",
    [
        "", "NOT FOUND", "[]", "{}", '{"kind": "list"', '{"kind": "list", "conditions": []}',
        '{"kind": "drop", "conditions": [{"entity": "Ada", "relation": ""}]}',
        '{"kind": "list", "conditions": [{"entity": "", "relation": "founded"}]}',
        '{"kind": "list", "conditions": ["Ada"]}', '{"kind": "list", "conditions": {"entity": "Ada"}}',
        '{"kind": "list", "conditions": [{"entity": 7, "relation": "founded"}]}',
        '{"kind": ["list"], "conditions": [{"entity": "Ada", "relation": ""}]}',
        '{"kind": "intersect", "conditions": [{"entity": "Ada", "relation": "founded"}]}',
        '{"kind": "list", "conditions": [{"entity": "Ada", "relation": ""}], "before": "soon"}',
        '{"kind": "list", "conditions": [{"entity": "' + "A" * 5000 + '", "relation": ""}]}',
        '{"kind": "list", "conditions": [' + ", ".join(['{"entity": "Ada", "relation": ""}'] * 500) + "]}",
        "{" * 5000, "\ud83d{}",
    ],
)  # fmt: skip
def test_what_is_no_query_is_none(text: str) -> None:
    assert parse_query(text, Filters()) is None


def read(model: ScriptedModel, text: str = "Who of the founders of Orrin Labs was at Atari Park?") -> ModelQuery:
    return anyio.run(ModelQueryReader(model).read, Question(text=text, workspace=W))


def test_one_short_call_that_holds_the_question_alone() -> None:
    model = ScriptedModel(lambda _: WELL)
    found = read(model)
    assert (found.query is not None, found.calls, found.failure) == (True, 1, "")
    (asked,) = model.asked
    assert asked.schema == SCHEMA
    assert asked.user == "Question: Who of the founders of Orrin Labs was at Atari Park?"
    assert read(ScriptedModel(lambda asked: WELL if asked.user.startswith("问题：") else ""), "谁创立了甲？").query


def test_what_is_malformed_is_asked_for_once_more_counted_and_told() -> None:
    found = read(ScriptedModel(lambda _: "I would rather not."))
    told = "2 replies of the language model could not be used"
    assert (found.query, found.calls, found.failure) == (None, 2, told)
    assert found.tokens == 30
    replies = iter(("Well.", WELL))
    found = read(ScriptedModel(lambda _: next(replies)))
    assert (found.query is not None, found.calls, found.failure) == (True, 2, "")


def test_a_model_that_fails_is_told() -> None:
    fail = ScriptedModel(lambda _: DependencyError("no server"))
    assert read(fail).failure == "the language model failed: no server"
    assert read(fail, "x" * 1000).failure == "the question is too long to be read as a query"
