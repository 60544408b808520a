"""The evaluation's way to a service: its public REST interface."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from typing_extensions import override

from api.outbound.client import TERMINAL, QuipuClient, document_path
from evals.dataset import CorpusDocument
from evals.model import GivenAnswer, GivenPassage, Quote, ServiceState
from evals.ports import KnowledgeBrowser, KnowledgeService, Progress, StatedFact
from graph.errors import DependencyError
from retrieval.answering.answer_texts import before_conflict

BATCH = 250
PASSAGES = 60
"""So many passages of long documents still name twenty documents as a rule."""
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 120.0
OPEN = ("queued", "running", "waiting")
NAMES = 200
"""Names, the most mentioned first, that questions are drafted from, and relations read of each."""


class RestService(KnowledgeService, KnowledgeBrowser):
    """A running service, over its public REST interface."""

    @override
    def __init__(self, client: QuipuClient) -> None:
        self._client = client

    @override
    def state(self) -> ServiceState:
        ready = self._client.get("/readyz")
        return ServiceState(
            revision=ready["revision"], documents=ready["counts"]["documents"], settings=self._client.get("/v1/config")
        )

    @override
    def add(self, documents: Sequence[CorpusDocument], progress: Progress) -> Mapping[str, str]:
        # what is there already is not read again
        refused: dict[str, str] = {}
        jobs: dict[str, str] = {}
        for start in range(0, len(documents), BATCH):
            progress("upload", start, len(documents))
            batch = [
                {"id": document.id, "title": document.title or document.id, "text": document.text}
                for document in documents[start : start + BATCH]
            ]
            for entry in self._client.post_documents(batch):
                if entry["error"]:
                    refused[entry["id"]] = entry["error"]["detail"]
                else:
                    jobs[entry["job_id"]] = entry["id"]
        progress("upload", len(documents), len(documents))
        refused |= self._wait(jobs, progress)
        self._settle(progress)
        return refused

    @override
    def search(self, question: str, mode: str, revision: int) -> tuple[GivenPassage, ...]:
        body = {"query": question, "mode": mode, "k": PASSAGES, "as_of": revision}
        return tuple(_passage(hit) for hit in self._client.post("/v1/search", body)["hits"])

    @override
    def ask(self, question: str, mode: str, revision: int) -> GivenAnswer:
        found = self._client.post("/v1/ask", {"question": question, "mode": mode, "as_of": revision})
        short = found.get("short_answer")
        return GivenAnswer(
            text=before_conflict(found["answer"]), abstained=found["abstained"],
            short_answer=str(short["text"]) if short else None,
            quotes=tuple(_quote(citation) for citation in found["citations"]),
            paths=tuple(_path(why) for why in found["paths"]), degraded=tuple(found["degraded"]),
            calls=found["usage"]["calls"], tokens=found["usage"]["tokens"],
        )  # fmt: skip

    @override
    def text(self, document_id: str, revision: int) -> str:
        return str(self._client.get(document_path(document_id) + "/content", as_of=str(revision)))

    @override
    def facts(self, progress: Progress) -> tuple[StatedFact, ...]:
        found: dict[StatedFact, None] = {}
        entities = self._client.get("/v1/graph/entities", limit=NAMES)["entities"]
        for number, entity in enumerate(entities):
            progress("read", number, len(entities))
            detail = self._client.get(f"/v1/graph/entities/{entity['id']}", limit=NAMES)
            found |= dict.fromkeys(_fact(relation) for relation in detail["relations"])
        progress("read", len(entities), len(entities))
        return tuple(found)

    @override
    def documents(self) -> Iterator[CorpusDocument]:
        cursor: str | None = ""
        while cursor is not None:
            page = self._client.get("/v1/documents", cursor=cursor, limit=500)
            for one in page["documents"]:
                text = self._client.get(document_path(one["id"]) + "/content")
                yield CorpusDocument(id=one["id"], title=one["title"], text=text)
            cursor = page["next_cursor"]

    def _wait(self, jobs: Mapping[str, str], progress: Progress) -> dict[str, str]:
        """Until every job has ended; why those failed that did, by document."""
        failed: dict[str, str] = {}
        waiting = list(jobs)
        while waiting:
            progress("read", len(jobs) - len(waiting), len(jobs))
            still = []
            for number, job in enumerate(self._client.jobs(waiting)):
                if job["state"] not in TERMINAL:
                    # jobs end in order: the rest of the queue need not be asked about
                    still = waiting[number:]
                    break
                if job["state"] != "done":
                    failed[jobs[job["id"]]] = job["error"]["detail"] if job["error"] else job["state"]
            waiting = still
            if waiting:
                time.sleep(POLL_SECONDS)
        progress("read", len(jobs), len(jobs))
        return failed

    def _settle(self, progress: Progress) -> None:
        """Until a language model, if there is one, has read everything, too: each of its readings is a revision.

        Raises:
            DependencyError: it has not answered for long.
        """
        most, waiting_since = 0, time.monotonic()
        while jobs := [job for state in OPEN for job in self._client.get("/v1/jobs", state=state, limit=1000)["jobs"]]:
            most = max(most, len(jobs))
            progress("model", most - len(jobs), most)
            waiting = [job for job in jobs if job["state"] == "waiting"]
            if not waiting:
                waiting_since = time.monotonic()
            elif time.monotonic() - waiting_since > PATIENCE_SECONDS:
                raise DependencyError(f"reading waits: {waiting[0]['error']['detail']}; run again to go on")
            time.sleep(POLL_SECONDS)


def _passage(hit: Mapping[str, Any]) -> GivenPassage:
    return GivenPassage(
        document_id=hit["document_id"], chunk_id=hit["chunk_id"], title=hit["title"], text=hit["text"],
        score=hit["score"], retriever=hit["why"]["retriever"], path=_path(hit["why"]),
    )  # fmt: skip


def _fact(relation: Mapping[str, Any]) -> StatedFact:
    source, target, evidence = relation["source"], relation["target"], relation["evidence"]
    return StatedFact(
        source=source["name"], source_type=source["type"], predicate=relation["predicate"], target=target["name"],
        target_type=target["type"], document_id=evidence["document_id"], quote=evidence["quote"],
    )  # fmt: skip


def _path(why: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(step["label"] for step in why["path"])


def _quote(citation: Mapping[str, Any]) -> Quote:
    return Quote(
        document_id=citation["document_id"], title=citation["title"], quote=citation["quote"],
        start=citation["start"], end=citation["end"],
    )  # fmt: skip
