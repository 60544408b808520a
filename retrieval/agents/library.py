"""What agents may look at: one snapshot, as the one who asks may read it. Nothing here writes."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import anyio
import anyio.to_thread

from graph.text.tokens import is_east_asian
from graph.view.snapshot import Snapshot
from retrieval.finding.broad.gathering import gather
from retrieval.model import Gathered, Question
from retrieval.modes import SearchMode
from retrieval.pipeline import Found, QuestionPipeline

MORE = 20
"""Passages that are looked for when work was sent back."""
T = TypeVar("T")


class Library:
    """The read side for one answer, at one revision.

    Args:
        pipeline: who looks for passages.
        begun: the question as a whole, with the snapshot that everything is looked for in.
        limiter: bounds work in threads.
    """

    def __init__(self, pipeline: QuestionPipeline, begun: Found, limiter: anyio.CapacityLimiter) -> None:
        self._pipeline = pipeline
        self._limiter = limiter
        self.begun = begun
        self._whole: Gathered | None = None

    @property
    def question(self) -> Question:
        """The question as a whole."""
        return self.begun.read.question

    @property
    def snapshot(self) -> Snapshot:
        """What is known, at the revision of the answer."""
        return self.begun.snapshot

    @property
    def chinese(self) -> bool:
        """Whether the question is asked in Chinese, Japanese or Korean."""
        return is_east_asian(self.question.text)

    async def look(self, text: str, *, k: int | None = None, mode: SearchMode | None = None) -> tuple[Found, Gathered]:
        """Passages for a question, and those of them that an answer may rest on. Raises DependencyError."""
        if text == self.question.text and k is None and mode is None:
            self._whole = self._whole or await self._gathered(self.begun)
            return self.begun, self._whole
        asked = replace(self.question, mode=mode or self.question.mode, k=k or self.question.k)
        begun = replace(self.begun, read=replace(self.begun.read, question=asked))
        found = await self._pipeline.look(text, begun)
        return found, await self._gathered(found)

    async def _gathered(self, found: Found) -> Gathered:
        return await self.in_thread(lambda: gather(found.read, found.result, found.snapshot))

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do what takes time beside the event loop."""
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)
