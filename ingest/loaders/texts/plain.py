"""Plain text: as it stands in the file."""

import re
from dataclasses import replace

from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.model import LoadedDocument, Section, Skipped, Source

_CONTROLS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]{0,1000}(?:\x07|\x1b\\)|[@-Z\\^_])")
"""Escape sequences of terminals (ECMA-48): colours, titles of windows, moves of the cursor."""
_SENTENCE_ENDS = ".!?…,;:。！？；，、："
MAX_TITLE = 80


def load(source: Source, _: ReadingLimits) -> LoadedDocument:
    """A text as one section, kept literally but for its line ends."""
    found = decoded(source)
    text, controls = without_controls(found.text)
    report = found.report(lines=text.count("\n") + (not text.endswith("\n")))
    if controls:
        report = replace(report, skipped=(Skipped(part="control sequences", reason="of a terminal", count=controls),))
    return LoadedDocument(text=text, sections=(Section(start=0, end=len(text)),), title=_title(text), report=report)


def without_controls(text: str) -> tuple[str, int]:
    """A text without what only a terminal understands, and how many of it there were."""
    return _CONTROLS.subn("", text) if "\x1b" in text else (text, 0)


def sample() -> bytes:
    """A sentence whose encoding has to be guessed."""
    return "Das Maß ist nötig. Die Größe ist es auch.".encode("iso-8859-1")


def _title(text: str) -> str | None:
    """A short first line that ends no sentence and stands above a blank line."""
    first, _, rest = text.lstrip("\ufeff\n ").partition("\n")
    heading = first.strip()
    if not 0 < len(heading) <= MAX_TITLE or heading[-1] in _SENTENCE_ENDS or not rest.startswith("\n"):
        return None
    return heading
