"""Documents: upload, replace, list, read, delete."""

from collections.abc import Sequence
from dataclasses import replace as altered
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import AfterValidator
from starlette.responses import PlainTextResponse

from api.rest.context import RequestContext, TheContext
from api.rest.edge.addresses import as_given
from api.rest.edge.uploads import UPLOAD_FORM, json_object, sent_documents
from api.rest.problems import GONE
from api.rest.waiting import Wait, accepted_response, until_readable
from api.schemas.asking.answers import parse_box
from api.schemas.changes import ReceiptBody
from api.schemas.documents import (
    AcceptedBodies,
    ChunkBody,
    DocumentBody,
    DocumentPage,
    VersionBody,
    chunk_body,
    counts_body,
    document_body,
)
from api.schemas.readings import reading_body
from api.schemas.strict import parse_as_of, parse_number
from graph.errors import DeletionRecorded, InputError
from graph.filters import MAX_FIELD, Filters
from graph.parsing import LARGEST
from graph.text.held_names import called
from ingest.acknowledging.acceptance import with_namesakes
from ingest.documents import DocumentState, Moment, Original
from ingest.given_names import base_name
from ingest.loaders.page_views import DrawnPage, PageView
from ingest.reading_reports import SecondReading

router = APIRouter(prefix="/v1/documents", tags=["documents"])
DocumentId = Annotated[str, AfterValidator(as_given)]
"""An id in a path: one encoded segment. Slashes may be left as they are, where no ``/content`` and the like follows."""
Version = Annotated[int | None, Query(ge=1, le=LARGEST, description="A version that is kept, instead of `as_of`.")]
_ACCEPTED: dict[str, Any] = {
    "openapi_extra": UPLOAD_FORM, "response_model": AcceptedBodies, "responses": {200: {"model": AcceptedBodies}},
}  # fmt: skip
_CALLED = "words (parts will do) of a title, id or source; case, accents, width and the form of Han do not matter"
UNNAMED = "text"
"""Source of a text that came without id and title."""


@router.post("", status_code=202, **_ACCEPTED)
async def upload(request: Request, context: TheContext, wait: Wait = None) -> Response:
    """Upload one or many files, or text as JSON. Each part gets an entry; refused ones carry their problem."""
    documents = await sent_documents(request, UNNAMED)
    intake = context.cases.intake
    accepted = with_namesakes(
        documents,
        await context.in_thread(
            lambda: intake.accept(context.workspace, documents, audience=context.audience, account=context.account)
        ),
    )
    context.notes.ids += [item.document_id for item in accepted if item.document_id is not None]
    return await accepted_response(request, context, accepted, wait)


@router.put("/{document_id:path}", status_code=202, **_ACCEPTED)
async def replace(
    document_id: DocumentId, request: Request, context: TheContext, if_match: Annotated[str | None, Header()] = None,
    wait: Wait = None,
) -> Response:  # fmt: skip
    """Create or replace one document; readers see the old or the new version, never half of each."""
    documents = await sent_documents(request, document_id)
    if len(documents) != 1:
        raise InputError("PUT takes exactly one document")
    intake, match = context.cases.intake, _etag(if_match)
    accepted = await context.in_thread(
        lambda: intake.replace(
            context.workspace,
            document_id,
            documents[0],
            audience=context.audience,
            if_match=match,
            account=context.account,
        )
    )
    response = await accepted_response(request, context, [accepted], wait)
    if accepted.version is not None:
        response.headers["ETag"] = f'"{accepted.version}"'
    return response


