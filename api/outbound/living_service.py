"""The freshness evaluation's way to a service: its public REST interface."""

import time
from collections.abc import Sequence

from typing_extensions import override

from api.client import Quipu, TextDocument
from api.schemas.asking.answers import CitationBody
from api.schemas.changes import ChangedRelation
from evals.freshness.ports import (
    AcceptedChange,
    Answered,
    Applied,
    Cited,
    FactChanges,
    FoundText,
    HeldFact,
    LivingService,
)
from evals.freshness.timeline import DatedText
from graph.errors import DependencyError, InputError, NotFoundError
from retrieval.answering.answer_texts import before_conflict
from retrieval.modes import SearchMode

UPLOAD = 200
"""How many documents one request uploads."""
LONGEST_QUERY = 9000
PAGE = 1000


class RestLivingService(LivingService):
    """A running service, over a client that several threads may use."""

    @override
    def __init__(self, client: Quipu) -> None:
        self._client = client
        self.url = client.url

    @override
    def settings(self) -> dict[str, str]:
        return self._client.get_settings()

    @override
    def revision(self) -> int:
        revision = self._client.check_readiness().revision
        if revision is None:
            raise InputError("the key may not see all documents; freshness is measured with one that may")
        return revision

    @override
    def documents(self) -> dict[str, tuple[int, int, int]]:
        return {one.id: (one.chunks, one.entities, one.relations) for one in self._client.every_document(limit=500)}

    @override
    def send(self, texts: Sequence[DatedText], media_type: str) -> dict[str, AcceptedChange]:
        acknowledged: dict[str, AcceptedChange] = {}
        for start in range(0, len(texts), UPLOAD):
            documents = [
                TextDocument(id=one.id, title=one.title, text=one.text or "", media_type=media_type)
                for one in texts[start : start + UPLOAD]
            ]
            for entry in self._client.upload_documents(documents).documents:
                if entry.id is None or entry.version is None or entry.job_id is None:
                    raise InputError(f"document {entry.id!r} was refused: {(entry.error or {}).get('detail')}")
                acknowledged[entry.id] = AcceptedChange(
                    document_id=entry.id, version=entry.version, job_id=entry.job_id
                )  # fmt: skip
        return acknowledged

    @override
    def finished(self, change: AcceptedChange) -> Applied:
        job = self._client.wait_for_job(change.job_id)
        if job.state != "done" or job.version is None or job.revision is None:
            why = job.error.detail if job.error else "no reason is told"
            raise InputError(f"document {change.document_id!r} was not ingested: {job.state}, {why}")
        return Applied(
            document_id=change.document_id, version=job.version, revision=job.revision, chunks=job.chunks_total,
            chunks_new=job.chunks_total - job.chunks_reused, calls=job.calls, tokens=job.tokens,
        )  # fmt: skip

    @override
    def delete(self, document_id: str) -> Applied:
        receipt = self._client.delete_document(document_id)
        if receipt.revision is None:
            raise DependencyError(f"the deletion of {document_id!r} has yet to reach the graph")
        return Applied(document_id=document_id, version=receipt.version, revision=receipt.revision)

    @override
    def ask(self, question: str, *, as_of: int | None = None) -> Answered:
        started = time.perf_counter()
        found = self._client.ask(question, as_of=as_of)
        seconds = time.perf_counter() - started
        said = before_conflict(found.answer)
        return Answered(
            text=found.answer, said=said, revision=found.revision, abstained=found.abstained,
            cited=tuple(_cited(one, said) for one in found.citations), seconds=seconds,
            calls=found.usage["calls"], tokens=found.usage["tokens"],
        )  # fmt: skip

    @override
    def search(self, query: str, *, mode: SearchMode = "hybrid", k: int = 20) -> tuple[FoundText, ...]:
        found = self._client.search(query[:LONGEST_QUERY], mode=mode, k=k)
        return tuple(FoundText(document_id=hit.document_id, version=hit.version, text=hit.text) for hit in found.hits)

    @override
    def content(self, document_id: str, revision: int) -> str | None:
        try:
            return self._client.get_document_content(document_id, as_of=revision)
        except NotFoundError:
            return None

    @override
    def chunks(self, document_id: str, revision: int) -> dict[str, str]:
        try:
            return {one.id: one.text for one in self._client.list_document_chunks(document_id, as_of=revision)}
        except NotFoundError:
            return {}

    @override
    def has_entity(self, entity_id: str) -> bool:
        try:
            self._client.get_entity(entity_id)
        except NotFoundError:
            return False
        return True

    @override
    def removed_entities(self, since: int, until: int) -> tuple[str, ...]:
        pages = self._client.change_pages(since, until=until, kind="entities", limit=PAGE)
        return tuple(one.id for page in pages if page.entities for one in page.entities.removed)

    @override
    def changed_facts(self, since: int, until: int) -> FactChanges:
        pages = self._client.change_pages(since, until=until, kind="relations", limit=PAGE)
        found = [page.relations for page in pages if page.relations]
        return FactChanges(
            removed=tuple(_held(one) for page in found for one in page.removed),
            altered=tuple((_held(one.before), _held(one.after)) for page in found for one in page.altered),
        )


def _cited(one: CitationBody, said: str) -> Cited:
    return Cited(
        document_id=one.document_id, version=one.version, chunk_id=one.chunk_id, quote=one.quote, start=one.start,
        end=one.end, answers=f"[{one.marker}]" in said,
    )  # fmt: skip


def _held(fact: ChangedRelation) -> HeldFact:
    return HeldFact(
        text=f"{fact.source.name} — {fact.predicate} → {fact.target.name}", documents=frozenset(fact.documents)
    )  # fmt: skip
