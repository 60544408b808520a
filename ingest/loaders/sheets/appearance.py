"""How an XLSX file shows its sheets: number formats, what is hidden, comments, text in drawings.

calamine gives the values of cells; this is read beside it, in one pass over the XML of each sheet.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from lxml import etree

from ingest.loaders.drafting import one_line
from ingest.loaders.office.containers import description, drawn_text, local, parsed
from ingest.loaders.office.number_formats import GENERAL
from ingest.loaders.sheets.lines import Line

_BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: '"$"#,##0', 6: '"$"#,##0', 7: '"$"#,##0.00', 8: '"$"#,##0.00',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)", 48: "##0.0E+0",
}  # fmt: skip
"""Formats that have a number and no code; those of dates are left out, for calamine gives dates as such."""
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_MOST_HIDDEN = 16_384
_TRUE = frozenset({"1", "true"})


@dataclass(slots=True, kw_only=True)
class Appearance:
    """Of one sheet; rows and columns count from 0. What is not told of a sheet is empty."""

    codes: dict[int, str] = field(default_factory=dict)
    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    without_value: int = 0
    pictures: int = 0
    charts: int = 0
    texts: list[str] = field(default_factory=list)
    comments: list[tuple[str, str]] = field(default_factory=list)

    def code(self, row: int, column: int) -> str:
        """The number format of a cell."""
        return self.codes.get(self.styles.get((row, column), -1), GENERAL)

    def seen(self, line: Line) -> Line:
        """A line without its hidden cells; the other cells keep their columns."""
        if not self.hidden_columns:
            return line
        return Line(
            ["" if place in self.hidden_columns else cell for place, cell in enumerate(line.cells)], line.covered
        )


class Looks:
    """The appearance of each sheet of a workbook, by its name. Of files that are no XLSX nothing is told.

    Raises:
        ValueError: a part that is not as it should be.
    """

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data)) if data else None
        self._names = frozenset(self._archive.namelist()) if self._archive else frozenset()
        self._codes: dict[int, str] = {}
        self._sheets: dict[str, str] = {}
        if "xl/workbook.xml" in self._names:
            self._codes = self._number_formats()
            targets = {identity: target for identity, _, target in self._relations("xl/workbook.xml")}
            for sheet in self._part("xl/workbook.xml").iter("{*}sheet"):
                identity = next((value for name, value in sheet.attrib.items() if str(name).endswith("}id")), "")
                self._sheets[str(sheet.get("name"))] = targets.get(str(identity), "")

    def of(self, name: str) -> Appearance:
        """How a sheet is shown."""
        look = Appearance(codes=self._codes)
        part = self._sheets.get(name, "")
        if part not in self._names or self._archive is None:
            return look
        with self._archive.open(part) as stream:
            _read_cells(look, stream)
        relations = list(self._relations(part))
        threads = any(kind == "threadedComment" for _, kind, _ in relations)
        for _, kind, target in relations:
            if target in self._names:
                self._beside(look, kind, target, threads)
        return look

    def _beside(self, look: Appearance, kind: str, target: str, threads: bool) -> None:
        """A part that belongs to a sheet."""
        if kind == "threadedComment" or (kind == "comments" and not threads):
            for comment in self._part(target).iter("{*}comment", "{*}threadedComment"):
                text = one_line("".join(each.text or "" for each in comment.iter("{*}t", "{*}text")))
                if text:
                    look.comments.append((str(comment.get("ref")), text))
        elif kind == "drawing":
            drawing = self._part(target)
            look.texts += drawn_text(drawing)
            for picture in drawing.iter("{*}pic"):
                look.pictures += 1
                look.texts += [f"Picture: {told}" for each in picture.iter("{*}cNvPr") if (told := description(each))]
            for _, below, chart in self._relations(target):
                if below in {"chart", "chartEx"} and chart in self._names:
                    look.charts += 1
                    written = [one_line(text) for text in drawn_text(self._part(chart))]
                    look.texts += [f"Chart: {'; '.join(written)}"] if written else []

    def _number_formats(self) -> dict[int, str]:
        """The code of each cell style by its number."""
        if "xl/styles.xml" not in self._names:
            return {}
        styles = self._part("xl/styles.xml")
        own = {str(each.get("numFmtId")): str(each.get("formatCode") or GENERAL) for each in styles.iter("{*}numFmt")}
        used = [cell for cells in styles.iter("{*}cellXfs") for cell in cells]
        numbers = [str(cell.get("numFmtId", "0")) for cell in used]
        codes = [
            own.get(number) or _BUILT_IN.get(int(number) if number.isdigit() else 0, GENERAL) for number in numbers
        ]
        return {place: code for place, code in enumerate(codes) if code != GENERAL}

    def _relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Identity, kind and target of what a part refers to within the file."""
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels"
        if relations not in self._names:
            return
        for each in self._part(relations):
            if each.get("TargetMode") != "External":
                target = str(each.get("Target"))
                whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                yield str(each.get("Id")), str(each.get("Type")).rsplit("/", 1)[-1], whole

    def _part(self, name: str) -> etree._Element:
        if self._archive is None:
            raise ValueError(f"no part {name!r}")
        try:
            return parsed(self._archive.read(name))
        except (etree.XMLSyntaxError, zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise ValueError(f"{name}: {error}") from error


PLAIN = Looks(b"")
"""Nothing is told of any sheet."""


def _read_cells(look: Appearance, stream: IO[bytes]) -> None:
    """Styles, errors, formulas without a value, hidden rows and columns."""
    wanted = ("{*}c", "{*}row", "{*}col")
    try:
        for _, element in etree.iterparse(stream, tag=wanted, resolve_entities=False, no_network=True):
            kind = local(element)
            if kind == "c":
                _read_cell(look, element)
                continue
            if kind == "row" and element.get("hidden") in _TRUE and (number := element.get("r", "")).isdigit():
                look.hidden_rows.add(int(number) - 1)
            elif kind == "col" and element.get("hidden") in _TRUE:
                first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                look.hidden_columns.update(range(first - 1, min(last, _MOST_HIDDEN)))
            element.clear()
            if kind == "row" and element.getprevious() is not None:
                element.getparent().remove(element.getprevious())
    except (etree.XMLSyntaxError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(str(error)) from error


def _read_cell(look: Appearance, cell: etree._Element) -> None:
    kind, style = cell.get("t", "n"), cell.get("s", "")
    if kind == "n" and not (style.isdigit() and int(style) in look.codes) and len(cell) < 2:
        return
    place = _place(cell.get("r", ""))
    value = cell.find("{*}v")
    if value is None:
        look.without_value += cell.find("{*}f") is not None
    elif kind == "e":
        look.errors[place] = value.text or ""
    elif kind == "n" and style.isdigit() and int(style) in look.codes:
        look.styles[place] = int(style)


def _place(reference: str) -> tuple[int, int]:
    """Row and column of a name such as B3; one that is none stands nowhere."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return -1, -1
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    return int(found[2]) - 1, column - 1
