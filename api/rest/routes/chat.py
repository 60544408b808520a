"""The knowledge base as a model that OpenAI's chat protocol can talk to: any chat client can use it.

Each question stands alone: the last message of the user is asked, what was said before it is not. Sampling parameters
and tools mean nothing here and are passed over.
"""

import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.rest.context import TheService, while_connected
from api.rest.problems import error_body
from api.rest.routes.questions import GONE
from api.schemas.bodies import AnswerBody, answer_body
from graph.errors import InputError, NotFoundError, QuipuError
from graph.model import DEFAULT_WORKSPACE
from retrieval.answering.writing import Token
from retrieval.model import Answer, Question

router = APIRouter(prefix="/v1", tags=["chat"])
MODEL = "quipu"


class TextPart(BaseModel):
    """A part of a message that is text."""

    type: Literal["text"]
    text: str


class MessageBody(BaseModel):
    """One message of a chat."""

    role: str
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class ChatBody(BaseModel):
    """A chat to be gone on with."""

    model: str
    messages: Annotated[list[MessageBody], Field(min_length=1)]
    stream: bool = False

    def question(self) -> Question:
        """The last message of the user.

        Raises:
            NotFoundError: it is for another model.
            InputError: no message is the user's.
        """
        if self.model != MODEL:
            raise NotFoundError(f"no model {self.model!r} here; use {MODEL!r}")
        asked = [message.text for message in self.messages if message.role == "user"]
        if not asked:
            raise InputError("no message of the role 'user' to answer")
        return Question(workspace=DEFAULT_WORKSPACE, text=asked[-1])


class ModelBody(BaseModel):
    """A model that can be named in a chat."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = "quipu"


class ModelsBody(BaseModel):
    """The models there are."""

    object: Literal["list"] = "list"
    data: list[ModelBody]


class SaidBody(BaseModel):
    """What the assistant says; in a stream, more of it."""

    role: Literal["assistant"] | None = None
    content: str | None = None


class ChoiceBody(BaseModel):
    """The one answer."""

    index: Literal[0] = 0
    message: SaidBody
    finish_reason: Literal["stop"] = "stop"


class CompletionBody(BaseModel):
    """An answer in the protocol's form; ``quipu`` is the same as ``/v1/ask`` gives it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str = MODEL
    choices: list[ChoiceBody]
    quipu: AnswerBody


@router.get("/models")
async def models() -> ModelsBody:
    """The knowledge base, as a model."""
    return ModelsBody(data=[ModelBody()])


@router.post("/chat/completions", response_model=CompletionBody)
async def complete(body: ChatBody, request: Request, service: TheService) -> Response | CompletionBody:
    """Answer the last message, with sources below; with ``stream`` in the protocol's chunks."""
    question = body.question()
    if body.stream:
        return StreamingResponse(
            _lines(question, service), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )
    answer = await while_connected(request, lambda: service.questions.ask(question))
    if answer is None:
        return Response(status_code=GONE)
    said = SaidBody(role="assistant", content=answer.text + _sources(answer))
    return CompletionBody(
        id=_new_id(), created=int(time.time()), choices=[ChoiceBody(message=said)], quipu=answer_body(answer)
    )


async def _lines(question: Question, service: TheService) -> AsyncIterator[str]:
    chunk = {"id": _new_id(), "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}

    def line(said: SaidBody, finish: str | None = None, **more: object) -> str:
        choice = {"index": 0, "delta": said.model_dump(exclude_none=True), "finish_reason": finish}
        return f"data: {json.dumps({**chunk, 'choices': [choice], **more}, ensure_ascii=False)}\n\n"

    yield line(SaidBody(role="assistant", content=""))
    try:
        async for event in service.questions.stream(question):
            if isinstance(event, Token):
                yield line(SaidBody(content=event.text))
            elif isinstance(event, Answer):
                yield line(SaidBody(content=_sources(event)))
                yield line(SaidBody(), "stop", quipu=answer_body(event).model_dump(mode="json"))
    except QuipuError as error:
        told = {**error_body(error), "message": str(error)}
        yield f"data: {json.dumps({'error': told}, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"


def _sources(answer: Answer) -> str:
    """A line for each marker of an answer: chat clients show text and nothing else."""
    named = {citation.marker: f"[{citation.marker}] {citation.title} ({citation.document_id})"
             for citation in answer.citations}  # fmt: skip
    return "\n\n" + "\n".join(named.values()) if named else ""


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