@router.get("", response_model_exclude_unset=True)
async def list_documents(  # noqa: PLR0913 - what FastAPI reads of the request
    context: TheContext, *, cursor: str = "", limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    filters: Annotated[str | None, Query(description="metadata filters, a JSON object")] = None,
    q: Annotated[str, Query(max_length=MAX_FIELD, description=_CALLED)] = "", as_of: str | None = None,
    content_hash: Annotated[
        str | None, Query(pattern="^[0-9a-f]{64}$", description="SHA-256 of a file: the documents that hold it")
    ] = None,
) -> DocumentPage:  # fmt: skip
    """Live documents in order of their ids; with ``content_hash`` all of those whose newest bytes it is."""
    wanted = called(q, Filters.parse(json_object("filters", filters)) if filters is not None else None)
    moment = parse_as_of(as_of)
    documents = context.documents

    def read() -> DocumentPage:
        if content_hash is not None:
            holding = documents.holding(context.workspace, content_hash)
            return DocumentPage(documents=_document_bodies(context, holding), next_cursor=None)
        found = documents.page(context.workspace, as_of=moment, after=cursor, limit=limit + 1, filters=wanted or None)
        bodies = _document_bodies(context, found[:limit])
        return DocumentPage(documents=bodies, next_cursor=bodies[-1].id if len(found) > limit else None)

    return await context.in_thread(read)


@router.get("/{document_id:path}/content", response_class=PlainTextResponse)
async def content(
    document_id: DocumentId, context: TheContext, as_of: str | None = None, version: Version = None
) -> PlainTextResponse:  # fmt: skip
    """The text as Quipu reads it; offsets of chunks and citations refer to it."""
    documents = context.documents

    def read() -> str:
        return documents.text(context.workspace, document_id, as_of=_moment(context, document_id, as_of, version))

    return PlainTextResponse(await context.in_thread(read))


@router.get("/{document_id:path}/original", response_class=Response)
async def original(
    document_id: DocumentId, context: TheContext, as_of: str | None = None, version: Version = None
) -> Response:  # fmt: skip
    """The file as it was uploaded, to be saved: a browser neither shows nor runs it."""
    documents = context.documents

    def read() -> Original:
        return documents.original(context.workspace, document_id, as_of=_moment(context, document_id, as_of, version))

    found = await context.in_thread(read)
    return Response(
        found.data,
        headers={
            "Content-Type": found.document.media_type,
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(base_name(found.document.source), safe='')}",
            "ETag": f'"{found.document.version}"',
        },
    )


