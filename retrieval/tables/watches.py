"""Standing questions and what became of their answers, in the operational database.

A watch holds the answer of the newest revision it was looked at; an update holds two answers, before and after, and
whether it still has to be sent. Both name the documents their answers were written from: :meth:`SqliteWatches.forget`
is part of purging.
"""

import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from typing_extensions import override

from graph.audience import UNRESTRICTED, Audience
from graph.errors import ConflictError, NotFoundError
from graph.operations.database import OperationsDatabase
from retrieval.model import Citation
from retrieval.standing.model import (
    MAX_UPDATES,
    MAX_WATCHES,
    UNSEEN,
    Delivery,
    HeldAnswer,
    PendingUpdate,
    Watch,
    Watcher,
    WatchUpdate,
    delivery_after,
)
from retrieval.standing.ports import DueWatches, UpdateOutbox, WatchRegister

_MIGRATIONS = (
    """
    CREATE TABLE watches(
        id TEXT PRIMARY KEY, workspace TEXT NOT NULL, question TEXT NOT NULL, mode TEXT NOT NULL,
        filters TEXT NOT NULL, webhook TEXT, created_at TEXT NOT NULL,
        revision INTEGER NOT NULL, evidence TEXT NOT NULL, answer TEXT, problem TEXT) WITHOUT ROWID;
    CREATE TABLE watch_updates(
        id INTEGER PRIMARY KEY AUTOINCREMENT, watch_id TEXT NOT NULL, at TEXT NOT NULL, before TEXT,
        after TEXT NOT NULL, delivery TEXT NOT NULL, tries INTEGER NOT NULL, delivery_problem TEXT);
    CREATE INDEX watch_updates_by_watch ON watch_updates(watch_id, id);
    CREATE INDEX watch_updates_to_send ON watch_updates(delivery) WHERE delivery='pending';
    CREATE TABLE watch_sources(
        workspace TEXT NOT NULL, document_id TEXT NOT NULL, watch_id TEXT NOT NULL, update_id INTEGER NOT NULL,
        PRIMARY KEY(workspace, document_id, watch_id, update_id)) WITHOUT ROWID;
    CREATE INDEX watch_sources_by_watch ON watch_sources(watch_id, update_id);
    """,
    """
    ALTER TABLE watches ADD COLUMN key_id TEXT;
    ALTER TABLE watches ADD COLUMN principals TEXT;
    """,
)
_CURRENT = 0
"""In place of an update's id: the answer that a watch holds now."""
_WATCH = (
    "id, workspace, question, mode, filters, webhook, created_at, revision, evidence, answer, problem, key_id,"
    " principals"
)
"""``principals`` is NULL where the watcher may read everything, as everybody could before there were readers."""
_UPDATE = "id, watch_id, at, before, after, delivery, tries, delivery_problem"


