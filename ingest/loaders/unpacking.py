"""The members of one document on their way: gathered while it is read, settled once it can be read."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from typing_extensions import override

from graph.errors import DependencyError, InputError, QuipuError
from ingest.member_ports import HeldMember, Member, MemberKeeper
from ingest.model import LoadedDocument, ReadingReport, Skipped, Source, Upload
from ingest.outcomes import Failure, IngestReport
from ingest.ports import InterruptibleLoader, Wanted

SHOWN = 50
"""Members that are named in a report, each with why it did not become a document; of others there is a count."""


def with_refused(report: ReadingReport, reasons: Collection[str]) -> ReadingReport:
    """A report that tells as well which members did not become documents."""
    named = [Skipped(part="members", reason=reason, unread=True) for reason in list(reasons)[:SHOWN]]
    if len(reasons) > SHOWN:
        more = len(reasons) - SHOWN
        named.append(Skipped(part="members", reason="others cannot be read either", count=more, unread=True))
    return replace(report, skipped=(*report.skipped, *named)) if named else report


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
            loaded = loader.load(source, wanted, self._take)
            return replace(loaded, report=with_refused(loaded.report, self._refused.values()))
        except QuipuError:
            self.drop()
            raise

    def drop(self) -> None:
        """The document is not read: nothing of what it holds is kept."""
        self._keeper.drop(self.members)

    def after(self, outcome: IngestReport | Failure, tell: Callable[[int, int], bool]) -> IngestReport | Failure:
        """Once the document can be read, let its members become documents, and what it held before go.

        ``tell`` gets how many are done, and how many there are; it says whether they are still wanted.

        Raises:
            DependencyError: as a MemberKeeper does.
        """
        if isinstance(outcome, Failure):
            self.drop()
            return outcome
        count = len(self._held)
        try:
            refused = self._keeper.settle(self._upload, self.members, lambda done: tell(done, count))
        except DependencyError:
            raise
        except QuipuError as error:
            self.drop()
            return Failure(step="members", error=error)
        return replace(outcome, reading=with_refused(outcome.reading, refused.values()))


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
