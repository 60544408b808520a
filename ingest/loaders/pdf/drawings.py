"""What is drawn on a page beside its text: lines that may rule a table, and how much of it pictures cover."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw

from ingest.loaders.layout.places import Box, PageFrame

MOST_OBJECTS = 20_000
MOST_EDGES = 3_000
"""Beyond these a page is a drawing, and its lines rule nothing."""
_DEPTH = 4
_THIN = 2.5
"""Points: a rectangle that is no thicker is a line."""
_SHORTEST = 3.0
Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawings:
    """Of one page, as it is shown. ``edges`` run straight along it or across; ``shapes`` counts all that is drawn.

    ``whole``: all of it was looked at.
    """

    edges: tuple[Box, ...] = ()
    pictures: tuple[Box, ...] = ()
    shapes: int = 0
    whole: bool = True

    def covered(self, width: float, height: float) -> float:
        """Share of the page under its largest picture, or under all of them where they are strips beside each other."""
        areas = [
            max(0.0, min(x1, width) - max(x0, 0.0)) * max(0.0, min(y1, height) - max(y0, 0.0))
            for x0, y0, x1, y1 in self.pictures
        ]  # fmt: skip
        return min(1.0, sum(areas) / max(width * height, 1.0))


def drawings_of(page: pdfium.PdfPage, frame: PageFrame) -> Drawings:
    """Edges and pictures of a page."""
    edges: list[Box] = []
    pictures: list[Box] = []
    shapes = 0
    for seen, (handle, kind, matrix) in enumerate(_objects(page.raw), start=1):
        if seen > MOST_OBJECTS or len(edges) > MOST_EDGES:
            return Drawings(pictures=tuple(pictures), shapes=seen, whole=False)
        shapes += kind != raw.FPDF_PAGEOBJ_TEXT
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            pictures.append(frame.upright(_placed(matrix, _unit_square(handle)), frame.rotation))
        elif kind == raw.FPDF_PAGEOBJ_PATH:
            edges += (frame.upright(edge, frame.rotation) for edge in _edges(handle, matrix))
    return Drawings(edges=tuple(edges), pictures=tuple(pictures), shapes=shapes)


def _objects(page: "raw.FPDF_PAGE") -> Iterator[tuple["raw.FPDF_PAGEOBJECT", int, Matrix]]:
    for index in range(raw.FPDFPage_CountObjects(page)):
        yield from _within(raw.FPDFPage_GetObject(page, index), _PLAIN, 0)


def _within(
    handle: "raw.FPDF_PAGEOBJECT", matrix: Matrix, depth: int
) -> Iterator[tuple["raw.FPDF_PAGEOBJECT", int, Matrix]]:
    """An object; what a form holds in its place."""
    kind = raw.FPDFPageObj_GetType(handle)
    if kind != raw.FPDF_PAGEOBJ_FORM:
        yield handle, kind, matrix
    elif depth < _DEPTH:
        inner = _times(_matrix(handle), matrix)
        for index in range(min(raw.FPDFFormObj_CountObjects(handle), MOST_OBJECTS)):
            yield from _within(raw.FPDFFormObj_GetObject(handle, index), inner, depth + 1)


def _matrix(handle: "raw.FPDF_PAGEOBJECT") -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(handle, ctypes.byref(found)):
        return _PLAIN
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def _at(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e, b * x + d * y + f)


def _unit_square(handle: "raw.FPDF_PAGEOBJECT") -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return (0.0, 0.0, 0.0, 0.0)
    return (left.value, bottom.value, right.value, top.value)


def _placed(matrix: Matrix, box: Box) -> Box:
    corners = [_at(matrix, x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return (min(xs), min(ys), max(xs), max(ys))


def _edges(handle: "raw.FPDF_PAGEOBJECT", matrix: Matrix) -> list[Box]:
    """The straight lines of a path that is drawn; a thin rectangle is one line, another one four."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(handle, fill, stroke) or not (fill.value or stroke.value):
        return []
    count = raw.FPDFPath_CountSegments(handle)
    if not 1 < count <= MOST_EDGES:
        return []
    whole = _times(_matrix(handle), matrix)
    lines = _lines(handle, count, whole)
    if not lines:
        return []
    box = (
        min(line[0] for line in lines), min(line[1] for line in lines),
        max(line[2] for line in lines), max(line[3] for line in lines),
    )  # fmt: skip
    if box[3] - box[1] <= _THIN < _SHORTEST <= box[2] - box[0]:
        middle = (box[1] + box[3]) / 2
        return [(box[0], middle, box[2], middle)]
    if box[2] - box[0] <= _THIN < _SHORTEST <= box[3] - box[1]:
        middle = (box[0] + box[2]) / 2
        return [(middle, box[1], middle, box[3])]
    return [line for line in lines if _straight(line)]


def _straight(line: Box) -> bool:
    across, along = line[2] - line[0], line[3] - line[1]
    return min(across, along) < 0.6 and max(across, along) >= _SHORTEST


def _lines(handle: "raw.FPDF_PAGEOBJECT", count: int, matrix: Matrix) -> list[Box]:
    found: list[Box] = []
    first = last = (0.0, 0.0)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(handle, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        if not raw.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = _at(matrix, x.value, y.value)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            found.append(_between(last, point))
        if raw.FPDFPathSegment_GetClose(segment):
            found.append(_between(point, first))
        last = point
    return found


def _between(one: tuple[float, float], other: tuple[float, float]) -> Box:
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1]))
