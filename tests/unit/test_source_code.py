"""Source code and notebooks as they are read: literally, with what a definition is about as a heading."""

import json

import pytest

from graph.errors import InputError, Unreadable, UnsupportedMediaType
from ingest.loaders import notebook
from ingest.loaders.loading import media_type_of
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.registry import CODE
from ingest.loaders.texts import source_code
from ingest.model import LoadedDocument, Source


def load(name: str, text: str) -> LoadedDocument:
    return source_code.load(Source(name=name, media_type="text/x-source", data=text.encode()), DEFAULT_LIMITS)


def book(*cells: dict[str, object], **more: object) -> LoadedDocument:
    data = json.dumps({"nbformat": 4, "cells": cells, **more}).encode()
    return notebook.load(Source(name="a.ipynb", media_type="application/x-ipynb+json", data=data), DEFAULT_LIMITS)


@pytest.mark.parametrize(
    ("name", "text", "headings"),
    [
        ("a.py", "import x\n\n# Old.\n@cache\nclass Mill:\n    def grind(self) -> list[int]:\n        return f(1)\n",
         [(), ("class Mill",), ("class Mill", "def grind(self) -> list[int]")]),
        ("a.ts", "export class Mill {\n  async function x() {\n    return 1\n}\n}\n",
         [("export class Mill",), ("export class Mill", "async function x()")]),
        ("a.c", "int main(void)\n{\n  return f(1);\n  printf(\"x\");\n}\n", [("int main(void)",)]),
        ("a.go", "func Grind(c Corn) error {\n}\n", [("func Grind(c Corn) error",)]),
        ("a.sql", "-- Orders.\nCREATE TABLE orders (id int);\nSELECT 1;\n", [("CREATE TABLE orders (id int);",)]),
        ("a.ini", "[server]\nport = 1\n", [("server",)]),
        ("a.yaml", "server:\n  port: 1\nother: 2\n", [("server",)]),
        ("a.tex", "\\section{Mills}\nOld.\n\\subsection{Varn}\n", [("Mills",), ("Mills", "Varn")]),
        ("a.adoc", "= Mills\n\n== Varn\n", [("Mills",), ("Mills", "Varn")]),
        ("a.css", "a { color: red }\n", [()]),
    ],
)  # fmt: skip
def test_definitions_are_sections(name: str, text: str, headings: list[tuple[str, ...]]) -> None:
    found = load(name, text)
    assert found.text == text
    assert [section.headings for section in found.sections] == headings
    assert "".join(found.text[one.start : one.end] for one in found.sections) == text


def test_a_comment_stands_with_what_it_is_about() -> None:
    found = load("a.py", "x = 1\n\n# Grinds corn.\ndef grind():\n    pass\n")
    assert found.text[found.sections[1].start :].startswith("# Grinds corn.")


def test_every_rule_belongs_to_a_suffix_that_is_read() -> None:
    assert set(source_code._RULE_OF) <= set(CODE)


def test_whatever_is_called_text_is_read_as_plain_text_where_no_rule_is_known() -> None:
    assert media_type_of(Source(name="Makefile", media_type="text/x-makefile", data=b"all:\n")) == "text/plain"
    with pytest.raises(UnsupportedMediaType):
        media_type_of(Source(name="a", media_type="text/x-odd", data=b"\x00\x01\x02" * 50))


def test_lines_of_any_length_are_read_in_time() -> None:
    for line in ("int a" + "a " * 100_000 + "(", "class " * 50_000, "export " * 50_000, " " * 100_000 + "def x"):
        load("a.c", line)
        load("a.ts", line)


def test_cells_and_outputs_in_order_below_their_headings() -> None:
    html = "<table><tr><th>item</th><th>stock</th></tr><tr><td>Valve 1</td><td>3</td></tr></table>"
    found = book(
        {"cell_type": "markdown", "source": ["# Depot\n", "We count."], "attachments": {"a.png": {}}},
        {"cell_type": "code", "source": "count()", "outputs": [
            {"output_type": "stream", "text": ["\x1b[31mred\x1b[0m\n"]},
            {"data": {"text/html": html, "text/plain": "no"}},
            {"data": {"image/png": "AAAA", "text/plain": "<Figure>"}},
            {"output_type": "error", "ename": "ValueError", "evalue": "no such valve"},
        ]},
        {"cell_type": "markdown", "source": "## Rows\n\n| a | b |\n|---|---|\n| 1 | 2 |"},
        metadata={"title": "Stock", "language_info": {"name": "python"}},
    )  # fmt: skip
    assert found.title == "Stock"
    assert [section.headings for section in found.sections] == [("Depot",), ("Depot", "Rows")]
    for said in ("We count.", "count()", "red\n", "item | stock\nValve 1 | 3", "<Figure>", "ValueError: no such valve"):
        assert said in found.text
    assert [[found.text[a:b] for a, b in table.rows[0].cells] for table in found.tables] == [
        ["Valve 1", "3"],
        ["1", "2"],
    ]
    assert [(one.part, one.count, one.unread) for one in found.report.skipped] == [("pictures", 2, True)]


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"a": 1}', b"[" * 100_000, b'{"cells": 5}', b"\x00\x01"])
def test_what_is_no_notebook_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.ipynb"):
        notebook.load(Source(name="a.ipynb", media_type="application/x-ipynb+json", data=data), DEFAULT_LIMITS)


def test_odd_cells_do_no_harm() -> None:
    found = book({}, {"cell_type": "code", "source": 5, "outputs": [5, {"data": 7}, {"text": None}]}, {"source": "x"})
    assert found.text == "5\n\nx\n\n"
    with pytest.raises(Unreadable):
        notebook.load(Source(name="a.ipynb", media_type="", data=b"{}"), DEFAULT_LIMITS)
