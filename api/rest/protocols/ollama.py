"""The knowledge base as a model that Ollama's clients can talk to. As in chat, the messages are its history."""

import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.rest.context import RequestContext, TheContext, placed_answer
from api.rest.problems import GONE
from api.rest.protocols.saying import Said, Saying
from api.schemas.asking.answers import answer_body
from api.schemas.protocols.chat import check_model
from api.schemas.protocols.ollama import (
    ChatAskedBody,
    GenerateBody,
    LoadedBodies,
    LoadedBody,
    PieceBody,
    ShowBody,
    ShownBody,
    TagBody,
    TagsBody,
    VersionedBody,
    ended_body,
    piece_body,
)
from graph import release
from graph.errors import QuipuError
from retrieval.model import Question, Utterance

router = APIRouter(prefix="/api", tags=["chat"])
LINES = "application/x-ndjson"
_UNREAD = "images were not read: text alone is"
_LOADED: Mapping[str, object] = {"done": True, "done_reason": "load"}
"""Nothing was asked: clients do so to have a model loaded."""


@router.get("/version")
async def told_version() -> VersionedBody:
    """The version of Quipu, where clients ask for that of Ollama."""
    return VersionedBody(version=release())


@router.get("/tags")
async def tags() -> TagsBody:
    """The knowledge base, as a model."""
    return TagsBody(models=[TagBody()])


@router.get("/ps")
async def loaded() -> LoadedBodies:
    """The models that are loaded: the knowledge base, always."""
    return LoadedBodies(models=[LoadedBody()])


@router.post("/show")
async def show(body: ShowBody) -> ShownBody:
    """What the one model is."""
    check_model((body.model or body.name).removesuffix(":latest"))
    return ShownBody()


@router.post("/chat", response_model=PieceBody)
async def chat(body: ChatAskedBody, request: Request, context: TheContext) -> Response:
    """Answer the last message, with sources below, line by line unless ``stream`` is false."""
    body.check()
    asked = body.asked()
    if asked is None:
        return _answer(piece_body("", chat=True).model_copy(update=_LOADED))
    saying = _saying(context, asked.content, asked.images, body.stops, body.said_before())
    return await _said(saying, body, request)


@router.post("/generate", response_model=PieceBody)
async def generate(body: GenerateBody, request: Request, context: TheContext) -> Response:
    """Answer a prompt, with sources below, line by line unless ``stream`` is false."""
    body.check()
    if not body.prompt:
        return _answer(piece_body("", chat=False).model_copy(update=_LOADED))
    return await _said(_saying(context, body.prompt, body.images, body.stops), body, request)


def _saying(
    context: RequestContext, text: str, images: Sequence[object] | None, stops: Sequence[str],
    history: tuple[Utterance, ...] = (),
) -> Saying:  # fmt: skip
    question = Question(
        workspace=context.workspace, audience=context.audience, text=text, mode=context.default_mode, history=history
    )
    return Saying(context=context, question=question, unread=[_UNREAD] if images else [], stops=stops)


async def _said(saying: Saying, body: ChatAskedBody | GenerateBody, request: Request) -> Response:
    chat, started = isinstance(body, ChatAskedBody), time.perf_counter()
    if body.streams:
        return StreamingResponse(_lines(saying, chat=chat), media_type=LINES)
    said = await saying.whole(request)
    if said is None:
        return Response(status_code=GONE)
    return _answer(await _ended(saying, said, piece_body(said.text, chat=chat), started))


async def _lines(saying: Saying, *, chat: bool) -> AsyncIterator[bytes]:
    started = time.perf_counter()
    try:
        async for said in saying.pieces():
            if isinstance(said, str):
                yield _line(piece_body(said, chat=chat))
            else:
                yield _line(await _ended(saying, said, piece_body("", chat=chat), started))
    except QuipuError as error:
        yield json.dumps({"error": str(error)}, ensure_ascii=False).encode() + b"\n"


async def _ended(saying: Saying, said: Said, last: PieceBody, started: float) -> PieceBody:
    told = await placed_answer(saying.context, answer_body(said.answer)) if said.answer else None
    return ended_body(last, said.answer, told, time.perf_counter() - started)


def _line(piece: PieceBody) -> bytes:
    told = piece.model_dump(mode="json", exclude_none=True)
    if piece.quipu is not None:  # where null says something
        told["quipu"] = piece.quipu.model_dump(mode="json")
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def _answer(piece: PieceBody) -> Response:
    return Response(_line(piece), media_type="application/json")
