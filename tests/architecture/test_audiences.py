"""Nobody can forget who reads: stores read through one place, statements say what is readable, questions name whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.stores.cypher import administration, changes, reading
from graph.stores.cypher.fragments import as_readable

ROOT = Path(__file__).parents[2]
READING = [
    *(f"graph/stores/sqlite/{name}.py" for name in ("aliases", "changes", "differences", "documents", "graph_reading")),
    *(f"graph/stores/neo4j/{name}.py" for name in ("reading", "differences")),
]
MAY_ASK = {"_read"}
"""The method of those files that may ask the file or the database itself."""
CANDIDATES = {"CHANGED_ENTITIES", "CHANGED_FACTS"}
"""Ids that are read again for the audience before they are shown."""
OF_NO_DOCUMENT = {"VERDICTS", "DIGESTS"}
"""Narrowed by what is alive for the audience; read for nobody, to look for damage."""
FRAGMENTS = {"RELATING"}
ASKED = ("api", "evals", "retrieval")


def straight_reads(source: str) -> Iterator[str]:
    """Where a file asks its database itself."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef) and function.name not in MAY_ASK:
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and node.attr in {"read", "stream", "read_together"}:
                    owner = ast.unparse(node.value)
                    if owner in {"self._file", "self._database"}:
                        yield f"{function.name}: {owner}.{node.attr}"


@pytest.mark.parametrize("name", READING)
def test_what_reads_for_others_reads_in_one_place(name: str) -> None:
    assert list(straight_reads((ROOT / name).read_text(encoding="utf-8"))) == []


def test_a_planted_read_is_found() -> None:
    assert list(straight_reads("class A:\n    def f(self):\n        return self._file.read('SELECT 1')"))


def test_every_statement_that_reads_says_what_is_readable() -> None:
    statements = {
        name: value
        for module in (reading, changes)
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str) and "MATCH" in value
        and name not in FRAGMENTS
    }  # fmt: skip
    statements |= {"LOG": administration.LOG, "REVISION_AT": administration.REVISION_AT}
    assert len(statements) > 25
    silent = {name for name, value in statements.items() if as_readable(value) == value}
    assert silent == CANDIDATES | OF_NO_DOCUMENT


def snapshots_for_nobody(source: str) -> Iterator[int]:
    """Lines on which a snapshot is taken without saying for whom."""
    for node in ast.walk(ast.parse(source)):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == "snapshot" and isinstance(node, ast.Call):
            yield from () if any(keyword.arg == "audience" for keyword in node.keywords) else (node.lineno,)


@pytest.mark.parametrize("room", ASKED)
def test_a_snapshot_for_others_says_for_whom(room: str) -> None:
    found = {
        path.name: lines
        for path in (ROOT / room).rglob("*.py")
        if (lines := list(snapshots_for_nobody(path.read_text(encoding="utf-8"))))
    }
    assert found == {}
