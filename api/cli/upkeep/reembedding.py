"""``quipu reindex``: vectors of another embedder, made in a process of its own while a service goes on."""

from collections.abc import Callable
from dataclasses import dataclass

from api.graph_stores import graph_alone, graph_beside
from api.settings import Settings
from graph.embedders.choosing import build_embedder
from graph.errors import ConfigurationError
from graph.operations.folder_lock import FolderLock
from ingest.upkeep.reembedding import embed_anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Reembedded:
    """What came of it. ``note`` says why the vectors in use are not ``switched``; empty if they are."""

    embedder: str
    embedded: int
    switched: bool
    note: str


def reembed(settings: Settings, tell: Callable[[int], object]) -> Reembedded:
    """Embed what is kept with QUIPU_EMBEDDER, and switch over if no service uses the graph.

    Raises:
        ConfigurationError: the embedder is not on this machine, or the graph belongs to another data folder.
        DependencyError: the graph cannot be reached.
    """
    settings.check()
    embedder = build_embedder(settings.embedder, offline=settings.offline)
    with graph_beside(settings) as graph:
        if graph.embedder() in {None, embedder.identity}:
            note = f"the vectors are by {embedder.identity} already, or there are none"
            return Reembedded(embedder=embedder.identity, embedded=0, switched=False, note=note)
        embedded = embed_anew(graph, embedder, tell)
    if in_use := _in_use(settings):
        note = f"the old vectors serve until you end the service and say `quipu reindex` once more ({in_use})"
        return Reembedded(embedder=embedder.identity, embedded=embedded, switched=False, note=note)
    with graph_alone(settings) as graph:
        embedded += embed_anew(graph, embedder, tell)
        graph.adopt(embedder.identity)
    return Reembedded(embedder=embedder.identity, embedded=embedded, switched=True, note="")


def _in_use(settings: Settings) -> str:
    """Who uses the data folder; empty where nobody does."""
    try:
        FolderLock(settings.data_dir).release()
    except ConfigurationError as error:
        return str(error)
    return ""
