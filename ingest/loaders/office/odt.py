"""OpenDocument texts (ODT) as a person reads them: the text in its order, and what stands beside it at its place."""

import io
import posixpath
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from graph.errors import Encrypted, Unreadable
from ingest.loaders.drafting import Draft, joined_heads, one_line
from ingest.loaders.office.containers import BREAKAGE, attribute, check_container, local, parsed
from ingest.loaders.office.odt_grid import grid_of, heads_of, rows_of
from ingest.loaders.office.odt_styles import Counting, TextStyles, number
from ingest.loaders.office.odt_text import Paragraphs
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.web import mathml, pages
from ingest.model import LoadedDocument, Source

TYPE = "application/vnd.oasis.opendocument.text"
_DEEPEST = 6
_TOLD = {"creator": "author", "initial-creator": "author", "creation-date": "created", "subject": "subject",
         "keyword": "keywords", "description": "description", "language": "language"}  # fmt: skip
_PARTS = frozenset({"section", "numbered-paragraph", "page-sequence"})
_INDEXES = frozenset(
    "table-of-content alphabetical-index illustration-index table-index object-index user-index bibliography".split()
)


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Every part that a person sees. Sizes are checked before anything is unpacked."""
    check_container(source)
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist() if name.endswith(".xml")}
        if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
            raise Encrypted(f"{source.name!r} is protected by a password")
        roots = {name: parsed(data) for name, data in parts.items() if name.endswith(("content.xml", "styles.xml"))}
        body = next(roots["content.xml"].iter("{*}text"), None)
    except BREAKAGE as error:
        raise Unreadable(f"{source.name!r} is a broken OpenDocument text: {error}") from error
    if body is None:
        raise Unreadable(f"{source.name!r} is a broken OpenDocument text: it has none")
    reading = _Reading(Draft(source, limits), roots)
    reading.headers_and_footers()
    reading.blocks(body)
    return reading.finish(parts.get("meta.xml"))


def sample() -> bytes:
    """A heading, a paragraph and a formula."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in (("office", "office"), ("text", "text"), ("draw", "drawing"))
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", TYPE, zipfile.ZIP_STORED)
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:text><text:h text:outline-level='1'>A heading"
            "</text:h><text:p>A paragraph. <draw:frame><draw:object xmlns:xlink='http://www.w3.org/1999/xlink' "
            "xlink:href='./Object 1'/></draw:frame></text:p></office:text></office:body></office:document-content>",
        )
        archive.writestr(
            "Object 1/content.xml", "<math xmlns='http://www.w3.org/1998/Math/MathML'><mi>x</mi></math>"
        )  # fmt: skip
    return written.getvalue()


