"""The evaluation's way to a service: its public REST interface."""

import time
from collections.abc import Iterator, Mapping, Sequence

from typing_extensions import override

from api.client import Patience, Quipu, TextDocument
from api.schemas.asking.answers import CitationBody
from api.schemas.asking.questions import HitBody, UtteranceBody, WhyBody
from api.schemas.graph import RelationBody
from api.schemas.jobs import JobBody
from api.settings import Settings
from evals.dataset import CorpusDocument
from evals.model import GivenAnswer, GivenPassage, Quote, ServiceState
from evals.ports import KnowledgeBrowser, KnowledgeService, Progress, StatedFact
from graph.errors import DependencyError
from graph.jobs import JobState
from retrieval.answering.answer_texts import before_conflict
from retrieval.model import Utterance
from retrieval.modes import AskedMode, SearchMode

BATCH = 250
PASSAGES = 60
"""So many passages of long documents still name twenty documents as a rule."""
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 120.0
OPEN: tuple[JobState, ...] = ("queued", "running", "waiting")
NAMES = 200
"""Names, the most mentioned first, that questions are drafted from, and relations read of each."""
PAGE = 500
BUSY_ONLY = Patience(seconds=100, busy_only=True)
"""What fails is part of what is measured; what was not tried is not."""


class RestService(KnowledgeService, KnowledgeBrowser):
    """A running service, over its public REST interface."""

    @override
    def __init__(self, client: Quipu) -> None:
        self._client = client.with_options(patience=BUSY_ONLY)

    @override
    def state(self) -> ServiceState:
        ready = self._client.check_readiness()
        if ready.revision is None or ready.counts is None:
            raise DependencyError("the key may not see all documents; ask with one that may")
        return ServiceState(
            revision=ready.revision, documents=ready.counts.documents, settings=self._client.get_settings()
        )  # fmt: skip

    @override
    def add(self, documents: Sequence[CorpusDocument], progress: Progress) -> Mapping[str, str]:
        # what is there already is not read again
        refused: dict[str, str] = {}
        jobs: dict[str, str] = {}
        for start in range(0, len(documents), BATCH):
            progress("upload", start, len(documents))
            batch = documents[start : start + BATCH]
            texts = [TextDocument(id=one.id, title=one.title or one.id, text=one.text) for one in batch]
            for sent, entry in zip(batch, self._client.upload_documents(texts).documents, strict=True):
                if entry.error or entry.job_id is None:
                    refused[sent.id] = str((entry.error or {}).get("detail", "no reason is told"))
                else:
                    jobs[entry.job_id] = sent.id
        progress("upload", len(documents), len(documents))
        refused |= self._wait(jobs, progress)
        self._settle(progress)
        return refused

    @override
    def search(
        self, question: str, mode: SearchMode, revision: int, history: Sequence[Utterance] = ()
    ) -> tuple[GivenPassage, ...]:
        found = self._client.search(question, mode=mode, k=PASSAGES, as_of=revision, history=_said(history))
        return tuple(_passage(hit) for hit in found.hits)

    @override
    def ask(self, question: str, mode: AskedMode, revision: int, history: Sequence[Utterance] = ()) -> GivenAnswer:
        found = self._client.ask(question, mode=mode, as_of=revision, history=_said(history))
        return GivenAnswer(
            text=before_conflict(found.answer), abstained=found.abstained,
            short_answer=found.short_answer.text if found.short_answer else None,
            quotes=tuple(_quote(citation) for citation in found.citations),
            paths=tuple(_path(why) for why in found.paths), degraded=tuple(found.degraded),
            calls=found.usage["calls"], tokens=found.usage["tokens"],
        )  # fmt: skip

    @override
    def text(self, document_id: str, revision: int) -> str:
        return self._client.get_document_content(document_id, as_of=revision)

    @override
    def facts(self, progress: Progress) -> tuple[StatedFact, ...]:
        found: dict[StatedFact, None] = {}
        entities = self._client.find_entities(limit=NAMES).entities
        for number, entity in enumerate(entities):
            progress("read", number, len(entities))
            detail = self._client.get_entity(entity.id, limit=NAMES)
            found |= dict.fromkeys(_fact(relation) for relation in detail.relations)
        progress("read", len(entities), len(entities))
        return tuple(found)

    @override
    def documents(self) -> Iterator[CorpusDocument]:
        for one in self._client.every_document(limit=PAGE):
            yield CorpusDocument(id=one.id, title=one.title, text=self._client.get_document_content(one.id))

    def _wait(self, jobs: Mapping[str, str], progress: Progress) -> dict[str, str]:
        """Until every job has ended, which they do in order; why those failed that did, by document."""
        failed: dict[str, str] = {}
        for number, (job_id, document_id) in enumerate(jobs.items()):
            progress("read", number, len(jobs))
            job = self._client.wait_for_job(job_id)
            if job.state != "done":
                failed[document_id] = _why(job)
        progress("read", len(jobs), len(jobs))
        return failed

    def _settle(self, progress: Progress) -> None:
        """Until a language model, if there is one, has read everything, too: each of its readings is a revision.

        Raises:
            DependencyError: it has not answered for long.
        """
        most, waiting_since = 0, time.monotonic()
        while jobs := [job for state in OPEN for job in self._client.list_jobs(state=state, limit=1000).jobs]:
            most = max(most, len(jobs))
            progress("model", most - len(jobs), most)
            waiting = [job for job in jobs if job.state == "waiting"]
            if not waiting:
                waiting_since = time.monotonic()
            elif time.monotonic() - waiting_since > PATIENCE_SECONDS:
                raise DependencyError(f"reading waits: {_why(waiting[0])}; run again to go on")
            time.sleep(POLL_SECONDS)


def own_face(settings: Settings, key: str, workspace: str) -> RestService:
    """The service's own public face: an evaluation asks as anybody does, so that it measures what they get."""
    return RestService(Quipu(settings.own_url, key=key, workspace=workspace))


def _said(history: Sequence[Utterance]) -> list[UtteranceBody]:
    return [UtteranceBody(speaker=one.speaker, text=one.text) for one in history]


def _why(job: JobBody) -> str:
    return job.error.detail if job.error else job.state


def _passage(hit: HitBody) -> GivenPassage:
    return GivenPassage(
        document_id=hit.document_id, chunk_id=hit.chunk_id, title=hit.title, text=hit.text, score=hit.score,
        retriever=hit.why.retriever, path=_path(hit.why),
    )  # fmt: skip


def _fact(relation: RelationBody) -> StatedFact:
    source, target, evidence = relation.source, relation.target, relation.evidence
    return StatedFact(
        source=source.name, source_type=source.type, predicate=relation.predicate, target=target.name,
        target_type=target.type, document_id=evidence.document_id, quote=evidence.quote,
    )  # fmt: skip


def _path(why: WhyBody) -> tuple[str, ...]:
    return tuple(step.label for step in why.path)


def _quote(citation: CitationBody) -> Quote:
    return Quote(
        document_id=citation.document_id, title=citation.title, quote=citation.quote, start=citation.start,
        end=citation.end,
    )  # fmt: skip
