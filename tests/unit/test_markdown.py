"""Markdown as it is read: literally, with its front matter as metadata and its tables as tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking import split_document
from ingest.loaders.isolation.outline import outline, read_outline
from ingest.loaders.reading_limits import DEFAULT_LIMITS
from ingest.loaders.texts import markdown
from ingest.loaders.texts.front_matter import read_front_matter
from ingest.model import LoadedDocument, Source


def load(text: str, name: str = "a.md") -> LoadedDocument:
    return markdown.load(Source(name=name, media_type="text/markdown", data=text.encode()), DEFAULT_LIMITS)


def passages(found: LoadedDocument) -> str:
    return "\n".join(chunk.text for chunk in split_document(found))


def cells(found: LoadedDocument) -> list[list[list[str]]]:
    return [[[found.text[a:b] for a, b in row.cells] for row in table.rows] for table in found.tables]


@pytest.mark.parametrize("fences", [("---", "---"), ("---", "..."), ("\ufeff---", "---")])
def test_front_matter_is_metadata_and_title_and_in_no_passage(fences: tuple[str, str]) -> None:
    said = "title: The mill\nauthor: Ada Stone\ndate: 2026-01-05\nno: no\nzip: 010\nsize: 1.50\ntags: [a, b]\nx: {y: 1}"
    found = load(f"{fences[0]}\n{said}\n{fences[1]}\n\nIt grinds.\n")
    assert found.title == "The mill"
    assert found.metadata == {
        "author": "Ada Stone", "date": "2026-01-05", "no": "no", "zip": "010", "size": 1.5, "tags": ("a", "b"),
        "x.y": 1,
    }  # fmt: skip
    assert passages(found) == "It grinds."
    assert "author: Ada Stone" in found.text
    assert not any(section.headings for section in found.sections)
    assert found.report.skipped[0].part == "front matter"


def test_toml_is_front_matter_too() -> None:
    found = load('+++\ntitle = "The mill"\nday = 2026-01-05\n[a]\nb = [1, 2]\n+++\nIt grinds.')
    assert (found.title, dict(found.metadata)) == ("The mill", {"day": "2026-01-05", "a.b": (1, 2)})
    assert passages(found) == "It grinds."


def test_what_is_nearly_yaml_is_read_field_by_field() -> None:
    found = load("---\ntitle: Tea: a history\ntags:\n  - a\n  - b\nyear: 1802\n---\nIt grinds.")
    assert (found.title, dict(found.metadata)) == ("Tea: a history", {"tags": ("a", "b"), "year": 1802})


@pytest.mark.parametrize(
    "text",
    [
        "---\nThis is no field.\n---\nMore.", "Text\n---\nMore.", "---\n- a list\n---\n", "---\na: 1\n",
        "+++\nno toml\n+++\n", " ---\na: 1\n---\n", "---\n", "---\na: " + "x" * 70_000 + "\n---\n",
    ],
)  # fmt: skip
def test_a_line_of_dashes_is_not_front_matter(text: str) -> None:
    assert read_front_matter(text).end == 0
    assert "".join(passages(load(text)).split()) == "".join(text.split())


@pytest.mark.parametrize("said", ["a: &a [*a]", "a: !!python/object:os.system x", "? [1]\n: 2", "a: " + "[" * 5000])
def test_front_matter_of_any_kind_does_no_harm(said: str) -> None:
    load(f"---\n{said}\n---\nIt grinds.")


def test_references_that_multiply_are_bounded() -> None:
    said = "\n".join(f"a{n}: &a{n} {{" + ", ".join(f"x{m}: *a{n - 1}" for m in range(20)) + "}" for n in range(1, 9))
    assert len(load(f"---\na0: &a0 {{b: 1}}\n{said}\n---\nIt grinds.").metadata) <= 50


def test_tables_have_columns_and_cells_at_their_places() -> None:
    text = (
        "# Stock\n\n| **Item** | Left \\| right | |\n|:--|--:|---|\n"
        "| Valve \\| A | 2\n| [Tap](http://x) | `3` | x | more |\n"
        "\n```\n| no | table |\n|---|---|\n```\n\n> | q | r |\n> |---|---|\n> | 1 | |\n"
    )
    found = load(text)
    assert found.text == text
    assert [table.columns for table in found.tables] == [("Item", "Left ¦ right", ""), ("q", "r")]
    assert cells(found) == [[["Valve \\| A", "2", ""], ["Tap", "3", "x"]], [["1", ""]]]
    assert found.report.parts == {"headings": 1, "tables": 2}


def test_code_holds_no_headings() -> None:
    found = load("# One\n\n```\n# two\n```\n\n    # three\n\n- [x] done\n\nA note.[^1]\n\n[^1]: Said so.\n")
    assert {section.headings for section in found.sections} == {("One",)}
    assert "- [x] done" in found.text


def test_comments_and_imports_are_in_no_passage() -> None:
    text = (
        'import X from "x"\n\n# One\n\n<!-- a\nsecret -->\n\nSeen. <b>Bold</b> <!-- within -->\n\nexport const a = 1\n'
    )
    mdx, plain = load(text, "a.mdx"), load(text)
    assert "secret" not in passages(mdx)
    assert "import X" not in passages(mdx)
    assert "export const" not in passages(mdx)
    assert "import X" in passages(plain)
    assert "Bold" in passages(mdx)
    assert {one.part: one.count for one in mdx.report.skipped} == {"comments": 1, "imports and exports": 2}
    assert {section.headings for section in mdx.sections} == {(), ("One",)}


PIECES = st.sampled_from(
    ["---\n", "+++\n", "a: b\n", "# h\n", "## i\n", "| a | b |\n", "|---|---|\n", "\n", "<!--", "-->\n", "```\n", "> ",
     "- ", "x | y\n", "--|--\n", "\\|", "|", "é", " ", "`", "**", "\t"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40))
def test_whatever_is_written_is_a_document_whose_parts_stand_in_its_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = load(text)
    assert found.text == text
    assert read_outline(outline(found), found.text) == found
    for table in found.tables:
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
    split_document(found)
