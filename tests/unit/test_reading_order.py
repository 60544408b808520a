"""Lines on a picture in the order in which people read them, however they were found."""

import math

from hypothesis import given
from hypothesis import strategies as st

from ingest.loaders.recognition.reading_order import FoundLine, as_read, straightened

HEIGHT, PITCH = 20.0, 32.0


def line(text: str, left: float, top: float, *, width: float = 0.0, sure: float = 1.0) -> FoundLine:
    wide = width or 11.0 * len(text)
    return FoundLine(text=text, left=left, top=top, right=left + wide, bottom=top + HEIGHT, sure=sure)


def column(name: str, left: float, rows: int, top: float = 200.0) -> list[FoundLine]:
    return [line(f"{name}{row} goes on and on", left, top + PITCH * row, width=300) for row in range(rows)]


@given(order=st.randoms(), left=st.integers(3, 12), right=st.integers(3, 12), titled=st.booleans())
def test_columns_one_after_the_other(order: object, left: int, right: int, titled: bool) -> None:
    title = [line("A title over both columns of the page", 100, 100, width=640)] if titled else []
    lines = [*title, *column("left", 60, left), *column("right", 440, right)]
    order.shuffle(lines)  # type: ignore[attr-defined]
    text, unsure = as_read(lines)
    words = [word for word in text.split() if word.startswith(("left", "right", "title"))]
    expected = ["title"] * titled + [f"left{n}" for n in range(left)] + [f"right{n}" for n in range(right)]
    assert (words, unsure) == (expected, 0)


def test_cells_of_a_row_stay_together() -> None:
    rows = [(name, price) for name, price in (("Apples", "3"), ("Pears", "12"), ("Plums", "7"), ("Figs", "5"))]
    lines = [line(price, 400, 100 + PITCH * n) for n, (_, price) in enumerate(rows)]
    lines += [line(name, 60, 100 + PITCH * n) for n, (name, _) in enumerate(rows)]
    assert as_read(lines)[0] == "Apples | 3\nPears | 12\nPlums | 7\nFigs | 5"


def test_lines_run_on_to_paragraphs() -> None:
    lines = [
        line("The settle-", 60, 100, width=300), line("ment was built of clay", 60, 132, width=300),
        line("and straw.", 60, 164, width=110), line("It burned down.", 60, 196, width=160),
    ]  # fmt: skip
    assert as_read(lines)[0] == "The settlement was built of clay and straw.\nIt burned down."


def test_chinese_has_no_blanks_between_characters() -> None:
    lines = [line("灯塔 建于一八九二年，看守", 60, 100, width=300), line("人名叫陈海 Chen Hai。", 60, 132, width=300)]
    assert as_read(lines)[0] == "灯塔建于一八九二年，看守人名叫陈海 Chen Hai。"


def test_what_is_hardly_legible_is_left_out_and_counted() -> None:
    assert as_read([line("The keeper", 60, 100), line("|~;,", 60, 140, sure=0.3), line("  ", 60, 180)]) == (
        "The keeper", 2,
    )  # fmt: skip
    assert as_read([]) == ("", 0)


def test_a_page_that_lay_askew_is_turned_straight() -> None:
    def turned(x: float, y: float) -> tuple[float, float]:
        angle = math.radians(1.5)
        return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)

    found = [
        ([turned(x, top + y) for x, y in ((0, 0), (1200, 0), (1200, HEIGHT), (0, HEIGHT))], f"line {top}", 1.0)
        for top in (0, 32, 64)
    ]
    assert [round(each.height) for each in straightened(found)] == [20, 20, 20]
    assert straightened([]) == []
