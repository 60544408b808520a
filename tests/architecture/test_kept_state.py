"""Where databases may be talked to: SQL stands in few folders, and only wiring knows who speaks it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "evals", "graph", "ingest", "retrieval")
SQL_MAY_STAND_IN = ("graph/stores/", "graph/operations/", "ingest/tables/", "retrieval/tables/")
ADAPTERS = ("graph.stores", "graph.operations", "ingest.tables", "ingest.blobs.", "retrieval.tables")
WIRING = ("api/", *SQL_MAY_STAND_IN)
"""Folders that may name adapters; all others ask their ports."""

_STATEMENT = re.compile(
    r"\s*(?:SELECT|INSERT|REPLACE|UPDATE|DELETE|CREATE|ALTER|DROP|WITH|PRAGMA|BEGIN|COMMIT|ROLLBACK|VACUUM|ATTACH)\s"
)


def statements(source: str) -> Iterator[str]:
    """Texts of a module that begin like SQL, also in parts, and methods that execute any."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _STATEMENT.match(node.value):
            yield f"line {node.lineno}: {node.value.strip()[:60]}"
        if isinstance(node, ast.Attribute) and node.attr in {"execute", "executemany", "executescript"}:
            yield f"line {node.lineno}: {node.attr}"


def adapters(source: str) -> Iterator[str]:
    """Adapters that a module imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.startswith(ADAPTERS))


def modules_outside(folders: tuple[str, ...]) -> list[str]:
    found = [path.relative_to(ROOT).as_posix() for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [name for name in found if not name.startswith(folders)]


@pytest.mark.parametrize("name", modules_outside(SQL_MAY_STAND_IN))
def test_sql_stands_in_tables_only(name: str) -> None:
    assert list(statements((ROOT / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", modules_outside(WIRING))
def test_work_asks_ports_and_names_no_adapter(name: str) -> None:
    assert list(adapters((ROOT / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "planted",
    [
        'ROWS = "SELECT 1 FROM uploads"', 'ROWS = f"SELECT {1} FROM uploads"', 'DROP = """\n    DELETE FROM uploads"""',
        'def f(c):\n    c.execute("PRAGMA user_version")', "def f(c, sql):\n    return c.execute(sql)",
    ],
)  # fmt: skip
def test_a_planted_statement_is_found(planted: str) -> None:
    assert list(statements(planted))


def test_a_planted_adapter_is_found() -> None:
    for planted in (
        "from ingest.tables.uploads import SqliteUploadRegister", "from ingest.blobs.folder import FolderBlobStore",
        "def f():\n    from graph.operations.database import OperationsDatabase", "import retrieval.tables.watches",
        "from graph.operations import jobs",
    ):  # fmt: skip
        assert list(adapters(planted)), planted


def test_sql_is_found_where_it_may_stand() -> None:
    """So that the search itself is known to work on the real thing."""
    for folder in ("graph/stores/sqlite", "graph/operations", "ingest/tables", "retrieval/tables"):
        assert any(list(statements(path.read_text(encoding="utf-8"))) for path in (ROOT / folder).glob("*.py"))
