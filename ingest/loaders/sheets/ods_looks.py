"""How an ODS file shows its sheets: numbers as they are written in their cells, what is hidden, merged, commented."""

import io
import zipfile

from lxml import etree

from ingest.loaders.drafting import one_line
from ingest.loaders.office.containers import BREAKAGE, attribute, local
from ingest.loaders.sheets.appearance import Appearance, cell_name

_NUMBERS = frozenset({"float", "percentage", "currency"})
_HIDDEN = frozenset({"collapse", "filter"})
_MOST_REPEATED = 1000
"""Rows or columns that one element may stand for; what is repeated more often is an empty margin."""
_MOST_COLUMNS = 16_384


class OdsLooks:
    """The appearance of each sheet of an ODS file, by its name.

    Raises:
        ValueError: its content is not as it should be.
    """

    def __init__(self, data: bytes) -> None:
        self._sheets: dict[str, Appearance] = {}
        self._look = Appearance()
        self._row = self._column = self._wide = 0
        self._filled = False
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("content.xml") as stream:
                for event, element in etree.iterparse(
                    stream, ("start", "end"), resolve_entities=False, no_network=True
                ):
                    self._element(event == "start", local(element), element)
        except BREAKAGE as error:
            raise ValueError(f"content.xml: {error}") from error

    def __call__(self, name: str) -> Appearance:
        """How a sheet is shown."""
        return self._sheets.get(name, Appearance())

    def _element(self, begins: bool, kind: str, element: etree._Element) -> None:
        if begins:
            if kind == "table" and (name := attribute(element, "name")):
                self._look = self._sheets.setdefault(name, Appearance())
                self._row = self._column = self._wide = 0
        elif kind in {"table-cell", "covered-table-cell"}:
            self._cell(element)
        elif kind == "table-row":
            self._end_of_row(element)
        elif kind == "table-column":
            self._columns(element)
        elif kind == "image":
            self._look.pictures += 1

    def _cell(self, cell: etree._Element) -> None:
        repeated = _count(cell, "number-columns-repeated", _MOST_COLUMNS)
        here = self._row, self._column
        text = "\n".join("".join(each.itertext()) for each in cell.iterfind("{*}p"))
        numeric = attribute(cell, "value-type") in _NUMBERS or text.startswith(("#", "Err:"))
        if numeric and text and repeated <= _MOST_REPEATED:
            self._look.as_shown.update({(self._row, self._column + n): text for n in range(repeated)})
        if text or attribute(cell, "value-type"):
            self._filled = True
            self._look.reach(*here, right=repeated)
        down, right = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if down > 1 or right > 1:
            self._look.merged.append((here, (self._row + down - 1, self._column + right - 1)))
        for note in cell.iterfind("{*}annotation"):
            said = one_line(" ".join("".join(each.itertext()) for each in note.iter("{*}p")))
            self._look.comments += [(cell_name(*here), said)] if said else []
        self._column += repeated

    def _end_of_row(self, row: etree._Element) -> None:
        repeated = _count(row, "number-rows-repeated", 1 << 20)
        if attribute(row, "visibility") in _HIDDEN and repeated <= _MOST_REPEATED:
            self._look.hidden_rows.update(range(self._row, self._row + repeated))
        if 1 < repeated <= _MOST_REPEATED:
            same = [(column, text) for (line, column), text in self._look.as_shown.items() if line == self._row]
            for number in range(1, repeated):
                self._look.as_shown.update({(self._row + number, column): text for column, text in same})
        if self._filled:
            self._look.reach(self._row, 0, down=repeated)
        self._row, self._column, self._filled = self._row + repeated, 0, False
        row.clear()

    def _columns(self, columns: etree._Element) -> None:
        repeated = _count(columns, "number-columns-repeated", _MOST_COLUMNS)
        if attribute(columns, "visibility") in _HIDDEN and repeated <= _MOST_REPEATED:
            self._look.hidden_columns.update(range(self._wide, self._wide + repeated))
        self._wide += repeated


def _count(element: etree._Element, name: str, most: int = _MOST_REPEATED) -> int:
    text = attribute(element, name)
    return min(int(text), most) if text.isdigit() else 1
