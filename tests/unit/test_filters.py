import pytest

from graph.errors import InputError
from graph.filters import Filters

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
    ],
)
def test_match(raw: dict[str, object], fits: bool) -> None:
    assert Filters.parse(raw).match(METADATA) is fits


@pytest.mark.parametrize("raw", [{"a": {"like": 1}}, {"a": {"in": 3}}, {"a": None}, {"a": [1]}, {"a": {"gte": None}}])
def test_bad_filters(raw: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Filters.parse(raw)
