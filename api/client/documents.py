"""Documents: bring, replace, list, read, withdraw."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from api.client.calls import AsOf, Sent
from api.client.methods import Listing, operation
from api.client.uploads import File, FileDocument, accepted, texts, upload
from api.schemas.changes import ReceiptBody
from api.schemas.documents import (
    AcceptedBodies,
    ChunkBody,
    DocumentBody,
    DocumentPage,
    FormatBodies,
    TextDocument,
    VersionBody,
)


class Documents:
    """What a client does with documents.

    ``wait`` is how many seconds (60 at most) the service may wait until every question can read what was sent;
    ``revision`` of the answer tells that it can.
    """

    @operation("POST", "/v1/documents", AcceptedBodies, repeatable=True, read=accepted)
    def upload_documents(self, documents: Sequence[TextDocument], *, wait: float | None = None) -> Sent:
        """Bring texts. One entry each, in order; those that are refused carry their problem, also where all are."""
        return replace(texts(documents), query={"wait": wait})

    @operation("POST", "/v1/documents", AcceptedBodies, repeatable=True, read=accepted)
    def upload_files(
        self, files: Sequence[File], *, metadata: Mapping[str, Any] | None = None,
        readers: Sequence[str] | None = None, wait: float | None = None,
    ) -> Sent:  # fmt: skip
        """Bring files under ids of the service's choosing; ``metadata`` and ``readers`` are for all of them."""
        form = {
            "metadata": None if metadata is None else json.dumps(dict(metadata)),
            "readers": None if readers is None else json.dumps(list(readers)),
        }
        return Sent(query={"wait": wait}, files=[file.part for file in files], form=form)

    @operation("PUT", "/v1/documents/{document_id}", AcceptedBodies)
    def replace_document(
        self, document_id: str, document: TextDocument | FileDocument, *, if_match: int | None = None,
        wait: float | None = None,
    ) -> Sent:  # fmt: skip
        """Create or replace one document; with ``if_match`` only where it is of that version.

        Twice is as good as once, but not where it must be of a version: the second would find another one.
        """
        return replace(
            upload(document), query={"wait": wait}, headers=_match(if_match), repeatable=if_match is None
        )  # fmt: skip

    @operation("GET", "/v1/documents", DocumentPage)
    def list_documents(
        self, *, q: str | None = None, filters: Mapping[str, Any] | None = None, as_of: AsOf = None,
        content_hash: str | None = None, limit: int | None = None, cursor: str | None = None,
    ) -> Sent:  # fmt: skip
        """A page of the live documents, in order of their ids.

        ``q``: words that stand in title, id or source. With ``content_hash`` only those that hold a file.
        """
        conditions = None if filters is None else json.dumps(dict(filters))
        return Sent(
            query={
                "q": q, "filters": conditions, "as_of": as_of, "content_hash": content_hash, "limit": limit,
                "cursor": cursor,
            }
        )  # fmt: skip

    every_document = Listing(list_documents, lambda page: page.documents)

    @operation("GET", "/v1/documents/{document_id}", DocumentBody)
    def get_document(self, document_id: str, *, as_of: AsOf = None) -> Sent:
        """One document, and how it was read."""
        return Sent(query={"as_of": as_of})

    @operation("GET", "/v1/documents/{document_id}/content", str)
    def get_document_content(self, document_id: str, *, version: int | None = None, as_of: AsOf = None) -> Sent:
        """The text as Quipu reads it; offsets of passages and citations count in it."""
        return Sent(query={"version": version, "as_of": as_of})

    @operation("GET", "/v1/documents/{document_id}/original", bytes)
    def get_document_original(self, document_id: str, *, version: int | None = None, as_of: AsOf = None) -> Sent:
        """The file as it was uploaded."""
        return Sent(query={"version": version, "as_of": as_of})

    @operation("GET", "/v1/documents/{document_id}/pages/{page}", bytes)
    def get_document_page(
        self, document_id: str, page: int, *, version: int | None = None, scale: float | None = None,
        box: Sequence[str] = (),
    ) -> Sent:  # fmt: skip
        """A page of a PDF as it looks, or a picture, as PNG; each ``box`` that is marked is ``x0,y0,x1,y1``."""
        return Sent(query={"version": version, "scale": scale, "box": box})

    @operation("GET", "/v1/documents/{document_id}/versions", list[VersionBody])
    def list_document_versions(self, document_id: str) -> Sent:
        """Every version that is kept, oldest first."""
        return Sent()

    @operation("GET", "/v1/documents/{document_id}/chunks", list[ChunkBody])
    def list_document_chunks(self, document_id: str, *, as_of: AsOf = None) -> Sent:
        """Its passages, in order."""
        return Sent(query={"as_of": as_of})

    @operation("DELETE", "/v1/documents/{document_id}", ReceiptBody)
    def delete_document(
        self, document_id: str, *, purge: bool = False, if_match: int | None = None, wait: float | None = None
    ) -> Sent:
        """Withdraw it, or ``purge`` every byte of it. DeletionRecorded says that the graph has yet to be reached."""
        return Sent(query={"purge": purge, "wait": wait}, headers=_match(if_match))

    @operation("GET", "/v1/formats", FormatBodies)
    def list_formats(self) -> Sent:
        """Every format that can be read."""
        return Sent()


def _match(version: int | None) -> dict[str, str | None]:
    return {"If-Match": None if version is None else f'"{version}"'}
