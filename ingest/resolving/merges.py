"""Deciding that two entities are one thing, or are not: by hand, or by a pass over all names."""

from collections.abc import Callable
from typing import Protocol

from graph.audience import NOBODY, Audience
from graph.errors import InputError
from graph.model import Verdict
from graph.ports.models import Embedder
from graph.ports.reading import SharedKnowledge
from ingest.resolving.entity_merging import MergeReport, MergingStore, merge_alike

BY_HAND = "by hand"
"""Reason of a verdict that a person gave."""


class DecidingStore(MergingStore, SharedKnowledge, Protocol):
    """A store whose entities can be read, merged and kept apart."""


class EntityMerging:
    """Every verdict on entities goes through here.

    Args:
        store: where verdicts are kept.
        embedder: compares names.
        committed: is told the workspace of each change.
    """

    def __init__(self, store: DecidingStore, embedder: Embedder, committed: Callable[[str], object]) -> None:
        self._store = store
        self._embedder = embedder
        self._committed = committed

    def decide(self, workspace: str, one: str, other: str, *, same: bool, audience: Audience = NOBODY) -> int:
        """Record a person's verdict, whatever texts state; the newest counts. Returns where it can be read.

        Raises:
            InputError: both are the same entity.
            NotFoundError: one of them does not live, for ``audience``, who decides.
        """
        first, second = sorted((one, other))
        if first == second:
            raise InputError("a verdict is about two entities")
        revision = self._store.revision(workspace)
        for entity_id in (first, second):
            self._store.read_as(audience).entity(workspace, entity_id, revision)
        verdict = Verdict(first_id=first, second_id=second, same=same, reason=BY_HAND)
        revision = self._store.decide(workspace, [verdict])
        self._committed(workspace)
        return revision

    def merge_alike(self, workspace: str) -> MergeReport:
        """Merge what is named alike in different documents: by string, vector and type, without a model call."""
        report = merge_alike(self._store, self._embedder, workspace)
        self._committed(workspace)
        return report
