"""Documents: upload, replace, list, read, delete."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import AfterValidator
from starlette.responses import JSONResponse, PlainTextResponse

from api.rest.context import RequestContext, TheContext
from api.rest.edge.addresses import as_given
from api.rest.edge.forms import file_name, utf8_form
from api.rest.edge.json_bodies import json_body
from api.rest.problems import MEDIA_TYPE, error_body
from api.schemas.documents import (
    METADATA_FORM,
    READERS_DESCRIPTION,
    AcceptedBodies,
    AcceptedBody,
    ChunkBody,
    DocumentBody,
    DocumentPage,
    ReceiptBody,
    TextDocument,
    TextDocuments,
    VersionBody,
    chunk_body,
    counts_body,
    document_body,
    parse_metadata,
    parse_readers,
)
from api.schemas.strict import parse_as_of, parse_body, parse_number
from graph.errors import InputError, UnsupportedMediaType
from graph.filters import Filters
from graph.parsing import read_json
from ingest.documents import DocumentState
from ingest.model import Accepted, NewDocument, Source

router = APIRouter(prefix="/v1/documents", tags=["documents"])
MAX_FILES = 1_000
DocumentId = Annotated[str, AfterValidator(as_given)]
"""An id in a path: one encoded segment. Slashes may be left as they are, where no ``/content`` and the like follows."""
LOCKED_OUT = "you are not among its readers: for you it is not there"
UNNAMED = "text"
"""Source of a text that came without id and title."""
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}},
                        "document_id": {"type": "string", "description": "with one file only"},
                        "title": {"type": "string", "description": "with one file only"},
                        "metadata": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "contentSchema": {"type": "object", **METADATA_FORM},
                            "description": "a JSON object, for all files",
                        },
                        "readers": {
                            "type": "string",
                            "contentMediaType": "application/json",
                            "contentSchema": {"type": ["array", "null"], "items": {"type": "string"}},
                            "description": f"a JSON array, for all files: {READERS_DESCRIPTION}",
                        },
                    },
                }
            },
            "application/json": {},  # its schema is what ``declarations.py`` says the operation reads
        },
    }
}


@router.post("", status_code=202, openapi_extra=_FORM, response_model=AcceptedBodies)
async def upload(request: Request, context: TheContext) -> Response:
    """Upload one or many files, or text as JSON. Each part gets an entry; refused ones carry their problem."""
    documents = await _documents(request, UNNAMED)
    intake = context.cases.intake
    accepted = await context.in_thread(lambda: intake.accept(context.workspace, documents, audience=context.audience))
    context.notes.ids += [item.document_id for item in accepted if item.document_id is not None]
    return _accepted_response(accepted)


@router.put("/{document_id:path}", status_code=202, openapi_extra=_FORM, response_model=AcceptedBodies)
async def replace(
    document_id: DocumentId, request: Request, context: TheContext, if_match: Annotated[str | None, Header()] = None
) -> Response:
    """Create or replace one document; readers see the old or the new version, never half of each."""
    documents = await _documents(request, document_id)
    if len(documents) != 1:
        raise InputError("PUT takes exactly one document")
    intake, match = context.cases.intake, _etag(if_match)
    accepted = await context.in_thread(
        lambda: intake.replace(context.workspace, document_id, documents[0], audience=context.audience, if_match=match)
    )
    response = _accepted_response((accepted,))
    if accepted.version is not None:
        response.headers["ETag"] = f'"{accepted.version}"'
    return response


@router.get("", response_model_exclude_unset=True)
async def list_documents(
    context: TheContext,
    cursor: str = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    filters: Annotated[str | None, Query(description="metadata filters, a JSON object")] = None,
    as_of: str | None = None,
) -> DocumentPage:
    """Live documents in order of their ids."""
    wanted = Filters.parse(_json_object("filters", filters)) if filters is not None else None
    moment = parse_as_of(as_of)
    documents = context.documents

    def read() -> DocumentPage:
        found = documents.page(context.workspace, as_of=moment, after=cursor, limit=limit + 1, filters=wanted)
        bodies = _document_bodies(context, found[:limit])
        return DocumentPage(documents=bodies, next_cursor=bodies[-1].id if len(found) > limit else None)

    return await context.in_thread(read)


@router.get("/{document_id:path}/content", response_class=PlainTextResponse)
async def content(document_id: DocumentId, context: TheContext, as_of: str | None = None) -> PlainTextResponse:
    """The text as Quipu reads it; offsets of chunks and citations refer to it."""
    documents, moment = context.documents, parse_as_of(as_of)
    text = await context.in_thread(lambda: documents.text(context.workspace, document_id, as_of=moment))
    return PlainTextResponse(text)


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
    """One document. ``state`` is ``live``, or that of its job where a version is still to come."""
    documents, moment = context.documents, parse_as_of(as_of)
    (body,) = await context.in_thread(
        lambda: _document_bodies(context, [documents.get(context.workspace, document_id, as_of=moment)])
    )
    response.headers["ETag"] = f'"{body.version}"'
    return body


@router.delete("/{document_id:path}")
async def delete(
    document_id: DocumentId,
    context: TheContext,
    purge: bool = False,
    if_match: Annotated[str | None, Header()] = None,
) -> ReceiptBody:
    """Withdraw a document, at any time; with ``purge`` every byte of it, at every revision."""
    intake, match = context.cases.intake, _etag(if_match)
    receipt = await context.in_thread(
        lambda: intake.withdraw(context.workspace, document_id, audience=context.audience, purge=purge, if_match=match)
    )
    return ReceiptBody(
        id=receipt.document_id, version=receipt.version, revision=receipt.revision, purged=receipt.purged,
        gone=counts_body(receipt.gone), jobs_cancelled=receipt.jobs_cancelled, blobs=receipt.blobs,
    )  # fmt: skip


def _document_bodies(context: RequestContext, states: Sequence[DocumentState]) -> list[DocumentBody]:
    """Documents for people; who may write sees who may read them."""
    bodies = [
        document_body(state.document, state=state.state, revision=state.revision, counts=state.counts)
        for state in states
    ]
    if context.caller.role == "ask":
        return bodies
    readers = context.documents.readers(context.workspace, [body.id for body in bodies])
    return [
        body.model_copy(update={"readers": None if (found := readers[body.id]) is None else sorted(found)})
        for body in bodies
    ]


async def _documents(request: Request, unnamed: str) -> list[NewDocument]:
    """The documents of an upload, from a form or from JSON; ``unnamed`` is the source of a text without a name."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _from_form(request)
    if kind == "application/json":
        return _from_json(json_body(request), unnamed)
    raise UnsupportedMediaType(
        f"send multipart/form-data with 'file' parts, or application/json, not {kind or 'nothing'!r}"
    )


