"""Where text of an RTF file belongs: what its groups are for, and what holds while one is read."""

from dataclasses import dataclass, field

TEXT, SKIP, FONTS, STYLES, INFO, TWICE = "text", "skip", "fonts", "styles", "info", "twice"
ASIDES = {
    "footnote": "footnotes", "annotation": "comments", "atnauthor": "authors of comments",
    "shptxt": "text boxes", "dptxbxtext": "text boxes",
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "headers"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "footers"),
}  # fmt: skip
"""What is read beside the text, and how it is counted."""
TOLD = {"title": "title", "author": "author", "subject": "subject", "keywords": "keywords", "doccomm": "description"}
PLACES = {
    "fonttbl": FONTS, "stylesheet": STYLES, "info": INFO, "upr": TWICE,
    **dict.fromkeys(
        """colortbl filetbl pict nonshppict shprslt sp fldinst xe tc listtable listoverridetable rsidtbl revtbl
        generator objdata objclass bkmkstart bkmkend pn atnid atnref atntime atndate template themedata
        colorschememapping datastore latentstyles nonesttables nesttableprops ftnsep ftnsepc ftncn aftnsep
        aftnsepc aftncn mmathPict moMath moMathPara pnseclvl do datafield formfield ffdata""".split(), SKIP
    ),
}  # fmt: skip
"""Groups by the word that they begin with; a group of any other word is part of what it stands in."""
SEEN_THROUGH = frozenset({"shpinst", "shppict", "ud", "annotation", "atnauthor", "flddirty"})
"""Words of groups that a reader may not know (``\\*``), and this one does."""
CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "~": "\u00a0",
    "_": "-", "{": "{", "}": "}", "\\": "\\",
}  # fmt: skip
ENDS = frozenset({"par", "sect", "page", "pagebb", "column", "softpage"})
"""What ends a paragraph."""


@dataclass(slots=True, kw_only=True)
class Story:
    """Text in the making; ``what`` it is beside the text, or nothing."""

    what: str = ""
    parts: list[str] = field(default_factory=list)

    def taken(self) -> str:
        """What was said so far, and no more of it; halves of a character in UTF-16 become one."""
        said = "".join(self.parts)
        self.parts.clear()
        return said.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    @property
    def last(self) -> str:
        """The character that stands last, or nothing."""
        return next((part[-1] for part in reversed(self.parts) if part), "")


@dataclass(slots=True, kw_only=True)
class State:
    """What holds in a group, and in groups within it until they say otherwise."""

    story: Story
    place: str = TEXT
    font: int = 0
    fallback: int = 1
    """How many characters after one in Unicode stand for it in readers that know none."""
    hidden: bool = False
    deleted: bool = False
    raised: bool | None = None
    style: int = 0
    level: int | None = None
    in_table: bool = False


def set_in(state: State, word: str, number: int | None) -> None:
    """What a word says of the letters or the paragraph from here on."""
    if word == "pard":
        state.style, state.level, state.in_table = 0, None, False
    elif word == "plain":
        state.hidden, state.deleted, state.raised = False, False, None
    elif word in {"super", "sub", "nosupersub"}:
        state.raised = None if word == "nosupersub" or number == 0 else word == "super"
    elif word in {"v", "deleted"}:
        setattr(state, "hidden" if word == "v" else "deleted", number != 0)
    elif word in {"f", "uc", "s"}:
        setattr(state, {"f": "font", "uc": "fallback", "s": "style"}[word], max(number or 0, 0))
    elif word == "outlinelevel":
        state.level = number
    elif word == "intbl":
        state.in_table = True
