"""The words of a page with their places, from pdfium's characters.

pdfium follows the drawing: where a word begins and ends it knows by blanks and gaps, which way it is written by the
angle of its characters. Each way of writing has a frame of its own in which its words stand upright and read from left
to right; :func:`shown_box` gives the place on the page as it is shown.
"""

import ctypes
import math
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import pypdfium2 as pdfium
from pypdfium2 import raw

from graph.text.tokens import is_east_asian
from ingest.loaders.layout.joining import plain
from ingest.loaders.layout.places import SKEWED, VERTICAL, Box, PageFrame, Word, joined_box, turned
from ingest.loaders.pdf.legibility import no_text

_GAP, _BACK, _DRIFT = 0.3, 0.7, 0.5
"""Within a word, in heights of a character: the widest gap, the farthest step back, the farthest step up or down."""
_BELOW, _ABOVE = 0.22, 0.9
"""Of the size of a character: how far it reaches from its base line."""
_HYPHEN = 2
"""What pdfium makes of a hyphen at the end of a line."""
_TILT = math.radians(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWords:
    """What a page says: words by their way of writing, and how many characters are no text."""

    ways: dict[int, list[Word]]
    characters: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class _Character:
    text: str
    box: Box
    way: int
    after_blank: bool


def frame_of(page: pdfium.PdfPage) -> PageFrame:
    """Of a page that pdfium has opened."""
    media, crop = page.get_mediabox(), page.get_cropbox()
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right <= left or top <= bottom:
        left, bottom, right, top = media
    return PageFrame(
        width=right - left, height=top - bottom, left=left, bottom=bottom, rotation=page.get_rotation() % 360
    )


def words_of(page: pdfium.PdfPage, frame: PageFrame) -> PageWords:
    """All words of a page. Raises PdfiumError."""
    sheet = page.get_textpage()
    try:
        characters, unreadable = _characters(sheet.raw, frame)
    finally:
        sheet.close()
    _mark_vertical(characters, frame)
    grouped: dict[int, list[_Character]] = defaultdict(list)
    for one in characters:
        grouped[one.way].append(one)
    return PageWords(
        ways={way: _words(found) for way, found in grouped.items()}, characters=len(characters), unreadable=unreadable
    )


def _characters(sheet: "raw.FPDF_TEXTPAGE", frame: PageFrame) -> tuple[list[_Character], int]:
    found: list[_Character] = []
    unreadable, blank, pending = 0, True, ""
    area, bodies = raw.FS_RECTF(), _Bodies(sheet, frame)
    loose = ctypes.byref(area)
    for index in range(raw.FPDFText_CountChars(sheet)):
        code = raw.FPDFText_GetUnicode(sheet, index)
        if 0xD800 <= code < 0xDC00:
            pending = chr(code)
            continue
        text = _whole(pending, chr(code))
        pending = ""
        if code == _HYPHEN:
            text = "-"
        elif code <= 32 or text.isspace():  # those that pdfium adds, too
            blank = True
            continue
        if not raw.FPDFText_GetLooseCharBox(sheet, index, loose):
            continue
        unreadable += no_text(text[0]) or raw.FPDFText_HasUnicodeMapError(sheet, index) == 1
        box = (area.left, min(area.bottom, area.top), max(area.left, area.right), max(area.bottom, area.top))
        way = _way(raw.FPDFText_GetCharAngle(sheet, index))
        found.append(_Character(plain(text), box if way == SKEWED else bodies.upright(index, box, way), way, blank))
        blank = False
    return found, unreadable


class _Bodies:
    """How tall characters are: as their size says, whatever their font does. Of those as tall there, one is asked."""

    def __init__(self, sheet: "raw.FPDF_TEXTPAGE", frame: PageFrame) -> None:
        self._sheet, self._frame = sheet, frame
        self._plain = frame.left == frame.bottom == 0.0
        self._known: dict[tuple[int, float], tuple[float, float] | None] = {}

    def upright(self, index: int, box: Box, way: int) -> Box:
        """The place of a character upright, from a little below its base line to the top of its capitals."""
        x0, y0, x1, y1 = box if way == 0 and self._plain else self._frame.upright(box, way)
        key = (way, round(y1 - y0, 1))
        if key not in self._known:
            self._known[key] = self._asked(index, y0, way)
        body = self._known[key]
        return (x0, y0 + body[0], x1, y0 + body[1]) if body else (x0, y0, x1, y1)

    def _asked(self, index: int, bottom: float, way: int) -> tuple[float, float] | None:
        matrix, x, y = raw.FS_MATRIX(), ctypes.c_double(), ctypes.c_double()
        told = raw.FPDFText_GetMatrix(self._sheet, index, ctypes.byref(matrix))
        if not told or not raw.FPDFText_GetCharOrigin(self._sheet, index, x, y):
            return None
        size = raw.FPDFText_GetFontSize(self._sheet, index) * math.hypot(matrix.c, matrix.d)
        line = self._frame.upright((x.value, y.value, x.value, y.value), way)[1]
        return (line - bottom - _BELOW * size, line - bottom + _ABOVE * size) if size > 0 else None


def _whole(first: str, text: str) -> str:
    """A character of which the first half came before, if any."""
    return (first + text).encode("utf-16", "surrogatepass").decode("utf-16", "replace") if first else text


@lru_cache(maxsize=1024)
def _way(clockwise: float) -> int:
    angle = -clockwise
    quarters = round(angle / (math.pi / 2))
    return (quarters * 90) % 360 if abs(angle - quarters * math.pi / 2) < _TILT else SKEWED


def _mark_vertical(characters: list[_Character], frame: PageFrame) -> None:
    """East Asian characters that are drawn one below the other are written in columns."""
    columns: set[int] = set()
    for place in range(1, len(characters)):
        above, here = characters[place - 1], characters[place]
        if above.way == here.way == 0 and is_east_asian(above.text[0]) and is_east_asian(here.text[0]):
            height = max(above.box[3] - above.box[1], 0.1)
            aside = abs((above.box[0] + above.box[2]) - (here.box[0] + here.box[2])) / 2
            if aside < 0.3 * height and 0.5 * height < above.box[1] - here.box[1] < 2 * height:
                columns |= {place - 1, place}
    for place in columns:
        box = turned(characters[place].box, VERTICAL, frame.width, frame.height)
        characters[place] = replace(characters[place], way=VERTICAL, box=box)


def _words(characters: list[_Character]) -> list[Word]:
    if characters and characters[0].way == SKEWED:
        return _joined(characters, lambda _, one: not one.after_blank)
    return _joined(characters, lambda last, one: not one.after_blank and _goes_on(last.box, one.box))


def _joined(characters: list[_Character], same: Callable[[_Character, _Character], bool]) -> list[Word]:
    words: list[Word] = []
    run: list[_Character] = []
    for one in characters:
        if run and not same(run[-1], one):
            words.append(_word(run))
            run = []
        run.append(one)
    if run:
        words.append(_word(run))
    return [word for word in words if word.text]


def _goes_on(last: Box, box: Box) -> bool:
    height = max(last[3] - last[1], box[3] - box[1], 0.1)
    if abs((last[1] + last[3]) - (box[1] + box[3])) / 2 > _DRIFT * height:
        return False
    gap = max(box[0] - last[2], last[0] - box[2])  # to the right, or to the left where that is the way
    return -_BACK * height < gap < _GAP * height


def _word(run: list[_Character]) -> Word:
    text = "".join(one.text for one in run)
    if len(run) > 1 and run[0].box[0] < run[-1].box[0] and unicodedata.bidirectional(run[0].text[0]) in {"R", "AL"}:
        text = "".join(one.text for one in reversed(run))  # drawn from the left, as it looks
    spacing = sum(max(0.0, after.box[0] - before.box[2]) for before, after in pairwise(run))
    return Word(text=text, box=joined_box([one.box for one in run]), spacing=spacing)
