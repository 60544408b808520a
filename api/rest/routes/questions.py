"""Questions: search and ask."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.rest.context import TheService, event_stream, in_thread, while_connected
from api.rest.problems import error_body
from api.schemas.bodies import (
    AnswerBody,
    AskBody,
    SearchBody,
    SearchResultBody,
    StepBody,
    answer_body,
    citation_body,
    search_body,
    why_body,
)
from graph.errors import QuipuError
from retrieval.answering.writing import Token
from retrieval.model import Answer, Citation, Question, Step
from retrieval.pipeline import Event, EvidenceFound

router = APIRouter(prefix="/v1", tags=["questions"])
GONE = 499
"""For the metrics only: nobody reads the answer to a question whose client has gone away."""


@router.post("/search")
async def search(body: SearchBody, service: TheService) -> SearchResultBody:
    """Passages for a query, each with why it was found."""
    question = body.question()
    return search_body(await in_thread(service, lambda: service.questions.search(question)))


@router.post("/ask", response_model=AnswerBody)
async def ask(body: AskBody, request: Request, service: TheService) -> Response | AnswerBody:
    """An answer with verified citations; with ``stream`` as server-sent events, the last one ``done`` or ``error``."""
    question = body.to_question()
    if not body.stream:
        answer = await while_connected(request, lambda: service.questions.ask(question))
        return answer_body(answer) if answer else Response(status_code=GONE)
    return event_stream(_events(question, service))


async def _events(question: Question, service: TheService) -> AsyncIterator[tuple[str, BaseModel | dict[str, object]]]:
    try:
        async for event in service.questions.stream(question):
            yield _event(event)
    except QuipuError as error:
        yield "error", error_body(error)


def _event(event: Event) -> tuple[str, BaseModel | dict[str, object]]:
    match event:
        case Step():
            return "step", StepBody(name=event.name, detail=event.detail, seconds=round(event.seconds, 4))
        case EvidenceFound():
            passages = [
                {
                    "marker": item.marker, "document_id": item.placed.document.id, "chunk_id": item.placed.chunk.id,
                    "title": item.placed.document.title, "why": why_body(item.hit.why).model_dump(),
                }
                for item in event.evidence
            ]  # fmt: skip
            return "evidence", {"passages": passages}
        case Token():
            return "token", {"text": event.text}
        case Citation():
            return "citation", citation_body(event)
        case Answer():
            return "done", answer_body(event)
