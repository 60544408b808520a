"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

from api.cli.app import app as commands
from api.rest.app import OPERATIONS
from api.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_paths_resolve(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http|#|mailto)([^)#]+)", text):
        assert (path.parent / target).exists(), target
    for name in re.findall(r"`((?:api|evals|graph|ingest|retrieval|tests|benchmarks|docs|samples)/[\w./-]+)`", text):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_setting_is_documented_and_real(path: Path) -> None:
    real = {f"QUIPU_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"QUIPU_[A-Z0-9_]+", path.read_text(encoding="utf-8"))) - {"QUIPU_SHARED_DATA"}
    assert named == real


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_command_is_documented_and_real(path: Path) -> None:
    real = {command.name or command.callback.__name__ for command in commands.registered_commands if command.callback}
    real |= {group.name for group in commands.registered_groups if group.name}
    named = set(re.findall(r"\bquipu (\w+)", path.read_text(encoding="utf-8")))
    assert named == real


@pytest.mark.parametrize("path", READMES, ids=lambda path: path.name)
def test_every_route_is_documented_and_real(path: Path) -> None:
    real = {route.path_format for route in OPERATIONS}
    named = set(
        re.findall(
            r"`(?:GET|POST|PUT|DELETE)(?:/(?:GET|POST|PUT|DELETE))* (/[^`?\s]*)", path.read_text(encoding="utf-8")
        )
    )
    assert named == real


def test_invariants_name_tests_that_exist() -> None:
    rows = re.findall(r"^\| (\d+) \|.*\|(.*)\|$", (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"), re.M)
    assert [int(number) for number, _ in rows] == list(range(1, 13))
    for _, tests in rows:
        files = re.findall(r"`(tests/[\w/.]+)`", tests)
        assert files
        sources = "".join((ROOT / file).read_text(encoding="utf-8") for file in files)
        for name in re.findall(r"`((?:test_|Test)\w+)`", tests):
            assert re.search(rf"\b{name}\b", sources), name


def test_each_promise_of_security_names_tests_that_exist() -> None:
    text = (
        (ROOT / "docs" / "security.md").read_text(encoding="utf-8").split("## Promises")[1].split("## What is not")[0]
    )
    rows = re.findall(r"^\| (?!promise|---).*\|(.*)\|$", text, re.M)
    assert len(rows) >= 40
    for tests in rows:
        files = re.findall(r"`(tests/[\w/.]+)`", tests)
        assert files, tests
        sources = "".join((ROOT / file).read_text(encoding="utf-8") for file in files)
        for name in re.findall(r"`((?:test_|Test)\w+)`", tests):
            assert re.search(rf"\b{name}\b", sources), name


def layers(text: str, split: str) -> list[set[str]]:
    """Names by layer, the highest first; ``(name)`` need not be there."""
    return [set(re.findall(r"\(?\b\w+\b\)?", line)) for line in text.split(split)]


@pytest.mark.parametrize("room", ["api", "evals", "graph", "ingest", "retrieval"])
def test_each_room_is_drawn_as_its_contract_orders_it(room: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = page.split(f"### `{room}/`")[1].split("```")[1].replace("(no store imports them)", "").replace("/", "")
    contracts = (ROOT / ".importlinter").read_text(encoding="utf-8")
    contract = contracts.split(f"containers = {room}\n")[1].split("layers =\n")[1].split("\n\n")[0]
    drawn = layers(drawing, "↓")
    ordered = [names - {"__main__"} for names in layers(contract, "\n")]
    optional = {name.strip("()") for names in ordered for name in names if name.startswith("(")}
    wanted = [{name for name in names if not name.startswith("(")} for names in ordered]
    assert [found for names in drawn if (found := names - optional)] == [names for names in wanted if names]
