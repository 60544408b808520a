"""How bytes become text, for every text format: what the sender or the file says, else what the whole text suits.

Labels are read as browsers read them (gb2312 means GB18030, iso-8859-1 means Windows-1252). A byte that is no text in
its encoding becomes U+FFFD and is counted. An encoding that nothing tells is guessed, and that is told.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

import webencodings

from graph.errors import Unreadable
from ingest.loaders.texts.languages import per_strange_character, plausibility
from ingest.model import ReadingReport, Source

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AS_BROWSERS = {
    "gbk": ("gb18030",), "cp936": ("gb18030",), "gb2312": ("gb18030",), "big5hkscs": ("big5hkscs", "cp950"),
    "big5": ("big5hkscs", "cp950"), "euc_jp": ("euc_jp", "euc_jis_2004"), "x-user-defined": ("cp1252",),
    "iso2022_jp": ("iso2022_jp", "iso2022_jp_2004", "iso2022_jp_ext"), "utf-16": ("utf-16-le",),
}  # fmt: skip
"""Codecs of Python to try for a label, where its own reads less than browsers do."""
_NO_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7", "replacement"})
"""Codecs that no document is written in."""
_GUESSED = {
    "utf-8": 0.0, "cp1252": 0.0, "cp1250": -1.0, "cp1254": -1.0, "cp1257": -2.0, "cp1251": -1.0, "koi8_r": -1.0,
    "cp1253": -1.0, "cp1255": -1.0, "cp1256": -1.0, "cp874": -1.0, "cp1258": -3.0, "gb18030": 0.0, "big5hkscs": 0.0,
    "cp932": 0.0, "euc_jp": 0.0, "cp949": 0.0, "iso8859_2": -2.0, "iso8859_5": -2.0, "iso8859_6": -2.0,
    "iso8859_7": -2.0, "koi8_u": -2.0, "cp866": -2.0, "cp850": -5.0, "cp437": -6.0, "cp852": -6.0, "mac_roman": -6.0,
    "mac_cyrillic": -6.0,
}  # fmt: skip
"""What is tried where nothing tells, and how much less usual it is, as a logarithm."""
_LABELLED = 8.0
"""As much a label counts for, against what the text looks like."""
_JAPANESE_ESCAPES = re.compile(rb"\x1b\$[@B]|\x1b\(J")
_STRANGE, _LINE_END = re.compile(rb"[\x80-\xff]"), re.compile(rb"[\r\n]")
_LOOK = 65_536
_MOST_LINES, _MOST_OF_A_LINE = 200, 400
_MOST_CONTROL = 0.02
_MOST_REPLACED = 20
"""A label is believed where at most one in so many bytes beyond ASCII is no text by it."""
_LEAST_LIKELY, _LEAST_LIKELY_WIDE = -11.8, -9.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A text, line ends as ``\\n``. ``guessed``: nothing told the encoding; ``replaced`` counts bytes that are lost."""

    text: str
    encoding: str
    guessed: bool = False
    replaced: int = 0

    def report(self, **parts: int) -> ReadingReport:
        """What is told of a text: its encoding, and how many ``parts`` of which kind were read."""
        return self.of(ReadingReport(parts=parts))

    def of(self, report: ReadingReport) -> ReadingReport:
        """A report with what is told of the encoding."""
        return replace(report, encoding=self.encoding, guessed=self.guessed, replaced=self.replaced)


def decoded(source: Source, label: str = "") -> Decoded:
    """The text of a file. ``label`` is the encoding that the file names itself; the sender's stands before it.

    Raises:
        Unreadable: binary data, or an encoding that cannot be told.
    """
    found = _by_mark(source.data) or _by_label(source, label) or _by_content(source)
    nul = 0 if found.encoding.startswith("utf-") and found.encoding != "utf-8" else source.data[:_LOOK].count(0)
    if nul > _MOST_CONTROL * len(source.data[:_LOOK]) or _control_share(found.text) > _MOST_CONTROL:
        raise Unreadable(f"{source.name!r} is binary, not text")
    return found


