"""The members of one document on their way: gathered while it is read, settled once it can be read."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from typing_extensions import override

from graph.errors import InputError, QuipuError
from ingest.member_ports import MemberKeeper
from ingest.model import HeldMember, LoadedDocument, Member, Skipped, Source, Upload
from ingest.ports import InterruptibleLoader, Wanted

SHOWN = 50
"""Members that are named in a report, each with why it did not become a document; of others there is a count."""


class Unpacked:
    """What a document holds. ``tell`` gets how many members there are so far."""

    def __init__(self, keeper: MemberKeeper, upload: Upload, tell: Callable[[int], object]) -> None:
        self._keeper = keeper
        self._upload = upload
        self._tell = tell
        self._held: dict[str, HeldMember] = {}
        self._refused: dict[str, str] = {}

    @property
    def members(self) -> Sequence[HeldMember]:
        """Those that can become documents."""
        return tuple(self._held.values())

    def _take(self, member: Member) -> None:
        """Keep the bytes of a member; one of a kind that is not read is told. Raises DependencyError."""
        try:
            self._held[member.name] = self._keeper.put(self._upload, member)
        except InputError as error:
            self._refused[member.name] = str(error)
        self._tell(len(self._held) + len(self._refused))

    def read(self, loader: InterruptibleLoader, source: Source, wanted: Wanted) -> LoadedDocument:
        """Let a document be read. What it holds goes again where that fails. Raises as an InterruptibleLoader."""
        try:
            return self._told(loader.load(source, wanted, self._take))
        except QuipuError:
            self.drop()
            raise

    def _told(self, loaded: LoadedDocument) -> LoadedDocument:
        """The document, whose report tells as well which of its members cannot be read."""
        if not self._refused:
            return loaded
        reasons = list(self._refused.values())
        skipped = [Skipped(part="members", reason=reason, unread=True) for reason in reasons[:SHOWN]]
        if len(reasons) > SHOWN:
            more = len(reasons) - SHOWN
            skipped.append(Skipped(part="members", reason="others cannot be read either", count=more, unread=True))
        report = replace(loaded.report, skipped=(*loaded.report.skipped, *skipped))
        return replace(loaded, report=report)

    def drop(self) -> None:
        """The document is not read: nothing of what it holds is kept."""
        self._keeper.drop(self.members)

    def settle(self, tell: Callable[[int], bool]) -> dict[str, str]:
        """Let them become documents; the names of those that do not, and why. Raises as :class:`MemberKeeper`."""
        return dict(self._keeper.settle(self._upload, self.members, tell))


class Unkept(MemberKeeper):
    """Where a document is only read again: what it holds has been seen to."""

    @override
    def put(self, upload: Upload, member: Member) -> HeldMember:
        return HeldMember(name=member.name, media_type="", metadata={}, content_hash="", size=len(member.data))

    @override
    def settle(self, upload: Upload, members: Sequence[HeldMember], tell: Callable[[int], bool]) -> dict[str, str]:
        return {}

    @override
    def drop(self, members: Sequence[HeldMember]) -> None:
        return None


UNKEPT = Unkept()
