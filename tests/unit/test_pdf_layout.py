"""How a page of a PDF is read from its words: columns, tables, words that were taken apart."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loaders.drafting import Draft
from ingest.loaders.layout.joining import Vocabulary, close_letters, join_broken
from ingest.loaders.layout.page_text import Block, blocks_of
from ingest.loaders.layout.places import Box, PageFrame, Word, turned
from ingest.loaders.pdf.legibility import is_picture, is_text
from ingest.loaders.pdf.writing import Page, write_page
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.model import Source

FRAME = PageFrame(width=600, height=800)
ENGLISH = Vocabulary(lexicon=frozenset({"agreement", "well", "known", "state", "owned", "follow", "up", "outline"}))
SYLLABLES = ("lo", "ra", "mi", "ten", "sol", "va", "nor", "kel")


def line(text: str, x: float, y: float) -> list[Word]:
    """Words of a line that begins at (x, y), each letter 5 points wide and 10 high, 3 points apart."""
    words = []
    for each in text.split():
        words.append(Word(text=each, box=(x, y, x + 5 * len(each), y + 10)))
        x += 5 * len(each) + 3
    return words


def read(words: Sequence[Word], edges: Sequence[Box] = ()) -> list[Block]:
    return list(blocks_of({0: list(words)}, FRAME, edges, ENGLISH.lexicon))


def lines_of(blocks: Sequence[Block]) -> list[str]:
    return [line for block in blocks for line in block.lines]


@st.composite
def columns(draw: st.DrawFn) -> tuple[list[list[str]], list[tuple[str, float, float]]]:
    """Lines of prose by column, and the same lines with their places in an order of drawing that says nothing."""
    count = draw(st.integers(1, 3))
    rows = draw(st.integers(3, 12))
    width = 540 // count
    texts: list[list[str]] = []
    placed: list[tuple[str, float, float]] = []
    for column in range(count):
        texts.append([])
        for row in range(rows):
            words = draw(st.lists(st.sampled_from(SYLLABLES), min_size=4, max_size=6))
            text = " ".join(words) + f" {column}.{row}"
            texts[-1].append(text)
            placed.append((text, 20 + column * width, 700 - 14 * row))
    return texts, draw(st.permutations(placed))


@given(columns())
def test_columns_are_read_one_after_the_other(
    drawn: tuple[list[list[str]], list[tuple[str, float, float]]],
) -> None:
    texts, placed = drawn
    blocks = read([word for text, x, y in placed for word in line(text, x, y)])
    assert lines_of(blocks) == [text for column in texts for text in column]


@given(columns())
def test_a_heading_over_all_columns_comes_before_them(
    drawn: tuple[list[list[str]], list[tuple[str, float, float]]],
) -> None:
    texts, placed = drawn
    heading = "a heading that runs across the whole of this page from one side of it to the other"
    words = [word for text, x, y in placed for word in line(text, x, y)] + line(heading, 20, 730)
    assert lines_of(read(words)) == [heading, *(text for column in texts for text in column)]


@given(columns())
def test_boxes_stand_where_the_lines_do(drawn: tuple[list[list[str]], list[tuple[str, float, float]]]) -> None:
    _, placed = drawn
    where = {text: (x, y) for text, x, y in placed}
    for block in read([word for text, x, y in placed for word in line(text, x, y)]):
        for text, box in zip(block.lines, block.boxes, strict=True):
            assert box[:2] == where[text]


def test_a_table_without_lines_is_read_by_rows_and_keeps_empty_cells() -> None:
    rows = [("Station", "Opened", "Depth"), ("Aldermoor", "1931", "24"), ("Varnholm", "", "31"), ("Lorvik", "1988", "")]
    words = [
        word
        for number, row in enumerate(rows)
        for column, cell in enumerate(row)
        for word in line(cell, 20 + 120 * column, 700 - 16 * number)
    ]
    (table,) = read(words)
    assert table.rows == [list(row) for row in rows]


@pytest.mark.parametrize("sides", [True, False])
def test_a_ruled_table_keeps_its_columns(sides: bool) -> None:
    """Also where the sides are not drawn, and the words of a cell take two lines."""
    edges: list[Box] = [(20, y, 320, y) for y in (700, 670, 640, 610)]
    edges += [(x, 610, x, 700) for x in ((20, 120, 220, 320) if sides else (120, 220))]
    words = [
        *line("Name", 25, 680), *line("Place", 125, 680), *line("Since", 225, 680),
        *line("Edda", 25, 656), *line("Brink", 25, 644), *line("1911", 225, 650),
        *line("Oskar", 25, 620), *line("Selm", 125, 620),
    ]  # fmt: skip
    (table,) = read(words, edges)
    assert table.rows == [["Name", "Place", "Since"], ["Edda Brink", "", "1911"], ["Oskar", "Selm", ""]]


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("the agree-", "ment holds", ["the agreement", "holds"]),
        ("the agree\u00ad", "ment, too", ["the agreement,", "too"]),
        ("a well-", "known name", ["a well-known", "name"]),
        ("a state-", "owned mill", ["a state-owned", "mill"]),
        ("their follow-", "up", ["their follow-up", ""]),
        ("two out-", "lines", ["two outlines", ""]),
        ("after COVID-", "19 came", ["after COVID-19", "came"]),
        ("by Anne-", "Marie Voss", ["by Anne-Marie", "Voss"]),
        ("pre-", "and post-war", ["pre-", "and post-war"]),
        ("eine Vertrags-", "änderung ist", ["eine Vertragsänderung", "ist"]),
        ("AGREE-", "MENT", ["AGREEMENT", ""]),
        ("a dash -", "here", ["a dash -", "here"]),
        ("soft\u00adly", "said", ["softly", "said"]),
    ],
)
def test_words_broken_at_line_ends(first: str, second: str, whole: list[str]) -> None:
    assert join_broken([first, second], ENGLISH) == whole


def test_letters_drawn_apart_are_words() -> None:
    texts = [*"AGREEMENT", *"OF", *"SALE", "today"]
    gaps = [0.3] * 8 + [0.9] + [0.3] + [0.9] + [0.3] * 3 + [0.9]
    words = ["".join(texts[start:end]) for start, end in close_letters(texts, gaps)]
    assert words == ["AGREEMENT", "OF", "SALE"]
    assert close_letters([*"ABCDE"], [0.3] * 4) == []
    assert close_letters([*"xyz"], [0.3] * 2) == []


@given(st.sampled_from([0, 90, 180, 270]), st.tuples(*[st.integers(0, 100)] * 4))
def test_a_sheet_that_is_turned_and_turned_back_is_the_same(way: int, sides: tuple[int, int, int, int]) -> None:
    box = (min(sides[0], sides[2]), min(sides[1], sides[3]), max(sides[0], sides[2]), max(sides[1], sides[3]))
    size = (400.0, 300.0) if way % 180 else (300.0, 400.0)
    assert turned(turned(box, way, 300, 400), -way % 360, *size) == box


def test_letters_that_are_misnamed_are_no_text() -> None:
    said = "The tower of Varnholt was designed by Edda Brink and it was opened in the spring of that year. " * 4
    shifted = "".join(chr(ord(one) - 29) if one.isalpha() else one for one in said)
    words = frozenset(said.lower().split())
    assert is_text(said, len(said), 0, words)
    assert not is_text(shifted, len(shifted), 0, words)
    assert not is_text(said, len(said), len(said) // 2, words)


def test_a_picture_over_a_page_is_the_page_unless_the_page_speaks() -> None:
    assert is_picture("Received 3 May", 0.9)
    assert not is_picture("word " * 100, 0.9)
    assert not is_picture("Received 3 May", 0.3)


def test_lines_around_a_drawing_are_no_table() -> None:
    draft = Draft(Source(name="a.pdf", media_type="", data=b""), DEFAULT_LIMITS)
    frame = [["", "", "", "1", "", "", ""], ["", "", "State", "Date", "", "", ""], ["A", "", "", "", "", "", ""]]
    table = [["Part", "Size"], ["Bolt", ""], ["Nut", "8"]]
    places = [(0.0, 0.0, 9.0, 9.0)] * 3
    write_page(draft, 1, Page(blocks=[Block(rows=frame, boxes=places), Block(rows=table, boxes=places)]), ())
    found = draft.finish()
    assert found.text == "1\nState Date\nA\n\nPart | Size\nBolt | \nNut | 8\n\n"
    assert len(found.tables) == 1
    assert [found.text[one.start : one.end] for one in found.boxes][:3] == ["1", "State Date", "A"]
