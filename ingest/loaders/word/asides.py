"""What stands beside the text: footnotes, endnotes, comments and text boxes wait for the end of their paragraph."""

from collections import deque
from dataclasses import dataclass
from typing import Literal

from ingest.loaders.word.names import Node, attribute, kind

NoteKind = Literal["footnotes", "endnotes", "comments"]
_NOTES: dict[str, NoteKind] = {
    "w:footnoteReference": "footnotes", "w:endnoteReference": "endnotes", "w:commentReference": "comments",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What is to be written after a paragraph: marked, as ``what`` is counted; from ``part``, unless it is ``said``."""

    mark: str
    what: str
    part: str = ""
    content: Node | None = None
    said: str = ""


class Asides:
    """Takes asides in the order in which the text calls for them; each note is given once."""

    def __init__(self) -> None:
        self._waiting: deque[Aside] = deque()
        self._notes: dict[NoteKind, tuple[str, dict[str, Node]]] = {}
        self._called: dict[NoteKind, int] = {"footnotes": 0, "endnotes": 0, "comments": 0}

    def keep(self, what: NoteKind, part: str, root: Node) -> None:
        """The notes of the document of one kind, which are in ``part``."""
        notes = {attribute(each, "w:id") or "": each for each in root if not _ruled(each)}
        self._notes[what] = part, notes

    def wait(self, aside: Aside) -> None:
        """One more."""
        self._waiting.append(aside)

    def call(self, reference: Node) -> None:
        """A reference to a note stands in the text."""
        what = _NOTES[kind(reference)]
        part, notes = self._notes.get(what, ("", {}))
        note = notes.pop(attribute(reference, "w:id") or "", None)
        if note is not None:
            self._called[what] += 1
            self.wait(Aside(mark=self._mark(what, note), what=what, part=part, content=note))

    def next(self) -> Aside | None:
        """The one that waits longest."""
        return self._waiting.popleft() if self._waiting else None

    def left(self) -> dict[NoteKind, int]:
        """How many notes no reference called for, by their kind."""
        return {what: len(notes) for what, (_, notes) in self._notes.items() if notes}

    def _mark(self, what: NoteKind, note: Node) -> str:
        if what == "comments":
            author = attribute(note, "w:author")
            return f"Comment by {author}" if author else "Comment"
        return f"{what[:-1].capitalize()} {self._called[what]}"


def calls_a_note(name: str) -> bool:
    """Whether an element of this name refers to a note."""
    return name in _NOTES


def _ruled(note: Node) -> bool:
    """Whether it is the line between text and notes, and no note."""
    return attribute(note, "w:type") in {"separator", "continuationSeparator", "continuationNotice"}
