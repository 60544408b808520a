"""Numbers as a spreadsheet shows them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loaders.office.number_formats import counts_days, plain_number, shown_number


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.256, "0%", "26%"),
        (0.256, "0.0%", "25.6%"),
        (1234.567, "#,##0.00", "1,234.57"),
        (-1234.567, "#,##0.00;(#,##0.00)", "(1,234.57)"),
        (0, '#,##0;-#,##0;"none"', "none"),
        (1234567, "#,##0,", "1,235"),
        (1234567, '0.0,,"M"', "1.2M"),
        (12.5, "[$€-407] #,##0.00", "€ 12.50"),
        (-12.5, '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)', "($12.50)"),
        (5, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "5.00"),
        (0, '_-* #,##0.00_-;-* #,##0.00_-;_-* "-"??_-;_-@_-', "-"),
        (12345, "0.00E+00", "1.23E+04"),
        (5, "000", "005"),
        (5551234, "000-0000", "5551234"),
        (0.5, "# ?/?", "0.5"),
        (5, ";;;", ""),
        (1.005, "0.00", "1.01"),
        (-0.001, "0.0", "0.0"),
        (3, 'General" km"', "3 km"),
        (3, '0.0 "m"', "3.0 m"),
        (3.0, "0.##", "3"),
        (45352, "yyyy-mm-dd", "2024-03-01"),
        (45352.5, "m/d/yy h:mm", "2024-03-01 12:00"),
        (0.1 + 0.2, "General", "0.3"),
        (123456789012345, "General", "123456789012345"),
        (12, "[>100]0;0.0", "12"),
    ],
)
def test_shown(value: float, code: str, text: str) -> None:
    assert shown_number(value, code) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.text('0#?.,%E+-_*"\\;[]$€ymdhsG @/', max_size=20))
def test_any_code_shows_any_number(value: float, code: str) -> None:
    assert isinstance(shown_number(value, code), str)


@given(st.floats(-1e14, 1e14))
def test_without_a_format_a_number_is_itself(value: float) -> None:
    assert float(plain_number(value)) == pytest.approx(value, rel=1e-14, abs=1e-300)


def test_which_formats_count_days() -> None:
    assert [counts_days(code) for code in ("yyyy-mm", "[h]:mm", '0 "days"', "[Red]0", "General")] == [
        True, True, False, False, False,
    ]  # fmt: skip
