"""The mode ``agents``: a question goes to a crew, and what its members do and say comes out as it comes about."""

from collections.abc import AsyncIterator
from dataclasses import replace

import anyio
import anyio.to_thread
from typing_extensions import override

from retrieval.agents.library import Library
from retrieval.agents.staff import Staff
from retrieval.agents.texts import BY_RULE, tell
from retrieval.answer import Answer, Event
from retrieval.budget import BUDGETS, Account
from retrieval.model import Question
from retrieval.pipeline import QuestionPipeline
from retrieval.ports import AnsweringMode


class AgentsMode(AnsweringMode):
    """Answers with several agents, over one snapshot, within one budget."""

    def __init__(self, staff: Staff, pipeline: QuestionPipeline, limiter: anyio.CapacityLimiter) -> None:
        """``limiter`` bounds what agents do in threads."""
        self._staff = staff
        self._pipeline = pipeline
        self._limiter = limiter

    @override
    async def stream(self, question: Question) -> AsyncIterator[Event]:
        account = Account(BUDGETS[question.effort])
        begun = await self._pipeline.seek(replace(question, mode=question.search_mode))
        library = Library(self._pipeline, begun, self._limiter)
        await anyio.to_thread.run_sync(_load)
        from retrieval.agents.crew import Crew, Told

        run = Crew(self._staff, library, account, self._pipeline).run()
        try:
            async for told in run.stream_events():
                if isinstance(told, Told):
                    yield self._signed(told.event, zh=library.chinese)
            await run
        finally:
            if not run.is_done():  # whoever asked has gone: nobody works on
                with anyio.CancelScope(shield=True):
                    await run.cancel_run()

    def _signed(self, event: Event, *, zh: bool) -> Event:
        if isinstance(event, Answer) and self._staff.model is None:
            return replace(event, notes=(*event.notes, tell(BY_RULE, zh=zh)))
        return event


def _load() -> None:
    """Import what only this mode needs, beside the event loop: the first time it takes half a second."""
    import retrieval.agents.crew  # noqa: F401
