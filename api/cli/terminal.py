"""Where commands print: text as text, tables that cut nothing, bars, JSON for machines."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from rich.cells import cell_len
from rich.console import Console, ConsoleDimensions
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text
from typing_extensions import override

from api.event_log import flush_logging
from graph.text.controls import as_json_escapes, visible

UNBOUNDED = 100_000
"""Columns where nobody looks at a terminal: a line of a table is a line of the output, for whatever reads it."""


class SafeConsole(Console):
    """Prints texts of documents, models and servers as text: no sequence in them reaches the terminal."""

    @override
    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(visible(text), **options)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        if not self.is_terminal and "COLUMNS" not in self._environ and "width" not in options:
            self.size = ConsoleDimensions(UNBOUNDED, self.height)


out = SafeConsole(markup=False, emoji=False)
progress = SafeConsole(stderr=True, markup=False, emoji=False)


def whole_table(*columns: Column | str, title: str | None = None) -> Table:
    """A table whose cells are folded where a terminal is too narrow, and never cut."""
    made = Table(*columns, title=title)
    for column in made.columns:
        column.overflow = "fold"
    return made


def id_column(header: str, ids: Iterable[str]) -> Column:
    """A column of ids, each on a line of its own for whoever copies it, unless that takes half of the terminal."""
    return Column(header, width=min(out.width // 2, max(map(cell_len, [header, *ids]))))


@contextmanager
def bars() -> Iterator[Callable[[str, int, int], None]]:
    """Progress bars, one for each step that is told of."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description:<10}", markup=False), BarColumn(), MofNCompleteColumn(),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=progress) as shown:
        tasks: dict[str, TaskID] = {}

        def report(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = shown.add_task(step)
            shown.update(tasks[step], completed=done, total=total)

        yield report


def moment(at: datetime) -> str:
    """A moment to the second."""
    return at.isoformat()[:19]


def print_json(value: object) -> None:
    """Print for machines; models of the service as it sent them."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_as_sent)
    sys.stdout.write(as_json_escapes(text) + "\n")


def _as_sent(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True)
    raise TypeError(f"{type(value).__name__} is nothing that is printed for machines")


def say_no_more() -> None:
    """Write what is left to be written; whatever libraries print after this, while they end, nobody has asked for.

    nanobind, below triton, counts what it did not free.
    """
    flush_logging()
    sys.stdout.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
