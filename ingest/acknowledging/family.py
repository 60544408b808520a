"""A document and what it holds, however deep, as the register knows it; and the ids of members."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from graph.identity import content_hash
from ingest.given_names import MAX_ID
from ingest.member_ports import MemberRegister
from ingest.model import RegisteredVersion
from ingest.ports import VersionRegister

MOST_DEEP = 5
"""Documents within each other, the outermost not counted."""
PART_OF = "part_of"
"""The metadata field of a member that holds the id of its parent."""
_KEPT = 40


def member_id(parent: str, name: str) -> str:
    """The id of a member by its name: the same at each reading. A name that is too long is told by its hash."""
    found = f"{parent}/{name}"
    if len(found) > MAX_ID:
        found = f"{parent}/{content_hash(name.encode())[:_KEPT]}{PurePosixPath(name).suffix[:_KEPT]}"
    return found


def held_by(register: MemberRegister, workspace: str, document_id: str) -> Iterator[RegisteredVersion]:
    """The newest version of every document that another one holds, itself or through others, deleted or not."""
    for member in members_of(register, workspace, document_id):
        yield member
        yield from held_by(register, workspace, member.upload.document_id)


def members_of(register: MemberRegister, workspace: str, document_id: str) -> Iterator[RegisteredVersion]:
    """The newest version of every document that another one holds itself, deleted or not, by id."""
    after = ""
    while page := register.members(workspace, document_id, after=after):
        yield from page
        after = page[-1].upload.document_id


def holders(register: VersionRegister, workspace: str, document_id: str) -> list[str]:
    """Ids of the documents within which one stands, the innermost first."""
    found: list[str] = []
    latest = register.latest(workspace, document_id)
    while latest is not None and latest.upload.parent is not None and len(found) <= MOST_DEEP:
        found.append(latest.upload.parent)
        latest = register.latest(workspace, latest.upload.parent)
    return found
