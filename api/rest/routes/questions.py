"""Questions: search and ask, in words or of the graph's relations."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from api.rest.context import RequestContext, TheContext, placed_answer, placed_citation, while_connected
from api.rest.event_stream import event_stream
from api.rest.problems import GONE, error_body
from api.schemas.asking.answers import AnswerBody, TokenBody, answer_body, citation_body, evidence_body
from api.schemas.asking.questions import AskBody, SearchBody, SearchResultBody, search_body
from api.schemas.asking.understanding import step_body
from api.schemas.facts import FactsAskedBody, FactsBody, facts_body
from graph.errors import QuipuError
from retrieval.answer import Answer, Citation, Event, EvidenceFound, Step, Token
from retrieval.pipeline import whole

router = APIRouter(prefix="/v1", tags=["questions"])


@router.post("/search", response_model=SearchResultBody)
async def search(body: SearchBody, request: Request, context: TheContext) -> Response | SearchResultBody:
    """Passages for a query, each with why it was found."""
    question = body.to_question(context.workspace, context.audience)
    context.notes.mode = question.mode
    found = await while_connected(request, lambda: context.cases.questions.find(question))
    if found is None:
        return Response(status_code=GONE)
    context.notes.ids += [found.chunks[hit.chunk_id].document.id for hit in found.hits]
    return search_body(found)


@router.post("/graph/facts", response_model=FactsBody)
async def facts(body: FactsAskedBody, request: Request, context: TheContext) -> Response | FactsBody:
    """What satisfies conditions on relations: listed, counted, compared, the newest; each row with its quotes."""
    query, of = body.to_query(), body.to_question(context.workspace, context.audience)
    rows = await while_connected(request, lambda: context.cases.facts.ask(query, of))
    if rows is None:
        return Response(status_code=GONE)
    context.notes.ids += list(
        dict.fromkeys(one.quote.placed.document.id for row in rows.rows for one in row.stated)
    )  # fmt: skip
    return facts_body(rows)


@router.post("/ask", response_model=AnswerBody)
async def ask(body: AskBody, request: Request, context: TheContext) -> Response | AnswerBody:
    """An answer with verified citations; with ``stream`` as server-sent events, the last one ``done`` or ``error``."""
    question = body.to_question(context.workspace, context.audience, context.default_mode)
    cases = context.cases
    context.notes.mode = question.mode
    if body.session_id is None:
        events = cases.questions.stream(question)
    else:
        context.notes.ids.append(body.session_id)
        events = cases.conversations.stream(context.holder, body.session_id, question)
    if not body.stream:
        answer = await while_connected(request, lambda: whole(events))
        context.notes.shows(answer)
        return await placed_answer(context, answer_body(answer)) if answer else Response(status_code=GONE)
    return event_stream(_events(events, context))


async def _events(
    events: AsyncIterator[Event], context: RequestContext
) -> AsyncIterator[tuple[str, BaseModel | dict[str, object]]]:
    try:
        async with aclosing(events) as stream:  # type: ignore[type-var]
            async for event in context.service.last_call.each(stream):
                context.notes.shows(event)
                yield await _event(event, context)
    except QuipuError as error:
        yield "error", error_body(error)


async def _event(event: Event, context: RequestContext) -> tuple[str, BaseModel | dict[str, object]]:
    match event:
        case Step():
            return "step", step_body(event)
        case EvidenceFound():
            return "evidence", evidence_body(event.evidence)
        case Token():
            return "token", TokenBody(text=event.text)
        case Citation():
            return "citation", await placed_citation(context, citation_body(event))
        case Answer():
            return "done", await placed_answer(context, answer_body(event))
