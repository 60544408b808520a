"""A paragraph as a line: its text with the number or bullet before it, and which heading it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.loaders.word.names import DELETED, Node, attribute, child, named, number
from ingest.loaders.word.numbering import Numbering
from ingest.loaders.word.paragraphs import Paragraphs
from ingest.loaders.word.styles import Styles, outline_level


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``level`` of the heading, 0 for none; ``open`` where the next paragraph goes on in the same line."""

    text: str
    level: int
    open: bool


class Lines:
    """Turns paragraphs into lines, in the order of the document: lists count on from one to the next."""

    def __init__(self, paragraphs: Paragraphs, styles: Styles, numbering: Numbering) -> None:
        self.paragraphs = paragraphs
        self._styles, self._numbering = styles, numbering
        self._begun = ""

    def line(self, paragraph: Node) -> Line:
        """What an open line before it began is part of the text."""
        properties = named(child(paragraph, "w:pPr"))
        style = attribute(properties["w:pStyle"], "w:val") if "w:pStyle" in properties else None
        look = self._styles.look(style)
        text = self._begun + self.paragraphs.text(paragraph, hidden=look.hidden)
        if _goes_on(properties):
            self._begun = text
            return Line(text="", level=0, open=True)
        self._begun = ""
        own = outline_level(properties.get("w:outlineLvl"))
        label = self._label(properties, look.numbered, style)
        return Line(
            text=label + text.strip() if text.strip() else "", level=look.level if own is None else own, open=False
        )

    def loose(self, nodes: Iterable[Node]) -> str:
        """The text of what stands between paragraphs."""
        return self.paragraphs.text(nodes).strip()

    def rest(self) -> str:
        """What was begun and does not go on."""
        text, self._begun = self._begun.strip(), ""
        return text

    def _label(self, properties: Mapping[str, Node], numbered: tuple[str, int] | None, style: str | None) -> str:
        own = properties.get("w:numPr")
        list_id, level = numbered or ("", -1)
        if own is not None:
            found = child(own, "w:numId")
            list_id = list_id if found is None else attribute(found, "w:val") or ""
            level = number(child(own, "w:ilvl"), default=level if found is None else 0)
        return self._numbering.label(list_id, level, style) if list_id else ""


def _goes_on(properties: Mapping[str, Node]) -> bool:
    """Whether its end is taken away by a tracked change, or it is the large first letter of what follows."""
    if not DELETED.isdisjoint(named(properties.get("w:rPr"))):
        return True
    frame = properties.get("w:framePr")
    return frame is not None and (attribute(frame, "w:dropCap") or "none") != "none"
