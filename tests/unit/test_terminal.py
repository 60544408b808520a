"""What the command line prints is text: no sequence drives the terminal, and no markup of others is read."""

import ast
import io
import json
import re
from pathlib import Path

import pytest
from active_content import BARE
from rich.table import Table
from typer.testing import CliRunner

from api.cli import terminal
from api.cli.app import ORDER, app
from api.cli.terminal import SafeConsole, id_column, whole_table
from graph.text.controls import CONTROLS


@pytest.mark.parametrize("text", BARE)
def test_nothing_of_others_reaches_the_terminal_as_more_than_text(text: str) -> None:
    console = SafeConsole(file=io.StringIO(), markup=False, emoji=False, width=200, force_terminal=False)
    table = Table("name", title=text)
    table.add_row(text)
    console.print(table)
    console.print(text, style="bold")
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert not CONTROLS.search(printed)
    if not CONTROLS.search(text) and "\t" not in text:
        assert printed.count(text) == 3


def test_json_for_machines_means_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.print_json(list(BARE))
    printed = capsys.readouterr().out
    assert not CONTROLS.search(printed)
    assert json.loads(printed) == list(BARE)


def test_commands_have_no_other_console_and_no_markup() -> None:
    for path in sorted((Path(terminal.__file__).parent).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.module != "rich.markup", path.name
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "Console", path.name


NAMES = ["[/x].md", "a/" * 30 + "deep.md", "一份很长的会议记录.txt"]


@pytest.mark.parametrize("width", [40, 80, None])
def test_no_cell_is_cut(monkeypatch: pytest.MonkeyPatch, width: int | None) -> None:
    console = SafeConsole(file=io.StringIO(), markup=False, emoji=False, **({"width": width} if width else {}))
    monkeypatch.setattr(terminal, "out", console)
    table = whole_table(id_column("id", NAMES), "what", "why")
    for name in NAMES:
        table.add_row(name, "what is told of it " * 3, "and why that is so " * 3)
    console.print(table)
    printed = console.file.getvalue()  # type: ignore[attr-defined]
    assert "…" not in printed
    first = "".join(re.sub(r"^│ ([^│]*)│.*", r"\1", line).strip() for line in printed.splitlines() if line[0] == "│")
    assert first == "".join(NAMES)


def test_without_a_terminal_a_row_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    console = SafeConsole(file=io.StringIO(), markup=False, emoji=False)
    table = whole_table("id")
    table.add_row("x" * 500)
    console.print(table)
    assert "x" * 500 in console.file.getvalue()  # type: ignore[attr-defined]


def test_names_of_steps_are_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    console = SafeConsole(file=io.StringIO(), markup=False, emoji=False)
    monkeypatch.setattr(terminal, "progress", console)
    with terminal.bars() as report:
        report("[/x].md", 1, 2)
    assert "[/x].md" in console.file.getvalue()  # type: ignore[attr-defined]


class TestHelp:
    """What the command line says of itself."""

    def run(self, *arguments: str) -> str:
        ran = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})
        assert ran.exit_code == 0, ran.output
        return ran.output

    def test_alone_it_greets(self) -> None:
        assert "quipu demo" in self.run()

    def test_it_tells_its_version(self) -> None:
        assert re.fullmatch(r"quipu \d+\.\d+\.\d+\n", self.run("--version"))

    def test_every_command_has_its_place(self) -> None:
        listed = re.findall(r"^│ (\w+) ", self.run("--help"), re.M)
        assert listed == [name for names in ORDER.values() for name in names]

    def test_completion_can_be_installed(self) -> None:
        assert "--install-completion" in self.run("--help")