class _Reading:
    """Writes one document into its draft."""

    def __init__(self, draft: Draft, roots: Mapping[str, etree._Element]) -> None:
        self._draft, self._roots = draft, roots
        content, styles = roots["content.xml"], roots.get("styles.xml")
        self._styles = TextStyles([content] if styles is None else [styles, content])
        self._counting = Counting(self._styles)
        self._paragraphs = Paragraphs(draft, self._styles, _controls(content), self._embedded)
        self._charts: list[etree._Element] = []

    def headers_and_footers(self) -> None:
        """Each once, before the text: they belong to no heading of it."""
        styles, said = self._roots.get("styles.xml"), set[str]()
        for page in () if styles is None else styles.iter("{*}master-page"):
            for each in page.iterchildren("{*}header", "{*}footer", "{*}header-first", "{*}footer-first"):
                what = local(each).partition("-")[0]
                text = self._paragraphs.flat(each)
                if not any(map(str.isalpha, text)) and next(each.iter("{*}page-number"), None) is not None:
                    self._draft.left_out("page numbers", "they are those of one page")
                elif text and text not in said:
                    said.add(text)
                    self._draft.line(f"{what.capitalize()}: {text}", f"{what}s")
                self._write_asides()
        self._draft.blank()

    def blocks(self, parent: etree._Element) -> None:
        """What stands in the text, or in a part of it. XML is never deeper than its parser allows."""
        for each in parent.iterchildren():
            name = local(each)
            if name in {"p", "h"}:
                self._paragraph(each, "")
            elif name == "list":
                self._list(each, 1, "")
            elif name == "table":
                self._table(each)
            elif name == "frame":
                self._write(self._paragraphs.text(_around(each)), 0)
            elif not self._left_out(each, name) and name in _PARTS:
                self.blocks(each)

    def _left_out(self, part: etree._Element, name: str) -> bool:
        """Whether nobody sees it, or it says what is said elsewhere; then it is counted."""
        if name == "tracked-changes":
            if deleted := sum(1 for _ in part.iter("{*}deletion")):
                self._draft.left_out("pieces of text", "a tracked change takes them away", deleted)
        elif name in _INDEXES:
            self._draft.left_out("tables of contents", "the headings say the same")
        elif name == "section" and attribute(part, "display") == "none":
            self._draft.left_out("sections", "they are hidden")
        else:
            return False
        return True

    def finish(self, meta: bytes | None) -> LoadedDocument:
        """The document, with what it says of itself."""
        try:
            told = () if meta is None else parsed(meta).iter()
            for each in told:
                text = one_line(each.text or "")
                if local(each) == "title" and text:
                    self._draft.title = text
                elif text and (name := _TOLD.get(local(each))):
                    self._draft.metadata.setdefault(name, text)
        except BREAKAGE:
            self._draft.unread("parts of the file", "they are broken")
        return self._draft.finish()

    # --- the text

    def _paragraph(self, paragraph: etree._Element, label: str) -> None:
        shown = next((one_line(one.text or "") for one in paragraph.iterchildren("{*}number")), "")
        text = self._paragraphs.text(paragraph)
        if local(paragraph) == "h":
            level = number(attribute(paragraph, "outline-level"), least=1, most=_DEEPEST) or 1
            self._write(f"{shown} {text}".strip() if text else "", level)
        else:
            self._write(f"{label or (f'{shown} ' if shown else '')}{text}" if text else "", 0)

    def _list(self, found: etree._Element, level: int, above: str) -> None:
        style = attribute(found, "style-name") or above or self._style_within(found)
        goes_on = attribute(found, "continue-numbering") == "true" or bool(attribute(found, "continue-list"))
        self._counting.begin(style, level, goes_on=goes_on)
        for item in found.iterchildren("{*}list-item", "{*}list-header"):
            start = number(attribute(item, "start-value"))
            label = self._counting.next(style, level, start) if local(item) == "list-item" and _says(item) else ""
            for each in item.iterchildren():
                if local(each) == "list":
                    self._list(each, level + 1, style)
                elif local(each) in {"p", "h"}:
                    self._paragraph(each, label)
                    label = ""

    def _style_within(self, found: etree._Element) -> str:
        first = next(found.iter("{*}p", "{*}h"), None)
        return "" if first is None else self._styles.list_of(attribute(first, "style-name"))

    def _write(self, text: str, level: int) -> None:
        if text and level:
            self._draft.heading(text, level)
        elif text:
            self._draft.line(text, "paragraphs")
        self._write_asides()

    def _table(self, table: etree._Element) -> None:
        """A table of one column is no table to a reader, but a frame around what is in it."""
        rows = list(rows_of(table))
        if all(len(list(row.iterchildren("{*}table-cell"))) <= 1 for row in rows):
            for cell in (cell for row in rows for cell in row.iterchildren("{*}table-cell")):
                self.blocks(cell)
            return
        self._grid(grid_of(rows, self._paragraphs.flat), heads_of(table))
        self._write_asides()

    def _grid(self, rows: Sequence[Sequence[str]], heads: int) -> None:
        heads = max(1, min(heads, len(rows) - 1))
        if any(map(any, rows)):
            self._draft.grid(rows, columns=joined_heads(rows[:heads]), heads=heads)

    def _write_asides(self) -> None:
        while self._paragraphs.asides or self._charts:
            if self._charts:
                chart = self._charts.pop(0)
                self._draft.line(f"Chart: {_title(chart)}".rstrip(": "), "charts")
                for table in chart.iter("{*}table"):
                    self._grid(grid_of(list(rows_of(table)), self._paragraphs.flat), 1)
                continue
            aside = self._paragraphs.asides.popleft()
            if text := self._paragraphs.flat(aside.content):
                self._draft.line(f"{aside.mark}: {text}", aside.what)

    def _embedded(self, found: etree._Element) -> str | None:
        """A formula as text; the numbers of a chart come after the paragraph."""
        inner = next(found.iterchildren("{*}math"), None)
        path = posixpath.normpath(f"{attribute(found, 'href')}/content.xml")
        root = self._roots.get(path) if inner is None else inner
        if root is None:
            return None
        if local(root) == "math":
            formula = pages.parsed(etree.tostring(_unprefixed(root), encoding="unicode")).find("math")
            return None if formula is None else mathml.linear(formula)
        chart = next(root.iter("{*}chart"), None)
        if chart is None or next(chart.iter("{*}table"), None) is None:
            return None
        self._charts.append(chart)
        return ""


def _around(frame: etree._Element) -> etree._Element:
    """A paragraph that holds a frame alone."""
    around = etree.Element("p")
    around.append(frame.__copy__())
    return around


def _unprefixed(root: etree._Element) -> etree._Element:
    """The same elements under their names alone."""
    for each in root.iter():
        if isinstance(each.tag, str):
            each.tag = local(each)
    return root


def _title(chart: etree._Element) -> str:
    return next((one_line("".join(each.itertext())) for each in chart.iter("{*}title")), "")


def _says(item: etree._Element) -> bool:
    """Whether an item has text of its own, and not a deeper list alone."""
    return next(item.iterchildren("{*}p", "{*}h"), None) is not None


def _controls(content: etree._Element) -> dict[str, str]:
    """What stands in the fields of a form, by their ids."""
    return {
        identity: _value(each)
        for form in content.iter("{*}forms") for each in form.iter() if isinstance(each.tag, str)
        for identity in _ids(each)
    }  # fmt: skip


def _ids(control: etree._Element) -> Iterable[str]:
    return (str(value) for key, value in control.attrib.items() if str(key).rpartition("}")[2] == "id")


def _value(control: etree._Element) -> str:
    if local(control) in {"checkbox", "radio"}:
        state = attribute(control, "current-state") or attribute(control, "current-selected")
        return f"[{'x' if state in {'checked', 'true'} else ' '}] {attribute(control, 'label')}".strip()
    return attribute(control, "current-value") or attribute(control, "value") or attribute(control, "label")
