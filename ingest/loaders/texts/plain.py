"""Plain text: as it stands in the file."""

from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.model import LoadedDocument, Section, Source

_SENTENCE_ENDS = ".!?…,;:。！？；，、："
MAX_TITLE = 80


def load(source: Source, _: ReadingLimits) -> LoadedDocument:
    """A text as one section, kept literally but for its line ends."""
    found = decoded(source)
    return LoadedDocument(
        text=found.text, sections=(Section(start=0, end=len(found.text)),), title=_title(found.text),
        report=found.report(lines=found.text.count("\n") + (not found.text.endswith("\n"))),
    )  # fmt: skip


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
