"""What the service knows of a file already: its document, that of another folder, or that of the name it had before."""

from dataclasses import dataclass
from typing import Any

from api.cli.documents.files import LocalFile
from api.outbound.client import QuipuClient, document_path
from graph.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file belongs.

    ``renamed`` is the document of the name that it had before. ``taken_by`` names the other folder from which another
    text came under its id. ``note`` tells of a document that it may have made under an earlier rule.
    """

    file: LocalFile
    renamed: dict[str, Any] | None = None
    taken_by: str = ""
    note: str = ""


class KnownFiles:
    """Asks for each file once; a document is what one file was before, not several."""

    def __init__(self, client: QuipuClient) -> None:
        self._client = client
        self._renamed: set[str] = set()

    def place(self, file: LocalFile) -> Place:
        """Where it belongs."""
        same_bytes = self._client.get("/v1/documents", content_hash=file.digest())["documents"]
        if any(one["id"] == file.document_id for one in same_bytes):
            return Place(file=file, renamed=self._before(file, same_bytes))
        here = self._document(file.document_id)
        root = here["metadata"].get("root", file.root_name) if here else file.root_name
        return Place(
            file=file, renamed=self._before(file, same_bytes), taken_by="" if root == file.root_name else str(root),
            note=self._orphan(file),
        )  # fmt: skip

    def _before(self, file: LocalFile, same_bytes: list[dict[str, Any]]) -> dict[str, Any] | None:
        """A document with the same bytes, from the same root, whose file is gone from there."""
        for one in same_bytes:
            metadata = one["metadata"]
            ours = metadata.get("root") == file.root_name and metadata.get("path") == one["id"] != file.document_id
            if ours and one["id"] not in self._renamed and not (file.root / one["id"]).exists():
                self._renamed.add(one["id"])
                return one
        return None

    def _orphan(self, file: LocalFile) -> str:
        """What earlier versions, which took the base name of a file named by itself, may have made of it."""
        name = file.path.name
        if not file.by_itself or name == file.document_id:
            return ""
        old = self._document(name)
        if old is None or old["source"] != name or "root" in old["metadata"]:
            return ""
        return f"the document {name!r}, which earlier versions of Quipu may have made of this file, is still there"

    def _document(self, document_id: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._client.get(document_path(document_id))
        except NotFoundError:
            return None
        return found
