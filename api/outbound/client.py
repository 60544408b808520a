"""The command line's way to a service: the public REST interface, nothing else."""

import json
import mimetypes
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from api.settings import Settings
from graph.errors import DependencyError, InputError, NotFoundError, QuipuError, StillBeingRead
from graph.ports.own_writes import NOW

TERMINAL = frozenset({"done", "failed", "cancelled"})
_NO_PLACE = ("busy", "too-many-requests")
BUSY_TRIES = 20
MAX_PAUSE = 5.0
"""Seconds before a busy service is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """One file of an ingestion: its id, its job, or why it was refused; what it did, where that is known at once."""

    document_id: str
    job_id: str | None
    deduplicated: bool
    problem: str | None
    update: Mapping[str, Any] | None = None


class QuipuClient:
    """A thin client. Problem documents become Quipu errors again."""

    def __init__(self, url: str, *, key: str | None = None, workspace: str = "") -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        if workspace:
            headers["X-Quipu-Workspace"] = workspace
        self._http = httpx.Client(
            base_url=url, headers=headers, timeout=httpx.Timeout(300.0, connect=5.0), trust_env=False
        )
        self.url = url
        self.key = key

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, **query: str | int) -> Any:
        """The JSON answer of a GET."""
        return self._call("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """The JSON answer of a POST with a JSON body."""
        return self._call("POST", path, json=body)

    def question(self, path: str, body: dict[str, Any]) -> Any:
        """What a question gets that waits for what was acknowledged before it.

        Where that takes longer than questions wait, it gets what can be read now; ``pending`` tells how much cannot.
        """
        response = self._send("POST", path, json={**body, "after": NOW})
        if response.status_code == StillBeingRead.status and _code(response) == StillBeingRead.code:
            response = self._send("POST", path, json=body)
        if response.is_success:
            return response.json()
        raise _error(response)

    def delete(self, path: str) -> Any:
        """What a DELETE answers."""
        return self._call("DELETE", path)

    def events(self, path: str) -> Iterator[Any]:
        """The JSON data of server-sent events as they come."""
        try:
            with self._http.stream("GET", path, timeout=httpx.Timeout(None, connect=5.0)) as response:
                if not response.is_success:
                    response.read()
                    raise _error(response)
                for line in response.iter_lines():
                    if line.startswith("data: "):
                        yield json.loads(line.removeprefix("data: "))
        except httpx.HTTPError as error:
            raise DependencyError(f"{self.url} does not answer: {error}") from error

    def download(self, path: str) -> bytes:
        """The bytes that a GET answers."""
        response = self._send("GET", path)
        if response.is_success:
            return response.content
        raise _error(response)

    def delete_document(self, document_id: str, *, purge: bool, if_match: int | None = None) -> Any:
        """Withdraw or purge a document, if it is of version ``if_match``; its receipt."""
        headers = {} if if_match is None else {"If-Match": f'"{if_match}"'}
        return self._call(
            "DELETE", document_path(document_id), params={"purge": str(purge).lower()}, headers=headers
        )  # fmt: skip

    def put_file(
        self, document_id: str, path: Path, readers: Sequence[str] | None, metadata: Mapping[str, str]
    ) -> Uploaded:
        """Create or replace one document from a file; where ``readers`` is None it keeps those that it has."""
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        response = self._send(
            "PUT", document_path(document_id), files={"file": (path.name, path.read_bytes(), media_type)},
            data={
                "metadata": json.dumps(metadata),
                **({} if readers is None else {"readers": json.dumps(list(readers))}),
            },
        )  # fmt: skip
        body = response.json()
        entry = body["documents"][0] if "documents" in body else {}
        problem = (entry.get("error") or {}).get("detail") or (None if response.is_success else body.get("detail"))
        return Uploaded(
            document_id=document_id, job_id=entry.get("job_id"),
            deduplicated=bool(entry.get("deduplicated")), problem=problem, update=entry.get("update"),
        )  # fmt: skip

    def post_documents(self, documents: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
        """Upload texts; one entry each, in order, also where all are refused."""
        response = self._send("POST", "/v1/documents", json={"documents": list(documents)})
        body = response.json() if "json" in response.headers.get("content-type", "") else {}
        if "documents" not in body:
            raise _error(response)
        return list(body["documents"])

    def jobs(self, job_ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Jobs as they stand, one by one."""
        for job_id in job_ids:
            yield self.get(f"/v1/jobs/{job_id}")

    def _call(self, method: str, path: str, **options: Any) -> Any:
        response = self._send(method, path, **options)
        if response.is_success:
            return (
                response.json()
                if response.content and "json" in response.headers.get("content-type", "")
                else response.text
            )
        raise _error(response)

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The answer. A service that says it is busy is asked again, for a while."""
        try:
            for _ in range(BUSY_TRIES):
                response = self._http.request(method, path, **options)
                if not _busy(response):
                    break
                time.sleep(min(MAX_PAUSE, float(response.headers.get("Retry-After", "1"))))
        except httpx.HTTPError as error:
            raise DependencyError(f"{self.url} does not answer: {error}") from error
        return response


def own_client(settings: Settings, key: str, workspace: str) -> QuipuClient:
    """The service's own public face: an evaluation asks as anybody does, so that it measures what they get."""
    return QuipuClient(settings.own_url, key=key, workspace=workspace)


def document_path(document_id: str) -> str:
    """The path of a document; its id is one segment, whatever slashes it holds."""
    return "/v1/documents/" + quote(document_id, safe="")


def _busy(response: httpx.Response) -> bool:
    """Whether it was not tried at all, for too much is under way."""
    return response.status_code in {429, 503} and any(f'"code":"{code}"' in response.text for code in _NO_PLACE)


def _code(response: httpx.Response) -> str:
    """The code of a problem document; empty for anything else."""
    try:
        return str(response.json().get("code", ""))
    except (json.JSONDecodeError, AttributeError):
        return ""


def _error(response: httpx.Response) -> QuipuError:
    try:
        detail = response.json().get("detail") or response.text
    except json.JSONDecodeError:
        detail = response.text
    kind = (
        NotFoundError if response.status_code == 404 else InputError if response.status_code < 500 else DependencyError
    )
    return kind(f"{detail} (HTTP {response.status_code})")
