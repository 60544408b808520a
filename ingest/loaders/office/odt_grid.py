"""Tables of OpenDocument texts by the places of their cells: what is merged, repeated or empty keeps its column."""

from collections.abc import Callable, Iterator, Sequence

from lxml import etree

from ingest.loaders.drafting import MOST_SAID_AGAIN
from ingest.loaders.office.containers import attribute, local
from ingest.loaders.office.odt_styles import number

MOST_REPEATED = 1000
"""Rows or columns that one element may stand for."""
_GROUPS = frozenset({"table-header-rows", "table-rows", "table-row-group", "soft-page-break"})


def rows_of(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table, those in groups included, and not those of tables within it."""
    for each in table.iterchildren():
        if local(each) == "table-row":
            yield each
        elif local(each) in _GROUPS:
            yield from rows_of(each)


def heads_of(table: etree._Element) -> int:
    """How many rows name the columns, as far as the table says it; 0 where it does not."""
    return sum(len(list(each.iterchildren("{*}table-row"))) for each in table.iter("{*}table-header-rows"))


def grid_of(rows: Sequence[etree._Element], text: Callable[[etree._Element], str]) -> list[list[str]]:
    """Texts of the cells, all rows as long as the longest; empty rows and columns at the edges are left out."""
    found: list[list[str]] = []
    covered: dict[tuple[int, int], str] = {}
    for row in rows:
        times = _repeated(row, "number-rows-repeated")
        cells = _cells(row, len(found), covered, text)
        found += [cells] * (times if any(cells) else 1)
    width = max((_filled(row) for row in found), default=0)
    return [(row + [""] * width)[:width] for row in found if any(row)]


def _cells(
    row: etree._Element, line: int, covered: dict[tuple[int, int], str], text: Callable[[etree._Element], str]
) -> list[str]:
    cells: list[str] = []
    for cell in row.iterchildren("{*}table-cell", "{*}covered-table-cell"):
        times = _repeated(cell, "number-columns-repeated")
        if local(cell) == "covered-table-cell":
            cells += [covered.get((line, len(cells) + n), "") for n in range(times)]
            continue
        said = text(cell)
        down, right = _repeated(cell, "number-rows-spanned"), _repeated(cell, "number-columns-spanned")
        if said and len(said) <= MOST_SAID_AGAIN and down * right > 1:
            place = len(cells)
            covered.update({(line + a, place + b): said for a in range(down) for b in range(right)})
        cells += [said] * times
    return cells


def _filled(row: Sequence[str]) -> int:
    return max((place + 1 for place, cell in enumerate(row) if cell), default=0)


def _repeated(element: etree._Element, name: str) -> int:
    return number(attribute(element, name), least=1, most=MOST_REPEATED) or 1
