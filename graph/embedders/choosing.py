"""Which embedder a setting means."""

from graph.embedders.e5_embedder import E5Embedder
from graph.embedders.sentence_embedder import SentenceEmbedder
from graph.ports.models import Embedder


def build_embedder(name: str = "minilm", *, offline: bool = True) -> Embedder:
    """The embedder of ``QUIPU_EMBEDDER``. What it computes with is loaded by its first use.

    Args:
        name: ``minilm``, ``e5``, a folder, or (only with ``offline=False``) a hub name such as ``BAAI/bge-m3``.
        offline: contact nobody; a model that is not on this machine is refused.

    Raises:
        ConfigurationError: the embedder is not on this machine, or cannot run on it.
    """
    return E5Embedder() if name == "e5" else SentenceEmbedder(name, offline=offline)
