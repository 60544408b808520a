"""The table of formats in ``docs/documents.md`` is the registry's."""

from pathlib import Path

from ingest.loaders.registry import FORMATS

PAGE = Path(__file__).parents[2] / "docs" / "documents.md"
BEGIN, END = "<!-- formats -->\n", "<!-- /formats -->\n"


def table() -> str:
    rows = [("format", "names of files", "media types", "needs"), ("---",) * 4]
    rows += [
        (
            one.name, " ".join(f"`{suffix}`" for suffix in one.suffixes),
            ", ".join(f"`{kind}`" for kind in (one.media_type, *one.aliases)), one.needs,
        )
        for one in FORMATS
    ]  # fmt: skip
    return "".join("|" + "|".join(f" {cell} " if cell else " " for cell in row) + "|\n" for row in rows).replace(
        "| --- | --- | --- | --- |", "|---|---|---|---|"
    )


def test_the_page_lists_every_format() -> None:
    written = PAGE.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0]
    assert written == table(), f"write it anew:  {__file__}"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    PAGE.write_text(head + BEGIN + table() + END + rest.split(END)[1], encoding="utf-8")
