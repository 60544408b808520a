"""Questions for the things of a kind that a collection names, and which names are of a kind by their own words."""

import pytest

from retrieval.communities.naming.kinds import is_of_kind, kind_asked
from retrieval.model import Question
from retrieval.questions.read_question import read_question


def asked(text: str) -> str | None:
    return kind_asked(read_question(Question(text=text, workspace="default", mode="keyword")))


@pytest.mark.parametrize(("text", "kind"), [
    ("What institutions are described?", "institutions"),
    ("Which organizations are mentioned in the documents?", "organizations"),
    ("List all universities.", "universities"),
    ("文档里描述了哪些机构？", "机构"),
    ("哪些机构出现在文档中？", "机构"),
    ("有哪些地方？", "地方"),
])  # fmt: skip
def test_a_kind_is_asked_for_and_nothing_more(text: str, kind: str) -> None:
    assert asked(text) == kind


@pytest.mark.parametrize(
    "text", ["Which companies belong to Meridian Group?", "Who founded it?", "哪些公司属于子午集团？", "谁创办了它？"]
)
def test_a_question_with_a_condition_is_none_of_these(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize(("name", "kind"), [
    ("University of Lakeholm", "institutions"), ("Halden Observatory", "organization"), ("长宁大学", "机构"),
    ("Port Calder", "places"), ("Gulf of Sorne", "places"), ("清江市", "地方"),
    ("Halden Observatory", "observatories"), ("云岭天文台", "天文台"),
])  # fmt: skip
def test_a_name_says_what_it_is(name: str, kind: str) -> None:
    assert is_of_kind(name, "name", kind)


@pytest.mark.parametrize(("name", "kind"), [
    ("Ingrid Vael", "institutions"), ("University of Lakeholm", "observatories"), ("University", "universities"),
    ("林雨桐", "机构"), ("天文台", "天文台"), ("Halden Observatory", "places"),
])  # fmt: skip
def test_a_name_of_something_else_is_none(name: str, kind: str) -> None:
    assert not is_of_kind(name, "name", kind)


def test_a_type_that_a_model_gave_counts() -> None:
    assert is_of_kind("Tavish Works", "Company", "companies")
    assert is_of_kind("Tavish Works", "organization", "institutions")
    assert not is_of_kind("Ingrid Vael", "person", "institutions")
