"""The ports that keep keys and workspaces, run over every adapter."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from in_memory_admission import InMemoryKeys, InMemoryWorkspaces

from api.admission.model import Key, Workspace
from api.admission.ports import KeyRegister, WorkspaceRegister
from api.tables.keys import SqliteKeys
from api.tables.workspaces import SqliteWorkspaces
from graph.errors import ConflictError
from graph.operations.database import OperationsDatabase
from graph.ports.spending import Cost

NOW = datetime(2026, 11, 29, 12, 0, 0, 5, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "memory"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[KeyRegister, WorkspaceRegister]]:
    if request.param == "memory":
        yield InMemoryKeys(), InMemoryWorkspaces()
        return
    database = OperationsDatabase(tmp_path / "operations.sqlite")
    yield SqliteKeys(database), SqliteWorkspaces(database)
    database.close()


def key(key_id: str, workspace: str | None = None, **more: object) -> Key:
    given: dict[str, object] = {
        "id": key_id, "digest": "d", "role": "ask", "workspace": workspace, "principals": ("user:ä", "group:b"),
        "label": "l", "created_at": NOW, "expires_at": None, **more,
    }  # fmt: skip
    return Key(**given)  # type: ignore[arg-type]


class TestKeyRegister:
    @pytest.fixture
    def keys(self, kept: tuple[KeyRegister, WorkspaceRegister]) -> KeyRegister:
        return kept[0]

    def test_what_is_kept_comes_back(self, keys: KeyRegister) -> None:
        assert not keys.ever()
        b, a = key("b", "w", expires_at=NOW + timedelta(days=1), last_used_at=NOW, revoked_at=NOW), key("a")
        keys.add(b)
        keys.add(a)
        assert list(keys.all()) == [a, b]
        assert keys.ever()

    def test_the_first_revocation_is_kept(self, keys: KeyRegister) -> None:
        keys.add(key("a"))
        keys.revoke("a", NOW)
        keys.revoke("a", NOW + timedelta(days=1))
        keys.revoke("unknown", NOW)
        assert [one.revoked_at for one in keys.all()] == [NOW]

    def test_uses(self, keys: KeyRegister) -> None:
        keys.add(key("a"))
        keys.add(key("b"))
        keys.note_uses({"b": NOW, "unknown": NOW}, {"a": Cost(calls=2, prompt_tokens=7, completion_tokens=3)})
        assert [one.last_used_at for one in keys.all()] == [None, NOW]
        assert [(one.calls, one.tokens) for one in keys.all()] == [(2, 10), (0, 0)]

    def test_a_workspace_takes_its_keys_along_but_not_that_there_were_any(self, keys: KeyRegister) -> None:
        for name, workspace in (("a", "w"), ("b", "v")):
            keys.add(key(name, workspace))
        keys.forget("w")
        assert [one.id for one in keys.all()] == ["b"]
        keys.forget("v")
        assert keys.all() == []
        assert keys.ever()


class TestWorkspaceRegister:
    @pytest.fixture
    def workspaces(self, kept: tuple[KeyRegister, WorkspaceRegister]) -> WorkspaceRegister:
        return kept[1]

    def test_the_default_one_is_there(self, workspaces: WorkspaceRegister) -> None:
        assert [(one.name, one.state) for one in workspaces.all()] == [("default", "live")]

    def test_one_of_a_name_until_it_is_gone(self, workspaces: WorkspaceRegister) -> None:
        one = Workspace(name="hr", created_at=NOW)
        workspaces.add(one)
        assert one in workspaces.all()
        with pytest.raises(ConflictError, match="already"):
            workspaces.add(one)
        workspaces.begin_deleting("hr")
        assert [one.state for one in workspaces.all()] == ["live", "deleting"]
        with pytest.raises(ConflictError, match="deleted"):
            workspaces.add(one)
        workspaces.remove("hr")
        workspaces.remove("hr")
        workspaces.add(one)
        assert [each.name for each in workspaces.all()] == ["default", "hr"]


def test_they_outlive_the_process(tmp_path: Path) -> None:
    for number in (1, 2):
        database = OperationsDatabase(tmp_path / "operations.sqlite")
        keys, workspaces = SqliteKeys(database), SqliteWorkspaces(database)
        if number == 1:
            keys.add(key("a"))
            workspaces.add(Workspace(name="hr", created_at=NOW))
        assert [one.id for one in keys.all()] == ["a"]
        assert [one.name for one in workspaces.all()] == ["default", "hr"]
        database.close()
