"""Rows of tables in answers: which one a question asks about, and where the names of its columns stand."""

import pytest

from graph.model import Chunk
from graph.text.names import norm
from ingest.extraction.sentences import split_sentences
from retrieval.answering.extractive.table_rows import has_asked_cell, head_of


@pytest.mark.parametrize(
    ("row", "question", "expected"),
    [
        ("Valve 120 | 122 | 360", "What is the price of Valve 120?", True),
        ("| Valve 40 | 42 | 120 |", "What is the price of Valve 120?", False),
        ("| Valve 12 | 42 |", "What is the price of Valve 120?", False),
        ("item: valve 120; price: 3", "What is the price of valve 120?", True),
        ("2019 | 40", "What was made in 2019?", True),
        ("Steel | 2019", "What was made in 2019?", False),
        ("灯塔 | 40 米", "灯塔有多高？", True),
        ("Valve 120 costs 3.", "What is the price of Valve 120?", False),
        ("Selm Mill (Varn: Selma; Lund: Valve 120) turns", "What is Valve 120?", False),
        (" |  | ", "What?", False),
    ],
)
def test_a_row_is_asked_about_where_the_question_holds_one_of_its_cells(
    row: str, question: str, expected: bool
) -> None:
    assert has_asked_cell(row, norm(question)) is expected


def chunk(text: str, *headings: str) -> Chunk:
    lines = tuple(span for span in split_sentences(text.replace("\n", "\n\n")))
    text = text.replace("\n", "\n\n")
    return Chunk(id="c", document_id="d", headings=headings, text=text, sentences=lines)


def test_the_names_of_columns_stand_in_the_first_of_the_rows_that_stand_together() -> None:
    assert head_of(chunk("Prices.\nItem | Price\nValve | 3\nTap | 4"), 3) == 1
    assert head_of(chunk("Item | Price\nValve | 3"), 0) is None
    assert head_of(chunk("Prices.\nValve costs 3."), 1) is None
    assert head_of(chunk("Valve | 3\nTap | 4", "Prices", "Item | Price"), 1) is None
    assert head_of(chunk("a | b | c\nItem | Price\nValve | 3"), 2) == 1
