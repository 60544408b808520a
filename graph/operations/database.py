"""The operational SQLite file: register of uploads, jobs, caches, watches. Separate from knowledge.

Each room keeps its own tables in it through ``ensure_schema``; what must be committed together
(an upload's register entry and its job) shares one re-entrant ``transaction()``.
"""

from graph.ports.operations import OperationalState
from graph.stores.sqlite.connection import SqliteFile


class OperationsDatabase(SqliteFile, OperationalState):
    """The OperationalState port over a SQLite file. Adapters that keep tables in it get its connection as well."""
