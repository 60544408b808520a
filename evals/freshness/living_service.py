"""A running service as the freshness evaluation uses it: its public REST interface, nothing else."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from evals.freshness.timeline import DatedText
from graph.errors import DependencyError, InputError
from retrieval.answering.answer_texts import before_conflict

POLL_SECONDS = 0.02
_CITED = ("document_id", "version", "chunk_id", "quote", "start", "end")
UPLOAD = 200
"""How many documents one request uploads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedChange:
    """A change that was accepted, and the job that brings it in."""

    document_id: str
    version: int
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A change once it can be read: the revision, and what it cost."""

    document_id: str
    version: int
    revision: int
    chunks: int = 0
    chunks_new: int = 0
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation as the answer gives it; ``answers`` unless it stands only for what other sources say otherwise."""

    document_id: str
    version: int
    chunk_id: str
    quote: str
    start: int
    end: int
    answers: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer, and how many seconds it took, seen from outside. ``said`` is it without what others say otherwise."""

    text: str
    said: str
    revision: int
    abstained: bool
    cited: tuple[Cited, ...]
    seconds: float
    calls: int
    tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundText:
    """The text of a passage that a search found."""

    document_id: str
    version: int
    text: str


class LivingService:
    """One HTTP client. A reply that refuses raises InputError, one that fails raises DependencyError."""

    def __init__(self, url: str, *, key: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=600, trust_env=False)
        self._key, self.url = key, url

    def another(self) -> "LivingService":
        """Another client of the same service, for another thread."""
        return LivingService(self.url, key=self._key)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def settings(self) -> dict[str, str]:
        """The service's settings, secrets masked."""
        return {str(name): str(value) for name, value in self._json("GET", "/v1/config").items()}

    def revision(self) -> int:
        """The newest revision."""
        return int(self._json("GET", "/readyz")["revision"])

    def documents(self) -> dict[str, tuple[int, int, int]]:
        """Chunks, entities and relations of every live document, by id."""
        found: dict[str, tuple[int, int, int]] = {}
        cursor: str | None = ""
        while cursor is not None:
            page = self._json("GET", "/v1/documents", params={"cursor": cursor, "limit": 500})
            found |= {one["id"]: (one["chunks"], one["entities"], one["relations"]) for one in page["documents"]}
            cursor = page["next_cursor"]
        return found

    def send(self, texts: Sequence[DatedText], media_type: str) -> dict[str, AcceptedChange]:
        """Upload texts, none of which is None. Returns what was acknowledged, by document id."""
        acknowledged: dict[str, AcceptedChange] = {}
        for start in range(0, len(texts), UPLOAD):
            body = {
                "documents": [
                    {"id": one.id, "title": one.title, "text": one.text, "media_type": media_type}
                    for one in texts[start : start + UPLOAD]
                ]
            }
            for entry in self._json("POST", "/v1/documents", json=body)["documents"]:
                if entry["error"]:
                    raise InputError(f"document {entry['id']!r} was refused: {entry['error']['detail']}")
                acknowledged[entry["id"]] = AcceptedChange(
                    document_id=entry["id"], version=entry["version"], job_id=entry["job_id"]
                )
        return acknowledged

    def finished(self, change: AcceptedChange) -> Applied:
        """Wait until a change can be read. Raises InputError where its job failed."""
        document_id = change.document_id
        while True:
            job = self._json("GET", f"/v1/jobs/{change.job_id}")
            if job["state"] == "done":
                return Applied(
                    document_id=document_id, version=job["version"], revision=job["revision"],
                    chunks=job["chunks_total"], chunks_new=job["chunks_total"] - job["chunks_reused"],
                    calls=job["calls"], tokens=job["tokens"],
                )  # fmt: skip
            if job["state"] in {"failed", "cancelled"}:
                raise InputError(f"document {document_id!r} was not ingested: {job['state']}, {job['error']}")
            time.sleep(POLL_SECONDS)

    def delete(self, document_id: str) -> Applied:
        """Withdraw a document."""
        receipt = self._json("DELETE", _path(document_id))
        return Applied(document_id=document_id, version=receipt["version"], revision=receipt["revision"])

    def ask(self, question: str, *, as_of: int | None = None) -> Answered:
        """The answer, now or as of a revision."""
        started = time.perf_counter()
        found = self._json("POST", "/v1/ask", json={"question": question, "as_of": as_of})
        said = before_conflict(found["answer"])
        return Answered(
            text=found["answer"], said=said, revision=found["revision"], abstained=found["abstained"],
            cited=tuple(
                Cited(answers=f"[{one['marker']}]" in said, **{name: one[name] for name in _CITED})
                for one in found["citations"]
            ),
            seconds=time.perf_counter() - started, calls=found["usage"]["calls"], tokens=found["usage"]["tokens"],
        )  # fmt: skip

    def search(self, query: str, *, mode: str = "hybrid", k: int = 20) -> tuple[FoundText, ...]:
        """Passages, best first."""
        found = self._json("POST", "/v1/search", json={"query": query[:9000], "mode": mode, "k": k})
        return tuple(
            FoundText(document_id=hit["document_id"], version=hit["version"], text=hit["text"]) for hit in found["hits"]
        )

    def content(self, document_id: str, revision: int) -> str | None:
        """The text at a revision; None where the document is not live."""
        response = self._send("GET", _path(document_id) + "/content", params={"as_of": revision})
        return None if response.status_code == 404 else response.text

    def chunks(self, document_id: str, revision: int) -> dict[str, str]:
        """Text of each live chunk at a revision, by id."""
        found = self._send("GET", _path(document_id) + "/chunks", params={"as_of": revision})
        return {} if found.status_code == 404 else {one["id"]: one["text"] for one in found.json()}

    def has_entity(self, entity_id: str) -> bool:
        """Whether an entity is live."""
        return self._send("GET", f"/v1/graph/entities/{entity_id}").status_code != 404

    def changes(self, kind: str, since: int, until: int) -> dict[str, list[dict[str, Any]]]:
        """What was added, removed and altered of one kind, from all pages of the reply."""
        found: dict[str, list[dict[str, Any]]] = {"added": [], "removed": [], "altered": []}
        cursor: str | None = ""
        while cursor is not None:
            query = {
                "kind": kind,
                "since": since,
                "until": until,
                "limit": 1000,
                **({"cursor": cursor} if cursor else {}),
            }
            page = self._json("GET", "/v1/changes", params=query)[kind]
            for what in ("added", "removed", "altered"):
                found[what] += page[what]
            cursor = page["next_cursor"]
        return found

    def _json(self, method: str, path: str, **options: Any) -> Any:
        response = self._send(method, path, **options)
        if response.is_success:
            return response.json()
        kind = InputError if response.status_code < 500 else DependencyError
        raise kind(f"{method} {path}: {response.text[:300]} (HTTP {response.status_code})")

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return self._http.request(method, path, **options)
        except httpx.HTTPError as error:
            raise DependencyError(f"{self.url} does not answer: {error}") from error


def _path(document_id: str) -> str:
    return "/v1/documents/" + quote(document_id, safe="")
