"""SQL stands where tables are kept, and nowhere else. Who may know those folders is written in ``.importlinter``."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "evals", "graph", "ingest", "retrieval")
SQL_MAY_STAND_IN = ("graph/stores/", "graph/operations/", "ingest/tables/", "retrieval/tables/", "api/tables/")

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


def modules_outside(folders: tuple[str, ...]) -> list[str]:
    found = [path.relative_to(ROOT).as_posix() for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return [name for name in found if not name.startswith(folders)]


@pytest.mark.parametrize("name", modules_outside(SQL_MAY_STAND_IN))
def test_sql_stands_in_tables_only(name: str) -> None:
    assert list(statements((ROOT / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "planted",
    [
        'ROWS = "SELECT 1 FROM uploads"', 'ROWS = f"SELECT {1} FROM uploads"', 'DROP = """\n    DELETE FROM uploads"""',
        'def f(c):\n    c.execute("PRAGMA user_version")', "def f(c, sql):\n    return c.execute(sql)",
    ],
)  # fmt: skip
def test_a_planted_statement_is_found(planted: str) -> None:
    assert list(statements(planted))


def test_sql_is_found_where_it_may_stand() -> None:
    """So that the search itself is known to work on the real thing."""
    for folder in ("graph/stores/sqlite", "graph/operations", "ingest/tables", "retrieval/tables", "api/tables"):
        assert any(list(statements(path.read_text(encoding="utf-8"))) for path in (ROOT / folder).glob("*.py"))
