"""An upload as it is sent: a form with files, or texts as JSON."""

from typing import Any

from fastapi import Request

from api.rest.edge.forms import file_name, utf8_form
from api.rest.edge.json_bodies import json_body
from api.schemas.documents import (
    METADATA_FORM,
    READERS_DESCRIPTION,
    TextDocument,
    TextDocuments,
    parse_metadata,
    parse_readers,
)
from api.schemas.strict import parse_body
from graph.errors import InputError, UnsupportedMediaType
from graph.parsing import read_json
from ingest.model import NewDocument, Source

MAX_FILES = 1_000
UPLOAD_FORM: dict[str, Any] = {
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
"""The form, as OpenAPI describes it."""


async def sent_documents(request: Request, unnamed: str) -> list[NewDocument]:
    """The documents of an upload, from a form or from JSON; ``unnamed`` is the source of a text without a name.

    Raises:
        InputError, UnsupportedMediaType: the request is no upload.
    """
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
        metadata = parse_metadata(json_object("metadata", form.fields.get("metadata", "{}")))
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


def json_object(name: str, raw: str) -> dict[str, Any]:
    """A JSON object in a field or a query. Raises InputError."""
    value = read_json(name, raw)
    if not isinstance(value, dict):
        raise InputError(f"{name} is a JSON object, not {type(value).__name__}")
    return value
