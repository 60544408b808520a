"""Which lines of a table name its columns: words above values, or words that come once above words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.loaders.drafting import one_line
from ingest.loaders.sheets.lines import Line

MOST_ABOVE = 10
"""Lines above the names of the columns, at most: titles, who made it and when."""
MOST_DEEP = 4
LONGEST_NAME = 150
_DENSE = 0.7
"""Share of the cells of an ordinary line that names of columns fill."""
_BETWEEN_LEVELS = " / "
_VALUE = re.compile(
    r"[(+\-−–]?\s*(?:[$€£¥₹]|[A-Z]{3}\s)?\s*[(+\-−]?[\d.,'  ]*\d[\d.,'  ]*(?:[eE][+\-]?\d+)?\s*(?:%|‰|[$€£¥₹])?\s*\)?"
    r"|\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:[ T]\d{1,2}:\d{2}.*)?|\d{1,3}:\d{2}(?::\d{2})?(?:\s?[AaPp][Mm])?"
    r"|TRUE|FALSE|True|False|true|false|#[A-Z/0]+[!?]?|N/?A|-|–|—"
)
_PERIOD = re.compile(r"(?:19|20)\d\d(?:[-/.]\d{1,2}){0,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Lines ``[first, end)`` name the columns. ``contrast``: they differ in kind from what stands below.

    ``corner`` is the first column of the table, which names its rows and may have no name itself.
    """

    first: int
    end: int
    names: tuple[str, ...]
    contrast: bool
    corner: int


def is_text(cell: str) -> bool:
    """Whether a cell holds words: no number, date, time, truth value or error."""
    return bool(cell.strip()) and len(cell) <= 10_000 and not (len(cell) < 60 and _VALUE.fullmatch(cell.strip()))


def find_header(lines: Sequence[Line], used: Sequence[int], *, list_has_name: bool) -> Header | None:
    """The lines that name the columns ``used``, or None."""
    for first in range(min(len(lines) - 1, MOST_ABOVE)):
        if _is_dense(lines, first, used[0]):
            if not _names_columns(lines, first, used, list_has_name):
                return None
            begin, end = _above(lines, first), _below(lines, first, used)
            return Header(
                first=begin, end=end, names=_joined(lines[begin:end], spread=end - begin > 1), corner=used[0],
                contrast=any(not is_text(each) for column in used for each in _column(lines, end, column)),
            )  # fmt: skip
        if not any(_may_stand_above(lines[first].cells[column]) for column in lines[first].columns):
            return None
    return None


def only_names(lines: Sequence[Line]) -> bool:
    """Whether a few lines, a blank one below them, do no more than name columns."""
    return (
        len(lines) < MOST_DEEP and len(lines[-1].own) > 1
        and all(_may_stand_above(line.cells[column]) for line in lines for column in line.own)
    )  # fmt: skip


def is_title(lines: Sequence[Line], place: int) -> bool:
    """Whether a line holds one cell alone, written or merged, above lines with more of their own."""
    own = lines[place].own
    above = len(own) == 1 and any(len(line.own) > 1 for line in lines[place + 1 : place + 3])
    return above and (bool(lines[place].covered) or own[0] == min(line.columns[0] for line in lines))


def _may_stand_above(cell: str) -> bool:
    return is_text(cell) or bool(_PERIOD.fullmatch(cell.strip()))


def _is_dense(lines: Sequence[Line], place: int, corner: int) -> bool:
    below = [len(line.columns) for line in lines[place + 1 :]]
    own = len(lines[place].own) if is_title(lines, place) else len(lines[place].columns)
    own += corner not in lines[place].columns
    return own >= _DENSE * median(below)


def _names_columns(lines: Sequence[Line], place: int, used: Sequence[int], list_has_name: bool) -> bool:
    line = lines[place]
    below = {column: _column(lines, place + 1, column) for column in line.columns}
    if 2 * sum(map(bool, below.values())) < len(below):
        return False
    if _numbered(line, below):
        return True
    if not all(_may_name(line.cells[column], below[column], column == used[0]) for column in line.columns):
        return False
    if any(cells and 2 * sum(not is_text(each) for each in cells) >= len(cells) for cells in below.values()):
        return True
    names = [line.cells[column] for column in line.own]
    told_again = any(line.cells[column] in below[column] for column in line.own)
    return (len(used) > 1 or list_has_name) and len(set(names)) == len(names) and not told_again


