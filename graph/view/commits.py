"""What follows every committed change of the graph, whoever made it."""

from collections.abc import Callable

from graph.view.knowledge_view import KnowledgeViews


class Commits:
    """Brings the view of a workspace up to a committed change, and notes how far the graph has been seen to go.

    Args:
        views: what questions see.
        note: keeps the newest revision of a workspace where a restored graph can be compared with it.
    """

    def __init__(self, views: KnowledgeViews, note: Callable[[str, int], object]) -> None:
        self._views = views
        self._note = note

    def follow(self, workspace: str) -> int:
        """Call after each commit; returns the newest revision. Raises DependencyError."""
        revision = self._views.catch_up(workspace)
        self._note(workspace, revision)
        return revision
