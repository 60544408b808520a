"""Compares the tables of the collection with what was read of them, cell by cell. Prints JSON.

python -m benchmarks.tables_as_read            # every table of the collection, by format
python -m benchmarks.tables_as_read --missing  # and the cells that are not in their row and under their column

What the tables hold is told by bare readers of this file: bytes, XML and nothing else. A cell is right where one line
of the text has it in its column together with another cell of its row, as a grid (`` | ``) or a record (``column: ``),
or where it names its column there.
"""

import argparse
import csv
import io
import json
import re
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from defusedxml.ElementTree import fromstring
from lxml import etree, html

from benchmarks.workbench import shared_data
from graph.errors import InputError
from ingest.loaders.loading import Loading, media_type_of
from ingest.loaders.parser_process import ParserProcess
from ingest.model import Source

Rows = list[list[str]]
_LEAST = 2
_LIST_SIGN = re.compile(r"(?<!\S)(?:[•◦▪-]|\d+\.)(?=\s)")
_NAMED = re.compile(": ")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def csv_tables(data: bytes) -> Iterator[Rows]:
    """The one table of a file."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    text = data.decode(encoding)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first.count)
    yield [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]


def docx_tables(data: bytes) -> Iterator[Rows]:
    """Outer tables; a merged cell stands where it begins."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        root = fromstring(packed.read("word/document.xml"))
    body = root.find(f"{_W}body")
    for table in body.findall(f"{_W}tbl") if body is not None else ():
        rows: Rows = []
        for line in table.findall(f"{_W}tr"):
            row: list[str] = []
            for cell in line.findall(f"{_W}tc"):
                if cell.find(f".//{_W}tbl") is not None:
                    row.append("")
                    continue
                properties = cell.find(f"{_W}tcPr")
                span = properties.find(f"{_W}gridSpan") if properties is not None else None
                row.append(" ".join("".join(t.text or "" for t in p.iter(f"{_W}t")) for p in cell.iter(f"{_W}p")))
                row += [""] * (int(span.get(f"{_W}val", "1")) - 1 if span is not None else 0)
            rows.append(row)
        yield rows


def pptx_tables(data: bytes) -> Iterator[Rows]:
    """Tables of slides in the order of the files."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        slides = [name for name in packed.namelist() if name.startswith("ppt/slides/slide")]
        for name in sorted(slides):
            for table in fromstring(packed.read(name)).iter(f"{_A}tbl"):
                yield [
                    [
                        " ".join("".join(t.text or "" for t in p.iter(f"{_A}t")) for p in cell.iter(f"{_A}p"))
                        for cell in row.findall(f"{_A}tc")
                    ] for row in table.findall(f"{_A}tr")
                ]  # fmt: skip


def xlsx_tables(data: bytes) -> Iterator[Rows]:
    """Text cells of sheets; numbers, whose form depends on their format, are left empty."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        shared: list[str] = []
        if "xl/sharedStrings.xml" in names:
            root = fromstring(packed.read("xl/sharedStrings.xml"))
            shared = [
                "".join(t.text or "" for t in item.iter(f"{_S}t")) for item in root.findall(f"{_S}si")
            ]  # fmt: skip
        for name in sorted(one for one in names if one.startswith("xl/worksheets/sheet")):
            rows: Rows = []
            for line in fromstring(packed.read(name)).iter(f"{_S}row"):
                row: dict[int, str] = {}
                for cell in line.findall(f"{_S}c"):
                    kind, value = cell.get("t"), cell.find(f"{_S}v")
                    text = "".join(t.text or "" for t in cell.iter(f"{_S}t")) if kind == "inlineStr" else ""
                    if kind == "s" and value is not None:
                        text = shared[int(value.text or 0)]
                    row[_column(cell.get("r", "A1"))] = text
                rows.append([row.get(at, "") for at in range(max(row, default=-1) + 1)])
            yield [row for row in rows if any(row)]


