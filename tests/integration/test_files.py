"""Real files of every format, and hostile ones, against what their manifest says they must yield."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError
from ingest.chunking import split_document
from ingest.loaders.loading import Loading, media_type_of
from ingest.loaders.parser_process import ParserProcess
from ingest.loaders.reading_limits import ReadingLimits
from ingest.model import Source

FORMATS = {"txt", "md", "html", "pdf", "docx", "hostile"}
BLANKS = re.compile(r"\s+")


def yielded(loading: Loading, folder: Path, entry: dict[str, Any]) -> tuple[str, str]:
    """("text", …), ("empty", "") or ("error", message) for a file; ("other", …) for a type of a later issue."""
    name = entry.get("upload_as") or Path(entry["file"]).name
    source = Source(name=name, media_type=entry["media_type"], data=(folder / entry["file"]).read_bytes())
    if not source.data.strip():
        return "error", "empty"
    try:
        media_type = media_type_of(source)
    except InputError as error:
        return "other", str(error)
    try:
        loaded = loading.load(Source(name=name, media_type=media_type, data=source.data))
    except InputError as error:
        return "error", str(error)
    for chunk in split_document(loaded):
        assert loaded.text[chunk.start : chunk.end] == chunk.text
    return ("text", loaded.text) if loaded.text.strip() else ("empty", "")


def right(entry: dict[str, Any], kind: str, text: str) -> bool:
    expect = entry["expect"]
    if expect.startswith("error"):
        return kind == "error"
    if expect in {"text-or-error", "empty"}:
        return True
    flat = BLANKS.sub(" ", text)
    return kind == "text" and all(BLANKS.sub(" ", phrase) in flat for phrase in entry.get("contains", ()))


def test_files(shared_data: Path) -> None:
    folder = shared_data / "documents"
    entries = [json.loads(line) for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    parser = ParserProcess()
    loading = Loading(parser)
    wrong: list[str] = []
    tried = 0
    try:
        for entry in entries:
            if entry["file"].split("/")[0] not in FORMATS:
                continue
            kind, text = yielded(loading, folder, entry)
            if kind == "other":
                continue
            tried += 1
            leaked = [phrase for phrase in entry.get("must_not_contain", ()) if phrase in text]
            if leaked or not right(entry, kind, text):
                wrong.append(f"{entry['file']}: expected {entry['expect']}, got {kind} {text[:80]!r}")
    finally:
        parser.close()
    assert tried > 250
    assert len(wrong) <= 0.03 * tried, "\n".join(wrong)


def test_a_parser_that_takes_too_long_is_ended_and_the_next_one_works() -> None:
    parser = ParserProcess(ReadingLimits(seconds=0.001))
    html = Source(name="a.html", media_type="text/html", data=b"<p>hello</p>" * 1000)
    with pytest.raises(InputError, match="could not be read"):
        parser.load(html)
    parser._limits = ReadingLimits()
    assert "hello" in parser.load(html).text
    parser.close()


def test_a_parser_that_dies_is_started_again() -> None:
    parser = ParserProcess()
    html = Source(name="a.html", media_type="text/html", data=b"<p>hello</p>")
    assert parser.load(html).text.strip() == "hello"
    assert parser._child is not None
    parser._child.kill()
    parser._child.wait()
    assert parser.load(html).text.strip() == "hello"
    parser.close()