def codecs_of(label: str) -> tuple[str, ...]:
    """Codecs of Python for a label, the first that which reads most; none where it names no encoding."""
    known = webencodings.lookup(label)
    name = known.codec_info.name if known else label
    try:
        codec = _name(name)
        "a".encode(codec)
    except (LookupError, ValueError):  # no codec, or one of bytes
        return _AS_BROWSERS.get(name, ())
    return () if codec.replace("-", "_") in _NO_TEXT else _AS_BROWSERS.get(codec, (codec,))


def looks_binary(data: bytes) -> bool:
    """Whether bytes are no text of any usual encoding, judged by their beginning."""
    head = data[:_LOOK]
    if any(head.startswith(mark) for mark, _ in BOMS) or _wide(head):
        return False
    return _control_share(head.decode("latin-1")) > _MOST_CONTROL


def is_plain_utf8(data: bytes) -> bool:
    """Whether nothing has to be guessed to read it as text."""
    if b"\x00" in data or _JAPANESE_ESCAPES.search(data):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def charset_of(media_type: str) -> str:
    """The ``charset`` that a media type names, or nothing."""
    for parameter in media_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'")
    return ""


def _by_mark(data: bytes) -> Decoded | None:
    for mark, codec in BOMS:
        if data.startswith(mark):
            return _read(data[len(mark) :], codec)
    return None


def _by_label(source: Source, own: str) -> Decoded | None:
    for label in (charset_of(source.media_type), own):
        best: Decoded | None = None
        for codec in codecs_of(label) if label else ():
            found = _read(source.data, codec)
            best = found if best is None or found.replaced < best.replaced else best
        if best and _believable(source.data, best):
            return best
    return None


def _believable(data: bytes, found: Decoded) -> bool:
    """Whether a label is right, or nearly: many a page of UTF-8 says that it is something else, or the reverse."""
    strange = sum(map(data.count, _STRANGE_BYTES))
    if found.replaced * _MOST_REPLACED > strange or (found.encoding.startswith("utf-16") and not _wide(data[:_LOOK])):
        return False
    if found.encoding == "utf-8" or not strange or not is_plain_utf8(data):
        return True
    sample = _sample(data)
    return plausibility(_decode(sample, found.encoding)) + _LABELLED >= plausibility(_decode(sample, "utf-8"))


_STRANGE_BYTES = tuple(bytes([value]) for value in range(0x80, 0x100))


def _by_content(source: Source) -> Decoded:
    data = source.data
    if b"\x00" in data and (wide := _wide(data[:_LOOK])):
        return _read(data, wide, guessed=True)
    if _JAPANESE_ESCAPES.search(data) and data.isascii():
        return _read(data, "iso2022_jp")
    whole = _read(data, "utf-8")
    if not whole.replaced or _only_scratched(data, whole):
        return whole
    return _guessed(source)


def _only_scratched(data: bytes, whole: Decoded) -> bool:
    """Whether a text is UTF-8 but for a few bytes: four whole characters for each, or an end cut off."""
    whole_ones = sum(1 for _ in islice((each for each in whole.text if each > "\x7f"), 4 * whole.replaced + 5))
    whole_ones -= whole.replaced
    cut = whole.replaced == 1 and whole.text.endswith("\ufffd") and data[-1] > 0x7F
    return whole_ones >= 4 * whole.replaced or (cut and whole_ones > 0)


