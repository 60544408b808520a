"""Text of a page on its way into lines: blanks as a browser draws them, and cells of tables apart."""

import re

from ingest.loaders.drafting import Draft, small_figures

_BLANKS = re.compile(r"[ \t\r\f\v\u00a0]+")
_LAST_SEPARATORS = re.compile(r"(?:[,;] )+(?=; )|(?:[,;]? )+\Z")
_SOFT_HYPHEN = "\u00ad"
"""Where a word may be parted; nobody sees it elsewhere."""
_BULLETS = frozenset("•·◦▪●○‣∙*-–")


class Lines:
    """Writes into a draft, or into one cell while that is open."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._line: list[str] = []
        self._length = 0
        self._last = "\n"
        self._mark = ""
        self._cell: list[str] | None = None

    @property
    def place(self) -> int:
        """Where in the text the next character comes."""
        return self._draft.length + self._length

    @property
    def in_cell(self) -> bool:
        """Whether a cell is open."""
        return self._cell is not None

    def write(self, text: str) -> None:
        """Text whose line ends mean nothing."""
        self._put(_BLANKS.sub(" ", text.replace("\n", " ").replace(_SOFT_HYPHEN, "")))

    def write_kept(self, text: str) -> None:
        """Text that keeps its lines and blanks."""
        if self._cell is not None:
            self.write(text)
            return
        first, *more = text.split("\n")
        self._keep(first)
        for line in more:
            self._end_line()
            self._keep(line)

    def script(self, text: str, *, raised: bool) -> None:
        """Small figures above or below the line, as such: 10³ is not 103."""
        beside = "".join((self._cell or self._line)[-1:]) if self._last != "\n" else ""
        self.write(small_figures(beside, text, raised=raised))

    def mark(self, mark: str) -> None:
        """What the next line begins with, if there is one."""
        self._mark = mark

    def end(self, *, blank: bool = False) -> None:
        """End the line; ``blank`` leaves one empty, so that a heading is a sentence of its own."""
        if self._cell is not None:
            self._put(" ")
            return
        if self._last != "\n":
            self._end_line()
        if blank:
            self._draft.line("")

    def open_cell(self) -> None:
        """What comes is one cell, or a caption."""
        self._cell, self._mark, self._last = [], "", "\n"

    def separate(self, separator: str) -> None:
        """A cell or a row of a table within a cell ends."""
        if self._cell:
            self._cell.append(separator)
            self._last = " "

    def close_cell(self) -> str:
        """The cell."""
        text = _LAST_SEPARATORS.sub("", "".join(self._cell or ()).strip() + " ")
        self._cell, self._last = None, "\n"
        return text.strip()

    def _put(self, text: str) -> None:
        if self._last in "\n ":
            text = text.lstrip(" ")
        if text:
            self._keep(text)

    def _keep(self, text: str) -> None:
        if not text:
            return
        if self._mark:
            text, self._mark = ("" if text.lstrip()[:1] in _BULLETS else self._mark) + text, ""
        if self._cell is not None:
            self._cell.append(text)
        else:
            self._line.append(text)
            self._length += len(text)
        self._last = text[-1]

    def _end_line(self) -> None:
        self._draft.line("".join(self._line))
        self._line, self._length, self._last = [], 0, "\n"
