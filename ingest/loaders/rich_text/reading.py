"""RTF as a person reads it: text in its order, headings by outline level, tables by their places, notes, fields."""

from collections import Counter
from dataclasses import replace

from graph.errors import TooDeep, Unreadable
from ingest.loaders.drafting import Draft, joined_heads, one_line, small_figures
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.rich_text.fonts import Head, codec_of
from ingest.loaders.rich_text.places import (
    ASIDES,
    CHARACTERS,
    ENDS,
    FONTS,
    INFO,
    PLACES,
    SEEN_THROUGH,
    SKIP,
    STYLES,
    TEXT,
    TOLD,
    TWICE,
    State,
    Story,
    set_in,
)
from ingest.loaders.rich_text.rows import OpenTable, grid_of
from ingest.loaders.rich_text.tokens import Token, tokens
from ingest.loaders.word.paragraphs import HIDDEN, TRACKED
from ingest.loaders.word.symbols import drawn, of_symbol_font
from ingest.model import LoadedDocument, ReadingReport, Source

BEGINS = b"{\\rtf"
DEEPEST = 2_000
"""Groups within each other."""
_DEEPEST_HEADING = 6
_PAGES = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_UNREAD = {"pict": ("pictures", "no text is read in them"), "moMath": ("formulas", "no text is read in them")}
_MARKS = {"footnotes": "Footnote", "endnotes": "Endnote", "text boxes": "Text box", "headers": "Header",
          "footers": "Footer"}  # fmt: skip


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Everything that a person sees. Raises Unreadable where it is no RTF, TooDeep where it is nested too deeply."""
    data = source.data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not data.startswith(BEGINS):
        raise Unreadable(f"{source.name!r} is no RTF")
    reader = _Reader(Draft(source, limits), source.name)
    for token in tokens(data):
        reader.take(token)
    return reader.finish()


def sample() -> bytes:
    """A heading, a word in another encoding, a table, and a sign of a font of signs."""
    return (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset134 Song;}{\f1\fcharset2 Symbol;}}{\info{\title A}}"
        rb"\pard\outlinelevel0 A heading\par\pard\f0\'b1\'b1{\f1 a}\u21271?{\super 2}\par"
        rb"\trowd\cellx100\cellx200\intbl a\cell b\cell\row\pard}"
    )


class _Reader:
    """Takes the pieces of a file one by one."""

    def __init__(self, draft: Draft, name: str) -> None:
        self._draft, self._name = draft, name
        self._main = Story()
        self._states = [State(story=self._main)]
        self._head, self._table = Head(), OpenTable()
        self._bytes = bytearray()
        self._begun = self._starred = False
        self._skip = 0
        self._replaced = 0
        self._author = Story()
        self._waiting: list[tuple[str, str]] = []
        self._notes: Counter[str] = Counter()
        self._said: set[str] = set()

    def take(self, token: Token) -> None:
        """The next piece."""
        if token.kind in {"hex", "bytes"}:
            self._begun = False
            data = token.data[self._skip :]
            self._skip -= len(token.data) - len(data)
            self._bytes += data
            return
        self._decode()
        if token.kind == "word":
            self._word(token.word, token.number)
            return
        self._skip, self._begun, self._starred = 0, token.kind == "open", False
        if token.kind == "open":
            if len(self._states) > DEEPEST:
                raise TooDeep(f"{self._name!r} is nested deeper than is read")
            self._states.append(replace(self._states[-1]))
        elif len(self._states) > 1:
            self._close(self._states.pop())

    def finish(self) -> LoadedDocument:
        """The document, once all pieces are taken."""
        self._decode()
        if len(self._states) > 1:
            self._draft.unread("parts of the file", "it is cut off")
        self._end_paragraph(self._states[0])
        self._end_table()
        self._draft.told = ReadingReport(replaced=self._replaced)
        return self._draft.finish()

    # --- text

    def _decode(self) -> None:
        if not self._bytes:
            return
        state, data = self._states[-1], bytes(self._bytes)
        self._bytes.clear()
        font = self._head.font(state.font)
        if state.place == FONTS:
            self._head.name_font(data)
        elif state.place == STYLES:
            self._head.name_style(data)
        elif state.place == TEXT and font.draws:
            self._emit("".join(self._drawn(code, font.name) for code in data))
        elif state.place in {TEXT, INFO}:
            text = data.decode(font.codec(self._head.codec) if state.place == TEXT else self._head.codec, "replace")
            self._replaced += text.count("\ufffd")
            self._emit(text)

    def _drawn(self, code: int, font: str) -> str:
        sign = drawn(code, font)
        if not sign:
            self._draft.unread("symbols", "it is not known what their font draws")
        return sign

    def _emit(self, text: str) -> None:
        state = self._states[-1]
        if state.place not in {TEXT, INFO}:
            return
        if state.hidden or state.deleted:
            if text.strip():
                self._draft.left_out(*(("runs of text", HIDDEN) if state.hidden else ("pieces of text", TRACKED)))
        elif state.raised is None:
            state.story.parts.append(text)
        else:
            state.story.parts.append(small_figures(state.story.last, text, raised=state.raised))

    # --- control words

    def _word(self, word: str, number: int | None) -> None:
        state, begun, starred = self._states[-1], self._begun, self._starred
        if word == "*":
            self._starred = begun
            return
        self._begun = self._starred = False
        if begun and self._group(state, word, starred):
            return
        if word in CHARACTERS:
            self._emit(CHARACTERS[word])
        elif word == "u" and number is not None:
            self._unicode(state, number)
        elif state.place == TEXT and self._structure(state, word, number or 0):
            return
        else:
            self._set(state, word, number)

    def _structure(self, state: State, word: str, number: int) -> bool:
        """Ends of paragraphs and of cells; whether it is one."""
        main = state.story is self._main
        if word in ENDS:
            if main:
                self._end_paragraph(state)
            else:
                self._emit(" ")
        elif word in {"cell", "nestcell"}:
            if main and word == "cell":
                self._table.cell(one_line(self._main.taken()))
            else:
                self._emit(" | ")
        elif main and word in OpenTable.WORDS:
            self._table.take(word, number)
        else:
            return False
        return True

    def _set(self, state: State, word: str, number: int | None) -> None:
        """What holds from here on."""
        if state.place == FONTS:
            self._head.tell_font(word, number or 0)
        elif state.place == STYLES:
            self._head.tell_style(word, number or 0)
        elif word == "ansicpg":
            self._head.codec = codec_of(number or 0, self._head.codec)
        elif word in _PAGES:
            self._head.codec = _PAGES[word]
        elif word == "ftnalt" and state.story.what == "footnotes":
            state.story.what = "endnotes"
        else:
            set_in(state, word, number)

    def _group(self, state: State, word: str, starred: bool) -> bool:
        """What a group is for, told by its first word; whether that is all that the word says."""
        if state.place == TWICE and word == "ud":
            state.place = TEXT
        elif state.place in {SKIP, TWICE}:
            return True
        elif state.place == INFO:
            state.story, state.place = Story(what=f"told {word}"), INFO if word in TOLD else SKIP
        elif word in ASIDES:
            state.story = Story(what=ASIDES[word])
            self._author = state.story if word == "atnauthor" else self._author
        elif word in PLACES:
            self._pass_over(word)
            state.place = PLACES[word]
        elif starred and word not in SEEN_THROUGH:
            state.place = SKIP
        else:
            return False
        return True

    def _pass_over(self, word: str) -> None:
        if word in _UNREAD:
            self._draft.unread(*_UNREAD[word])

    def _unicode(self, state: State, number: int) -> None:
        code = number & 0xFFFF if number < 0 else min(number, 0x10FFFF)
        self._skip = state.fallback
        sign = chr(code)
        self._emit(self._drawn(code, self._head.font(state.font).name) if of_symbol_font(sign) else sign)

    def _close(self, state: State) -> None:
        """The end of a group; what it said beside the text waits for the end of the paragraph."""
        story = state.story
        if story is self._states[-1].story:
            return
        text = one_line(story.taken())
        if story.what.startswith("told ") and text and state.place == INFO:
            self._tell(TOLD[story.what[5:]], text)
        elif story is self._author:
            story.parts.append(text)
        elif story.what in {"headers", "footers"}:
            if any(map(str.isalpha, text)) and text not in self._said:
                self._said.add(text)
                self._waiting.append((story.what, f"{_MARKS[story.what]}: {text}"))
        elif text and story.what:
            self._waiting.append((story.what, f"{self._mark(story.what)}: {text}"))
        if not self._main.last and self._table.empty:
            self._write_waiting()

    def _mark(self, what: str) -> str:
        if what == "comments":
            author, self._author = one_line(self._author.taken()), Story()
            return f"Comment by {author}" if author else "Comment"
        self._notes[what] += what.endswith("notes")
        return f"{_MARKS[what]} {self._notes[what]}" if self._notes[what] else _MARKS[what]

    def _tell(self, name: str, text: str) -> None:
        if name == "title":
            self._draft.title = text
        else:
            self._draft.metadata[name] = text

    # --- paragraphs and tables

    def _end_paragraph(self, state: State) -> None:
        text = "\n".join(filter(None, map(str.strip, self._main.taken().split("\n"))))
        if state.in_table:
            self._main.parts.append(text and f"{text} ")
            return
        if text or not self._table.begun:
            self._end_table()
        level = self._head.level(state.style) if state.level is None else state.level
        if text and level is not None and level < 9:
            self._draft.heading(text, min(level + 1, _DEEPEST_HEADING))
        elif text:
            self._draft.line(text, "paragraphs")
        self._write_waiting()

    def _end_table(self) -> None:
        """Write it. A table of one column is no table to a reader, but a frame around what is in it."""
        rows = self._table.taken()
        if all(len(row.texts) <= 1 for row in rows):
            for text in (text for row in rows for text in row.texts if text):
                self._draft.line(text, "paragraphs")
        elif grid := [row for row in grid_of(rows) if any(row)]:
            heads = max(1, min(sum(row.heads for row in rows), len(grid) - 1))
            self._draft.grid(grid, columns=joined_heads(grid[:heads]), heads=heads)
        if rows:
            self._write_waiting()

    def _write_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for what, text in waiting:
            self._draft.line(text, what)
