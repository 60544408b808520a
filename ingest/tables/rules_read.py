"""By which rules the documents of a data folder are read, in the operational database."""

from typing_extensions import override

from graph.operations.database import OperationsDatabase
from graph.ports.operations import ReadRules

_MIGRATIONS = ("CREATE TABLE rules_read(one INTEGER PRIMARY KEY CHECK(one=1), rules TEXT NOT NULL);",)


class SqliteReadRules(ReadRules):
    """The ReadRules port over :class:`OperationsDatabase`."""

    def __init__(self, database: OperationsDatabase) -> None:
        self._database = database
        database.ensure_schema("rules_read", _MIGRATIONS)

    @override
    def known(self) -> str:
        rows = self._database.read("SELECT rules FROM rules_read")
        return str(rows[0][0]) if rows else ""

    @override
    def note(self, rules: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO rules_read VALUES(1, ?)", (rules,))
