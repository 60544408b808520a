import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from graph.errors import InputError
from graph.filters import LANGUAGE, Condition, Filters, same_metadata, shown_metadata
from graph.model import Document

DOCUMENT = Document(
    id="d", version=1, title="Notes", source="notes.txt", media_type="text/plain", content_hash="0",
    metadata={"title": "Mine", LANGUAGE: "zh"}, created_at=datetime(2026, 3, 1, tzinfo=UTC),
    updated_at=datetime(2026, 3, 2, tzinfo=UTC),
)  # fmt: skip
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


@pytest.mark.parametrize(
    ("stored", "wanted", "fits"),
    [
        ("2024-05-01T00:30:00+08:00", {"gte": "2024-04-30T18:00:00Z"}, False),
        ("2024-05-01T00:30:00+08:00", {"lt": "2024-04-30T18:00:00Z"}, True),
        ("2024-05-01T00:30:00+08:00", "2024-04-30T16:30:00Z", True),
        ("2024-05-01T00:30:00+08:00", {"in": ["2024-04-30T16:30:00+00:00"]}, True),
        ("2024-04-30", {"lt": "2024-04-30T00:00:01Z"}, True),
        ("2024-04-30T23:00:00-05:00", {"gte": "2024-05-01"}, True),
        ("20240430", {"lt": "2024-04-30"}, False),  # no moment as it is written: compared as text
        ("0001-01-01T00:00:00+08:00", {"lt": "2024-04-30T18:00:00Z"}, True),
    ],
)
def test_moments_compare_as_moments(stored: str, wanted: object, fits: bool) -> None:
    assert Filters.parse({"at": wanted}).match({"at": stored}) is fits


def test_filters_are_equal_as_json_is() -> None:
    one, true, real = (Filters.parse({"a": value}) for value in (1, True, 1.0))
    assert one != true
    assert one == real
    assert len({one, true, real}) == 2
    assert Filters.parse({"a": {"in": [0, 1]}}) != Filters.parse({"a": {"in": [False, True]}})
    assert not same_metadata({"a": 1}, {"a": True})
    assert not same_metadata({"a": (1, 0)}, {"a": (1, False)})
    assert same_metadata({"a": 1, "b": ("x",)}, {"b": ("x",), "a": 1})


@pytest.mark.parametrize(
    ("raw", "fits"),
    [
        ({"document_id": "d"}, True),
        ({"document_id": {"in": ["x", "y"]}}, False),
        ({"media_type": "text/plain"}, True),
        ({"source": "notes.txt"}, True),
        ({"source": "crm"}, False),
        ({"language": "zh"}, True),
        ({"language": {"in": ["en", "ja"]}}, False),
        ({"created": {"gte": "2026-03-01T08:00:00+08:00", "lt": "2026-03-01T00:00:01Z"}}, True),
        ({"created": {"gt": "2026-03-01"}}, False),
        ({"updated": {"gt": "2026-03-01", "lte": "2026-03-02"}}, True),
        ({"title": "Mine"}, True),
        ({"title": "Notes"}, True),
        ({"title": "Other"}, False),
        ({"metadata.title": "Mine"}, True),
        ({"metadata.title": "Notes"}, False),
        ({"document.title": "Notes"}, True),
        ({"document.title": "Mine"}, False),
        ({"metadata.source": "notes.txt"}, False),
        ({"year": 2026}, False),
    ],
)
def test_what_every_document_has_can_be_asked_for_beside_its_metadata(raw: dict[str, object], fits: bool) -> None:
    assert Filters.parse(raw).fits(DOCUMENT) is fits


def test_a_field_that_no_document_has_is_told_apart() -> None:
    other = replace(DOCUMENT, id="e", metadata={"year": 2020})
    wanted = Filters.parse({"yaer": 1, "year": 2021, "language": "fr", "metadata.title": "x", "metadata.language": "x"})
    assert wanted.unknown_fields([DOCUMENT, other]) == ("yaer", "metadata.language")
    assert wanted.unknown_fields([DOCUMENT]) == ("yaer", "year", "metadata.language")
    assert Filters().unknown_fields([]) == ()


def test_what_nobody_gave_is_not_shown() -> None:
    assert shown_metadata(DOCUMENT.metadata) == {"title": "Mine"}


@pytest.mark.parametrize(
    "raw",
    [
        {"\ud800": 1},
        {"a": "\ud800"},
        {"a": {"in": ["\ud800"]}},
        {"a": float("inf")},
        {"a": {"gte": float("nan")}},
        {"a": 2**64},
        {"a" * 257: 1},
        {"a": "x" * 4_097},
        {"a": {"in": [1] * 1_001}},
        {f"a{number}": 1 for number in range(65)},
        {"a\x00": 1},
    ],
)
def test_what_no_document_can_have_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Filters.parse(raw)
