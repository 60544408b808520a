"""DOCX as a person reads it: the text in its order, and what stands beside it at its place."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping

from graph.errors import InputError, Unreadable
from ingest.loaders.drafting import Draft, one_line
from ingest.loaders.office.charts import chart_tables, chart_title
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.registry import FORMATS
from ingest.loaders.registry import load as load_any
from ingest.loaders.word.asides import Aside, Asides, NoteKind
from ingest.loaders.word.lines import Lines
from ingest.loaders.word.names import (
    DELETED,
    LOOSE,
    NO_CONTENT,
    PARAGRAPHS,
    Node,
    attribute,
    child,
    inside,
    kind,
    seen_branch,
)
from ingest.loaders.word.numbering import Numbering
from ingest.loaders.word.package import BROKEN, Package, Relation
from ingest.loaders.word.paragraphs import Paragraphs
from ingest.loaders.word.styles import Styles
from ingest.loaders.word.tables import Tables
from ingest.model import LoadedDocument, Source

MOST_WITHIN = 3
"""How many documents may be within each other."""
_NOTES: tuple[NoteKind, ...] = ("footnotes", "endnotes", "comments")
_PROPERTIES = {
    "creator": "author", "created": "created", "modified": "modified", "subject": "subject", "keywords": "keywords",
    "category": "category", "description": "description",
}  # fmt: skip
_LETTER = re.compile(r"[^\W\d_]")
_PAGE_FIELD = re.compile(r"\b(?:PAGE|NUMPAGES|SECTIONPAGES)\b")
_OTHER = {suffix: each.media_type for each in FORMATS for suffix in each.suffixes if each.module != "word.reading"}
_OWN = frozenset(suffix for each in FORMATS for suffix in each.suffixes if each.module == "word.reading")


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Every part that a person sees. Sizes are checked before anything is unpacked."""
    return _loaded(source, limits, 1)


