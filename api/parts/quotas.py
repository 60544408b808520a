"""Wiring of quotas: what counts and limits documents, bytes and tokens, over one operational database."""

from contextlib import ExitStack

from api.settings import Settings
from graph.language_models.token_meter import BookedTokens
from graph.operations.database import OperationsDatabase
from graph.operations.quotas import SqliteQuotaBook
from graph.quotas import Limits
from ingest.acknowledging.quota import Quotas, StorageQuota, count_anew
from ingest.ports import BlobStore, VersionRegister
from ingest.tables.holdings import SqliteHoldings


class QuotaParts:
    """``storage`` decides over uploads, ``tokens`` over calls of a model, ``cases`` is for operators."""

    def __init__(self, settings: Settings, database: OperationsDatabase) -> None:
        limits = Limits(documents=settings.quota_documents, bytes=settings.quota_bytes, tokens=settings.quota_tokens)
        book = SqliteQuotaBook(database)
        self._database = database
        self._book = book
        self.holdings = SqliteHoldings(database)
        self.tokens = BookedTokens(book, limits)
        self.storage = StorageQuota(book, self.holdings, limits)
        self.cases = Quotas(book, self.holdings, self.tokens, limits)

    def forget(self, workspace: str) -> None:
        """Drop what was set and counted for a workspace that is deleted."""
        self.tokens.forget(workspace)
        self._book.forget(workspace)
        self.holdings.forget_all(workspace)

    def count_once(self, register: VersionRegister, blobs: BlobStore) -> None:
        """Count what a data folder holds that is older than quotas."""
        if not self.holdings.counted:
            with self._database.transaction():
                count_anew(self.holdings, register, blobs)


def open_quotas(settings: Settings, database: OperationsDatabase, opened: ExitStack) -> QuotaParts:
    """Quotas as settings have them; ``opened`` writes down what was spent at the end."""
    quotas = QuotaParts(settings, database)
    opened.callback(quotas.tokens.close)
    return quotas
