"""One question of a chat client and what is said to it, whatever the protocol: the answer, then its sources as text."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from starlette.requests import Request

from api.rest.context import RequestContext, while_connected
from api.rest.protocols.stopping import Stopping
from api.rest.protocols.tasks import task_reply
from api.schemas.asking.answers import pending_text
from graph.text.inert import inert_line
from graph.text.tokens import is_east_asian
from retrieval.answer import Answer, Token
from retrieval.model import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """All that was said. ``answer`` is None where the message was no question to the documents."""

    text: str
    answer: Answer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A question under way. ``unread``: what of it was not read, for people; ``stops``: where the text has to end."""

    context: RequestContext
    question: Question
    unread: Sequence[str] = ()
    stops: Sequence[str] = ()

    async def whole(self, request: Request) -> Said | None:
        """All of it at once; None where the client goes away before."""
        if (reply := task_reply(self.question.text)) is not None:
            return Said(text=reply, answer=None)
        self.context.notes.mode = self.question.mode
        answer = await while_connected(request, lambda: self.context.cases.questions.ask(self.question))
        self.context.notes.shows(answer)
        if answer is None:
            return None
        stopping = Stopping(self.stops)
        text = stopping.more(answer.text + sources(answer, self.unread)) + stopping.rest()
        return Said(text=text, answer=answer)

    async def pieces(self) -> AsyncIterator[str | Said]:
        """Each piece of the text once it has been verified, then all that was said."""
        if (reply := task_reply(self.question.text)) is not None:
            yield reply
            yield Said(text=reply, answer=None)
            return
        self.context.notes.mode = self.question.mode
        stopping, text = Stopping(self.stops), ""
        stream = self.context.cases.questions.stream(self.question)
        async with aclosing(stream) as events:  # type: ignore[type-var]
            async for event in self.context.service.last_call.each(events):
                self.context.notes.shows(event)
                piece = ""
                if isinstance(event, Token):
                    piece = stopping.more(event.text)
                elif isinstance(event, Answer):
                    piece = stopping.more(sources(event, self.unread)) + stopping.rest()
                text += piece
                if piece:
                    yield piece
                if isinstance(event, Answer):
                    yield Said(text=text, answer=event)


def sources(answer: Answer, unread: Sequence[str]) -> str:
    """A line for each marker, note and lack, and what of the question was not read: chat clients show text alone."""
    named = {
        citation.marker: f"[{citation.marker}] {inert_line(citation.title)} ({inert_line(citation.document_id)})"
        for citation in answer.citations
    }
    lines = [*named.values(), *map(inert_line, (*answer.notes, *answer.degraded)), *unread]
    told = "\n\n" + "\n".join(lines) if lines else ""
    return f"{told}\n\n({pending_text(answer.pending, chinese=is_east_asian(answer.text))})" if answer.pending else told