def sample() -> bytes:
    """A heading and a paragraph."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{space}"><w:body><w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>A heading'
            "</w:t></w:r></w:p><w:p><w:r><w:t>A paragraph.</w:t></w:r></w:p></w:body></w:document>",
        )
    return written.getvalue()


def _loaded(source: Source, limits: ReadingLimits, depth: int) -> LoadedDocument:
    try:
        package = Package(source)
        part = package.main()
        root = package.xml(part)
        relations = package.relations(part)
    except KeyError as error:
        raise Unreadable(f"{source.name!r} is a broken DOCX: it holds no document of Word") from error
    except BROKEN as error:
        raise Unreadable(f"{source.name!r} is a broken DOCX: {error}") from error
    body = child(root, "w:body")
    if kind(root) != "w:document" or body is None:
        raise Unreadable(f"{source.name!r} is a broken DOCX: it holds no document of Word")
    reading = _Reading(package, part, relations, Draft(source, limits))
    reading.headers_and_footers(root)
    reading.blocks(body, limits, depth)
    return reading.finish()


class _Reading:
    """Writes one document into its draft."""

    def __init__(self, package: Package, part: str, relations: Mapping[str, Relation], draft: Draft) -> None:
        self._package, self._draft = package, draft
        self._main, self._relations = part, {part: relations}
        self._asides = Asides()
        styles = Styles(self._side("styles"))
        self._paragraphs = Paragraphs(draft, styles, self._asides)
        self._lines = Lines(self._paragraphs, styles, Numbering(self._side("numbering"), styles))
        self._tables = Tables(draft, self._lines)
        self._foreign: set[str] = set()
        for what in _NOTES:
            notes = self._side(what)
            if notes is not None:
                self._asides.keep(what, self._target(what) or "", notes)

    def headers_and_footers(self, root: Node) -> None:
        """Each once, before the text: they belong to no heading of it."""
        parts: set[str] = set()
        said: set[str] = set()
        for what in ("header", "footer"):
            for reference in root.iter(f"{{*}}{what}Reference"):
                relation = self._relations[self._main].get(attribute(reference, "r:id") or "")
                if relation is not None and relation.target not in parts:
                    parts.add(relation.target)
                    self._beside(what, relation.target, said)
        self._paragraphs.part = self._main
        self._draft.blank()

    def blocks(self, body: Node, limits: ReadingLimits, depth: int) -> None:
        """The text itself, without recursion."""
        within = [iter(body)]
        while within:
            node = next(within[-1], None)
            if node is None:
                within.pop()
            elif kind(node) == "w:altChunk":
                self._other_document(node, limits, depth)
            elif (content := self._block(node)) is not None:
                within.append(content)
        self._line(self._lines.rest(), 0)
        self._write_asides()

    def finish(self) -> LoadedDocument:
        """The document, with what its properties say of it."""
        for what, count in self._asides.left().items():
            self._draft.left_out(what, "nothing in the text refers to them", count)
        for each in self._properties():
            name, text = each.tag.rpartition("}")[2], one_line(each.text or "")
            if name == "title":
                self._draft.title = text or None
            elif name in _PROPERTIES and text:
                self._draft.metadata[_PROPERTIES[name]] = text
        return self._draft.finish()

    # --- the text

    def _block(self, node: Node) -> Iterator[Node] | None:
        name = kind(node)
        if name in PARAGRAPHS:
            line = self._lines.line(node)
            if not line.open:
                self._line(line.text, line.level)
        elif name in LOOSE or name in DELETED:
            self._line(self._lines.loose((node,)), 0)
        elif name == "w:tbl":
            return self._table(node)
        elif name == "mc:AlternateContent":
            return seen_branch(node)
        elif name not in NO_CONTENT:
            return inside(node)
        return None

    def _line(self, text: str, level: int) -> None:
        if text and level:
            self._draft.heading(text, level)
        elif text:
            self._draft.line(text, "paragraphs")
        self._write_asides()

    def _table(self, node: Node) -> Iterator[Node] | None:
        """A table of one column is no table to a reader, but a frame around what is in it."""
        self._line(self._lines.rest(), 0)
        rows = self._tables.rows(node)
        if all(len(row.cells) <= 1 for row in rows):
            return iter([cell for row in rows for cell in row.cells])
        self._tables.write(rows)
        self._write_asides()
        return None

    def _other_document(self, node: Node, limits: ReadingLimits, depth: int) -> None:
        """A document of any format that is to be shown at this place."""
        relation = self._relations[self._main].get(attribute(node, "r:id") or "")
        if relation is None or relation.target in self._foreign:
            return
        self._foreign.add(relation.target)
        suffix = posixpath.splitext(relation.target)[1].lower()
        try:
            data = self._package.data(relation.target)
            source = Source(name=relation.target, media_type=_OTHER.get(suffix, ""), data=data)
            own = suffix in _OWN and depth < MOST_WITHIN
            loaded = _loaded(source, limits, depth + 1) if own else load_any(source, limits)
        except (KeyError, InputError, *BROKEN):
            self._draft.unread("documents within it", "they could not be read")
            return
        for line in loaded.text.splitlines():
            self._draft.line(line)
        self._draft.read("documents within it")
        for one in loaded.report.skipped:
            (self._draft.unread if one.unread else self._draft.left_out)(one.part, one.reason, one.count)

    # --- what stands beside it

    def _beside(self, what: str, part: str, said: set[str]) -> None:
        root = self._part(part)
        if root is None:
            return
        self._paragraphs.part = part
        text = self._tables.text(root, lines=True)
        if not _LETTER.search(text) and _counts_pages(root):
            self._draft.left_out("page numbers", "they are those of one page")
        elif text and text not in said:
            said.add(text)
            self._draft.line(f"{what.capitalize()}: {text}", f"{what}s")
        self._write_asides()

    def _write_asides(self) -> None:
        while (aside := self._asides.next()) is not None:
            if aside.what == "charts":
                self._chart(aside)
            elif text := self._said(aside):
                self._draft.line(f"{aside.mark}: {text}", aside.what)
        self._paragraphs.part = self._main

    def _said(self, aside: Aside) -> str:
        if aside.what == "diagrams":
            return self._diagram(aside)
        if aside.content is None:
            return one_line(aside.said)
        self._paragraphs.part = aside.part
        return self._tables.text(aside.content, lines=aside.what == "text boxes")

    def _chart(self, aside: Aside) -> None:
        """The numbers behind a chart, as tables."""
        root = self._part_of(aside)
        tables = [] if root is None else list(chart_tables(root))
        if root is None or not tables:
            self._draft.unread("charts", "their numbers were not found")
            return
        self._draft.line(f"{aside.mark}: {chart_title(root)}".rstrip(": "), aside.what)
        for rows in tables:
            self._draft.grid(rows)

    def _diagram(self, aside: Aside) -> str:
        root = self._part_of(aside)
        words = () if root is None else (one_line("".join(each.itertext("{*}t"))) for each in root.iter("{*}p"))
        text = "; ".join(filter(None, words))
        if not text:
            self._draft.unread("diagrams", "their words were not found")
        return text

    # --- parts

    def _part_of(self, aside: Aside) -> Node | None:
        """The part that a diagram or a chart is drawn from."""
        if aside.part not in self._relations:
            try:
                self._relations[aside.part] = self._package.relations(aside.part)
            except BROKEN:
                self._relations[aside.part] = {}
        relation = self._relations[aside.part].get(aside.said)
        return None if relation is None else self._part(relation.target)

    def _target(self, what: str) -> str | None:
        return next((each.target for each in self._relations[self._main].values() if each.kind == what), None)

    def _side(self, what: str) -> Node | None:
        part = self._target(what)
        return None if part is None else self._part(part)

    def _properties(self) -> Iterator[Node]:
        related = self._package.relations("").values()
        part = next((each.target for each in related if each.kind == "core-properties"), None)
        root = None if part is None else self._part(part)
        return iter(()) if root is None else inside(root)

    def _part(self, part: str) -> Node | None:
        """A part that the text can do without."""
        try:
            return self._package.xml(part)
        except KeyError:
            self._draft.unread("parts of the file", "they are missing")
        except BROKEN:
            self._draft.unread("parts of the file", "they are broken")
        return None


def _counts_pages(root: Node) -> bool:
    fields = [each.text or "" for each in root.iter("{*}instrText")]
    fields += [attribute(each, "w:instr") or "" for each in root.iter("{*}fldSimple")]
    return any(_PAGE_FIELD.search(field) for field in fields)
