"""What is left of what earlier answers cite, for whoever asks now."""

from collections.abc import Iterable, Sequence

from graph.errors import NotFoundError
from graph.ports.reading import KnowledgeReader, SharedKnowledge
from graph.view.knowledge_view import KnowledgeViews
from retrieval.answer import Citation
from retrieval.conversation.forgetting import Unknown
from retrieval.conversation.model import Holder, Reply


class CitedEvidence:
    """Reads the store as a holder may read it. Each call reads one revision, which was read before."""

    def __init__(self, knowledge: SharedKnowledge, views: KnowledgeViews) -> None:
        self._knowledge = knowledge
        self._views = views

    def revision(self, workspace: str) -> int:
        """The newest one."""
        return self._views.revision(workspace)

    def gone(self, reply: Reply, holder: Holder, revision: int) -> bool:
        """Whether something that it quotes stands no more in the document that it is quoted from.

        An edit beside a quote leaves it there, though the passage around it is another one.
        """
        return any(not there for there in self._there(reply.citations, holder, revision))

    def new(self, citations: Sequence[Citation], holder: Holder, since: int) -> frozenset[Citation]:
        """Those whose quotes were not there at an earlier revision; all of them where that has been swept."""
        there = self._there(citations, holder, since)
        return frozenset(one for one, held in zip(citations, there, strict=True) if not held)

    def new_passages(self, chunk_ids: Sequence[str], holder: Holder, since: int) -> bool:
        """Whether any of these passages was not there at an earlier revision."""
        return not self._live(self._reader(holder), holder.workspace, chunk_ids, since).issuperset(chunk_ids)

    def shown(self, reply: Reply, holder: Holder, revision: int) -> bool:
        """Whether all that it cites is still there, and it rests on nothing that its holder may not read any more."""
        reader = self._reader(holder)
        try:
            for document_id in reply.cited:
                reader.document(holder.workspace, document_id, revision)
        except NotFoundError:
            return False
        if holder.audience.unrestricted:
            return True
        held = self._knowledge.rights(holder.workspace, reply.sources)
        return all(holder.audience.may_read(one.readers) for one in held.values())

    def unknown(self, holder: Holder) -> Unknown:
        """What tells which terms no document holds that its holder may read now."""
        snapshot = self._views.snapshot(holder.workspace, audience=holder.audience)

        def unknown(terms: Iterable[str]) -> frozenset[str]:
            return frozenset(term for term in terms if snapshot.stem_frequency(term) == 0)

        return unknown

    def _there(self, citations: Sequence[Citation], holder: Holder, revision: int) -> Sequence[bool]:
        reader = self._reader(holder)
        live = self._live(reader, holder.workspace, [one.chunk_id for one in citations], revision)
        return [one.chunk_id in live or _quoted(reader, holder.workspace, one, revision) for one in citations]

    def _reader(self, holder: Holder) -> KnowledgeReader:
        return self._knowledge.read_as(holder.audience)

    @staticmethod
    def _live(reader: KnowledgeReader, workspace: str, chunk_ids: Sequence[str], revision: int) -> frozenset[str]:
        try:
            return frozenset(placed.chunk.id for placed in reader.chunks(workspace, chunk_ids, revision))
        except NotFoundError:  # swept
            return frozenset()


def _quoted(reader: KnowledgeReader, workspace: str, citation: Citation, revision: int) -> bool:
    try:
        return citation.quote in reader.text(workspace, citation.document_id, revision)
    except NotFoundError:  # deleted, or swept
        return False
