"""A tiny deterministic embedder for tests: words hashed into buckets."""

import zlib
from collections.abc import Sequence

import numpy as np

from graph.model import FloatArray
from graph.text.tokens import stems


class HashingEmbedder:
    """The Embedder port without a model."""

    def __init__(self, dimension: int = 64) -> None:
        self.dimension = dimension
        self.identity = f"hashing/{dimension}"

    def embed_passages(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for stem in stems(text):
                vectors[row, zlib.crc32(stem.encode()) % self.dimension] += 1
            vectors[row, 0] += 0.01
            vectors[row] /= np.linalg.norm(vectors[row])
        return vectors

    def embed_question(self, text: str) -> FloatArray:
        vector: FloatArray = self.embed_passages([text])[0]
        return vector

    def reads(self, text: str) -> bool:
        return True
