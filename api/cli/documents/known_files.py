"""What the service knows of a file already: its document, that of another folder, or that of the name it had before."""

from dataclasses import dataclass

from api.cli.documents.files import LocalFile
from api.client import Quipu
from api.schemas.documents import DocumentBody
from graph.errors import NotFoundError


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file belongs.

    ``renamed`` is the document of the name that it had before. ``taken_by`` names the other folder from which another
    text came under its id. ``note`` tells of a document that it may have made under an earlier rule. ``as_it_is``: just
    these bytes are there already, without a word of where they stand; such a document stays as it is.
    """

    file: LocalFile
    as_it_is: bool = False
    renamed: DocumentBody | None = None
    taken_by: str = ""
    note: str = ""


class KnownFiles:
    """Asks for each file once; a document is what one file was before, not several."""

    def __init__(self, client: Quipu) -> None:
        self._client = client
        self._renamed: set[str] = set()

    def place(self, file: LocalFile) -> Place:
        """Where it belongs."""
        same_bytes = self._client.list_documents(content_hash=file.digest()).documents
        held = next((one for one in same_bytes if one.id == file.document_id), None)
        if held is not None:
            return Place(file=file, renamed=self._before(file, same_bytes), as_it_is=not _root_of(held))
        here = self._document(file.document_id)
        root = (_root_of(here) if here else "") or file.root_name
        return Place(
            file=file, renamed=self._before(file, same_bytes), taken_by="" if root == file.root_name else root,
            note=self._orphan(file),
        )  # fmt: skip

    def _before(self, file: LocalFile, same_bytes: list[DocumentBody]) -> DocumentBody | None:
        """A document with the same bytes, from the same root, whose file is gone from there."""
        for one in same_bytes:
            ours = _root_of(one) == file.root_name and one.id != file.document_id
            if ours and one.id not in self._renamed and not (file.root / one.id).exists():
                self._renamed.add(one.id)
                return one
        return None

    def _orphan(self, file: LocalFile) -> str:
        """What earlier versions, which took the base name of a file named by itself, may have made of it."""
        name = file.path.name
        if not file.by_itself or name == file.document_id:
            return ""
        old = self._document(name)
        if old is None or old.source != name or _root_of(old):
            return ""
        return f"the document {name!r}, which earlier versions of Quipu may have made of this file, is still there"

    def _document(self, document_id: str) -> DocumentBody | None:
        try:
            return self._client.get_document(document_id)
        except NotFoundError:
            return None


def _root_of(document: DocumentBody) -> str:
    """The root that a document came from by this command; empty where it came otherwise, or from an earlier version."""
    metadata = document.metadata
    return str(metadata.get("root", "")) if metadata.get("path") == document.id else ""
