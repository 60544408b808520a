"""The knowledge base as a model that OpenAI's chat protocol can talk to: any chat client can use it.

The last message of the user is asked; what was said before it is its history: the question is understood by it, and
nothing of it is kept. Sampling parameters,
limits of tokens and tools that need not be called mean nothing here and are passed over.
"""

import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.rest.context import RequestContext, TheContext, placed_answer
from api.rest.event_stream import kept_alive
from api.rest.problems import GONE, error_body
from api.rest.protocols.saying import Said, Saying
from api.schemas.asking.answers import AnswerBody, answer_body
from api.schemas.protocols.chat import (
    MODEL,
    ChatBody,
    ChoiceBody,
    CompletionBody,
    ModelBody,
    ModelsBody,
    SaidBody,
    annotations,
    check_model,
    usage_body,
)
from graph.errors import QuipuError

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
    question = replace(body.question(context.workspace, context.audience), mode=context.default_mode)
    saying = Saying(context=context, question=question, unread=body.unread, stops=body.stops)
    if body.stream:
        return StreamingResponse(kept_alive(_lines(body, saying, _base(request))), media_type="text/event-stream")
    said = await saying.whole(request)
    if said is None:
        return Response(status_code=GONE)
    message = SaidBody(
        role="assistant", content=said.text, annotations=annotations(said.text, said.answer, _base(request))
    )
    return CompletionBody(
        id=_new_id(), created=int(time.time()), choices=[ChoiceBody(message=message)], usage=usage_body(said.answer),
        quipu=await _told(context, said),
    )  # fmt: skip


async def _lines(body: ChatBody, saying: Saying, base: str) -> AsyncIterator[str]:
    with_usage = body.stream_options is not None and bool(body.stream_options.include_usage)
    chunk = {"id": _new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}

    def line(said: SaidBody | None, finish: str | None = None, **more: object) -> str:
        choices: list[object] = []
        if said is not None:
            choices = [{"index": 0, "delta": said.model_dump(exclude_none=True), "finish_reason": finish}]
        return f"data: {json.dumps({**chunk, 'choices': choices, **more}, ensure_ascii=False)}\n\n"

    yield line(SaidBody(role="assistant", content=""))
    try:
        async for said in saying.pieces():
            if isinstance(said, str):
                yield line(SaidBody(content=said))
                continue
            if found := annotations(said.text, said.answer, base):
                yield line(SaidBody(annotations=found))
            told = await _told(saying.context, said)
            yield line(SaidBody(), "stop", quipu=told.model_dump(mode="json") if told else None)
            if with_usage:
                yield line(None, usage=usage_body(said.answer).model_dump())
    except QuipuError as error:
        failed = {**error_body(error), "message": str(error)}
        yield f"data: {json.dumps({'error': failed}, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"


async def _told(context: RequestContext, said: Said) -> AnswerBody | None:
    return await placed_answer(context, answer_body(said.answer)) if said.answer else None


def _base(request: Request) -> str:
    """Where the service is for whoever asks, as far as their request says it."""
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host}{request.app.state.service.settings.root_path}"


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
