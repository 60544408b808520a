"""How many documents and bytes a workspace may hold: decided with each acknowledgement, in its transaction."""

from typing_extensions import override

from graph.errors import QuotaExceeded
from graph.language_models.token_meter import BookedTokens, Told, ToldCut
from graph.ports.quotas import QuotaBook
from graph.quotas import Holding, Limits, Standing, next_day
from ingest.ports import BlobStore, Holdings, Quota, VersionRegister


class StorageQuota(Quota):
    """The Quota port over what is held and what was set. ``defaults`` are for workspaces without own limits."""

    def __init__(self, book: QuotaBook, holdings: Holdings, defaults: Limits) -> None:
        self._book = book
        self._holdings = holdings
        self._defaults = defaults

    @override
    def take(self, workspace: str, document_id: str, size: int) -> None:
        held = self._holdings.size_of(workspace, document_id)
        limits = self._book.limits(workspace).or_else(self._defaults)
        used = self._holdings.held(workspace)
        documents, more = int(held is None), size - (held or 0)
        if limits.documents is not None and documents and used.documents + documents > limits.documents:
            raise QuotaExceeded("documents", asked=documents, used=used.documents, limit=limits.documents)
        if limits.bytes is not None and more > 0 and used.bytes + more > limits.bytes:
            raise QuotaExceeded("bytes", asked=more, used=used.bytes, limit=limits.bytes)
        self._holdings.hold(workspace, document_id, size)

    @override
    def give_back(self, workspace: str, document_id: str) -> None:
        self._holdings.release(workspace, document_id)

    @override
    def held_within(self, workspace: str, document_id: str) -> Holding:
        return self._holdings.held(workspace, within=document_id)


class Quotas:
    """The use case for operators: how a workspace stands, and other limits for it."""

    def __init__(self, book: QuotaBook, holdings: Holdings, tokens: BookedTokens, defaults: Limits) -> None:
        self._book = book
        self._holdings = holdings
        self._tokens = tokens
        self._defaults = defaults

    def standing(self, workspace: str) -> Standing:
        """How it stands now."""
        return Standing(
            limits=self._book.limits(workspace).or_else(self._defaults), holding=self._holdings.held(workspace),
            tokens=self._tokens.used(workspace), free_at=next_day(),
        )  # fmt: skip

    def on_spent(self, told: Told, told_cut: ToldCut) -> None:
        """Let somebody know, with whose they are, of tokens that are spent from now on and of answers that are cut."""
        self._tokens.told = told
        self._tokens.told_cut = told_cut

    def limit(self, workspace: str, limits: Limits) -> Standing:
        """Set other limits, effective from the next request on. What is over a limit already stays."""
        self._book.set_limits(workspace, limits)
        self._tokens.limit_changed(workspace)
        return self.standing(workspace)


def count_anew(holdings: Holdings, register: VersionRegister, blobs: BlobStore) -> None:
    """Count what a register holds: once for a data folder that is older than quotas, and after a register is rebuilt.

    Call within one transaction of the operational state.
    """
    holdings.forget_all()
    for workspace in register.workspaces():
        after = ""
        while page := register.page(workspace, after=after):
            for newest in page:
                if not newest.deleted and newest.upload.content_hash:
                    size = blobs.size(newest.upload.content_hash)
                    holdings.hold(workspace, newest.upload.document_id, size)
            after = page[-1].upload.document_id
