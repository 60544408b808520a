"""Markdown: the text is kept literally (front matter, too); headings become the context of what follows."""

from itertools import pairwise

from markdown_it import MarkdownIt

from ingest.loaders.text import decode
from ingest.model import LoadedDocument, Section, Source

MAX_HEADING = 200


class MarkdownLoader:
    """Sections by ATX and setext headings, as CommonMark defines them."""

    media_types = frozenset({"text/markdown"})

    def load(self, source: Source) -> LoadedDocument:
        """See DocumentLoader."""
        text = decode(source)
        headings = _headings(text)
        title = next((name for _, level, name in headings if level == 1), None)
        return LoadedDocument(text=text, sections=sections_by_heading(len(text), headings), title=title)


def sections_by_heading(length: int, headings: list[tuple[int, int, str]]) -> tuple[Section, ...]:
    """Sections that tile ``[0, length)``, given (offset, level, name) of each heading in order."""
    sections: list[Section] = []
    if not headings or headings[0][0] > 0:
        sections.append(Section(start=0, end=headings[0][0] if headings else length))
    path: list[tuple[int, str]] = []
    for (start, level, name), (end, _, _) in pairwise([*headings, (length, 0, "")]):
        path = [(other, above) for other, above in path if other < level]
        path.append((level, name[:MAX_HEADING]))
        sections.append(Section(start=start, end=end, headings=tuple(above for _, above in path)))
    return tuple(section for section in sections if section.end > section.start)


def _headings(text: str) -> list[tuple[int, int, str]]:
    starts = [0]
    for line in text.split("\n"):  # as markdown-it counts lines
        starts.append(starts[-1] + len(line) + 1)
    tokens = MarkdownIt("commonmark").disable("inline").parse(text) if text.strip() else []
    found: list[tuple[int, int, str]] = []
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.map and token.level == 0:
            found.append((starts[min(token.map[0], len(starts) - 1)], int(token.tag[1]), inline.content.strip()))
    return found
