"""What dates and amounts are worth, however they are written."""

import pytest

from graph.text.typed_values import TypedValue, typed_value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("1904", "1904"), ("March 2019", "2019-03"), ("9 February 1987", "1987-02-09"), ("May 4, 2001", "2001-05-04"),
        ("2026-01-05", "2026-01-05"), ("1931年", "1931"), ("1931年5月", "1931-05"), ("1931年5月6日", "1931-05-06"),
        ("between 1958 and 1963", "1958/1963"), ("from 1984 to 2003", "1984/2003"),
    ],
)  # fmt: skip
def test_dates_are_days_of_the_calendar_or_spans(name: str, value: str) -> None:
    assert typed_value(name, "date") == TypedValue(kind="date", value=value)


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("640 people", "640", "people"), ("18,400 inhabitants", "18400", "inhabitants"),
        ("4.2 billion crowns", "4200000000", "crowns"), ("3.60 metres", "3.6", "metres"),
        ("$5 million", "5000000", "$"),
        ("12%", "12", "%"), ("9.89万人", "98900", "人"), ("65米", "65", "米"), ("210亿立方米", "21000000000", "立方米"),
    ],
)  # fmt: skip
def test_amounts_are_a_number_and_a_unit(name: str, value: str, unit: str) -> None:
    assert typed_value(name, "quantity") == TypedValue(kind="number", value=value, unit=unit)


@pytest.mark.parametrize(
    ("name", "kind"), [("Ida Holm", "name"), ("spring", "date"), ("many", "quantity"), ("1" * 999, "date")]
)
def test_anything_else_is_worth_nothing_that_could_be_told(name: str, kind: str) -> None:
    assert typed_value(name, kind) is None
