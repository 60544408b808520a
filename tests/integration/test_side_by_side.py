"""Tests that share a server are not spread over workers. (xdist's own mark for that was silently without effect.)"""

import json
import os
import sys
from pathlib import Path

import processes

SUPPORT = Path(__file__).parents[1] / "support"
CONFTEST = """
import pytest
from side_by_side import ByServer, arrange

def pytest_xdist_make_scheduler(config, log):
    return ByServer(config, log)

def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        arrange(items, config.workerinput["testrunuid"])

@pytest.fixture
def neo4j_server():
    pass
"""
TESTS = """
import json, os, pathlib, pytest

@pytest.fixture(autouse=True)
def note(request):
    with pathlib.Path("workers").open("a") as file:
        file.write(json.dumps([request.node.name, os.environ["PYTEST_XDIST_WORKER"]]) + chr(10))

@pytest.mark.parametrize("n", range(6))
def test_over_neo4j_{name}(neo4j_server, n):
    pass

@pytest.mark.parametrize("n", range(6))
def test_of_the_file_{name}(n):
    pass

@pytest.mark.xdist_group("apart {name}")
@pytest.mark.parametrize("n", range(6))
def test_apart_{name}(n):
    pass
"""


def test_a_group_has_one_worker(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for name in ("a", "b"):
        (tmp_path / f"test_{name}.py").write_text(TESTS.replace("{name}", name))
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "-c", os.devnull, "."]
    ran = processes.run(command, env={**os.environ, "PYTHONPATH": str(SUPPORT)}, cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    workers: dict[str, set[str]] = {}
    for line in (tmp_path / "workers").read_text().splitlines():
        test, worker = json.loads(line)
        group = "neo4j" if "neo4j" in test else test.split("[")[0]
        workers.setdefault(group, set()).add(worker)
    assert {group: len(seen) for group, seen in workers.items()} == {
        "neo4j": 1, "test_of_the_file_a": 1, "test_of_the_file_b": 1, "test_apart_a": 1, "test_apart_b": 1
    }  # fmt: skip
    assert len(set.union(*workers.values())) == 2
