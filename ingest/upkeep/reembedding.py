"""Vectors of another embedder for everything that is kept, while those in use go on serving."""

from collections.abc import Callable
from typing import Protocol

from graph.ports.models import Embedder
from graph.ports.writing import GraphMaintenance, VectorExchange
from ingest.planning import embedded_text


class ReembeddedStore(GraphMaintenance, VectorExchange, Protocol):
    """A store whose vectors can be exchanged."""


def embed_anew(store: ReembeddedStore, embedder: Embedder, tell: Callable[[int], object] = lambda _: None) -> int:
    """Lay a vector of this embedder beside every chunk that has none yet; returns how many chunks that were.

    Vectors that were made are kept, so that a run that was broken off can go on. ``tell`` gets the number so far.
    """
    done = 0
    for workspace in store.workspaces():
        while passages := store.lacking(workspace, embedder.identity):
            vectors = embedder.embed_passages([embedded_text(title, chunk) for title, chunk in passages])
            ids = [chunk.id for _, chunk in passages]
            store.add_beside(workspace, embedder.identity, dict(zip(ids, vectors, strict=True)))
            done += len(passages)
            tell(done)
    return done
