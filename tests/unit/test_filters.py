import re

import pytest

from graph.errors import InputError
from graph.filters import Condition, Filters

METADATA = {"year": 2020, "lang": "zh", "tags": ("a", "b"), "open": True, "day": "2024-05-01"}


@pytest.mark.parametrize(
    ("raw", "fits"),
    [
        ({}, True),
        ({"lang": "zh"}, True),
        ({"lang": "en"}, False),
        ({"missing": 1}, False),
        ({"lang": {"in": ["en", "zh"]}}, True),
        ({"year": {"gte": 2020, "lt": 2021}}, True),
        ({"year": {"gt": 2020}}, False),
        ({"tags": "b"}, True),
        ({"tags": {"in": ["x"]}}, False),
        ({"open": True}, True),
        ({"open": 1}, False),
        ({"day": {"gte": "2024-01-01"}}, True),
        ({"day": {"gte": 3}}, False),
        ({"lang": "zh", "year": 1}, False),
        ({"year": {"gt": 2019}}, True),
        ({"year": {"lte": 2020}}, True),
        ({"year": {"lte": 2019}}, False),
        ({"year": {"lt": 2020}}, False),
        ({"year": {"lt": 2021}}, True),
        ({"year": {"gte": 2021}}, False),
        ({"year": {"gte": True}}, False),
        ({"open": {"gte": 0}}, False),
    ],
)
def test_match(raw: dict[str, object], fits: bool) -> None:
    assert Filters.parse(raw).match(METADATA) is fits


@pytest.mark.parametrize("raw", [{"a": {"like": 1}}, {"a": {"in": 3}}, {"a": None}, {"a": [1]}, {"a": {"gte": None}}])
def test_bad_filters(raw: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Filters.parse(raw)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"a": {"like": 1}}, "filter on 'a': unknown operator 'like'; use one of eq, in, gte, gt, lte, lt"),
        ({"a": {"in": 3}}, "filter on 'a': 'in' takes a list"),
        ({"a": [1]}, "filter on 'a': values are strings"),
        ({"a": {"in": [[1]]}}, "filter on 'a': values are strings"),
        ({"a": {"gte": None}}, "filter on 'a': values are strings"),
    ],
)
def test_what_is_wrong_is_said_of_the_field(raw: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(said)}"):
        Filters.parse(raw)


def test_what_is_read() -> None:
    assert Filters.parse({"a": {"in": [1, 2]}, "b": 3}).conditions == (
        Condition(field="a", operator="in", value=(1, 2)),
        Condition(field="b", operator="eq", value=3),
    )
    assert Filters.parse({"a": 1})
    assert not Filters.parse({})
