"""Markdown: the text is kept literally; headings become the context of what follows, and tables are known as such.

Front matter is what the file says of itself: metadata, and its title. It stays in the text and is in no section, and so
in no passage. The same goes for comments, and for the imports and exports of MDX.
"""

from pathlib import PurePosixPath

from ingest.loaders.drafting import plain_metadata
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.loaders.texts.front_matter import read_front_matter
from ingest.loaders.texts.markdown_blocks import HIDDEN, Blocks, Hidden, assemble, read_blocks
from ingest.model import LoadedDocument, ReadingReport, Skipped, Source


def load(source: Source, _: ReadingLimits) -> LoadedDocument:
    """Text with sections by ATX and setext headings, as CommonMark defines them, and tables as GitHub does."""
    found = decoded(source)
    text = found.text
    front = read_front_matter(text)
    blocks = read_blocks(text, front.end, modules=PurePosixPath(source.name).suffix.lower() == ".mdx")
    if front.end:
        blocks.hidden.insert(0, Hidden(start=0, end=front.end, part="front matter"))
    report = report_of(blocks, {"fields of front matter": len(front.fields)})
    return assemble(
        text, blocks, title=front.title, report=found.of(report),
        metadata=plain_metadata({name: value for name, value in front.fields.items() if name != "title"}),
    )  # fmt: skip


def sample() -> bytes:
    """Front matter, two headings, a sentence and a table."""
    front = "---\ntitle: Maß\ndate: 2026-01-05\n---\n"
    return f"{front}# Größe\n\n## Maß\n\nDas Maß ist nötig.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode("iso-8859-1")


def report_of(blocks: Blocks, more: dict[str, int]) -> ReadingReport:
    """What was read, ``more`` included, and what nobody sees."""
    parts = {"headings": len(blocks.headings), "tables": len(blocks.tables), **more}
    counted = {part: sum(each.part == part for each in blocks.hidden) for part in HIDDEN}
    return ReadingReport(
        parts={part: count for part, count in parts.items() if count},
        skipped=tuple(Skipped(part=part, reason=HIDDEN[part], count=n) for part, n in counted.items() if n),
    )
