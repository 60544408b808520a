"""Markdown: the text is kept literally (front matter, too); headings become the context of what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from markdown_it import MarkdownIt

from ingest.loaders.drafting import MAX_HEADING
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.model import LoadedDocument, Section, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading and where it begins in the text; ``level`` counts from 1, the highest."""

    start: int
    level: int
    name: str


def load(source: Source, _: ReadingLimits) -> LoadedDocument:
    """Text with sections by ATX and setext headings, as CommonMark defines them."""
    found = decoded(source)
    text = found.text
    headings = _headings(text)
    title = next((heading.name for heading in headings if heading.level == 1), None)
    sections = sections_by_heading(len(text), headings)
    return LoadedDocument(text=text, sections=sections, title=title, report=found.report(headings=len(headings)))


def sample() -> bytes:
    """Two headings and a sentence."""
    return "# Größe\n\n## Maß\n\nDas Maß ist nötig.".encode("iso-8859-1")


def sections_by_heading(length: int, headings: Sequence[Heading]) -> tuple[Section, ...]:
    """Sections that tile ``[0, length)``, given the headings in order."""
    first = headings[0].start if headings else length
    sections = [Section(start=0, end=first)]
    above: list[Heading] = []
    for heading, following in zip_longest(headings, headings[1:]):
        above = [other for other in above if other.level < heading.level] + [heading]
        path = tuple(each.name[:MAX_HEADING] for each in above)
        sections.append(Section(start=heading.start, end=following.start if following else length, headings=path))
    return tuple(section for section in sections if section.end > section.start)


def _headings(text: str) -> list[Heading]:
    starts = [0]
    for line in text.split("\n"):  # as markdown-it counts lines
        starts.append(starts[-1] + len(line) + 1)
    tokens = MarkdownIt("commonmark").disable("inline").parse(text) if text.strip() else []
    found: list[Heading] = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map and token.level == 0:
            start = starts[min(token.map[0], len(starts) - 1)]
            found.append(Heading(start=start, level=int(token.tag[1]), name=inline.content.strip()))
    return found
