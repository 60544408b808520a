"""The operational SQLite file: blob register, jobs, sessions. Separate from knowledge.

Each room keeps its own tables in it through ``ensure_schema``; what must be committed together
(an upload's register entry and its job) shares one re-entrant ``transaction()``.
"""

from graph.stores.sqlite.connection import SqliteFile


class OperationsDatabase(SqliteFile):
    """The file that holds everything that is not knowledge."""
