"""The text of paragraphs of an OpenDocument text, and what hangs on them: notes, comments, text boxes, pictures."""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.loaders.drafting import BETWEEN, Draft, one_line, small_figures
from ingest.loaders.office.containers import attribute, local
from ingest.loaders.office.odt_styles import TextStyles, number

_MOST_BLANKS = 1000
_BLANKS = {"s": " ", "tab": "\t", "line-break": "\n"}
_SILENT = frozenset(
    """tracked-changes change change-start change-end bookmark bookmark-start bookmark-end reference-mark-start
    reference-mark-end annotation-end soft-page-break number sequence-decls variable-decls user-field-decls forms
    note-citation event-listeners toc-mark toc-mark-start toc-mark-end alphabetical-index-mark""".split()
)
_TOLD_APART = frozenset({"creator", "creator-initials", "date", "date-string"})
"""What a comment says of itself."""
_SHAPES = frozenset({"custom-shape", "rect", "ellipse", "circle", "caption", "polygon", "line", "connector", "path"})
_BLOCKS = frozenset({"p", "h"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What is to be written after a paragraph: marked, as ``what`` is counted."""

    mark: str
    what: str
    content: etree._Element


class Paragraphs:
    """Reads paragraphs. What stands beside them waits in ``asides``.

    Args:
        draft: is told what is left out.
        styles: those of the document.
        controls: what stands in the fields of its forms, by their ids.
        embedded: gives the text of an object in the file (a formula) that stands within a line, or None.
    """

    def __init__(
        self, draft: Draft, styles: TextStyles, controls: dict[str, str],
        embedded: Callable[[etree._Element], str | None],
    ) -> None:  # fmt: skip
        self._draft, self._styles, self._controls, self._embedded = draft, styles, controls, embedded
        self._notes: Counter[str] = Counter()
        self.asides: deque[Aside] = deque()

    def text(self, paragraph: etree._Element) -> str:
        """All that a paragraph says, line ends as they are; empty where its style hides it."""
        if self._styles.hides("paragraph", attribute(paragraph, "style-name")):
            self._draft.left_out("runs of text", "they are hidden")
            return ""
        return self._inner(paragraph, "").strip()

    def flat(self, story: etree._Element) -> str:
        """Everything that a note or a cell says on one line: paragraphs after each other, cells between bars."""
        return one_line(" ".join(filter(None, self._flat(story))))

    def _flat(self, story: etree._Element) -> Iterator[str]:
        for each in story.iterchildren():
            name = local(each)
            if name in _BLOCKS:
                yield self.text(each)
            elif name == "table-row":
                yield BETWEEN.join(self.flat(cell) for cell in each.iterchildren("{*}table-cell"))
            elif name not in _SILENT and name not in _TOLD_APART:
                yield from self._flat(each)

    def _inner(self, element: etree._Element, before: str) -> str:
        """All that is said in an element; ``before`` ends with the character that stands before it."""
        parts = [before[-1:], element.text or ""]
        for child in element.iterchildren():
            if isinstance(child.tag, str):
                parts.append(self._part(child, next(filter(None, reversed(parts)), "")))
            parts.append(child.tail or "")
        return "".join(parts[1:])

    def _part(self, part: etree._Element, before: str) -> str:
        name = local(part)
        if name in _SILENT:
            return ""
        if name in _BLANKS:
            return _BLANKS[name] * (number(attribute(part, "c"), most=_MOST_BLANKS) or 1)
        if name in {"hidden-text", "hidden-paragraph"} and attribute(part, "is-hidden") == "true":
            self._draft.left_out("runs of text", "they are hidden")
            return ""
        return self._ruby(part, before) if name == "ruby" else self._beside(part, name, before)

    def _ruby(self, part: etree._Element, before: str) -> str:
        self._draft.left_out("ruby texts", "they say how the text is pronounced")
        base = next(part.iterchildren("{*}ruby-base"), None)
        return "" if base is None else self._inner(base, before)

    def _span(self, part: etree._Element, before: str) -> str:
        style = attribute(part, "style-name")
        if self._styles.hides("text", style):
            self._draft.left_out("runs of text", "they are hidden")
            return ""
        said, raised = self._inner(part, before), self._styles.raised(style)
        return said if raised is None else small_figures(before, said, raised=raised)

    def _beside(self, part: etree._Element, name: str, before: str) -> str:
        if name == "span":
            return self._span(part, before)
        if name == "note":
            self._note(part)
        elif name == "annotation":
            author = one_line("".join(one.text or "" for one in part.iterchildren("{*}creator")))
            self._wait(f"Comment by {author}" if author else "Comment", "comments", part)
        elif name == "control":
            return self._controls.get(attribute(part, "control"), "")
        elif name == "frame":
            return self._frame(part)
        elif name in _SHAPES:
            self._wait("Text box", "text boxes", part)
        else:
            return self._inner(part, before)
        return ""

    def _note(self, note: etree._Element) -> None:
        what = "endnotes" if attribute(note, "note-class") == "endnote" else "footnotes"
        body = next(note.iterchildren("{*}note-body"), None)
        if body is not None:
            self._notes[what] += 1
            self._wait(f"{what[:-1].capitalize()} {self._notes[what]}", what, body)

    def _frame(self, frame: etree._Element) -> str:
        """A text box waits; a formula is text; a picture is told by its description, or as one that is not read."""
        for each in frame.iterchildren():
            name = local(each)
            if name == "text-box":
                self._wait("Text box", "text boxes", each)
                return ""
            if name == "object":
                return self._object(frame, each)
            if name == "object-ole":
                self._draft.unread("embedded objects", "no text is read in them")
                return ""
        described = self._described(frame)
        if described:
            self._draft.read("descriptions of pictures")
            return f"[image: {described}]"
        if next(frame.iterchildren("{*}image"), None) is not None:
            self._draft.unread("pictures", "no text is read in them")
        return ""

    def _object(self, frame: etree._Element, found: etree._Element) -> str:
        said = self._embedded(found)
        if said is None:
            self._draft.unread("embedded objects", "no text is read in them")
            return self._described(frame)
        return said

    def _described(self, frame: etree._Element) -> str:
        told = {local(one): one_line(one.text or "") for one in frame.iterchildren("{*}desc", "{*}title")}
        return told.get("desc") or told.get("title") or ""

    def _wait(self, mark: str, what: str, content: etree._Element) -> None:
        if "".join(content.itertext()).strip():
            self.asides.append(Aside(mark=mark, what=what, content=content))
