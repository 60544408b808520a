"""Jupyter notebooks: cells in order, each as it is written, and the text of what the code gave out.

Headings of Markdown cells stand above all that follows; tables that code gave out as HTML are read as grids.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from graph.errors import TooDeep, Unreadable
from ingest.loaders.drafting import plain_metadata
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.loaders.texts.json_values import Members, read_value
from ingest.loaders.texts.markdown import report_of
from ingest.loaders.texts.markdown_blocks import Blocks, assemble, read_blocks
from ingest.loaders.web import pages
from ingest.model import LoadedDocument, Skipped, Source

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TABLE = re.compile(r"<table\b", re.IGNORECASE)


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Text, code and outputs. Raises Unreadable, TooDeep, TooMuchText."""
    try:
        found = decoded(source)
        book = _named(read_value(found.text))
    except ValueError as error:
        raise Unreadable(f"{source.name!r} is no notebook: it is not valid JSON") from error
    except RecursionError as error:
        raise TooDeep(f"{source.name!r} could not be read: it is nested too deeply") from error
    cells = _listed(book.get("cells")) or [
        cell for sheet in _listed(book.get("worksheets")) for cell in _listed(_named(sheet).get("cells"))
    ]
    if not cells and "nbformat" not in book:
        raise Unreadable(f"{source.name!r} is no notebook: it has no cells")
    made = _Reading(source, limits)
    for cell in cells:
        made.cell(_named(cell))
    read = made.finish(_named(book.get("metadata")))
    return replace(read, report=found.of(read.report))


def sample() -> bytes:
    """A heading, code, and a table that it gave out."""
    html = "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"
    return (
        '{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "markdown", "source": ["# Maß\\n", "Das."]},'
        ' {"cell_type": "code", "source": "1", "outputs": [{"data": {"text/html": "' + html + '"}}]}]}'
    ).encode()


class _Reading:
    """A notebook on its way to a text."""

    def __init__(self, source: Source, limits: ReadingLimits) -> None:
        self._source = source
        self._limits = limits
        self._parts: list[str] = []
        self._length = 0
        self._blocks = Blocks()
        self._read: Counter[str] = Counter()
        self._pictures = 0
        self._others = 0

    def cell(self, cell: Mapping[str, object]) -> None:
        """A cell and its outputs."""
        text = _text(cell.get("source", cell.get("input")))
        kind = cell.get("cell_type")
        self._pictures += len(_named(cell.get("attachments")))
        if kind == "heading":
            level = str(cell.get("level") or 1)
            text = f"{'#' * min(int(level) if level.isdecimal() else 1, 6)} {text}"
        if text.strip():
            self._read["code cells" if kind == "code" else "text cells"] += 1
            self._write(text, read_blocks(text) if kind in {"markdown", "heading"} else Blocks())
        for output in _listed(cell.get("outputs")):
            self._output(_named(output))

    def finish(self, metadata: Mapping[str, object]) -> LoadedDocument:
        """The document."""
        report = report_of(self._blocks, dict(self._read))
        told = [("pictures", "no model reads pictures in notebooks", self._pictures, True),
                ("other outputs", "they are no text", self._others, False)]  # fmt: skip
        skipped = [Skipped(part=part, reason=why, count=n, unread=unread) for part, why, n, unread in told if n]
        title = metadata.get("title")
        return assemble(
            "".join(self._parts), self._blocks, title=title.strip() or None if isinstance(title, str) else None,
            metadata=plain_metadata({"code_language": _named(metadata.get("language_info")).get("name")}),
            report=replace(report, skipped=(*report.skipped, *skipped)),
        )  # fmt: skip

    def _output(self, output: Mapping[str, object]) -> None:
        data = _named(output.get("data")) or output
        self._pictures += any(name.startswith("image/") or name in {"png", "jpeg", "svg"} for name in data)
        html, markdown = _text(data.get("text/html")), _text(data.get("text/markdown"))
        said = _text(data.get("text/plain", data.get("text")))
        if _TABLE.search(html):
            self._html(html)
        elif markdown.strip():
            self._write(markdown, read_blocks(markdown))
        elif "evalue" in output:
            self._write(f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}", Blocks())
        elif said.strip():
            self._write(_COLOURS.sub("", said), Blocks())
        else:
            self._others += 1
            return
        self._read["outputs"] += 1

    def _html(self, html: str) -> None:
        page = pages.load(
            Source(name=self._source.name, media_type="text/html; charset=utf-8", data=html.encode()), self._limits
        )
        self._write(page.text, Blocks(tables=list(page.tables)))

    def _write(self, text: str, blocks: Blocks) -> None:
        self._blocks.add(blocks, self._length)
        self._parts += [text.rstrip("\n"), "\n\n"]
        self._length += len(text.rstrip("\n")) + 2
        self._limits.check_text(self._source.name, len(self._source.data), self._length)


def _named(value: object) -> Mapping[str, object]:
    return dict(value) if isinstance(value, Members) else {}


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    """Text in one piece, or in lines."""
    if isinstance(value, list):
        return "".join(each for each in value if isinstance(each, str))
    return value if isinstance(value, str) else ""
