"""Keys in the operational database: of each secret the hash alone."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, get_args

from typing_extensions import override

from api.access import Role
from api.admission.model import Key
from api.admission.ports import KeyRegister
from graph.operations.database import OperationsDatabase
from graph.parsing import stored_moment, stored_names
from graph.ports.spending import Cost

_MIGRATIONS = (
    """
    CREATE TABLE api_keys(
        id TEXT PRIMARY KEY, digest TEXT NOT NULL, role TEXT NOT NULL, workspace TEXT, principals TEXT NOT NULL,
        label TEXT NOT NULL, created_at TEXT NOT NULL, expires_at TEXT, revoked_at TEXT, last_used_at TEXT)
        WITHOUT ROWID;
    CREATE TABLE api_keys_ever(one INTEGER PRIMARY KEY);
    """,
    """
    ALTER TABLE api_keys ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE api_keys ADD COLUMN tokens INTEGER NOT NULL DEFAULT 0;
    """,
)
_COLUMNS = (
    "id, digest, role, workspace, principals, label, created_at, expires_at, revoked_at, last_used_at, calls, tokens"
)


class SqliteKeys(KeyRegister):
    """The KeyRegister port over :class:`OperationsDatabase`."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("api_keys", _MIGRATIONS)

    @override
    def add(self, key: Key) -> None:
        with self._database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO api_keys_ever VALUES(1)")
            connection.execute(
                f"INSERT INTO api_keys({_COLUMNS}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key.id, key.digest, key.role, key.workspace, json.dumps(key.principals, ensure_ascii=False),
                    key.label, _text(key.created_at), _text(key.expires_at), _text(key.revoked_at),
                    _text(key.last_used_at), key.calls, key.tokens,
                ),
            )  # fmt: skip

    @override
    def all(self) -> Sequence[Key]:
        rows = self._database.read(f"SELECT {_COLUMNS} FROM api_keys ORDER BY id")  # noqa: S608 - constants
        return [_key(row) for row in rows]

    @override
    def revoke(self, key_id: str, at: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE api_keys SET revoked_at=coalesce(revoked_at, ?) WHERE id=?", (_text(at), key_id))

    @override
    def note_uses(self, uses: Mapping[str, datetime], costs: Mapping[str, Cost]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE api_keys SET last_used_at=? WHERE id=?", [(_text(at), key_id) for key_id, at in uses.items()]
            )
            connection.executemany(
                "UPDATE api_keys SET calls=?, tokens=? WHERE id=?",
                [(cost.calls, cost.tokens, key_id) for key_id, cost in costs.items()],
            )

    @override
    def forget(self, workspace: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM api_keys WHERE workspace=?", (workspace,))

    @override
    def ever(self) -> bool:
        return bool(self._database.read("SELECT 1 FROM api_keys_ever"))


def _key(row: Sequence[Any]) -> Key:
    """A key as it is stored; one whose end or principals cannot be read is good for less, never for more."""
    key_id, digest, role, workspace, principals, label, created_at, *times, calls, tokens = row
    expires_at, revoked_at, last_used_at = (_moment(text) for text in times)
    return Key(
        id=key_id, digest=digest, role=role if role in get_args(Role) else "ask", workspace=workspace,
        principals=stored_names(principals),
        label=label, created_at=stored_moment(created_at), expires_at=expires_at, revoked_at=revoked_at,
        last_used_at=last_used_at, calls=calls if isinstance(calls, int) else 0,
        tokens=tokens if isinstance(tokens, int) else 0,
    )  # fmt: skip


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return stored_moment(text) if text else None
