"""The text of a paragraph: every run of it, whatever the run is wrapped in."""

from collections.abc import Callable, Iterable, Iterator

from ingest.loaders.drafting import Draft, small_figures
from ingest.loaders.office.containers import description
from ingest.loaders.word.asides import Aside, Asides, calls_a_note
from ingest.loaders.word.fields import Fields
from ingest.loaders.word.formulas import linear
from ingest.loaders.word.names import (
    DELETED,
    NO_CONTENT,
    Node,
    attribute,
    child,
    inside,
    kind,
    named,
    says_something,
    seen_branch,
    switched_on,
)
from ingest.loaders.word.styles import Styles
from ingest.loaders.word.symbols import drawn, of_symbol_font

_SIGNS = {
    "w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "a:br": "\n", "w:noBreakHyphen": "-",
    "m:oMathPara": " ",
}  # fmt: skip
_TEXT = frozenset({"w:t", "a:t"})
_BOXES = frozenset({"w:txbxContent", "a:txBody"})
_PICTURES = frozenset({"pic:pic", "v:imagedata"})
_NOT_READ = {
    "w:object": ("embedded objects", "what another program made is not read"),
    "w:control": ("controls", "what another program made is not read"),
    "cx:chart": ("charts", "what a chart shows is not read"),
    "w:subDoc": ("parts of a master document", "they are files of their own"),
}
TRACKED = "a tracked change takes them away"
HIDDEN = "they are hidden"


class Paragraphs:
    """Reads paragraphs of a document into their text, and counts in the report what is not in it.

    ``part`` is the part of the document that is being read.
    """

    def __init__(self, draft: Draft, styles: Styles, asides: Asides) -> None:
        self._draft, self._styles, self._asides = draft, styles, asides
        self._parts: list[str] = []
        self._fields = Fields(self._parts)
        self._hidden = False
        self._alternative, self._decorates = "", False
        self.part = ""

    def text(self, nodes: Iterable[Node], *, hidden: bool = False) -> str:
        """What these nodes say, in order; ``hidden`` where their style hides what does not say otherwise."""
        self._parts, self._hidden = [], hidden
        self._fields = Fields(self._parts)
        within: list[Iterator[Node]] = [iter(nodes)]
        while within:
            node = next(within[-1], None)
            if node is None:
                within.pop()
            elif (content := self._content(node)) is not None:
                within.append(content)
        return "".join(self._parts)

    def _content(self, node: Node) -> Iterator[Node] | None:
        """Take a node; what is within it is given where that is to be taken too."""
        name = kind(node)
        if name in _TEXT:
            self._parts.append(self._written(node))
        elif name in _SIGNS:
            self._parts.append(_SIGNS[name])
            return inside(node) if name == "m:oMathPara" else None
        elif name in NO_CONTENT:
            return None
        elif (take := _TAKEN.get(name)) is not None:
            return take(self, node)
        elif calls_a_note(name):
            self._asides.call(node)
        elif name in _NOT_READ:
            self._draft.unread(*_NOT_READ[name])
        else:
            return inside(node)
        return None

    def _run(self, node: Node) -> Iterator[Node] | None:
        properties = named(child(node, "w:rPr"))
        if "w:vanish" in properties:
            hidden = switched_on(properties["w:vanish"])
        else:
            style = properties.get("w:rStyle")
            hidden = self._hidden or (style is not None and self._styles.look(attribute(style, "w:val")).hidden)
        if not hidden:
            return inside(node)
        fields = [each for each in node if kind(each) == "w:fldChar"]
        if says_something(node):
            self._draft.left_out("runs of text", HIDDEN)
        return iter(fields) if fields else None

    def _deleted(self, node: Node) -> None:
        if says_something(node):
            self._draft.left_out("pieces of text", TRACKED)

    def _reading_aid(self, _: Node) -> None:
        self._draft.left_out("ruby texts", "they say how the text is pronounced")

    def _formula(self, node: Node) -> None:
        before = node.getprevious()
        if before is not None and kind(before) == "m:oMath":
            self._parts.append(" ")
        self._parts.append(linear(node))
        self._draft.read("formulas")

    def _symbol(self, node: Node) -> None:
        code = attribute(node, "w:char") or ""
        try:
            self._drawn(int(code, 16), attribute(node, "w:font") or "")
        except ValueError:
            self._drawn(0, "")

    def _drawn(self, code: int, font: str) -> None:
        sign = drawn(code, font)
        self._parts.append(sign)
        if not sign:
            self._draft.unread("symbols", "it is not known what their font draws")

    def _written(self, node: Node) -> str:
        text = (node.text or "").replace("\n", " ")
        if (set_off := child(node.getparent(), "w:rPr", "w:vertAlign")) is not None and self._parts:
            place = attribute(set_off, "w:val")
            if place in {"superscript", "subscript"}:
                text = small_figures(self._parts[-1], text, raised=place == "superscript")
        if text.isascii() or not any(map(of_symbol_font, text)):
            return text
        fonts = child(node.getparent(), "w:rPr", "w:rFonts")
        font = "" if fonts is None else attribute(fonts, "w:ascii") or attribute(fonts, "w:hAnsi") or ""
        return "".join((drawn(ord(each), font) or each) if of_symbol_font(each) else each for each in text)

    def _box(self, node: Node) -> None:
        self._asides.wait(Aside(mark="Text box", what="text boxes", part=self.part, content=node))

    def _word_art(self, node: Node) -> None:
        self._asides.wait(Aside(mark="Text box", what="text boxes", said=attribute(node, "v:string") or ""))

    def _diagram(self, node: Node) -> None:
        self._asides.wait(
            Aside(mark="Diagram", what="diagrams", part=self.part, said=attribute(node, "r:dm") or "", content=node)
        )

    def _chart(self, node: Node) -> None:
        self._asides.wait(Aside(mark="Chart", what="charts", part=self.part, said=attribute(node, "r:id") or ""))

    def _drawing(self, node: Node) -> Iterator[Node]:
        self._alternative, self._decorates = "", False
        return inside(node)

    def _named(self, node: Node) -> None:
        """What a drawing is said to show."""
        self._alternative = description(node)
        self._decorates = any(switched_on(each) for each in node.iter("{*}decorative"))

    def _picture(self, node: Node) -> None:
        properties = child(node, "pic:nvPicPr", "pic:cNvPr")
        said = "" if properties is None else description(properties)
        if kind(node) == "v:imagedata":
            said = attribute(node.getparent(), "v:alt") or ""
        said = said or self._alternative
        if self._decorates:
            self._draft.left_out("pictures", "marked as decoration")
        elif said.strip():
            self._asides.wait(Aside(mark="Picture", what="descriptions of pictures", said=said))
        else:
            self._draft.unread("pictures", "no text is read in them")


_TAKEN: dict[str, Callable[[Paragraphs, Node], Iterator[Node] | None]] = {
    "w:r": Paragraphs._run,
    "w:rt": Paragraphs._reading_aid,
    "w:sym": Paragraphs._symbol,
    "w:fldChar": lambda self, node: self._fields.character(node),
    "w:drawing": Paragraphs._drawing,
    "wp:docPr": Paragraphs._named,
    "m:oMath": Paragraphs._formula,
    "mc:AlternateContent": lambda _, node: seen_branch(node),
    "v:textpath": Paragraphs._word_art,
    "dgm:relIds": Paragraphs._diagram,
    "c:chart": Paragraphs._chart,
    **dict.fromkeys(_BOXES, Paragraphs._box),
    **dict.fromkeys(_PICTURES, Paragraphs._picture),
    **dict.fromkeys(DELETED, Paragraphs._deleted),
}
