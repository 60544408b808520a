"""Who reads, and which documents that may be."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whoever a snapshot, a listing or an answer is for.

    A document names its readers: *principals* such as ``user:a@b`` or ``group:hr``. Without a list the whole
    workspace may read it; an empty list leaves it to those who are ``unrestricted``.
    """

    principals: frozenset[str] = frozenset()
    unrestricted: bool = False

    def may_read(self, readers: Collection[str] | None) -> bool:
        """Whether a document with these readers (None: the whole workspace) exists for this audience."""
        return self.unrestricted or readers is None or not self.principals.isdisjoint(readers)


UNRESTRICTED = Audience(unrestricted=True)
"""Administrators, and Quipu's own work: they see every document of the workspace."""

NOBODY = Audience()
"""Somebody of whom nothing is known: they see what the whole workspace may read."""
