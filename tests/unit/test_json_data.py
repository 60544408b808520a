"""JSON as it is read: every value with its path, arrays of objects as records."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import TooDeep
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.texts import json_data
from ingest.model import LoadedDocument, Source


def load(text: str) -> LoadedDocument:
    return json_data.load(Source(name="a.json", media_type="application/json", data=text.encode()), DEFAULT_LIMITS)


def test_values_stand_with_their_path_and_numbers_as_written() -> None:
    found = load('{"a": 1.50, "b": {"c": [1, 2], "d": [[1e3, -0.0], {"e": true}]}, "n": null, "a": "again"}')
    lines = [line for line in found.text.split("\n") if line]
    assert lines == ["a: 1.50", "a: again", "b", "b.c: 1, 2", "d", "b.d[0]: 1e3, -0.0", "b.d[1].e: true"]
    assert [section.headings for section in found.sections] == [(), ("b",), ("b", "d")]


def test_arrays_of_objects_are_records_also_where_objects_are_within_them() -> None:
    found = load('[{"item": "Valve 1", "size": {"mm": 40}}, {"item": "Valve 2", "tags": ["x", "y"]}]')
    assert found.text == "item: Valve 1; size.mm: 40\nitem: Valve 2; tags: x, y\n"
    assert found.tables[0].columns == ("item", "size.mm", "tags")
    assert found.title is None


def test_records_below_others_say_where_they_stand() -> None:
    wide = [{f"k{n}": 1} for n in range(70)]  # more columns than records have
    found = load(json.dumps([{"a": [{"b": 1}, {"b": 2}], "x": {"y": wide}}]))
    assert found.text.startswith("[0].a:\nb: 1\nb: 2\n[0].x.y[0].k0: 1\n[0].x.y[1].k1: 1\n")


def test_the_title_is_what_the_file_calls_itself() -> None:
    assert load('{"name": "x", "title": "The mill"}').title == "The mill"
    assert load('{"a": {"b": [{"c": {}}]}}').title is None


def test_lines_of_json_are_records_and_a_broken_line_is_kept() -> None:
    lines = [json.dumps({"n": n, "who": "Ada"}) for n in range(20)]
    found = load("\n".join([*lines[:12], "{broken", *lines[12:]]))
    assert found.text.startswith("n: 0; who: Ada\nn: 1; who: Ada\n")
    assert found.text.endswith("n: 19; who: Ada\n{broken\n")
    assert found.report.parts == {"rows": 20, "tables": 1, "lines that are no JSON": 1}


@pytest.mark.parametrize("text", ["{broken", "// a note\n{}", "{'a': 1}", "hello\nworld", "[1, 2"])
def test_what_is_no_json_is_read_as_text(text: str) -> None:
    found = load(text)
    assert found.text.strip() == text
    assert [one.part for one in found.report.skipped] == ["structure"]


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 80 + "1" + "}" * 80, "[" * 80 + "[1, {}]" + "]" * 80])
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(TooDeep):
        load(text)


def test_many_objects_make_no_more_headings_than_are_allowed() -> None:
    found = load(json.dumps({f"k{n}": {"a": n, "b": {"c": n}} for n in range(json_data.MOST_HEADINGS + 1)}))
    assert len(found.sections) == 1
    assert "k7.b.c: 7" in found.text


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text("ab é|;:\n", max_size=5)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc.", max_size=3), inner, max_size=4),
    max_leaves=25,
)  # fmt: skip


@given(VALUES)
def test_no_value_is_lost(value: object) -> None:
    found = load(json.dumps(value, ensure_ascii=False))
    said = "".join(found.text.split())
    for leaf in leaves(value):
        assert "".join(leaf.split()) in said
    for table in found.tables:
        for row in table.rows:
            assert all(row.start <= a <= b <= row.end for a, b in row.cells)


def leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [] if value is None else [json.dumps(value) if not isinstance(value, str) else value]