def html_tables(data: bytes) -> Iterator[Rows]:
    """Tables that hold no other and stand in none; a cell over several rows stands in the first."""
    root = html.fromstring(data, parser=html.HTMLParser(encoding="utf-8"))
    for table in root.iter("table"):
        if table.xpath(".//table") or table.xpath("ancestor::table") or table.xpath("ancestor-or-self::*[@hidden]"):
            continue
        rows: Rows = []
        taken: dict[tuple[int, int], None] = {}
        for number, line in enumerate(table.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr")):
            row: dict[int, str] = {}
            at = 0
            for cell in line.xpath("./td|./th"):
                while (number, at) in taken:
                    at += 1
                row[at] = cell.text_content()
                high, wide = (min(int(cell.get(name) or 1), 50) for name in ("rowspan", "colspan"))
                taken |= {(number + down, at + right): None for down in range(high) for right in range(wide)}
                at += wide
            rows.append([row.get(place, "") for place in range(max(row, default=-1) + 1)])
        yield rows


READERS = {
    "csv": csv_tables, "docx": docx_tables, "html": html_tables, "pptx": pptx_tables, "xlsx": xlsx_tables,
}  # fmt: skip


def wrong_cells(rows: Rows, text: str) -> tuple[int, list[str]]:
    """How many cells of a table there are, and those that the text does not have in their place."""
    table = [[bare(cell) for cell in row] for row in rows]
    lines = [_Line(line) for line in text.split("\n") if line.strip()]
    wrong = [
        f"{rows[0][at] if at < len(rows[0]) else at}: {rows[number][at]}"
        for number, row in enumerate(table) for at, value in enumerate(row)
        if value and not _is_right(table, lines, (number, at))
    ]  # fmt: skip
    return sum(bool(value) for row in table for value in row), wrong


def bare(text: str) -> str:
    """What is compared of a cell: neither its white space nor the signs that a list in it has."""
    return "".join(_LIST_SIGN.sub("", text).split()).replace("|", "¦").rstrip(";")


class _Line:
    """A line of the text, as a row of a grid and as a record."""

    def __init__(self, text: str) -> None:
        self.cells = [bare(part) for part in text.strip("|").split("|")]
        self.named = {
            (label, bare(value))
            for part in text.split("; ") for place in _NAMED.finditer(part)
            for value in [part[place.end() :]] for label in map(bare, part[: place.start()].split(" / "))
        }  # fmt: skip
        self.values = {bare(part) for part in text.split("; ")}

    def has(self, table: Rows, number: int, at: int) -> bool:
        value = table[number][at]
        if at < len(self.cells) and self.cells[at] == value:
            return True
        if value in self.values and not any(row[at] for row in table[:number] if at < len(row)):
            return True  # nothing names the column
        above = [row[at] for row in table[:number] if at < len(row) and row[at]]
        return any((label, value) in self.named for label in above) or any(
            label.startswith("column") and found == value for label, found in self.named
        )


def _is_right(table: Rows, lines: Sequence[_Line], place: tuple[int, int]) -> bool:
    number, at = place
    row = table[number]
    others = [other for other, value in enumerate(row) if value and other != at]
    if any(line.has(table, number, at) and (not others or _has_one(line, table, number, others)) for line in lines):
        return True
    below = [each[at] for each in table[number + 1 :] if at < len(each) and each[at]]
    return any((row[at], value) in line.named for line in lines for value in below)  # it names its column


def _has_one(line: _Line, table: Rows, number: int, others: Sequence[int]) -> bool:
    return any(line.has(table, number, other) for other in others)


def _column(reference: str) -> int:
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def campaign(loading: Loading, data: Path) -> tuple[Mapping[str, object], list[str]]:
    """Figures by format, and every cell that is out of place."""
    figures: dict[str, dict[str, float]] = defaultdict(lambda: {"tables": 0, "cells": 0, "right": 0})
    missing: list[str] = []
    for kind, reader in READERS.items():
        for path in sorted((data / "documents" / kind).iterdir()):
            held = path.read_bytes()
            try:
                tables = [rows for rows in reader(held) if len(rows) >= _LEAST and len(rows[0]) >= _LEAST]
            except (UnicodeDecodeError, zipfile.BadZipFile, etree.ParserError, KeyError, csv.Error, ValueError):
                continue
            text = _read(loading, path, held) if tables else ""
            for rows in tables:
                cells, wrong = wrong_cells(rows, text)
                figures[kind]["tables"] += 1
                figures[kind]["cells"] += cells
                figures[kind]["right"] += cells - len(wrong)
                missing += [f"{kind}/{path.name}\tcell\t{each[:120]}" for each in wrong]
    for found in figures.values():
        found["share"] = round(found["right"] / max(found["cells"], 1), 4)
    return figures, missing


def _read(loading: Loading, path: Path, data: bytes) -> str:
    try:
        source = Source(name=path.name, media_type="", data=data)
        return loading.load(Source(name=path.name, media_type=media_type_of(source), data=data)).text
    except InputError:
        return ""


def main() -> None:
    """As the module says."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--missing", action="store_true", help="list the cells that are out of place, on stderr")
    given = asked.parse_args()
    parser = ParserProcess()
    try:
        figures, missing = campaign(Loading(parser), shared_data())
    finally:
        parser.close()
    json.dump(figures, sys.stdout, indent=1)
    if given.missing:
        print("\n".join(missing), file=sys.stderr)


if __name__ == "__main__":
    main()