def _guessed(source: Source) -> Decoded:
    """The encoding in which the text looks most like a language. Lines from all of it are looked at."""
    sample = _sample(source.data)
    best = sorted(_GUESSED, key=lambda codec: -(plausibility(_decode(sample, codec)) + _GUESSED[codec]))
    tried = [_read(source.data, codec, guessed=True) for codec in best[:2]]
    found = min(tried, key=lambda each: each.replaced > len(source.data) // 1000 + 1)
    if per_strange_character(_decode(sample, found.encoding)) < _LEAST_LIKELY:
        raise Unreadable(
            f"{source.name!r} is not UTF-8, and its encoding cannot be told; name it: text/plain; charset=…"
        )
    return found


def _sample(data: bytes) -> tuple[bytes, ...]:
    """Lines with a byte beyond ASCII, from everywhere in the text."""
    count = sum(1 for _ in _strange_lines(data))
    chosen = islice(_strange_lines(data), 0, None, max(1, count // _MOST_LINES))
    return tuple(piece for start, end in islice(chosen, _MOST_LINES) for piece in _pieces(data[start:end]))


def _strange_lines(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the lines stand that hold a byte beyond ASCII; each byte is looked at a few times at most."""
    done = 0
    while found := _STRANGE.search(data, done):
        start = max(data.rfind(end, done, found.start()) for end in (b"\n", b"\r")) + 1
        end = _LINE_END.search(data, found.start())
        stop = end.start() if end else len(data)
        yield (start or done), stop
        done = stop


def _pieces(line: bytes) -> Iterator[bytes]:
    """The beginning of a line, and of a long one what is around its first strange byte."""
    yield line[:_MOST_OF_A_LINE]
    first = _STRANGE.search(line)
    if first and first.start() > _MOST_OF_A_LINE // 2:
        yield line[first.start() : first.start() + _MOST_OF_A_LINE]


def _decode(sample: tuple[bytes, ...], codec: str) -> str:
    """The sample; a character that is cut off at the end of a piece is left out."""
    return "\n".join(
        codecs.getincrementaldecoder(codec)("replace").decode(piece, final=len(piece) < _MOST_OF_A_LINE)
        for piece in sample
    )


def _read(data: bytes, codec: str, *, guessed: bool = False) -> Decoded:
    text = data.decode(codec, "replace")
    replaced = text.count("\ufffd")
    if replaced and (own := _replacement(codec)):
        replaced -= min(replaced, data.count(own))
    nul = text.count("\x00")
    return Decoded(text=_clean(text), encoding=_name(codec), guessed=guessed, replaced=replaced + nul)


@lru_cache
def _replacement(codec: str) -> bytes:
    """How a codec writes U+FFFD itself; nothing where it cannot."""
    try:
        return "\ufffd".encode(codec)
    except UnicodeEncodeError:
        return b""


def _name(codec: str) -> str:
    return codecs.lookup(codec).name


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, by where NUL bytes stand: a blank or a line end has one, or three.

    Nearly all of them stand at even places, or nearly all at odd ones; in UTF-32 half of the places are NUL.
    """
    nul = head.count(0)
    if not nul:
        return None
    quarters = [head[place::4].count(0) for place in range(4)]
    size = max(1, len(head) // 4)
    if quarters[3] >= size and quarters[2] > 0.8 * size > quarters[0]:
        return "utf-32-le"
    if quarters[0] >= size and quarters[1] > 0.8 * size > quarters[3]:
        return "utf-32-be"
    even, odd = quarters[0] + quarters[2], quarters[1] + quarters[3]
    codec = "utf-16-le" if odd > even else "utf-16-be"
    text = head[: len(head) // 2 * 2].decode(codec, "replace")
    fits = min(even, odd) <= 0.02 * nul and text.count("\ufffd") <= len(text) // 100
    fits = fits and len(text) > 1 and _control_share(text) <= _MOST_CONTROL
    return codec if fits and per_strange_character(text[:4000]) > _LEAST_LIKELY_WIDE else None


def _control_share(text: str) -> float:
    sample = text[:_LOOK]
    odd = sum(
        1 for character in sample if (character < " " and character not in "\t\n\r\f\v\x1b") or character == "\x7f"
    )
    return odd / max(len(sample), 1)


def _clean(text: str) -> str:
    """Without NUL and lone surrogates, which no store keeps; line ends as ``\\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
