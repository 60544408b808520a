"""One upload on its way through the pipeline: what has been made of it so far."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from graph.errors import Superseded
from graph.model import Chunk, Document, FloatArray, Position
from ingest.loaders.unpacking import Unpacked
from ingest.model import ChunkText, Extraction, LoadedDocument, Upload
from ingest.outcomes import PicturesRead
from ingest.planning import embedded_text

TOLD_EVERY = 256
"""Chunks that are planned between two looks at whether a document is still wanted."""
Progress = Callable[[Upload, str, int, int], bool]
"""Called with (upload, step, chunks done, chunks in all) as work goes on; says whether the upload is still wanted."""


@dataclass(slots=True, kw_only=True)
class Work:
    """One upload on its way."""

    upload: Upload
    document: Document
    loaded: LoadedDocument
    pictures: PicturesRead
    texts: tuple[ChunkText, ...]
    chunks: tuple[Chunk, ...]
    positions: tuple[Position, ...]
    seconds: dict[str, float]
    unpacked: Unpacked
    extractions: list[Extraction] = field(default_factory=list)
    vectors: FloatArray = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    reused: int = 0
    kept: int = 0
    removed: int = 0
    retitled: bool = False
    wanted: bool = True

    def tell(self, progress: Progress, step: str, done: int) -> bool:
        """Say how many chunks are done; whether the document is still wanted."""
        self.wanted = progress(self.upload, step, done, len(self.chunks)) and self.wanted
        return self.wanted

    def embedded_text(self, place: int) -> str:
        """What is embedded for a chunk."""
        return embedded_text(self.document.title, self.chunks[place])

    def hand_over(self, progress: Progress) -> Iterator[Extraction]:
        """The extractions, once: each is let go when the next is taken. Raises Superseded once they are not wanted."""
        for begin in range(0, max(len(self.chunks), 1), TOLD_EVERY):
            end = min(begin + TOLD_EVERY, len(self.chunks))
            if not self.tell(progress, "apply", end):
                raise Superseded("it was withdrawn or cancelled meanwhile")
            for place in range(begin, end):
                extraction = self.extractions[place]
                self.extractions[place] = replace(extraction, names=(), relations=(), aliases=())
                yield extraction
