"""reStructuredText as it is read: titles, tables, notes and code; nothing included, nothing fetched."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.texts import restructured
from ingest.model import LoadedDocument, Source


def load(text: str) -> LoadedDocument:
    return restructured.load(Source(name="a.rst", media_type="text/x-rst", data=text.encode()), DEFAULT_LIMITS)


def test_titles_are_headings_by_the_order_in_which_their_marks_are_met() -> None:
    found = load("Mills\n=====\n\nOld.\n\nVarn\n----\n\nNew.\n\nKilns\n=====\n\nHot.\n")
    assert [(one.headings, found.text[one.start : one.end].split("\n\n")[1].strip()) for one in found.sections] == [
        (("Mills",), "Old."), (("Mills", "Varn"), "New."), (("Kilns",), "Hot."),
    ]  # fmt: skip
    assert found.title == "Mills"


def test_the_header_of_a_proposal_is_metadata_and_stands_in_the_text() -> None:
    found = load(
        "PEP: 9\nTitle: Of mills\nAuthor: Ada Stone <a@x>,\n  Bo Lind\nCreated: 05-Jan-2026\n\nAbstract\n====\n\nX.\n"
    )
    assert found.title == "Of mills"
    assert found.metadata == {"PEP": "9", "Author": "Ada Stone <a@x>, Bo Lind", "Created": "2026-01-05"}
    assert "Author: Ada Stone <a@x>, Bo Lind" in found.text


def test_a_list_of_fields_at_the_beginning_is_metadata() -> None:
    assert load("Mills\n=====\n\n:Author: Ada\n:Date: 2026-01-05\n\nX.\n").metadata == {
        "Author": "Ada",
        "Date": "2026-01-05",
    }


@pytest.mark.parametrize(
    "table",
    [
        "+---+------+\n| a | b    |\n+===+======+\n| 1 | 2    |\n|   +------+\n"
        "|   | | 3  |\n|   | | 4  |\n+---+------+\n",
        "==  ===\na   b\n==  ===\n1   2\n1   3 4\n==  ===\n",
        ".. list-table::\n   :header-rows: 1\n\n   * - a\n     - b\n   * - 1\n     - 2\n   * - 1\n     - 3 4\n",
        '.. csv-table::\n   :header: "a", "b"\n\n   1,2\n   1,"3 4"\n',
    ],
)
def test_tables_keep_every_cell_in_its_column(table: str) -> None:
    found = load(f"Before.\n\n{table}\nAfter.\n")
    assert "a | b\n1 | 2\n1 | 3 4\n" in found.text
    assert found.tables[0].columns == ("a", "b")


def test_columns_under_one_name_and_rows_over_several() -> None:
    head = "+---+-------+\n| a | b     |\n|   +---+---+\n|   | c | d |\n+===+===+===+\n| 1 | 2 | 3 |\n+---+---+---+\n"
    found = load(head + "| 4 | 5     |\n+---+-------+\n")
    assert found.tables[0].columns == ("a", "b c", "b d")
    assert "1 | 2 | 3\n4 | 5 | \n" in found.text


def test_directives_and_roles_are_read_for_their_text() -> None:
    found = load(
        "See :ref:`the mill <mill>`, :class:`~varn.Mill` and :pep:`8` [1]_. |who| built it.\n\n"
        ".. |who| replace:: Ada Stone\n.. [1] So they say.\n\n.. note:: Mind the *gap*.\n\n"
        ".. versionadded:: 3.2\n   It turns.\n\n"
        ".. py:function:: grind(corn)\n   :module: mill\n\n   Grinds corn.\n\n"
        ".. code-block:: python\n   :emphasize-lines: 1\n\n"
        "   a = 1\n     b = 2\n\n.. figure:: mill.png\n\n   The mill in spring.\n"
    )
    for said in (
        "See the mill, Mill and PEP 8 [1]. Ada Stone built it.", "[1] So they say.", "Note: Mind the gap.",
        "Added in version 3.2", "It turns.", "grind(corn)", "Grinds corn.", "a = 1\n  b = 2", "The mill in spring.",
    ):  # fmt: skip
        assert said in found.text, said


def test_nothing_is_brought_in_and_what_is_left_out_is_told() -> None:
    found = load(
        ".. include:: /etc/passwd\n\n.. raw:: html\n\n   <b>raw</b>\n\n.. a comment\n\n"
        ".. csv-table::\n   :file: /etc/passwd\n\n"
        ".. image:: x.png\n   :alt: the dam\n\nText.\n"
    )
    assert "root:" not in found.text
    assert "<b>" not in found.text
    assert "the dam" in found.text
    assert {(one.part, one.unread) for one in found.report.skipped} == {
        ("included files", True), ("raw markup", False), ("comments", False), ("pictures", False),
    }  # fmt: skip


def test_lists_keep_their_marks_and_terms_their_definitions() -> None:
    found = load("- one\n- two\n\n  more\n\n3. three\n4. four\n\nmill\n  It grinds.\n\n--help  Shows help.\n")
    lines = [line for line in found.text.split("\n") if line]
    assert lines == ["- one", "- two", "more", "3. three", "4. four", "mill", "It grinds.", "--help: Shows help."]


PIECES = st.sampled_from(
    ["a\n", "=\n", "===\n", "\n", "- ", ".. ", "note::", "x::", "`", "``", ":r:`", "|", "+--+\n", "| a|\n", "_", "[1]_",
     "   ", "==  ==\n", "*", "::\n", "é", ">>> "]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=30))
def test_whatever_is_written_is_read_or_refused_with_a_reason(pieces: list[str]) -> None:
    with suppress(InputError):
        load("".join(pieces))