async def _from_form(request: Request) -> list[NewDocument]:
    async with utf8_form(request, max_files=MAX_FILES, max_fields=100) as form:
        files = form.named("file")
        if not files:
            raise InputError("the form has no 'file' part")
        fields = {name: form.fields[name] for name in ("document_id", "title") if name in form.fields}
        if fields and len(files) > 1:
            raise InputError(f"{' and '.join(fields)}: only with one file, but there are {len(files)}")
        metadata = parse_metadata(_json_object("metadata", form.fields.get("metadata", "{}")))
        given = form.fields.get("readers")
        readers = None if given is None else parse_readers(read_json("readers", given))
        return [
            NewDocument(
                source=Source(
                    name=file_name(file) or "upload", media_type=file.content_type or "", data=await file.read()
                ),
                document_id=fields.get("document_id"),
                title=fields.get("title"),
                metadata=metadata,
                readers=readers,
                readers_given=given is not None,
            )
            for file in files
        ]


def _from_json(body: object, unnamed: str) -> list[NewDocument]:
    return [_from_text(document, unnamed) for document in parse_body(TextDocuments, body).documents]


def _from_text(document: TextDocument, unnamed: str) -> NewDocument:
    data = document.text.encode("utf-8")
    name = document.id or document.title or unnamed
    return NewDocument(
        source=Source(name=name, media_type=document.media_type, data=data),
        document_id=document.id,
        title=document.title,
        metadata=parse_metadata(document.metadata),
        readers=parse_readers(document.readers),
        readers_given="readers" in document.model_fields_set,
    )


def _json_object(name: str, raw: str) -> dict[str, Any]:
    value = read_json(name, raw)
    if not isinstance(value, dict):
        raise InputError(f"{name} is a JSON object, not {type(value).__name__}")
    return value


def _accepted_response(accepted: tuple[Accepted, ...]) -> JSONResponse:
    """202, or the status of the first problem where every part was refused."""
    errors = [item.error for item in accepted if item.error is not None]
    body = AcceptedBodies(
        documents=[
            AcceptedBody(
                id=item.document_id, version=item.version, job_id=item.job_id, deduplicated=item.deduplicated,
                error=error_body(item.error) if item.error else None, note=LOCKED_OUT if item.locked_out else None,
            )
            for item in accepted
        ]
    ).model_dump(mode="json")  # fmt: skip
    if len(errors) == len(accepted):
        return JSONResponse({**error_body(errors[0]), **body}, status_code=errors[0].status, media_type=MEDIA_TYPE)
    return JSONResponse(body, status_code=202)


def _etag(raw: str | None) -> int | None:
    if raw is None or raw.strip() == "*":
        return None
    return parse_number("If-Match is a version as given by ETag", raw.strip().removeprefix("W/").strip('"'))
