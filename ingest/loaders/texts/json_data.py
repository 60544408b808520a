"""JSON and JSON Lines: arrays of objects as records, all else as lines with its path ("a.b[2].c: value").

What is no valid JSON, though it is called so, is read as the plain text that it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from graph.errors import TooDeep
from ingest.loaders.drafting import NAMED, Draft
from ingest.loaders.reading_limits import ReadingLimits
from ingest.loaders.texts.decoding import decoded
from ingest.loaders.texts.json_values import Literal, Members, in_a_line, joined, leaves, read_value, said
from ingest.model import LoadedDocument, Source

MOST_COLUMNS = 60
"""Columns of records; objects of an array that have more in all are written value by value."""
MOST_HEADINGS = 500
"""Headings made of the names of objects and arrays."""
MOST_DEPTH = 60
"""Levels of objects and arrays; what is deeper is refused."""
_TITLES = ("title", "name", "Title", "Name")


def load(source: Source, limits: ReadingLimits) -> LoadedDocument:
    """Every value of a file, each with where it stands. Raises TooDeep."""
    found = decoded(source)
    text = found.text
    draft = Draft(source, limits)
    draft.told = found.report()
    try:
        read = _values(text)
        if read is None:
            return _as_text(text, draft)
        values, broken = read
        _write(draft, values[0] if len(values) == 1 else values)
    except RecursionError as error:
        raise TooDeep(f"{source.name!r} could not be read: it is nested too deeply") from error
    for line in broken:
        draft.line(line, "lines that are no JSON")
    return replace(draft.finish(), title=draft.title)  # the name of its first object is no title


def sample() -> bytes:
    """An object with records, other values and nothing in it."""
    return '{"title": "Maß", "rows": [{"a": 1, "b": [1.50, 2]}], "more": {"c": [null, {"d": true}]}}'.encode()


def _values(text: str) -> tuple[list[object], list[str]] | None:
    """The values of a text, which is one or has one a line, and the lines that are none; None where it is no JSON."""
    try:
        return [read_value(text)], []
    except ValueError:
        lines = [line for line in text.split("\n") if line.strip()]
    values: list[object] = []
    broken: list[str] = []
    for number, line in enumerate(lines):
        try:
            values.append(read_value(line))
        except ValueError:
            broken.append(line)
            if 10 * len(broken) > number + 10:
                return None
    return (values, broken) if len(values) > 1 else None


def _as_text(text: str, draft: Draft) -> LoadedDocument:
    draft.line(text.rstrip("\n"))
    draft.left_out("structure", "it is no valid JSON, and read as plain text")
    return draft.finish()


def _write(draft: Draft, value: object) -> None:
    if isinstance(value, Members):
        names = {
            name: each for name, each in reversed(value) if isinstance(each, str) and not isinstance(each, Literal)
        }
        draft.title = next((names[key] for key in _TITLES if names.get(key, "").strip()), None)
        _members(draft, value, "", (0, _headed_levels(value)))
    else:
        _value(draft, value, "", 1)


def _headed_levels(members: Members) -> int:
    """How many levels of objects are headings: two, or fewer where they would be too many."""
    first = [each for _, each in members if _opens(each)]
    second = sum(_opens(each) for one in first if isinstance(one, Members) for _, each in one)
    return 0 if len(first) > MOST_HEADINGS else 1 if len(first) + second > MOST_HEADINGS else 2


def _members(draft: Draft, members: Members, path: str, levels: tuple[int, int]) -> None:
    """An object under headings: what is plain first, then what has one. ``levels``: its own, and how many have some."""
    level, headed = levels
    for name, each in members:
        if not _opens(each):
            _value(draft, each, joined(path, name), 1)
    for name, each in members:
        if not _opens(each):
            continue
        if level < headed:
            draft.heading(name, level + 1)
        if isinstance(each, Members) and level + 1 < headed:
            _members(draft, each, joined(path, name), (level + 1, headed))
        else:
            _value(draft, each, joined(path, name), 1 if level < headed else 2)


def _opens(value: object) -> bool:
    """Whether a value holds others that do not fit into a line."""
    return isinstance(value, Members) or (isinstance(value, list) and in_a_line(value) is None)


def _value(draft: Draft, value: object, path: str, depth: int) -> None:
    """A value and all within it; at depth 1 a heading has said its path. Raises RecursionError where it is too deep."""
    if depth > MOST_DEPTH:
        raise RecursionError
    if not _opens(value):
        line = in_a_line(value) if isinstance(value, list) else said(value)
        if line and line.strip():
            draft.line(f"{path}{NAMED if path else ''}{line}", "values")
    elif isinstance(value, list) and (columns := _columns(value)) is not None:
        if depth > 1 and path:
            draft.line(path + NAMED.rstrip())
        draft.records(columns, _rows(value, columns))
    else:
        for where, each in _within(value, path):
            _value(draft, each, where, depth + 1)


def _within(value: object, path: str) -> Iterator[tuple[str, object]]:
    """What an object or an array holds, with its path."""
    if isinstance(value, Members):
        yield from ((joined(path, name), each) for name, each in value)
    elif isinstance(value, list):
        yield from ((f"{path}[{number}]", each) for number, each in enumerate(value))


def _columns(values: Sequence[object]) -> Sequence[str] | None:
    """The columns of an array of objects, in the order in which they are met; None where it is no table."""
    columns: dict[str, None] = {}
    for each in values:
        if not isinstance(each, Members):
            return None
        paths = [path for path, _ in islice(leaves(each), MOST_COLUMNS + 1)]
        columns.update(dict.fromkeys(paths))
        if len(columns) > MOST_COLUMNS or len(set(paths)) < len(paths):
            return None
    return list(columns)


def _rows(values: Sequence[object], columns: Sequence[str]) -> Iterator[Sequence[str]]:
    for each in values:
        held = dict(leaves(each))
        yield [held.get(column, "") for column in columns]
