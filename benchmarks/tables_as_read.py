"""Compares the tables of the collection with what was read of them, cell by cell. Prints JSON.

python -m benchmarks.tables_as_read            # every table of the collection, by format
python -m benchmarks.tables_as_read --missing  # and the cells that are not in their row and under their column

What the tables hold is told by bare readers of this file: bytes, XML and nothing else. A cell is right where one line
of the text has it in its column together with another cell of its row, as a grid (`` | ``) or a record (``column: ``).
"""

import argparse
import csv
import io
import json
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
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def one_line(text: str) -> str:
    """Text with single blanks, as the text of a cell is compared."""
    return " ".join(text.split()).replace("|", "¦")


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
    """How many cells of a table there are below its first row, and those that the text does not have in their place."""
    header = [one_line(cell) for cell in rows[0]]
    lines = [one_line_of(line) for line in text.split("\n")]
    cells, wrong = 0, []
    for row in rows[1:]:
        values = [one_line(cell) for cell in row]
        filled = [at for at, value in enumerate(values) if value]
        for at in filled:
            cells += 1
            anchor = next((other for other in filled if other != at), at)
            if not any(_holds(line, header, values, (at, anchor)) for line in lines):
                wrong.append(f"{header[at] if at < len(header) else at}: {values[at]}")
    return cells, wrong


def one_line_of(line: str) -> str:
    """A line of the text, its blanks as in a cell; the bars between cells stay."""
    return " ".join(line.split(" ")).strip("\r")


def _holds(line: str, header: Sequence[str], values: Sequence[str], places: tuple[int, int]) -> bool:
    parts = [" ".join(part.split()) for part in line.split("|")]
    for shift in (0, 1):  # a row that is written with bars at its ends
        if all(at + shift < len(parts) and parts[at + shift] == values[at] for at in places):
            return True
    padded = f"; {line}; "
    return all(at < len(header) and f"; {_named(header[at], values[at])}; " in padded for at in places)


def _named(name: str, value: str) -> str:
    return f"{name}: {value}" if name else value


def _column(reference: str) -> int:
    number = 0
    for letter in reference:
        if not letter.isalpha():
            break
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def campaign(loading: Loading) -> tuple[Mapping[str, object], list[str]]:
    """Figures by format, and every cell that is out of place."""
    figures: dict[str, dict[str, float]] = defaultdict(lambda: {"tables": 0, "cells": 0, "right": 0})
    missing: list[str] = []
    for kind, reader in READERS.items():
        for path in sorted((shared_data() / "documents" / kind).iterdir()):
            data = path.read_bytes()
            try:
                tables = [rows for rows in reader(data) if len(rows) >= _LEAST and len(rows[0]) >= _LEAST]
            except (UnicodeDecodeError, zipfile.BadZipFile, etree.ParserError, KeyError, csv.Error, ValueError):
                continue
            text = _read(loading, path, data) if tables else ""
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
        figures, missing = campaign(Loading(parser))
    finally:
        parser.close()
    json.dump(figures, sys.stdout, indent=1)
    if given.missing:
        print("\n".join(missing), file=sys.stderr)


if __name__ == "__main__":
    main()
