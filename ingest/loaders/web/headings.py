"""Headings of a page while it is read, also those within each other."""

from dataclasses import dataclass

from ingest.loaders.drafting import MAX_HEADING
from ingest.loaders.texts.markdown_blocks import Heading


@dataclass(slots=True, kw_only=True)
class _OpenHeading:
    """A heading whose end has not come: where it begins, and where its words begin among those of all headings."""

    start: int
    level: int
    first_word: int


class Headings:
    """Headings in order of where they begin. Each word is kept once, however many headings it is within."""

    def __init__(self) -> None:
        self._open: list[_OpenHeading] = []
        self._words: list[str] = []
        self._found: list[Heading] = []

    @property
    def found(self) -> list[Heading]:
        """Those that say something; of headings within each other at one place the outermost comes first."""
        return sorted(reversed(self._found), key=lambda heading: heading.start)

    def begin(self, start: int, level: int) -> None:
        """A heading begins at a place of the text."""
        self._open.append(_OpenHeading(start=start, level=level, first_word=len(self._words)))

    def read(self, text: str) -> None:
        """Text, which may stand in a heading."""
        if self._open and (words := text.strip()):
            self._words.append(words)

    def end(self) -> None:
        """The innermost heading ends."""
        heading = self._open.pop()
        length = 0
        words = []
        for place in range(heading.first_word, len(self._words)):
            words.append(self._words[place])
            length += len(words[-1]) + 1
            if length > MAX_HEADING:
                break
        if words:
            self._found.append(Heading(start=heading.start, level=heading.level, name=" ".join(words)))
        if not self._open:
            self._words.clear()
