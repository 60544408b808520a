"""Blocks of Markdown that say where something stands: headings, tables, and what nobody sees."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise, zip_longest

from markdown_it import MarkdownIt
from markdown_it.token import Token

from graph.model import Metadata
from ingest.loaders.drafting import MAX_HEADING
from ingest.loaders.texts.markdown_tables import moved_table, read_tables
from ingest.model import LoadedDocument, ReadingReport, Section, Table

MOST_HIDDEN = 5_000
"""Comments that are left out; each ends a section."""
HIDDEN: Mapping[str, str] = {
    "front matter": "it is metadata", "comments": "nobody sees them", "imports and exports": "nobody sees them",
}  # fmt: skip
_COMMENT = re.compile(r"\s*<!--(?:(?!-->).)*-->\s*", re.DOTALL)
_MODULE_LINE = re.compile(r"(?:import|export)\b[\s{*'\"]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading and where it begins in the text; ``level`` counts from 1, the highest."""

    start: int
    level: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hidden:
    """A stretch of the text that no reader sees; ``part`` is a key of ``HIDDEN``."""

    start: int
    end: int
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """What stands where, each in order of the text."""

    headings: list[Heading] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)

    def add(self, other: "Blocks", by: int) -> None:
        """Blocks of a text that begins at ``by``, after all that is here."""
        self.headings.extend(Heading(start=one.start + by, level=one.level, name=one.name) for one in other.headings)
        self.tables.extend(moved_table(table, by) for table in other.tables)
        self.hidden.extend(Hidden(start=one.start + by, end=one.end + by, part=one.part) for one in other.hidden)


def read_blocks(text: str, begin: int = 0, *, modules: bool = False) -> Blocks:
    """Blocks from ``begin``, where a line begins. ``modules``: it is MDX, whose imports and exports nobody sees."""
    starts = [0]
    for line in text.split("\n"):  # as markdown-it counts lines
        starts.append(starts[-1] + len(line) + 1)
    starts[-1] = len(text)
    # what stands before counts as empty lines, so that lines keep their numbers
    said = "\n" * text.count("\n", 0, begin) + text[begin:]
    parser = MarkdownIt("commonmark").enable("table").disable("inline")
    tokens = parser.parse(said) if said.strip() else []
    return Blocks(
        headings=list(_headings(tokens, starts)),
        tables=list(read_tables(text, tokens, starts)),
        hidden=list(islice(_hidden(text, tokens, starts, modules=modules), MOST_HIDDEN)),
    )


def assemble(
    text: str, blocks: Blocks, *, title: str | None, metadata: Metadata, report: ReadingReport
) -> LoadedDocument:
    """The document. Its first heading of the first level is its title where none is given."""
    first = next((heading.name for heading in blocks.headings if heading.level == 1), None)
    return LoadedDocument(
        text=text, sections=tuple(_visible(sections_by_heading(len(text), blocks.headings), blocks.hidden)),
        title=title or first, metadata=metadata, tables=tuple(blocks.tables), report=report,
    )  # fmt: skip


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


def _visible(sections: Sequence[Section], hidden: Sequence[Hidden]) -> Iterator[Section]:
    """The sections without what is hidden."""
    place = 0
    for section in sections:
        at = section.start
        while place < len(hidden) and hidden[place].start < section.end:
            if hidden[place].start > at:
                yield _part(section, at, hidden[place].start)
            at = max(at, hidden[place].end)
            if hidden[place].end > section.end:
                break
            place += 1
        if at < section.end:
            yield _part(section, at, section.end)


def _part(section: Section, start: int, end: int) -> Section:
    return Section(start=start, end=end, headings=section.headings, page=section.page)


def _headings(tokens: Sequence[Token], starts: Sequence[int]) -> Iterator[Heading]:
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map and token.level == 0:
            start = starts[min(token.map[0], len(starts) - 1)]
            yield Heading(start=start, level=int(token.tag[1]), name=inline.content.strip())


def _hidden(text: str, tokens: Sequence[Token], starts: Sequence[int], *, modules: bool) -> Iterator[Hidden]:
    """Comments that stand alone, and in MDX the paragraphs that import and export."""
    for token in tokens:
        if token.level or not token.map:
            continue
        start, end = starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)]
        if token.type == "html_block" and _COMMENT.fullmatch(text, start, end):
            yield Hidden(start=start, end=end, part="comments")
        elif modules and token.type == "paragraph_open" and _MODULE_LINE.match(text, start, end):
            yield Hidden(start=start, end=end, part="imports and exports")
