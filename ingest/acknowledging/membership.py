"""Documents that another document holds: attachments of a mail, mails of a mailbox, files of an archive.

They come, change and go with it. A member is a document like any other, which was acknowledged by the same steps; its
id begins with that of its parent, its metadata name it, its readers are those of its parent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from typing_extensions import override

from graph.audience import UNRESTRICTED
from graph.errors import InputError, QuotaExceeded, Superseded
from graph.model import Metadata
from graph.ports.operations import OperationalState, StorageRoom
from graph.quotas import Holding
from graph.rights import Readers, both
from ingest.acknowledging.coming import Acknowledging, Checked, Sender
from ingest.acknowledging.family import MOST_DEEP, PART_OF, holders, member_id, members_of
from ingest.acknowledging.going import Withdrawing
from ingest.member_ports import HeldMember, Member, MemberKeeper
from ingest.model import NewDocument, RegisteredVersion, Source, Upload, Withdrawal
from ingest.ports import Quota, UploadRegister

MAIL = "message/rfc822"
OF_A_MAIL = frozenset({"date", "from"})
TOGETHER = 100
"""Members acknowledged, or withdrawn, in one transaction."""


MOST_HELD = Holding(documents=50_000, bytes=2 << 30)
"""What all documents within an outermost one may come to: an archive of archives unpacks to no more than that."""


class Membership(MemberKeeper):
    """The MemberKeeper port over what acknowledges and withdraws documents."""

    def __init__(
        self, *, state: OperationalState, register: UploadRegister, quota: Quota, room: StorageRoom,
        coming: Acknowledging, going: Withdrawing,
    ) -> None:  # fmt: skip
        self._state = state
        self._register = register
        self._quota = quota
        self._room = room
        self._coming = coming
        self._going = going

    @override
    def put(self, upload: Upload, member: Member) -> HeldMember:
        if len(holders(self._register, upload.workspace, upload.document_id)) >= MOST_DEEP:
            raise InputError(f"{member.name!r} stands within more than {MOST_DEEP} other files")
        self._room.check(len(member.data))
        source = Source(name=member.name, media_type=member.media_type, data=member.data)
        checked = self._coming.check(
            NewDocument(source=source, document_id=member_id(upload.document_id, member.name), metadata={})
        )
        return HeldMember(
            name=member.name, media_type=checked.media_type, metadata=member.metadata, content_hash=checked.digest,
            size=checked.size,
        )  # fmt: skip

    @override
    def settle(self, upload: Upload, members: Sequence[HeldMember], tell: Callable[[int], bool]) -> Mapping[str, str]:
        self._withdraw_gone(upload, {member_id(upload.document_id, one.name) for one in members})
        refused: dict[str, str] = {}
        for done in range(0, len(members), TOGETHER):
            if done and not tell(done):
                raise Superseded(f"cancelled when {done} of its {len(members)} members had been taken in; they stay")
            with self._state.transaction():
                readers = self._readers(upload)
                for member in members[done : done + TOGETHER]:
                    if reason := self._take_in(upload, member, readers):
                        refused[member.name] = reason
        if refused:
            self.drop([one for one in members if one.name in refused])
        return refused

    @override
    def drop(self, members: Sequence[HeldMember]) -> None:
        self._coming.discard([one.content_hash for one in members])

    def _take_in(self, upload: Upload, member: HeldMember, readers: Readers) -> str:
        """Acknowledge a member, unless this version of its parent brought it already; why it is refused, or nothing.

        One that was deleted by itself since stays deleted until another version of the parent brings it.
        """
        workspace, document_id = upload.workspace, member_id(upload.document_id, member.name)
        latest = self._register.latest(workspace, document_id)
        if latest is not None and _brought(latest, upload, member):
            return ""
        if reason := self._too_much(upload, member):
            return reason
        metadata = {**_inherited(upload, member), **member.metadata, PART_OF: upload.document_id}
        document = NewDocument(
            source=Source(name=member.name, media_type=member.media_type, data=b""), document_id=document_id,
            metadata=metadata, readers=readers, readers_given=True,
        )  # fmt: skip
        checked = Checked(
            document=document, media_type=member.media_type, digest=member.content_hash, size=member.size
        )  # fmt: skip
        try:
            accepted = self._coming.acknowledge(
                Sender(
                    workspace=workspace, audience=UNRESTRICTED, parent=upload, token=upload.token,
                    account=upload.account,
                ),
                checked,
            )  # fmt: skip
        except (InputError, QuotaExceeded) as error:
            return str(error)
        if accepted.error is not None:
            return str(accepted.error)
        if accepted.deduplicated and accepted.version is not None:
            self._register.confirm(workspace, document_id, accepted.version, upload.version)
        return ""

    def _too_much(self, upload: Upload, member: HeldMember) -> str:
        root = [upload.document_id, *holders(self._register, upload.workspace, upload.document_id)][-1]
        held = self._quota.held_within(upload.workspace, root)
        if held.documents >= MOST_HELD.documents or held.bytes + member.size > MOST_HELD.bytes:
            return f"{root!r} holds {held.documents} documents of {held.bytes} bytes, and can hold no more"
        return ""

    def _readers(self, upload: Upload) -> Readers:
        """Who may read what a version holds: nobody who may not read that version, or the one that comes after it.

        Raises:
            Superseded: the document has been deleted since. Within one transaction with what is taken in, so that
                nothing comes back.
        """
        latest = self._register.latest(upload.workspace, upload.document_id)
        mine = self._register.get(upload.workspace, upload.document_id, upload.version)
        if latest is None or mine is None or latest.deleted or not mine.content_hash:
            raise Superseded(f"{upload.document_id!r} was withdrawn meanwhile")
        if latest.upload.created_at != upload.created_at:
            raise Superseded(f"{upload.document_id!r} was withdrawn, and another one came under its id")
        return both(mine.readers, latest.upload.readers)

    def _withdraw_gone(self, upload: Upload, kept: set[str]) -> None:
        """Withdraw the members that are not among those that are kept."""
        for group in self._gone(upload, kept):
            begun: list[Withdrawal] = []
            with self._state.transaction():
                self._readers(upload)
                for one in group:
                    begun += self._going.begin(one, purge=False, token=upload.token).withdrawals
            self._going.carry_out(begun)

    def _gone(self, upload: Upload, kept: set[str]) -> Iterator[Sequence[RegisteredVersion]]:
        found = [
            one
            for one in members_of(self._register, upload.workspace, upload.document_id)
            if not one.deleted and one.upload.document_id not in kept
        ]
        for first in range(0, len(found), TOGETHER):
            yield found[first : first + TOGETHER]


def _inherited(upload: Upload, member: HeldMember) -> Metadata:
    """What the sender said of the outermost document holds for all within it. What the mail around them said does not
    hold for a mail: that says itself who wrote it, and when.
    """
    own = OF_A_MAIL if upload.parent is not None and member.media_type == MAIL else frozenset[str]()
    return {name: value for name, value in upload.metadata.items() if name not in own}


def _brought(latest: RegisteredVersion, upload: Upload, member: HeldMember) -> bool:
    held = latest.upload
    mine = (held.parent, held.parent_version) == (upload.document_id, upload.version)
    return mine and (latest.deleted or held.content_hash == member.content_hash)
