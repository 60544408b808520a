"""Conversations in the operational database.

A turn is one row, so that it is there whole or not at all. The documents that it rests on stand beside it, so that
purging finds it: :meth:`SqliteSessions.rewrite` is part of purging.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from typing_extensions import override

from graph.errors import NotFoundError
from graph.operations.database import OperationsDatabase
from graph.view.verification import Check, check
from retrieval.conversation.model import MAX_SESSION_BYTES, USUAL, Bounds, Holder, Session, SessionEntry, Turn
from retrieval.conversation.ports import SessionEraser, SessionRegister, Turns
from retrieval.conversation.wording import no_session
from retrieval.tables.session_rows import (
    entry_of,
    holder_columns,
    is_readable,
    session_of,
    steps_of,
    steps_text,
    turn_of,
    turn_text,
)

_MIGRATIONS = (
    """
    CREATE TABLE sessions(
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, workspace TEXT NOT NULL,
        key_id TEXT NOT NULL, principals TEXT NOT NULL, created_at TEXT NOT NULL, used_at TEXT NOT NULL,
        dropped INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX sessions_by_holder ON sessions(workspace, key_id, principals, sequence);
    CREATE INDEX sessions_by_use ON sessions(used_at);
    CREATE TABLE session_turns(
        session_id TEXT NOT NULL, number INTEGER NOT NULL, question TEXT, turn TEXT NOT NULL,
        PRIMARY KEY(session_id, number)) WITHOUT ROWID;
    CREATE TABLE session_sources(
        workspace TEXT NOT NULL, document_id TEXT NOT NULL, session_id TEXT NOT NULL, number INTEGER NOT NULL,
        PRIMARY KEY(workspace, document_id, session_id, number)) WITHOUT ROWID;
    CREATE INDEX session_sources_by_turn ON session_sources(session_id, number);
    """,
    """
    CREATE TABLE session_steps(
        session_id TEXT NOT NULL, number INTEGER NOT NULL, workspace TEXT NOT NULL, steps TEXT NOT NULL,
        PRIMARY KEY(session_id, number)) WITHOUT ROWID;
    CREATE INDEX session_steps_by_workspace ON session_steps(workspace);
    """,
)
_SESSION = "id, workspace, key_id, principals, created_at, used_at, dropped"
_ENTRY = (
    "id, created_at, used_at, (SELECT count(*) FROM session_turns t WHERE t.session_id=s.id),"
    " (SELECT question FROM session_turns t WHERE t.session_id=s.id ORDER BY number LIMIT 1)"
)
_OF_TURN = ("session_turns", "session_sources", "session_steps")
"""Tables that have rows of single turns."""
_TABLES = {**dict.fromkeys(_OF_TURN, "session_id"), "sessions": "id"}
"""All that is kept of a session: tables, and the column of each that names it."""
_OF_HOLDER = "workspace=? AND key_id=? AND principals=?"
_OLDER = f" AND sequence < (SELECT sequence FROM sessions WHERE id=? AND {_OF_HOLDER})"  # noqa: S608 - constants
_SURPLUS = f"SELECT id FROM sessions WHERE {_OF_HOLDER} ORDER BY used_at DESC, sequence DESC LIMIT -1 OFFSET ?"  # noqa: S608


class SqliteSessions(SessionRegister, SessionEraser):
    """Sessions over :class:`OperationsDatabase`. Thread-safe."""

    def __init__(self, database: OperationsDatabase, bounds: Bounds = USUAL) -> None:
        self._database = database
        self._bounds = bounds
        self._purges = 0
        self._lock = threading.Lock()
        database.ensure_schema("sessions", _MIGRATIONS)

    @property
    @override
    def purges(self) -> int:
        return self._purges

    @override
    def add(self, session: Session) -> None:
        with self._database.transaction() as connection:
            holder, used_at = holder_columns(session.holder), session.used_at.isoformat()
            connection.execute(
                "INSERT INTO sessions(id, workspace, key_id, principals, created_at, used_at) VALUES(?, ?, ?, ?, ?, ?)",
                (session.id, *holder, session.created_at.isoformat(), used_at),
            )
            self._drop(_SURPLUS, (*holder, self._bounds.sessions))
            self.sweep()

    @override
    def get(self, workspace: str, session_id: str) -> Session:
        rows = self._database.read(
            f"SELECT {_SESSION} FROM sessions WHERE workspace=? AND id=? AND used_at>=?",  # noqa: S608 - constants
            (workspace, session_id, self._oldest()),
        )
        if not rows:
            raise NotFoundError(no_session(session_id))
        return session_of(rows[0], self._turns(session_id))

    @override
    def page(self, holder: Holder, *, after: str = "", limit: int = 100) -> Sequence[SessionEntry]:
        older = _OLDER if after else ""
        theirs = holder_columns(holder)
        rows = self._database.read(
            f"SELECT {_ENTRY} FROM sessions s WHERE {_OF_HOLDER} AND used_at>=?{older}"  # noqa: S608 - constants
            " ORDER BY sequence DESC LIMIT ?",
            (*theirs, self._oldest(), *((after, *theirs) if after else ()), limit),
        )
        return [entry_of(row) for row in rows]

    @override
    def delete(self, holder: Holder, session_id: str) -> None:
        chosen = f"SELECT id FROM sessions WHERE {_OF_HOLDER} AND id=?"  # noqa: S608 - constants
        bindings = (*holder_columns(holder), session_id)
        if not self._database.read(f"{chosen} AND used_at>=?", (*bindings, self._oldest())):
            raise NotFoundError(no_session(session_id))
        self._drop(chosen, bindings)

    @override
    def append(self, session: Session, turn: Turn, looked: Sequence[Turn], purges: int) -> bool:
        with self._lock, self._database.transaction() as connection:
            rows = connection.execute("SELECT last, dropped FROM sessions WHERE id=?", (session.id,)).fetchall()
            if purges != self._purges or not rows:
                return False
            last, dropped = rows[0]
            for one in looked:
                if one not in session.turns:
                    self._put(session.holder.workspace, session.id, one.number, one)
            self._put(session.holder.workspace, session.id, last + 1, turn)
            if turn.steps:
                connection.execute(
                    "INSERT INTO session_steps VALUES(?, ?, ?, ?)",
                    (session.id, last + 1, session.holder.workspace, steps_text(turn.steps)),
                )
            went = self._cut(session.id)
            connection.execute(
                "UPDATE sessions SET last=?, dropped=?, used_at=? WHERE id=?",
                (last + 1, dropped + went, datetime.now(UTC).isoformat(), session.id),
            )
            return True

    @override
    def rewrite(self, workspace: str, document_id: str, change: Callable[[Holder, Turns], Turns]) -> None:
        with self._lock, self._database.transaction() as connection:
            self._purges += 1
            connection.execute("DELETE FROM session_steps WHERE workspace=?", (workspace,))
            rows = connection.execute(
                f"SELECT {_SESSION} FROM sessions WHERE id IN"  # noqa: S608 - constants
                " (SELECT session_id FROM session_sources WHERE workspace=? AND document_id=?)",
                (workspace, document_id),
            ).fetchall()
            for session in [session_of(row, self._turns(row[0])) for row in rows]:
                for before, after in zip(session.turns, change(session.holder, session.turns), strict=True):
                    if before != after:
                        self._put(workspace, session.id, after.number, after)

    @override
    def forget_workspace(self, workspace: str) -> None:
        self._drop("SELECT id FROM sessions WHERE workspace=?", (workspace,))

    @override
    def forget_key(self, key_id: str) -> None:
        self._drop("SELECT id FROM sessions WHERE key_id=? AND key_id<>''", (key_id,))

    @override
    def key_ids(self) -> Sequence[str]:
        rows = self._database.read("SELECT DISTINCT key_id FROM sessions WHERE key_id<>'' ORDER BY 1")
        return [key_id for (key_id,) in rows]

    @override
    def sweep(self) -> None:
        if self._database.read("SELECT 1 FROM sessions WHERE used_at<? LIMIT 1", (self._oldest(),)):
            self._drop("SELECT id FROM sessions WHERE used_at<?", (self._oldest(),))

    def verify(self, workspace: str) -> Check:
        """Whether every turn can be read as it is stored."""
        rows = self._database.read(
            "SELECT session_id, number, turn FROM session_turns WHERE session_id IN"
            " (SELECT id FROM sessions WHERE workspace=?) ORDER BY session_id, number",
            (workspace,),
        )
        broken = (f"turn {number} of session {one} cannot be read" for one, number, raw in rows if not is_readable(raw))
        return check("turns of sessions", len(rows), broken)

    def _oldest(self) -> str:
        return (datetime.now(UTC) - timedelta(days=self._bounds.days)).isoformat()

    def _turns(self, session_id: str) -> Turns:
        rows = self._database.read(
            "SELECT t.number, turn, steps FROM session_turns t LEFT JOIN session_steps s"
            " ON s.session_id=t.session_id AND s.number=t.number WHERE t.session_id=? ORDER BY t.number",
            (session_id,),
        )
        return tuple(replace(turn_of(number, raw), steps=steps_of(steps)) for number, raw, steps in rows)

    def _put(self, workspace: str, session_id: str, number: int, turn: Turn) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO session_turns VALUES(?, ?, ?, ?)",
                (session_id, number, turn.question, turn_text(turn)),
            )
            connection.execute("DELETE FROM session_sources WHERE session_id=? AND number=?", (session_id, number))
            sources = sorted({source for reply in turn.replies for source in reply.sources})
            connection.executemany(
                "INSERT INTO session_sources VALUES(?, ?, ?, ?)",
                [(workspace, document_id, session_id, number) for document_id in sources],
            )

    def _cut(self, session_id: str) -> int:
        """Drop the oldest turns beyond the bounds; the newest always stays. How many went."""
        with self._database.transaction() as connection:
            rows = connection.execute(
                "SELECT t.number, length(CAST(turn AS BLOB)) + coalesce(length(CAST(steps AS BLOB)), 0)"
                " FROM session_turns t LEFT JOIN session_steps s ON s.session_id=t.session_id AND s.number=t.number"
                " WHERE t.session_id=? ORDER BY t.number DESC",
                (session_id,),
            ).fetchall()
            size, kept = 0, 0
            for _, held in rows[: self._bounds.turns]:
                size += held
                if kept and size > MAX_SESSION_BYTES:
                    break
                kept += 1
            self._drop_turns(session_id, [number for number, _ in rows[kept:]])
            return len(rows) - kept

    def _drop_turns(self, session_id: str, numbers: Sequence[int]) -> None:
        with self._database.transaction() as connection:
            for table in _OF_TURN:
                connection.executemany(
                    f"DELETE FROM {table} WHERE session_id=? AND number=?",  # noqa: S608 - constants
                    [(session_id, number) for number in numbers],
                )

    def _drop(self, chosen: str, bindings: Sequence[Any]) -> None:
        """Drop sessions, given the query for their ids."""
        with self._database.transaction() as connection:
            ids = connection.execute(chosen, bindings).fetchall()
            for table, column in _TABLES.items():
                connection.executemany(f"DELETE FROM {table} WHERE {column}=?", ids)  # noqa: S608 - constants
