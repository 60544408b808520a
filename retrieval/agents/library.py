"""What agents may look at: one snapshot, as the one who asks may read it. Nothing here writes."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import anyio
import anyio.to_thread

from graph.text.tokens import is_east_asian
from graph.view.snapshot import Snapshot
from retrieval.model import Gathered, Question, SearchMode
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
            return self.begun, await self._pipeline.gather(self.begun)
        search = mode or self.question.search_mode
        asked = replace(self.question, text=text, mode=search, search_mode=search, k=k or self.question.k)
        found = await self._pipeline.look(asked, self.snapshot)
        return found, await self._pipeline.gather(found)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Do what takes time beside the event loop."""
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)
