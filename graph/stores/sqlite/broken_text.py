"""Text at rest that is no UTF-8: SQLite keeps any bytes as text, and a disk may change some. It is read, and found.

Reading goes on with U+FFFD for what is broken, so that one value keeps nobody from all others.
"""

from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable

import apsw
from typing_extensions import override

_TABLES = "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
_COLUMNS = "SELECT name, pk FROM pragma_table_info(?)"


@runtime_checkable
class TextAtRest(Protocol):
    """What keeps text in a file."""

    def broken_text(self) -> list[str]:
        """Where it is no UTF-8, one line a value."""
        ...


class MendingCursor(apsw.Cursor):
    """A cursor whose ``fetchall`` gives every row of a SELECT, whatever bytes its text is."""

    _asked: tuple[str, Any] = ("", None)

    @override
    def execute(self, statements: str, bindings: Any = None, **more: Any) -> apsw.Cursor:
        self._asked = (statements, bindings)
        return super().execute(statements, bindings, **more)

    @override
    def fetchall(self) -> list[tuple[Any, ...]]:
        try:
            return super().fetchall()
        except UnicodeDecodeError:
            return self._mended()

    def _mended(self) -> list[tuple[Any, ...]]:
        """All rows once more, text as bytes first, and told from other bytes by what it was."""
        sql, bindings = self._asked
        cursor = apsw.Cursor(self.connection)
        cursor.execute(sql, bindings)
        if not cursor.is_readonly:
            raise UnicodeError("what was written cannot be told: some of it is no text")
        names = [f"c{number}" for number in range(len(cursor.get_description()))]
        cursor.close(True)
        as_bytes = "typeof({0})='text', CASE typeof({0}) WHEN 'text' THEN CAST({0} AS BLOB) ELSE {0} END"
        shown = ", ".join(as_bytes.format(one) for one in names)
        cursor = apsw.Cursor(self.connection)
        rows = cursor.execute(
            f"WITH q({', '.join(names)}) AS ({sql.rstrip().rstrip(';')}) SELECT {shown} FROM q", bindings
        )
        return [tuple(_text(row[at + 1]) if row[at] else row[at + 1] for at in range(0, len(row), 2)) for row in rows]


def broken_text(connection: apsw.Connection) -> Iterator[str]:
    """Where in a file text is no UTF-8: table, column and key, one line a value. Every value is looked at."""
    connection.create_scalar_function("broken_utf8", _broken, 1, deterministic=True)
    for (table,) in connection.execute(_TABLES).fetchall():
        columns: list[tuple[Any, ...]] = connection.execute(_COLUMNS, (table,)).fetchall()
        keys = [f'CAST("{name}" AS BLOB)' for name, _ in sorted((c for c in columns if c[1]), key=lambda c: c[1])]
        for name, _ in columns:
            found = connection.execute(
                f'SELECT {", ".join(keys or ["rowid"])} FROM "{table}"'
                f""" WHERE typeof("{name}")='text' AND broken_utf8(CAST("{name}" AS BLOB))"""
            )
            for key in found:
                shown = ", ".join(_text(part) if isinstance(part, bytes) else str(part) for part in key)
                yield f"{table}.{name} of {shown} is no UTF-8"


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")


def _broken(*values: Any) -> bool:
    try:
        bytes(values[0] or b"").decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
