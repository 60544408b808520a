"""From the tree that docutils makes of a text to lines as a person reads them."""

from collections.abc import Callable, Sequence

from docutils import nodes

from ingest.loaders.drafting import NAMED, Draft, one_line
from ingest.loaders.texts.restructured_names import ELSEWHERE, RAW

_LITERAL = (nodes.literal_block, nodes.doctest_block, nodes.math_block)
_SILENT = (nodes.Invisible, nodes.transition, nodes.title, nodes.decoration)
_NOTES = (nodes.footnote, nodes.citation)
_REFERENCES = (nodes.footnote_reference, nodes.citation_reference)


def inline(node: nodes.Node) -> str:
    """The text of a node as it is shown: notes as "[1]", pictures by their words."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, _REFERENCES):
        return f"[{node.astext()}]"
    if isinstance(node, nodes.image):
        return str(node.get("alt", ""))
    if isinstance(node, (nodes.raw, nodes.Invisible, nodes.system_message)):
        return ""
    between = "" if isinstance(node, nodes.TextElement) else "\n"
    return between.join(inline(each) for each in node.children)


def write_blocks(draft: Draft, tree: nodes.document) -> None:
    """Write a document from its beginning to its end."""
    _Writing(draft).all(tree.children, 0)


class _Writing:
    """Writes nodes into a draft. ``lead`` is what the next line begins with: the mark of an item of a list."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._lead = ""
        self._ways: Sequence[tuple[type | tuple[type, ...], Callable[[nodes.Element, int], None]]] = (
            (nodes.section, self._section), (nodes.system_message, self._refused), (_LITERAL, self._literal),
            (nodes.table, self._table), (_NOTES, self._note), ((nodes.bullet_list, nodes.enumerated_list), self._list),
            (nodes.field_list, self._fields), (nodes.option_list, self._options), (nodes.image, self._picture),
            (nodes.raw, self._raw), (nodes.comment, self._comment), (nodes.definition_list_item, self._definition),
            (_SILENT, self._nothing), (nodes.Admonition, self._admonition), (nodes.line_block, self._lines),
            (nodes.TextElement, self._words), (nodes.container, self._container), (nodes.Element, self._within),
        )  # fmt: skip

    def all(self, found: Sequence[nodes.Node], level: int) -> None:
        """Nodes in order; ``level`` counts the sections around them."""
        for node in found:
            if isinstance(node, nodes.Element):
                next(way for kind, way in self._ways if isinstance(node, kind))(node, level)

    def _line(self, text: str, part: str = "", *, apart: bool = True) -> None:
        if text.strip():
            self._draft.line(self._lead + text, part)
            self._lead = ""
            if apart:
                self._draft.blank()

    def _section(self, node: nodes.Element, level: int) -> None:
        if "system-messages" in node.get("classes", ()):
            return
        title = next((each for each in node.children if isinstance(each, nodes.title)), None)
        self._draft.heading(inline(title) if title else "", level + 1)
        self.all(node.children, level + 1)

    def _refused(self, node: nodes.Element, _: int) -> None:
        """What docutils could not read it quotes; that is what a reader of the file sees."""
        for each in node.children:
            if isinstance(each, nodes.literal_block):
                self._line(each.astext(), "directives as they are written")

    def _literal(self, node: nodes.Element, _: int) -> None:
        self._line(node.astext().rstrip(), "code" if not isinstance(node, nodes.math_block) else "formulas")

    def _words(self, node: nodes.Element, _: int) -> None:
        self._line(one_line(inline(node)), "paragraphs")

    def _lines(self, node: nodes.Element, level: int) -> None:
        for each in node.children:
            if isinstance(each, nodes.line_block):
                self._lines(each, level)
            else:
                self._line(one_line(inline(each)), apart=False)
        self._draft.blank()

    def _note(self, node: nodes.Element, level: int) -> None:
        label = next((each for each in node.children if isinstance(each, nodes.label)), None)
        self._lead += f"[{label.astext()}] " if label else ""
        self._draft.read("notes")
        self.all([each for each in node.children if each is not label], level)

    def _list(self, node: nodes.Element, level: int) -> None:
        start = int(node.get("start", 1))
        for number, item in enumerate(node.children, start):
            self._lead += f"{number}. " if isinstance(node, nodes.enumerated_list) else "- "
            self.all(item.children, level)
            self._lead = ""
        self._draft.blank()

    def _definition(self, node: nodes.Element, level: int) -> None:
        terms = [each for each in node.children if not isinstance(each, nodes.definition)]
        self._line(one_line(NAMED.join(inline(each) for each in terms)), apart=False)
        self.all([each for each in node.children if isinstance(each, nodes.definition)], level)

    def _fields(self, node: nodes.Element, level: int) -> None:
        del level
        for each in node.children:
            if isinstance(each, nodes.field):
                name, body = each.children[0], each.children[1]
                self._line(f"{one_line(inline(name))}{NAMED}{one_line(inline(body))}", "fields", apart=False)
        self._draft.blank()

    def _options(self, node: nodes.Element, _: int) -> None:
        for each in node.children:
            self._line(NAMED.join(one_line(inline(part)) for part in each.children), apart=False)
        self._draft.blank()

    def _admonition(self, node: nodes.Element, level: int) -> None:
        title = next((each for each in node.children if isinstance(each, nodes.title)), None)
        self._lead += f"{one_line(inline(title)) if title else node.tagname.capitalize()}{NAMED}"
        self.all(node.children, level)
        self._lead = ""

    def _container(self, node: nodes.Element, level: int) -> None:
        if ELSEWHERE in node.get("classes", ()):
            self._draft.unread("included files", "other files are not brought in")
        elif RAW in node.get("classes", ()):
            self._draft.left_out("raw markup", "it is of another language")
        else:
            self.all(node.children, level)

    def _within(self, node: nodes.Element, level: int) -> None:
        title = next((each for each in node.children if isinstance(each, nodes.title)), None)
        self._line(one_line(inline(title)) if title else "")
        self.all(node.children, level)

    def _picture(self, node: nodes.Element, _: int) -> None:
        self._line(one_line(inline(node)))
        self._draft.left_out("pictures", "they are files of their own")

    def _raw(self, _: nodes.Element, __: int) -> None:
        self._draft.left_out("raw markup", "it is of another language")

    def _comment(self, _: nodes.Element, __: int) -> None:
        self._draft.left_out("comments", "nobody sees them")

    def _nothing(self, _: nodes.Element, __: int) -> None:
        """Targets, definitions of substitutions, titles that have been written."""

    def _table(self, node: nodes.Element, _: int) -> None:
        for title in node.findall(nodes.title):
            self._line(one_line(inline(title)), apart=False)
        for group in node.findall(nodes.tgroup):
            head = [row for part in group.findall(nodes.thead) for row in part.findall(nodes.row)]
            body = [row for part in group.findall(nodes.tbody) for row in part.findall(nodes.row)]
            names = [
                " ".join(dict.fromkeys(filter(None, column))) for column in zip(*grid_of(head, wide=True), strict=True)
            ]
            rows = grid_of(body)
            self._draft.grid([names, *rows] if names else rows, header=bool(names))
        self._draft.blank()


def grid_of(rows: Sequence[nodes.row], *, wide: bool = False) -> list[list[str]]:
    """The cells of rows, each in its column. One over several rows stands in each, one over columns in the first.

    ``wide``: in each of the columns, too, as names of columns do.
    """
    found: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}
    for row in rows:
        cells: list[str] = []
        for entry in [*row.children, None]:
            while below.get(len(cells), (0, ""))[0] > 0:
                left, text = below[len(cells)]
                below[len(cells)] = left - 1, text
                cells.append(text)
            if not isinstance(entry, nodes.entry):
                continue
            text = one_line(inline(entry))
            for across in range(1 + int(entry.get("morecols", 0))):
                said = text if wide or not across else ""
                below[len(cells)] = int(entry.get("morerows", 0)), said
                cells.append(said)
        found.append(cells)
    width = max(map(len, found), default=0)
    return [cells + [""] * (width - len(cells)) for cells in found]