@router.get("/{document_id:path}/pages/{page}", response_class=Response)
async def page_picture(  # noqa: PLR0913 - what FastAPI reads of the request
    document_id: DocumentId, page: Annotated[int, Path(ge=1, le=100_000)], context: TheContext, *,
    version: Version = None,
    scale: Annotated[float, Query(ge=0.1, le=8, description="Pixels for each point of a page of a PDF.")] = 1.5,
    box: Annotated[
        list[str] | None,
        Query(max_length=200, description="Marked on the page: `x0,y0,x1,y1` of one of the `boxes` of a citation."),
    ] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """A page of a PDF as it looks, or a picture. The longer side has 4,000 pixels at most; `X-Quipu-Scale` tells the
    scale. A browser keeps it and asks whether it still may show it.
    """
    view = PageView(page=page, scale=scale, boxes=tuple(map(parse_box, box or ())))

    def read() -> tuple[int, DrawnPage | None]:
        moment = _moment(context, document_id, None, version)
        shown = context.documents.get(context.workspace, document_id, as_of=moment).document.version
        if if_none_match == f'"{shown}"':
            return shown, None
        drawer = context.service.parser
        return shown, context.documents.drawn(context.workspace, document_id, view, drawer, as_of=moment)

    shown, drawn = await context.in_thread(read)
    headers = {"ETag": f'"{shown}"', "Cache-Control": "private, no-cache", "Vary": "Authorization, X-Quipu-Workspace"}
    if drawn is None:
        return Response(status_code=304, headers=headers)
    return Response(drawn.picture, media_type="image/png", headers={**headers, "X-Quipu-Scale": f"{drawn.scale:.6g}"})


@router.get("/{document_id:path}/versions")
async def versions(document_id: DocumentId, context: TheContext) -> list[VersionBody]:
    """Every version that is kept, oldest first."""
    documents = context.documents
    found = await context.in_thread(lambda: documents.versions(context.workspace, document_id))
    return [
        VersionBody(
            version=document.version, title=document.title, content_hash=document.content_hash,
            updated_at=document.updated_at, valid_from=valid_from, valid_to=valid_to,
        )
        for document, valid_from, valid_to in found
    ]  # fmt: skip


@router.get("/{document_id:path}/chunks")
async def chunks(document_id: DocumentId, context: TheContext, as_of: str | None = None) -> list[ChunkBody]:
    """The passages of a document, in order."""
    documents, moment = context.documents, parse_as_of(as_of)
    found = await context.in_thread(lambda: documents.chunks(context.workspace, document_id, as_of=moment))
    return [chunk_body(placed) for placed in found]


@router.get("/{document_id:path}", response_model_exclude_unset=True)
async def document(
    document_id: DocumentId, response: Response, context: TheContext, as_of: str | None = None
) -> DocumentBody:
    """One document, and how it was read. ``state`` is ``live``; ``partly read`` where something in its file could not
    be read; that of its job where a version is still to come.
    """
    documents, moment = context.documents, parse_as_of(as_of)

    def read() -> DocumentBody:
        found = documents.get(context.workspace, document_id, as_of=moment)
        (body,) = _document_bodies(context, [found])
        kin = documents.kin(context.workspace, document_id)
        held = {"part_of": kin.parent, "members": list(kin.members), "members_count": kin.count}
        return body.model_copy(update={"reading": reading_body(found.reading), **held})

    body = await context.in_thread(read)
    response.headers["ETag"] = f'"{body.version}"'
    return body


@router.delete("/{document_id:path}", response_model=ReceiptBody, responses={202: {"model": ReceiptBody}})
async def delete(  # noqa: PLR0913 - what FastAPI reads of the request
    document_id: DocumentId, request: Request, response: Response, context: TheContext, *, purge: bool = False,
    if_match: Annotated[str | None, Header()] = None, wait: Wait = None,
) -> Response | ReceiptBody:  # fmt: skip
    """Withdraw a document, at any time; with ``purge`` every byte of it, at every revision.

    It is done when this answers. Only where the graph cannot be reached is there something to wait for.
    """
    intake, match = context.cases.intake, _etag(if_match)
    try:
        receipt = await context.in_thread(
            lambda: intake.withdraw(
                context.workspace, document_id, audience=context.audience, purge=purge, if_match=match
            )
        )
    except DeletionRecorded as recorded:
        if wait is None:
            raise
        standing = await until_readable(request, context, recorded.token, wait)
        if standing is None:
            return Response(status_code=GONE)
        response.status_code = 202 if standing.pending else 200
        revision = None if standing.pending else await context.in_thread(lambda: context.revision(None))
        return ReceiptBody(
            id=document_id, version=recorded.version, revision=revision, purged=purge, token=recorded.token
        )
    return ReceiptBody(
        id=receipt.document_id, version=receipt.version, revision=receipt.revision, purged=receipt.purged,
        gone=counts_body(receipt.gone), jobs_cancelled=receipt.jobs_cancelled, blobs=receipt.blobs,
        members=receipt.members, token=receipt.token,
    )  # fmt: skip


def _document_bodies(context: RequestContext, states: Sequence[DocumentState]) -> list[DocumentBody]:
    """Documents for people; who may write sees who may read them."""
    bodies = [
        document_body(
            state.document,
            state=state.state,
            revision=state.revision,
            counts=state.counts,
            reading=state.reading,
            second=_foreseen(context, state.second),
        )
        for state in states
    ]
    if context.caller.role == "ask":
        return bodies
    readers = context.documents.readers(context.workspace, [body.id for body in bodies])
    return [
        body.model_copy(update={"readers": None if (found := readers[body.id]) is None else sorted(found)})
        for body in bodies
    ]


def _foreseen(context: RequestContext, second: SecondReading | None) -> SecondReading | None:
    """A model's reading with its expected end, where it still stands in line."""
    return second and altered(second, job=context.cases.reading_ends.foreseen([second.job])[0])


def _moment(context: RequestContext, document_id: str, as_of: str | None, version: int | None) -> Moment:
    """As of what a document is read: not both may be given."""
    if version is None:
        return parse_as_of(as_of)
    if as_of is not None:
        raise InputError("either as_of or version says which text is meant, not both")
    return context.documents.at(context.workspace, document_id, version)


def _etag(raw: str | None) -> int | None:
    if raw is None or raw.strip() == "*":
        return None
    return parse_number("If-Match is a version as given by ETag", raw.strip().removeprefix("W/").strip('"'))
