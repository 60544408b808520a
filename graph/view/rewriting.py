"""Whether a view can follow its store, or has to be built anew."""

from collections.abc import Iterable

from graph.model import REWRITING, RevisionRecord


def rewrites(records: Iterable[RevisionRecord], since: int) -> bool:
    """Whether history itself changed after ``since``: what was purged must leave memory as well.

    A sweep deletes only elements that had ended before it. A view that stands at the revision just before the sweep
    shows none of them, and follows as usual.
    """
    return any(one.kind in REWRITING and not (one.kind == "sweep" and one.revision == since + 1) for one in records)
