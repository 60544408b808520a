"""The knowledge base as a model that OpenAI's chat protocol can talk to: any chat client can use it.

Each question stands alone: the last message of the user is asked, what was said before it is not. Sampling parameters
and tools mean nothing here and are passed over.
"""

import json
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.rest.context import RequestContext, TheContext, placed_answer, while_connected
from api.rest.problems import GONE, error_body
from api.schemas.answers import answer_body, pending_text
from api.schemas.chat import (
    MODEL,
    ChatBody,
    ChoiceBody,
    CompletionBody,
    ModelBody,
    ModelsBody,
    SaidBody,
    check_model,
    usage_body,
)
from graph.errors import QuipuError
from graph.text.inert import inert_line
from graph.text.tokens import is_east_asian
from retrieval.answering.writing import Token
from retrieval.model import Answer, Question
from retrieval.pipeline import QuestionPipeline

router = APIRouter(prefix="/v1", tags=["chat"])


@router.get("/models")
async def models() -> ModelsBody:
    """The knowledge base, as a model."""
    return ModelsBody(data=[ModelBody()])


@router.get("/models/{model}")
async def model(model: str) -> ModelBody:
    """One model by its name."""
    check_model(model)
    return ModelBody()


@router.post("/chat/completions", response_model=CompletionBody)
async def complete(body: ChatBody, request: Request, context: TheContext) -> Response | CompletionBody:
    """Answer the last message, with sources below; with ``stream`` in the protocol's chunks."""
    question, questions = body.question(context.workspace, context.audience), context.cases.questions
    context.notes.mode = question.mode
    if body.stream:
        return StreamingResponse(_lines(body, question, questions, context), media_type="text/event-stream")
    answer = await while_connected(request, lambda: questions.ask(question))
    context.notes.shows(answer)
    if answer is None:
        return Response(status_code=GONE)
    said = SaidBody(role="assistant", content=answer.text + _sources(answer, body.unread))
    told = await placed_answer(context, answer_body(answer))
    return CompletionBody(
        id=_new_id(), created=int(time.time()), choices=[ChoiceBody(message=said)], usage=usage_body(answer), quipu=told
    )  # fmt: skip


async def _lines(
    body: ChatBody, question: Question, questions: QuestionPipeline, context: RequestContext
) -> AsyncIterator[str]:
    with_usage = body.stream_options is not None and bool(body.stream_options.include_usage)
    chunk = {"id": _new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}

    def line(said: SaidBody | None, finish: str | None = None, **more: object) -> str:
        choices: list[object] = []
        if said is not None:
            choices = [{"index": 0, "delta": said.model_dump(exclude_none=True), "finish_reason": finish}]
        return f"data: {json.dumps({**chunk, 'choices': choices, **more}, ensure_ascii=False)}\n\n"

    yield line(SaidBody(role="assistant", content=""))
    try:
        async with aclosing(questions.stream(question)) as stream:  # type: ignore[type-var]
            async for event in context.service.last_call.each(stream):
                context.notes.shows(event)
                if isinstance(event, Token):
                    yield line(SaidBody(content=event.text))
                elif isinstance(event, Answer):
                    yield line(SaidBody(content=_sources(event, body.unread)))
                    told = await placed_answer(context, answer_body(event))
                    yield line(SaidBody(), "stop", quipu=told.model_dump(mode="json"))
                    if with_usage:
                        yield line(None, usage=usage_body(event).model_dump())
    except QuipuError as error:
        failed = {**error_body(error), "message": str(error)}
        yield f"data: {json.dumps({'error': failed}, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"


def _sources(answer: Answer, unread: Sequence[str]) -> str:
    """A line for each marker, each note, and what of the question was not read: chat clients show text alone."""
    named = {
        citation.marker: f"[{citation.marker}] {inert_line(citation.title)} ({inert_line(citation.document_id)})"
        for citation in answer.citations
    }
    lines = [*named.values(), *map(inert_line, answer.notes), *unread]
    told = "\n\n" + "\n".join(lines) if lines else ""
    return f"{told}\n\n({pending_text(answer.pending, chinese=is_east_asian(answer.text))})" if answer.pending else told


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
