"""Files on their way to the service."""

import json
import mimetypes
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict

from api.client.calls import Sent, reading
from api.schemas.documents import AcceptedBodies, TextDocument


class File(BaseModel):
    """A file by its name and bytes; its ``media_type`` is told from the name where it is left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    content: bytes
    media_type: str | None = None

    @property
    def part(self) -> tuple[str, tuple[str, bytes, str]]:
        """A part of a form."""
        kind = self.media_type or mimetypes.guess_type(self.name)[0] or "application/octet-stream"
        return "file", (self.name, self.content, kind)


class FileDocument(File):
    """A file that is to be a document. Left out, ``readers`` stay as they are; None opens it to the workspace."""

    title: str | None = None
    metadata: Mapping[str, Any] = {}
    readers: Sequence[str] | None = None

    @classmethod
    def from_path(cls, path: Path, **more: Any) -> "FileDocument":
        """The file at a path; ``more`` are the other fields."""
        return cls(name=path.name, content=path.read_bytes(), **more)

    @property
    def about(self) -> dict[str, str | None]:
        """What a form says of it."""
        readers = json.dumps(self.readers) if "readers" in self.model_fields_set else None
        return {"title": self.title, "metadata": json.dumps(dict(self.metadata)), "readers": readers}


def upload(document: TextDocument | FileDocument) -> Sent:
    """One document, as text or as a file."""
    if isinstance(document, FileDocument):
        return Sent(files=[document.part], form=document.about)
    return texts([document])


def texts(documents: Sequence[TextDocument]) -> Sent:
    """Documents as text at hand; what they leave out is not said."""
    return Sent(body={"documents": [one.model_dump(mode="json", exclude_unset=True) for one in documents]})


def accepted(response: httpx.Response) -> AcceptedBodies:
    """An entry for each part of an upload, also of one that was refused in all its parts."""
    refused = not response.is_success and '"documents":' in response.text
    return AcceptedBodies.model_validate_json(response.content) if refused else _accepted(response)


_accepted = reading(AcceptedBodies)
