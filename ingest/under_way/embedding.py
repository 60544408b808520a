"""Vectors of the chunks of several documents, a window at a time: memory stays small, and progress is told."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from graph.model import FloatArray
from graph.ports.models import Embedder
from graph.ports.reading import ChangeReader

WINDOW = 16
"""Texts that are embedded between two looks at whether they are still wanted: half a second of one core by MiniLM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToEmbed:
    """The chunks of a document, by their ids; ``text`` gives what is embedded for one, by its place."""

    ids: Sequence[str]
    text: Callable[[int], str]


@dataclass(slots=True, kw_only=True)
class Embedded:
    """A row for each chunk; ``new`` of them were not held before."""

    vectors: FloatArray = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    new: int = 0


def embed(
    embedder: Embedder, reader: ChangeReader, workspace: str, documents: Sequence[ToEmbed],
    tell: Callable[[int, int], bool],
) -> list[Embedded]:  # fmt: skip
    """The vectors of each document; of one that is no longer wanted some are left empty.

    Args:
        tell: called with the place of a document and how many of its chunks are done.
    """
    window = _Window(embedder)
    found = []
    for place, document in enumerate(documents):
        made = Embedded()
        found.append(made)
        if not document.ids or not tell(place, 0):
            continue
        held = reader.vectors(workspace, document.ids)
        made.new = len(document.ids) - len(held)
        made.vectors = np.zeros((len(document.ids), embedder.dimension), dtype=np.float32)
        for number, identity in enumerate(document.ids):
            if identity in held:
                made.vectors[number] = held[identity]
            elif window.add(document.text(number), made.vectors[number]) and not tell(place, number + 1):
                break
    window.empty()
    return found


class _Window:
    """Texts that wait to be embedded together, each with the rows that it is for."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._waiting: dict[str, list[FloatArray]] = {}
        self._known: dict[bytes, FloatArray] = {}

    def add(self, text: str, row: FloatArray) -> bool:
        """Take a text that is to fill a row. A text that repeats itself costs no more than it says. True after work."""
        known = self._known.setdefault(
            hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), row
        )
        if known is not row and text not in self._waiting:
            row[:] = known
            return False
        self._waiting.setdefault(text, []).append(row)
        if len(self._waiting) < WINDOW:
            return False
        self.empty()
        return True

    def empty(self) -> None:
        """Embed what waits."""
        texts = list(self._waiting)
        if texts:
            for text, vector in zip(texts, self._embedder.embed_passages(texts), strict=True):
                for row in self._waiting[text]:
                    row[:] = vector
        self._waiting.clear()
