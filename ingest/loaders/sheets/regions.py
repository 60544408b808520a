"""Tables in a sheet: where each begins, which rows name its columns, and what stands above it.

A sheet comes as lines of cells. Blank lines end a table, and blank columns part two that stand side by side. Decisions
rest on the first lines of a table; the others pass by one at a time, so that a long table is never held whole.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise, takewhile

from ingest.loaders.drafting import BETWEEN, Draft, one_line
from ingest.loaders.sheets.headers import Header, find_header, is_text, is_title, only_names
from ingest.loaders.sheets.lines import Line, filled_columns

LOOKED_AT = 200
"""Lines of a table that are looked at before it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """The names of the columns of the table above."""

    names: tuple[str, ...]
    columns: frozenset[int]


def lay_out(draft: Draft, lines: Iterable[Line], *, list_has_name: bool = False) -> None:
    """Write the lines of a sheet. ``list_has_name``: the first line names the column even where there is only one."""
    known: _Known | None = None
    for head, rest in _bands(lines):
        starts = _side_by_side(head)
        if not starts:
            known = _table(draft, head, rest, known, list_has_name)
            continue
        whole, known = [*head, *rest], None
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            cut = [line for line in (line.cut(start, end) for line in whole) if line.columns]
            _table(draft, cut[:LOOKED_AT], iter(cut[LOOKED_AT:]), None, list_has_name)


def _bands(lines: Iterable[Line]) -> Iterator[tuple[list[Line], Iterator[Line]]]:
    """Stretches without a blank line: their first lines, and the rest."""
    source = iter(lines)
    for line in source:
        if line.columns:
            band = chain([line], takewhile(lambda each: bool(each.columns), source))
            yield list(islice(band, LOOKED_AT)), band


def _side_by_side(head: Sequence[Line]) -> list[int]:
    """The first columns of tables beside each other; none where there is one table.

    Columns are blank between what belongs together as well: so the right part must have names for its rows or begin
    at another line.
    """
    used = filled_columns(head)
    starts = [used[0]] if len(head) > 1 else []
    for before, first in pairwise(used):
        if first > before + 1 and starts and _own_table(head, first, used):
            starts.append(first)
    return starts if len(starts) > 1 else []


def _own_table(head: Sequence[Line], first: int, used: Sequence[int]) -> bool:
    run = [
        column for place, column in enumerate(column for column in used if column >= first) if column == first + place
    ]
    if len(run) < 2:
        return False
    begins = _begins(head, lambda column: column >= first)
    if begins > _begins(head, lambda column: column < first):
        own = head[begins].cut(first, None)
        return all(is_text(own.cells[column]) for column in own.columns)
    below = [line.cells[first] for line in head if first in line.columns][1:]
    return bool(below) and sum(map(is_text, below)) > 0.6 * len(below)


def _begins(head: Sequence[Line], within: Callable[[int], bool]) -> int:
    """The first line with several cells in some columns."""
    return next((n for n, line in enumerate(head) if sum(map(within, line.own)) > 1), 0)


def _table(
    draft: Draft, head: list[Line], rest: Iterator[Line], known: _Known | None, list_has_name: bool
) -> _Known | None:
    used = filled_columns(head)
    header = find_header(head, used, list_has_name=list_has_name)
    if known is not None and _goes_on(used, header, known):
        again = header is not None and header.names == known.names
        body = head[header.end :] if again and header is not None else head
        _records(draft, _all_names(known.names, used[0], head), chain(body, rest))
        return known
    draft.blank()
    if header is None and (len(used) == 1 or len(head) == 1 or only_names(head)):
        for line in chain(head, rest):
            _loose(draft, line)
        names = tuple(one_line(cell) for cell in head[-1].cells)
        return known if not only_names(head) else _Known(names=names, columns=frozenset(head[-1].columns))
    begin = header.first if header else next(n for n in range(len(head)) if not is_title(head, n))
    for line in head[:begin]:
        _loose(draft, line)
    names = header.names if header else ()
    body = head[header.end if header else begin :]
    told = _records(draft, _all_names(names, used[0] if header else -1, head), chain(body, rest))
    if empty := [name for place, name in enumerate(names) if name and place not in told]:
        draft.line(f"Without a value: {BETWEEN.join(empty)}", "lines")
    return _Known(names=names, columns=frozenset(used)) if header else None


def _goes_on(used: Sequence[int], header: Header | None, known: _Known) -> bool:
    """Whether lines after a blank one belong to the names above: they name no columns of their own."""
    if len(used) < 2 or 2 * len(known.columns.intersection(used)) < len(used):
        return False
    return header is None or header.names == known.names or (not header.contrast and known.columns.issuperset(used))


def _all_names(names: tuple[str, ...], corner: int, head: Sequence[Line]) -> list[str]:
    """A name for each column; the first one names the rows, and needs none."""
    width = max(len(line.cells) for line in head)
    padded = [*names, *[""] * (width - len(names))]
    return [name or ("" if place == corner else f"column {place + 1}") for place, name in enumerate(padded)]


def _records(draft: Draft, names: list[str], lines: Iterable[Line]) -> set[int]:
    """Write a table; the columns that hold something. A line with more cells begins a new one, with more names."""
    source, told = iter(lines), set[int]()
    line = next(source, None)
    while line is not None:
        names += [f"column {place + 1}" for place in range(len(names), len(line.cells))]
        wider: list[Line] = []
        draft.records(names, _noting(_stretch(line, source, len(names), wider), told))
        line = wider.pop() if wider else None
    return told


def _stretch(first: Line, source: Iterator[Line], width: int, wider: list[Line]) -> Iterator[Line]:
    """Lines of at most ``width`` cells; ``wider`` gets the one that ends them."""
    yield first
    for line in source:
        if len(line.cells) > width:
            wider.append(line)
            return
        yield line


def _noting(lines: Iterable[Line], told: set[int]) -> Iterator[list[str]]:
    """The cells of the lines; ``told`` holds the columns of all of them."""
    for line in lines:
        told.update(line.columns)
        yield line.cells


def _loose(draft: Draft, line: Line) -> None:
    draft.line(BETWEEN.join(one_line(line.cells[column]) for column in line.own), "lines")
