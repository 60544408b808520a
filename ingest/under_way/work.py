"""One upload on its way through the pipeline: what has been made of it so far.

It goes in parts of ``PART`` chunks, each of which is read, embedded and planned before the next is looked at, so that
what a document needs in memory does not grow with what is read in it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from graph.errors import Superseded
from graph.long_change import AnyChange, LongChange
from graph.model import Chunk, Document, FloatArray, GraphChange, Position
from ingest.loaders.unpacking import Unpacked
from ingest.model import ChunkText, Extraction, LoadedDocument, Upload
from ingest.outcomes import PicturesRead
from ingest.planning import embedded_text, place_chunks, plan_change
from ingest.under_way.spool import Spool, spans_of
from ingest.under_way.tally import Tally

PART = 128
"""Chunks of a document that are held with all that is read in them: of a dense table, some 15 MB."""
Progress = Callable[[Upload, str, int, int], bool]
"""Called with (upload, step, chunks done, chunks in all) as work goes on; says whether the upload is still wanted."""
COMMITTING = "commit"
"""The step in which a store holds its lock: whoever is told of it must wait for nobody."""


@dataclass(slots=True, kw_only=True)
class Work:
    """One upload on its way. ``texts`` makes each chunk when it is asked for; ``ids`` are theirs."""

    upload: Upload
    document: Document
    loaded: LoadedDocument
    pictures: PicturesRead
    texts: Sequence[ChunkText]
    ids: Sequence[str]
    seconds: dict[str, float]
    unpacked: Unpacked
    spool: Spool
    tally: Tally = field(default_factory=Tally)
    only: GraphChange | None = None
    reused: int = 0
    kept: int = 0
    removed: int = 0
    retitled: bool = False
    wanted: bool = True

    def tell(self, progress: Progress, step: str, done: int) -> bool:
        """Say how many chunks are done; whether the document is still wanted."""
        self.wanted = progress(self.upload, step, done, len(self.texts)) and self.wanted
        return self.wanted

    def spent(self, step: str, seconds: float) -> None:
        """Count time of a step."""
        self.seconds[step] = self.seconds.get(step, 0.0) + seconds

    @property
    def parts(self) -> Sequence[tuple[int, int]]:
        """The ranges of chunks of its parts."""
        return spans_of(len(self.texts), PART)

    def part(self, number: int) -> "Part":
        """A part, as far as the text alone tells it."""
        begin, end = self.parts[number]
        texts = tuple(self.texts[begin:end])
        chunks, positions = place_chunks(self.document, texts, self.ids[begin:end], begin)
        return Part(work=self, first=begin, texts=texts, chunks=chunks, positions=positions)

    def keep(self, part: "Part") -> None:
        """Plan what a part contributes, and keep it: on disk, unless it is the only one."""
        self.tally.read(part.first, part.extractions)
        planned = plan_change(
            self.upload.workspace, self.document, self.loaded.text, (part.chunks, part.positions), part.extractions,
            part.vectors,
        )  # fmt: skip
        self.tally.planned(planned)
        if len(self.parts) == 1:
            self.only = planned
        else:
            self.spool.add(planned)

    def change(self, progress: Progress) -> AnyChange:
        """The whole contribution. Raises Superseded where it is not wanted any more; a long one when it is read."""
        self._check_wanted(progress, "apply", len(self.texts))
        if self.only is not None:
            return replace(self.only, document=self.document)
        return LongChange(document=self.document, text=self.loaded.text, read=partial(self._planned, progress))

    def close(self) -> None:
        """Nothing of it is needed any more."""
        self.spool.close()

    def _check_wanted(self, progress: Progress, step: str, done: int) -> None:
        if not self.tell(progress, step, done):
            raise Superseded("it was withdrawn or cancelled meanwhile")

    def _planned(self, progress: Progress) -> Iterator[GraphChange]:
        for number in range(len(self.parts)):
            part = self.part(number)
            self._check_wanted(progress, COMMITTING, part.first)
            found, vectors = self.spool.read(number)
            yield GraphChange(
                document=self.document, text=self.loaded.text, chunks=part.chunks, positions=part.positions,
                vectors=vectors, mentions=found.mentions, relations=found.relations, aliases=found.aliases,
            )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Part:
    """Consecutive chunks of a document; ``first`` is the ordinal of the first. Vectors have a row for each."""

    work: Work
    first: int
    texts: tuple[ChunkText, ...]
    chunks: tuple[Chunk, ...]
    positions: tuple[Position, ...]
    extractions: Sequence[Extraction] = ()
    vectors: FloatArray = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))

    def embedded_text(self, place: int) -> str:
        """What is embedded for a chunk."""
        return embedded_text(self.work.document.title, self.chunks[place])
