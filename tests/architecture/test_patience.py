"""No test fails on a busy machine because a library has a patience of its own: httpx gives up after five seconds."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
CALLS = {"Client", "AsyncClient", "get", "post", "put", "delete", "stream", "request"}
SAID_BY = {"timeout", "transport"}
"""What a call has that waits as long as its test says, or for nobody."""
OTHERS = {"real_model.py"}
"""Asks a model server of the developer's own, which answers or does not."""


def hasty(source: str) -> Iterator[int]:
    """Lines of calls of httpx that leave to it how long they wait."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        of_httpx = isinstance(node.func.value, ast.Name) and node.func.value.id in {"httpx", "httpx2"}
        if of_httpx and node.func.attr in CALLS and not SAID_BY & {word.arg for word in node.keywords}:
            yield node.lineno


def test_every_call_says_how_long_it_waits() -> None:
    found = {
        str(path.relative_to(TESTS)): lines
        for path in sorted(TESTS.rglob("*.py"))
        if path.name not in OTHERS and (lines := list(hasty(path.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize("planted", ["httpx.get(url)", "httpx.Client(trust_env=False)", "httpx2.AsyncClient()"])
def test_one_that_does_not_is_found(planted: str) -> None:
    assert list(hasty(f"import httpx\n{planted}\n")) == [2]
    assert list(hasty(f"import httpx\n{planted[:-1]}, timeout=300)\n".replace("(,", "("))) == []
