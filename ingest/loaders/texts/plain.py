"""Plain text, and how bytes become text for every text format."""

import codecs

from charset_normalizer import from_bytes

from graph.errors import Unreadable
from ingest.loaders.reading_limits import ReadingLimits
from ingest.model import LoadedDocument, Section, Source

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65_536
_MOST_CONTROL = 0.02
_SENTENCE_ENDS = ".!?…,;:。！？；，、："
MAX_TITLE = 80


def load(source: Source, _: ReadingLimits) -> LoadedDocument:
    """A text as one section, kept literally but for its line ends."""
    text = decode(source)
    return LoadedDocument(text=text, sections=(Section(start=0, end=len(text)),), title=_title(text))


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


def decode(source: Source) -> str:
    """Text of any usual encoding, line ends as ``\\n``.

    Raises:
        Unreadable: binary data, or an encoding that cannot be told.
    """
    data = source.data
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(source, encoding)
    if b"\x00" in data[:_SAMPLE]:
        wide = _wide_encoding(data)
        if wide is None:
            raise Unreadable(f"{source.name!r} is binary, not text")
        return _strict(source, wide)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = _detected(source)
    if _control_share(text) > _MOST_CONTROL:
        raise Unreadable(f"{source.name!r} is binary, not text")
    return _clean(text)


def is_plain_utf8(data: bytes) -> bool:
    """Whether nothing has to be guessed to read it as text."""
    try:
        return "\x00" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def looks_binary(data: bytes) -> bool:
    """Whether bytes are no text of any usual encoding, judged by their beginning."""
    head = data[:_SAMPLE]
    if any(head.startswith(mark) for mark, _ in _BOMS):
        return False
    if b"\x00" in head:
        return _wide_encoding(head) is None
    return _control_share(head.decode("latin-1")) > _MOST_CONTROL


def _strict(source: Source, encoding: str) -> str:
    try:
        return _clean(source.data.decode(encoding))
    except UnicodeDecodeError as error:
        raise Unreadable(f"{source.name!r} is not valid {encoding}: {error.reason}") from error


def _detected(source: Source) -> str:
    best = from_bytes(source.data[:_SAMPLE]).best()
    if best is None:
        raise Unreadable(f"{source.name!r} is not UTF-8, and its encoding cannot be told")
    try:
        return source.data.decode(best.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise Unreadable(f"{source.name!r} is neither UTF-8 nor {best.encoding}") from error


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a byte order mark: nearly every other byte of Latin text is NUL."""
    head = data[:_SAMPLE]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _control_share(text: str) -> float:
    sample = text[:_SAMPLE]
    odd = sum(
        1 for character in sample if (character < " " and character not in "\t\n\r\f\v\x1b") or character == "\x7f"
    )
    return odd / max(len(sample), 1)


def _clean(text: str) -> str:
    """Without NUL and lone surrogates, which no store keeps; line ends as ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
