"""The background check's own notes, in the operational database."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from typing_extensions import override

from graph.operations.database import OperationsDatabase
from graph.ports.operations import CheckPosition, CheckRegister

_MIGRATIONS = (
    """
    CREATE TABLE check_position(one INTEGER PRIMARY KEY CHECK(one=1), position TEXT NOT NULL);
    CREATE TABLE damage(
        subject TEXT NOT NULL, ordinal INTEGER NOT NULL, problem TEXT NOT NULL, found_at REAL NOT NULL,
        PRIMARY KEY(subject, ordinal)) WITHOUT ROWID;
    """,
)


class SqliteCheckRegister(CheckRegister):
    """The CheckRegister port over :class:`OperationsDatabase`."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("checks", _MIGRATIONS)

    @override
    def position(self) -> CheckPosition:
        rows = self._database.read("SELECT position FROM check_position")
        return CheckPosition(**json.loads(rows[0][0])) if rows else CheckPosition()

    @override
    def move(self, position: CheckPosition, looked_at: Mapping[str, Sequence[str]]) -> None:
        now = time.time()
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO check_position VALUES(1, ?)", (json.dumps(asdict(position)),))
            for subject, problems in looked_at.items():
                connection.execute("DELETE FROM damage WHERE subject=?", (subject,))
                connection.executemany(
                    "INSERT INTO damage VALUES(?, ?, ?, ?)",
                    [(subject, ordinal, problem, now) for ordinal, problem in enumerate(problems)],
                )
            if not position.phase:  # what the whole pass has not met again is gone
                connection.execute("DELETE FROM damage WHERE found_at < ?", (position.begun_at,))

    @override
    def problems(self) -> Sequence[str]:
        return [row[0] for row in self._database.read("SELECT problem FROM damage ORDER BY subject, ordinal")]
