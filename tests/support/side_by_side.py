"""Which tests may run beside each other under pytest-xdist (``pytest -n 3``), and in which order.

Tests that share a server stay with one worker, since it is one worker that started it; so do the other tests of a
file, but for those that name a group of their own by ``@pytest.mark.xdist_group``. The scheduler of xdist that knows
this mark (3.8) passes groups on in an attribute of tests that pytest (9.2) no longer reads; here it is a file.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

LONGEST_FIRST = ("neo4j", "tests/e2e", "service", "tests/integration", "tests/contract", "tests")
"""Groups by how their names begin: what takes minutes must not be begun at the end."""


class ByServer(LoadScopeScheduling):  # type: ignore[misc]
    """Gives each worker whole groups, in the order of the tests."""

    _groups: dict[str, str] | None = None

    def _split_scope(self, nodeid: str) -> str:
        if self._groups is None:
            self.config.option.loadscopereorder = False
            note = _note(self.nodes[0].workerinput["testrunuid"])
            self._groups = json.loads(note.read_text(encoding="utf-8"))
            note.unlink()
        return self._groups[nodeid]


def arrange(items: list[pytest.Item], run: str) -> None:
    """In a worker: put the tests in order, and tell the scheduler of the same run their groups."""
    groups = {item.nodeid: _group(item) for item in items}
    items.sort(key=lambda item: _place(groups[item.nodeid]))  # which keeps the order within a group
    fresh = _note(f"{run}-{os.getpid()}")
    fresh.write_text(json.dumps(groups), encoding="utf-8")
    fresh.replace(_note(run))


def _note(run: str) -> Path:
    return Path(tempfile.gettempdir()) / f"quipu-test-groups-{run}.json"


def _group(item: pytest.Item) -> str:
    named = item.get_closest_marker("xdist_group")
    if named is not None:
        return str(named.args[0])
    fixtures: Sequence[str] = getattr(item, "fixturenames", ())
    over = item.callspec.params.get("store_kind", "") if hasattr(item, "callspec") else ""
    if over and "service" in fixtures:
        return f"service over {over}"
    if "neo4j_server" in fixtures or (over == "neo4j" and "store_settings" in fixtures):
        return "neo4j"
    return item.nodeid.split("::", 1)[0]


def _place(group: str) -> int:
    return next(number for number, start in enumerate((*LONGEST_FIRST, "")) if group.startswith(start))