class SqliteWatches(WatchRegister, DueWatches, UpdateOutbox):
    """Watches and their updates over :class:`OperationsDatabase`. Thread-safe."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        self._purges = 0
        self._lock = threading.Lock()
        database.ensure_schema("watches", _MIGRATIONS)

    @property
    @override
    def purges(self) -> int:
        return self._purges

    @override
    def add(self, watch: Watch) -> None:
        with self._database.transaction() as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM watches WHERE workspace=?", (watch.workspace,)
            ).fetchone()
            if count >= MAX_WATCHES:
                raise ConflictError(f"there are {count} watches; {MAX_WATCHES} is the limit: delete one first")
            connection.execute(
                f"INSERT INTO watches({_WATCH}) VALUES(?, ?, ?, ?, ?, ?, ?, ?, '', NULL, NULL, ?, ?)",
                (
                    watch.id, watch.workspace, watch.question, watch.mode, json.dumps(watch.filters), watch.webhook,
                    watch.created_at.isoformat(), watch.revision, watch.watcher.key_id,
                    _principals(watch.watcher.audience),
                ),
            )  # fmt: skip

    @override
    def get(self, workspace: str, watch_id: str) -> Watch:
        found = self._watches("workspace=? AND id=?", (workspace, watch_id))
        if not found:
            raise NotFoundError(f"no watch {watch_id!r}")
        return found[0]

    @override
    def page(self, workspace: str, *, after: str = "", limit: int = 100) -> Sequence[Watch]:
        return self._watches("workspace=? AND id>? ORDER BY id LIMIT ?", (workspace, after, limit))

    @override
    def delete(self, workspace: str, watch_id: str) -> None:
        self.get(workspace, watch_id)
        with self._database.transaction() as connection:
            for table, column in (("watches", "id"), ("watch_updates", "watch_id"), ("watch_sources", "watch_id")):
                connection.execute(f"DELETE FROM {table} WHERE {column}=?", (watch_id,))  # noqa: S608 - constants

    @override
    def workspaces(self) -> Sequence[str]:
        rows = self._database.read("SELECT DISTINCT workspace FROM watches ORDER BY 1")
        return [workspace for (workspace,) in rows]

    @override
    def due(self, workspace: str, revision: int) -> Sequence[Watch]:
        return self._watches("workspace=? AND revision<? ORDER BY revision, id", (workspace, revision))

    @override
    def seen(self, watch: Watch, revision: int) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE watches SET revision=?, problem=NULL WHERE id=?", (revision, watch.id))

    @override
    def failed(self, watch: Watch, problem: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("UPDATE watches SET problem=? WHERE id=?", (problem, watch.id))

    @override
    def record(self, watch: Watch, answer: HeldAnswer, evidence: str, purges: int) -> bool:
        with self._lock, self._database.transaction() as connection:
            held = self._watches("id=?", (watch.id,))
            if purges != self._purges or not held:
                return False
            before = held[0].answer
            connection.execute(
                "UPDATE watches SET revision=?, evidence=?, answer=?, problem=NULL WHERE id=?",
                (answer.revision, evidence, _dump(answer), watch.id),
            )
            connection.execute("DELETE FROM watch_sources WHERE watch_id=? AND update_id=?", (watch.id, _CURRENT))
            self._rests_on(watch, _CURRENT, answer.sources)
            if before is None or not before.says_the_same(answer):
                self._add_update(watch, before, answer)
            return True

    @override
    def updates(self, watch_id: str, *, after: int = 0, limit: int = MAX_UPDATES) -> Sequence[WatchUpdate]:
        return self._updates("watch_id=? AND id>? ORDER BY id LIMIT ?", (watch_id, after, limit))

    @override
    def to_send(self) -> Sequence[PendingUpdate]:
        pending = "(SELECT min(id) FROM watch_updates WHERE delivery='pending' GROUP BY watch_id)"
        updates = self._updates(f"id IN {pending} ORDER BY id", ())
        return [
            PendingUpdate(watch=watch, update=update)
            for update in updates
            for watch in self._watches("id=?", (update.watch_id,))
        ]

    @override
    def sent(self, update: WatchUpdate, problem: str | None = None) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE watch_updates SET delivery=?, tries=?, delivery_problem=? WHERE id=?",
                (delivery_after(update, problem), update.tries + 1, problem, update.id),
            )

    @override
    def forget(self, workspace: str, document_id: str) -> None:
        with self._lock, self._database.transaction() as connection:
            self._purges += 1
            rows = connection.execute(
                "SELECT watch_id, update_id FROM watch_sources WHERE workspace=? AND document_id=?",
                (workspace, document_id),
            ).fetchall()
            for watch_id, update_id in rows:
                connection.execute("DELETE FROM watch_sources WHERE watch_id=? AND update_id=?", (watch_id, update_id))
                if update_id == _CURRENT:
                    connection.execute(
                        "UPDATE watches SET answer=NULL, evidence='', revision=? WHERE id=?", (UNSEEN, watch_id)
                    )
                else:
                    connection.execute("DELETE FROM watch_updates WHERE id=?", (update_id,))

    def _add_update(self, watch: Watch, before: HeldAnswer | None, after: HeldAnswer) -> None:
        delivery: Delivery = "pending" if watch.webhook else "none"
        with self._database.transaction() as connection:
            (number,) = connection.execute(
                "INSERT INTO watch_updates(watch_id, at, before, after, delivery, tries)"
                " VALUES(?, ?, ?, ?, ?, 0) RETURNING id",
                (watch.id, datetime.now(UTC).isoformat(), before and _dump(before), _dump(after), delivery),
            ).fetchone()
            self._rests_on(watch, number, {*after.sources, *(before.sources if before else ())})
            old = connection.execute(
                "DELETE FROM watch_updates WHERE watch_id=? AND id<="
                " (SELECT id FROM watch_updates WHERE watch_id=? ORDER BY id DESC LIMIT 1 OFFSET ?) RETURNING id",
                (watch.id, watch.id, MAX_UPDATES),
            ).fetchall()
            connection.executemany(
                "DELETE FROM watch_sources WHERE watch_id=? AND update_id=?",
                [(watch.id, update_id) for (update_id,) in old],
            )

    def _rests_on(self, watch: Watch, update_id: int, documents: Iterable[str]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO watch_sources VALUES(?, ?, ?, ?)",
                [(watch.workspace, document, watch.id, update_id) for document in documents],
            )

    def _watches(self, where: str, bindings: Sequence[object]) -> list[Watch]:
        rows = self._database.read(f"SELECT {_WATCH} FROM watches WHERE {where}", bindings)  # noqa: S608 - constants
        return [_watch(row) for row in rows]

    def _updates(self, where: str, bindings: Sequence[object]) -> Sequence[WatchUpdate]:
        rows = self._database.read(f"SELECT {_UPDATE} FROM watch_updates WHERE {where}", bindings)  # noqa: S608
        return [_update(row) for row in rows]


def _watch(row: Sequence[Any]) -> Watch:
    watch_id, workspace, question, mode, filters, webhook, created_at, revision, evidence, answer, problem = row[:11]
    return Watch(
        id=watch_id, workspace=workspace, question=question, mode=mode, filters=json.loads(filters), webhook=webhook,
        created_at=datetime.fromisoformat(created_at), revision=revision, evidence=evidence,
        answer=_load(answer) if answer else None, problem=problem,
        watcher=Watcher(key_id=row[11], audience=_audience(row[12])),
    )  # fmt: skip


def _principals(audience: Audience) -> str | None:
    return None if audience.unrestricted else json.dumps(sorted(audience.principals), ensure_ascii=False)


def _audience(principals: str | None) -> Audience:
    return UNRESTRICTED if principals is None else Audience(principals=frozenset(json.loads(principals)))


def _update(row: Sequence[Any]) -> WatchUpdate:
    number, watch_id, at, before, after, delivery, tries, problem = row
    return WatchUpdate(
        id=number, watch_id=watch_id, at=datetime.fromisoformat(at), before=_load(before) if before else None,
        after=_load(after), delivery=delivery, tries=tries, delivery_problem=problem,
    )  # fmt: skip


def _dump(answer: HeldAnswer) -> str:
    return json.dumps(asdict(answer), ensure_ascii=False)


def _load(raw: str) -> HeldAnswer:
    held = json.loads(raw)
    return HeldAnswer(
        revision=held["revision"], text=held["text"], abstained=held["abstained"],
        citations=tuple(Citation(**citation) for citation in held["citations"]), sources=tuple(held["sources"]),
    )  # fmt: skip
