"""What ingestion may ask about members: documents that another document holds, such as attachments of a mail."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from graph.model import Metadata
from ingest.model import RegisteredVersion, Upload


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file that another file holds, as its loader hands it out: it becomes a document of its own.

    ``name`` is its name or path within the other file, and no other member's; ``metadata`` says what it came with.
    """

    name: str
    media_type: str = ""
    data: bytes
    metadata: Metadata = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMember:
    """A member that can be accepted: its bytes are durable under ``content_hash``, but nothing refers to them yet."""

    name: str
    media_type: str
    metadata: Metadata
    content_hash: str
    size: int


Take = Callable[[Member], object]
"""Called with each member of a document, while that is read. What it raises ends the reading."""


class MemberRegister(Protocol):
    """Which documents are held by another one: those of whose newest versions it is the parent."""

    def members(self, workspace: str, parent: str, *, after: str = "", limit: int = 500) -> Sequence[RegisteredVersion]:
        """The newest version of each, deleted or not, in order of their ids, beginning after the id ``after``."""
        ...

    def confirm(self, workspace: str, document_id: str, version: int, parent_version: int) -> None:
        """Note that a version of the parent holds this version of a member as well."""
        ...


class MemberKeeper(Protocol):
    """What becomes of the members of a document."""

    def put(self, upload: Upload, member: Member) -> HeldMember:
        """Make the bytes of a member durable. Raises InputError where it can be no document, DependencyError."""
        ...

    def settle(self, upload: Upload, members: Sequence[HeldMember], tell: Callable[[int], bool]) -> Mapping[str, str]:
        """Let the documents held by a version that can be read now be just these; names of those refused, and why.

        Called again for the same version it does what was left to do. ``tell`` gets how many are done; it says whether
        they are still wanted.

        Raises:
            Superseded: they are not wanted any more; those that came before are there.
            DependencyError: the graph or the bytes cannot be reached.
        """
        ...

    def drop(self, members: Sequence[HeldMember]) -> None:
        """Remove bytes that were made durable in vain. Raises DependencyError."""
        ...
