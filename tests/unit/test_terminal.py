"""What the command line prints is text: no sequence drives the terminal, and no markup of others is read."""

import ast
import io
import json
from pathlib import Path

import pytest
from active_content import BARE
from rich.table import Table

from api.cli import context
from graph.text.controls import CONTROLS


@pytest.mark.parametrize("text", BARE)
def test_nothing_of_others_reaches_the_terminal_as_more_than_text(text: str) -> None:
    console = context.SafeConsole(file=io.StringIO(), markup=False, emoji=False, width=200, force_terminal=False)
    table = Table("name", title=text)
    table.add_row(text)
    console.print(table)
    console.print(text, style="bold")
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert not CONTROLS.search(printed)
    if not CONTROLS.search(text) and "\t" not in text:
        assert printed.count(text) == 3


def test_json_for_machines_means_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    context.print_json(list(BARE))
    printed = capsys.readouterr().out
    assert not CONTROLS.search(printed)
    assert json.loads(printed) == list(BARE)


def test_commands_have_no_other_console_and_no_markup() -> None:
    for path in sorted((Path(context.__file__).parent).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module != "rich.markup", path.name
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "Console", path.name