def _may_name(name: str, below: Sequence[str], first: bool) -> bool:
    """Words may name a column, and so may a year or a day that stands above something else."""
    if is_text(name):
        return len(name) <= LONGEST_NAME
    periods = sum(bool(_PERIOD.fullmatch(each.strip())) for each in below)
    return bool(_PERIOD.fullmatch(name.strip())) and 2 * periods <= len(below) and not first


def _numbered(line: Line, below: Mapping[int, Sequence[str]]) -> bool:
    """Whether columns of words have numbers for their names."""
    return len(line.own) > 1 and all(
        not is_text(line.cells[column]) and all(map(is_text, below[column])) for column in line.own
    )


def _column(lines: Sequence[Line], start: int, column: int) -> list[str]:
    """What stands in a column from a line on, empty cells left out."""
    cells = (line.cells[column] for line in lines[start:] if column < len(line.cells))
    return [cell for cell in cells if cell and not cell.isspace()]


def _above(lines: Sequence[Line], place: int) -> int:
    """The first line of the header: groups of columns may stand above their names, told by merged or equal cells."""
    names = [lines[place].cells[column] for column in lines[place].columns]
    repeated = len(set(names)) < len(names)
    begin = place
    while begin and place - begin < MOST_DEEP - 1:
        line = lines[begin - 1]
        if len(line.own) < 2 and not (line.covered and len(line.columns) < len(lines[place].columns)):
            break
        if not (repeated or line.covered) or len(line.columns) < 2:
            break
        begin -= 1
    return begin


def _below(lines: Sequence[Line], place: int, used: Sequence[int]) -> int:
    """The line after the header: below merged names, or blank ones, those of single columns may follow."""
    end = place + 1
    while end < len(lines) - 1 and end - place < MOST_DEEP:
        above, line = lines[end - 1], lines[end]
        if not all(_may_stand_above(line.cells[column]) for column in line.own):
            break
        grouped = bool(above.covered - _repeated(above, lines[end - 2] if end - place > 1 else None))
        if not (grouped or _continues(line) or _fills(above, line, used)):
            break
        end += 1
    return end


def _repeated(line: Line, above: Line | None) -> frozenset[int]:
    """Covered cells that repeat the line above."""
    if above is None:
        return frozenset()
    return frozenset(
        column for column in line.covered if column < len(above.cells) and above.cells[column] == line.cells[column]
    )


def _continues(line: Line) -> bool:
    """Whether cells of a line belong to merged ones that begin above it, and others do not."""
    return 0 < len(line.own) < len(line.columns) and any(column not in line.own for column in line.columns)


def _fills(above: Line, line: Line, used: Sequence[int]) -> bool:
    """Whether a line has names just for columns without one, and for the one before them, whose group they are."""
    blank = [column for column in used if column not in above.columns]
    return bool(blank) and min(line.columns) > used[0] and all(
        column in blank or column + 1 in blank for column in line.columns
    ) and any(column in blank for column in line.columns)  # fmt: skip


def _joined(lines: Sequence[Line], *, spread: bool) -> tuple[str, ...]:
    """The name of each column, its levels from the top down. Groups that are not merged reach to the next."""
    width = max(len(line.cells) for line in lines)
    levels: list[list[str]] = []
    for number, line in enumerate(lines):
        cells = [one_line(cell) for cell in line.cells] + [""] * (width - len(line.cells))
        last = number == len(lines) - 1
        if spread and not last and not line.covered:
            cells = _spread(cells, [one_line(cell) for cell in lines[number + 1].cells])
        levels.append(cells)
    return tuple(
        _BETWEEN_LEVELS.join(dict.fromkeys(level[column] for level in levels if level[column]))
        for column in range(width)
    )


def _spread(cells: list[str], below: list[str]) -> list[str]:
    """Each name repeated over the blank cells after it that have a name below."""
    found, last = [], ""
    for column, cell in enumerate(cells):
        last = cell or (last if column < len(below) and below[column] else "")
        found.append(last)
    return found
