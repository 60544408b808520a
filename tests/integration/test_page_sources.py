"""The sources of the web page: they agree with the interface as it is today, and their own tests pass."""

import json
import os
import shutil
from pathlib import Path

import processes
import pytest

from api.rest.app import ROUTERS
from api.rest.openapi import DescribedApp

PAGE = Path(__file__).parents[2] / "api" / "page"
BIN = Path(__file__).parents[2] / ".venv" / "bin"
pytestmark = pytest.mark.skipif(
    not (PAGE / "node_modules").is_dir(), reason="the page's packages are not installed: make page"
)


def tool(name: str, *arguments: str) -> None:
    """Run a tool of the page, with the Node that it was built with."""
    path = os.pathsep.join([os.environ["PATH"], str(BIN)])
    if shutil.which("node", path=path) is None:
        pytest.skip("no node")
    ran = processes.run([PAGE / "node_modules" / ".bin" / name, *arguments], cwd=PAGE, env={**os.environ, "PATH": path})
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_it_fits_the_interface() -> None:
    """Types are made of the OpenAPI document, and every call of the page is checked against them."""
    app = DescribedApp(title="Quipu", version="0")
    for router in ROUTERS:
        app.include_router(router)
    (PAGE / "openapi.json").write_text(json.dumps(app.openapi()), encoding="utf-8")
    tool("openapi-typescript", "openapi.json", "--output", "src/api/schema.d.ts", "--alphabetize")
    tool("svelte-check", "--fail-on-warnings")


def test_its_own_tests_pass() -> None:
    tool("vitest", "run")


@pytest.mark.parametrize(
    "path", sorted((PAGE / "src").rglob("*.*")), ids=lambda path: path.relative_to(PAGE).as_posix()
)
def test_files_are_small_and_make_nothing_of_strings(path: Path) -> None:
    if path.name == "schema.d.ts":
        pytest.skip("made of the OpenAPI document")
    source = path.read_text(encoding="utf-8")
    assert path.suffix == ".json" or source.count("\n") <= 300
    for forbidden in (
        "{@html",
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "http://",
        "https://",
    ):
        assert forbidden not in source or path.name.endswith(".test.ts") or path.suffix == ".svg", forbidden
