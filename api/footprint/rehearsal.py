"""What libraries load when they are first used is loaded before the service says that it is ready.

The first question must not wait for it, and memory that every service needs must not look like a leak.
"""

import numpy as np

from graph.indexes.faiss_index import FaissIndex
from graph.model import Span
from graph.ports.models import Embedder
from graph.text.names import find_names

_CHINESE = "北京是中国的首都。"


def rehearse(embedder: Embedder) -> None:
    """Embed, search and read once. Raises what a model that cannot be loaded raises."""
    vector = embedder.embed_question("ready")
    index = FaissIndex(len(vector))
    index.append(vector[None, :])
    index.search(vector, 1, np.ones(1, dtype=np.bool_))
    find_names(_CHINESE, (Span(start=0, end=len(_CHINESE)),))  # loads the dictionary
